"""The Azure side from the command line: signing in, reading, judging it alone or beside an org, and what isn't accepted."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sfharden.emulator.azure import story
from sfharden.emulator.azure.faults import AzureFault, AzureFaultKind
from sfharden.emulator.azure.healthy import healthy_tenant
from sfharden.emulator.azure.server import AzureServer, serve_azure
from sfharden.emulator.azure.untidy import PLANTED, untidy_tenant
from sfharden.emulator.http.server import DemoServer
from tests.orgs.constants import NOW

from .kit import Run, widest, words


def opened(server: AzureServer, monkeypatch: pytest.MonkeyPatch) -> AzureServer:
    monkeypatch.setenv("AZURE_ACCESS_TOKEN", server.token)
    monkeypatch.setenv("SFHARDEN_AZURE_ENDPOINT", server.base_url)
    return server


@pytest.fixture(name="azure")
def _azure(monkeypatch: pytest.MonkeyPatch) -> Iterator[AzureServer]:
    with serve_azure(healthy_tenant(NOW)) as server:
        yield opened(server, monkeypatch)


def test_azure_alone_is_judged_by_its_own_policy(run: Run, azure: AzureServer) -> None:
    code, out, err = run("check", "--azure", "-f", "json")
    report = json.loads(out)
    assert code in (1, 4)  # what a Reader can't see of the Standard app is unknown
    assert report["policies"] == ["azure-logic-apps"]
    assert "The token goes to 127.0.0.1." in err
    assert (azure.writes, azure.leaks) == ([], [])
    assert azure.token not in f"{out}{err}"


def test_both_ends_are_judged_in_one_run(ask: Run, azure: AzureServer) -> None:
    _, out, _ = ask("check", "--azure", "-f", "json")
    assert len(json.loads(out)["policies"]) > 1
    assert azure.calls


def test_verbose_tells_each_call_to_azure_without_its_query(run: Run, azure: AzureServer) -> None:
    _, _, err = run("-v", "check", "--azure")
    told = [line for line in err.splitlines() if f"GET {story.WORKFLOW} 200" in line]
    assert len(told) == 1
    assert azure.token not in err
    assert "api-version" not in err


def test_an_old_snapshot_says_nothing_of_rights_and_events_of_now(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, tenant = tmp_path / "s.json", healthy_tenant(NOW)
    tenant.resources[story.WORKFLOW.casefold()]["properties"]["accessControl"]["triggers"].pop(
        "sasAuthenticationPolicy", None
    )
    with serve_azure(tenant) as server:
        opened(server, monkeypatch)
        assert run("snapshot", "--azure", "-o", place)[0] in (0, 4)
    kept = json.loads(place.read_text("utf-8"))
    kept["taken_at"] = kept["azure"]["taken_at"] = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    place.write_text(json.dumps(kept), "utf-8")

    def verdicts(*words: object) -> dict[str, set[tuple[str, bool]]]:
        found: dict[str, set[tuple[str, bool]]] = {}
        for one in json.loads(run("check", "--snapshot", place, "-f", "json", *words)[1])["results"]:
            is_of_age = "days old, which says nothing of now" in one["message"]
            found.setdefault(one["control"], set()).add((one["status"], is_of_age))
        return found

    before, old = verdicts("--as-of", f"{NOW:%Y-%m-%d}"), verdicts("--as-of", "2031-01-01")
    changed = {name for name, one in before.items() if one != old[name]}
    assert changed == {"azure-rights-least", "connection-changes-recorded", "logic-app-keys-rotated"}
    assert {one for name in changed for one in old[name] if one[0] != "manual"} == {("unknown", True)}
    assert verdicts("--as-of", "2031-01-01", "--max-age", "9000") == before


def test_a_snapshot_holds_no_secret_of_azure_s(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_azure(untidy_tenant(NOW)) as server:
        opened(server, monkeypatch)
        code, _, _ = run("snapshot", "--azure", "-o", tmp_path / "s.json")
    written = (tmp_path / "s.json").read_text("utf-8")
    assert code == 4  # what a Reader may not read is said
    assert story.WORKFLOW in written
    assert [one for one in (*PLANTED, server.token) if one in written] == []
    first, _, _ = run("check", "--snapshot", tmp_path / "s.json")
    assert first in (1, 4)


@pytest.mark.parametrize("kind", [AzureFaultKind.UNAUTHENTICATED, AzureFaultKind.EXPIRED])
def test_a_sign_in_that_does_not_hold_is_no_verdict(
    run: Run, azure: AzureServer, kind: AzureFaultKind
) -> None:
    azure.faults.append(AzureFault(kind))
    code, out, err = run("check", "--azure")
    assert (code, out) == (3, "")
    assert "sign in again" in err


def test_nobody_there_is_no_verdict(run: Run, azure: AzureServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFHARDEN_AZURE_ENDPOINT", "http://127.0.0.1:1")
    code, out, err = run("check", "--azure")
    assert (code, out) == (3, "")
    assert "no connection to Azure" in words(err)


def test_an_option_goes_before_the_environment(
    run: Run, azure: AzureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFHARDEN_AZURE_ENDPOINT", "http://127.0.0.1:1")
    assert run("check", "--azure", "--azure-endpoint", azure.base_url)[0] in (1, 4)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--azure", "--azure-endpoint", "http://arm.example"),
        ("--azure", "--azure-endpoint", "https://arm.example/path"),
        ("--azure", "--azure-exports", "x"),
        ("--azure-exports", "x", "--azure-identity"),
        ("--azure-identity",),
    ],
)
def test_what_does_not_go_together_is_refused(
    run: Run, azure: AzureServer, arguments: tuple[str, ...]
) -> None:
    assert run("check", *arguments)[0] == 2
    assert azure.calls == []


def test_explaining_asks_nothing_of_azure(run: Run, azure: AzureServer) -> None:
    code, out, _ = run("check", "--azure", "--explain-api")
    assert code == 0
    assert "Microsoft.Authorization/roleAssignments/read" in out
    assert "None was made." in out
    assert widest(out) <= 80
    assert azure.calls == []


def test_both_ends_are_explained(ask: Run, server: DemoServer, azure: AzureServer, tmp_path: Path) -> None:
    code, out, _ = ask("snapshot", "--azure", "--explain-api", "-o", tmp_path / "s.json")
    assert code == 0
    assert "SetupEntityAccess" in out
    assert "Microsoft.Logic/workflows/read" in out
    assert (azure.calls, server.requests) == ([], [])
