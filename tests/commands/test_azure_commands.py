"""doctor, init and egress over a running Azure, through the entry point: each exit code, and what each says."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sfharden.azure.reader_role import EDIT_SUBSCRIPTION
from sfharden.checks.policy import AZURE_POLICY, load_policy
from sfharden.emulator.azure import story
from sfharden.emulator.azure.faults import AzureFault, AzureFaultKind
from sfharden.emulator.azure.healthy import healthy_tenant
from sfharden.emulator.azure.server import AzureServer, serve_azure
from sfharden.emulator.azure.tenant import Right, Tenant
from sfharden.emulator.azure.untidy import PLANTED, untidy_tenant
from tests.orgs.constants import NOW

from .kit import Run, widest, words

Serve = Callable[[Tenant], AzureServer]
AZURE_COMMANDS = (("doctor",), ("init", "-o", "-"), ("egress",))


@pytest.fixture(name="serve")
def _serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    running = []

    def start(tenant: Tenant) -> AzureServer:
        context = serve_azure(tenant)
        server = context.__enter__()
        running.append(context)
        monkeypatch.setenv("AZURE_ACCESS_TOKEN", server.token)
        monkeypatch.setenv("SFHARDEN_AZURE_ENDPOINT", server.base_url)
        return server

    yield start
    for context in running:
        context.__exit__(None, None, None)


def described(tmp_path: Path, egress: str = "{ranges: [192.0.2.10]}", azure: str = "") -> Path:
    path = tmp_path / "i.yaml"
    path.write_text(
        "version: 1\nintegrations:\n  - name: crm-sync\n    app: A\n    profile: P\n    users: [u]\n"
        f"    egress: [{egress}]\n    operator_ranges: [198.51.100.7]\n"
        f"    azure: {azure or f'{{workflows: [{story.WORKFLOW}]}}'}\n",
        "utf-8",
    )
    return path


DECLARED = f"{{ranges: [{', '.join(story.CONNECTOR_EGRESS)}]}}"


@pytest.mark.parametrize("command", AZURE_COMMANDS, ids=lambda one: one[0])
def test_all_of_it_is_read_and_nothing_secret_is_shown(
    run: Run, serve: Serve, command: tuple[str, ...]
) -> None:
    server = serve(untidy_tenant(NOW))
    _, out, err = run(*command, "--azure")
    assert (server.writes, server.leaks) == ([], [])
    assert [one for one in (*PLANTED, server.token) if one in out + err] == []
    assert "The token goes to 127.0.0.1." in err


@pytest.mark.parametrize("command", AZURE_COMMANDS, ids=lambda one: one[0])
@pytest.mark.parametrize("kind", [AzureFaultKind.UNAUTHENTICATED, AzureFaultKind.EXPIRED])
def test_a_sign_in_that_does_not_hold_is_told_as_such(
    run: Run, serve: Serve, command: tuple[str, ...], kind: AzureFaultKind
) -> None:
    serve(healthy_tenant(NOW)).faults.append(AzureFault(kind))
    code, out, err = run(*command, "--azure")
    assert (code, out) == (3, "")
    assert "sign in again" in err


@pytest.mark.parametrize("command", AZURE_COMMANDS, ids=lambda one: one[0])
def test_nobody_there_is_told_as_such(
    run: Run, monkeypatch: pytest.MonkeyPatch, serve: Serve, command: tuple[str, ...]
) -> None:
    serve(healthy_tenant(NOW))
    monkeypatch.setenv("SFHARDEN_AZURE_ENDPOINT", "http://127.0.0.1:1")
    code, out, _ = run(*command, "--azure")
    assert (code, out) == (3, "")


# doctor -------------------------------------------------------------------------------------


def test_doctor_names_every_unknown_of_a_reader_and_judges_all_the_rest(
    run: Run, serve: Serve, tmp_path: Path
) -> None:
    """With Reader only, every control is told; what stays unknown is what doctor names."""
    serve(healthy_tenant(NOW))
    _, out, _ = run("check", "--azure", "-f", "json")
    results = json.loads(out)["results"]
    policy = load_policy(AZURE_POLICY)
    assert {one["control"] for one in results} == {one.id for one in policy.controls}
    unknown = {one["control"] for one in results if one["status"] == "unknown"}
    code, page, _ = run("doctor", "--azure")
    assert (code, bool(unknown)) == (4, True)
    assert {one for one in unknown if one not in page} == set()
    told = page.partition("WHAT check WOULD")[2].partition("NOT READ")[0]
    assert {one.id for one in policy.controls if one.id in told} == unknown


def test_what_to_type_next_reads_azure_again(run: Run, serve: Serve, tmp_path: Path) -> None:
    serve(untidy_tenant(NOW))
    _, out, _ = run("check", "--azure", "-i", described(tmp_path))
    typed = [one.strip() for one in out[out.index("Next:") :].split("\n") if "sfharden" in one]
    assert [one.split()[1] for one in typed] == ["plan", "controls", "doctor"]
    assert [" --azure " in one for one in typed] == [True, False, True]


def test_each_role_that_fails_is_told_with_what_takes_it_away(run: Run, serve: Serve, tmp_path: Path) -> None:
    serve(untidy_tenant(NOW))
    file = described(tmp_path)
    for typed in (("check", "--full"), ("check", "-f", "markdown"), ("plan", "--full")):
        _, out, _ = run(typed[0], "--azure", "-i", file, *typed[1:])
        assert "az role assignment delete --ids" in " ".join(out.split())
        assert "Owner at rg" in " ".join(out.split()).replace("\\", "")


def test_doctor_tells_whose_token_and_which_rights(run: Run, serve: Serve) -> None:
    server = serve(untidy_tenant(NOW))
    code, out, _ = run("doctor", "--azure")
    assert code == 4
    assert f"object id {server.tenant.caller}" in words(out)
    assert "Microsoft.Insights/diagnosticSettings/read in management group acme" in words(out)
    assert "unknown without it: connection-changes-recorded" in words(out)
    assert widest(out) <= 80


def test_doctor_with_nothing_unknown_ends_well(run: Run, serve: Serve, tmp_path: Path) -> None:
    serve(healthy_tenant(NOW))
    code, out, _ = run("doctor", "--azure", "-i", described(tmp_path))
    assert (code, "leave nothing of Azure unknown" in words(out)) == (0, True)


def test_doctor_of_both_ends_is_two_pages(ask: Run, serve: Serve, tmp_path: Path, integration: Path) -> None:
    serve(healthy_tenant(NOW))
    code, out, _ = ask("doctor", "--azure", "-i", integration)
    assert code == 4
    assert out.index("Org          Acme") < out.index("Azure        127.0.0.1")


def test_doctor_of_azure_judges_azure_whatever_policy_was_typed(run: Run, serve: Serve) -> None:
    serve(healthy_tenant(NOW))
    code, out, _ = run("doctor", "--azure", "--policy", "logic-apps-salesforce")
    assert (code, "logic-app-no-plaintext-secrets" in out) == (4, True)


def test_doctor_prints_the_least_role_and_asks_nobody(run: Run, serve: Serve, tmp_path: Path) -> None:
    server = serve(healthy_tenant(NOW))
    code, out, err = run("doctor", "--azure-role", "-i", described(tmp_path))
    assert "az role definition create --role-definition role.json" in err
    assert f"--scope {story.SCOPE}" in err
    role = json.loads(out)
    assert (code, server.calls) == (0, [])
    assert role["AssignableScopes"] == [story.SCOPE]
    assert "Microsoft.Logic/workflows/read" in role["Actions"]


def test_a_role_that_names_no_subscription_says_what_to_replace(run: Run) -> None:
    code, out, err = run("doctor", "--azure-role")
    assert (code, json.loads(out)["AssignableScopes"]) == (0, [EDIT_SUBSCRIPTION])
    assert f"Replace {EDIT_SUBSCRIPTION}" in err
    assert f"--role 'sfharden reader' --scope {EDIT_SUBSCRIPTION}" in err
    assert run("doctor", "--azure-role", "--permission-set")[0] == 2


def test_doctor_needs_an_org_or_azure(run: Run, serve: Serve) -> None:
    assert run("doctor")[0] == 2
    assert run("doctor", "--azure-identity")[0] == 2
    assert run("doctor", "--azure-exports", "x")[0] == 2


def test_doctor_explains_its_calls_to_azure(run: Run, serve: Serve) -> None:
    server = serve(healthy_tenant(NOW))
    code, out, _ = run("doctor", "--azure", "--explain-api")
    assert (code, server.calls) == (0, [])
    assert "Microsoft.Logic/workflows/read" in out


# init ---------------------------------------------------------------------------------------


def test_init_writes_what_check_takes_and_nothing_passes_by_a_placeholder(
    run: Run, serve: Serve, tmp_path: Path
) -> None:
    serve(healthy_tenant(NOW))
    made = tmp_path / "made.yaml"
    code, _, err = run("init", "--azure", "-o", made)
    assert code == 0
    assert "sfharden check --azure --azure-endpoint" in err
    code, out, _ = run("check", "--azure", "-i", made, "-f", "json")
    report = json.loads(out)
    assert code == 1
    for control in ("azure-rights-least", "logic-app-group-isolated", "connection-access-policies"):
        assert not {one["status"] for one in report["results"] if one["control"] == control} & {"pass"}
    assert any("azure, workflows" in one for one in report["to_mend"])


def test_init_of_both_ends_is_one_file(ask: Run, serve: Serve, tmp_path: Path) -> None:
    serve(healthy_tenant(NOW))
    code, out, _ = ask("init", "--azure", "-o", "-")
    (entry,) = yaml.safe_load(out)["integrations"]
    assert code == 0
    assert entry["profile"] == "Logic Apps Integration"
    assert story.WORKFLOW in entry["azure"]["workflows"]


def test_init_replaces_no_file(run: Run, serve: Serve, tmp_path: Path) -> None:
    server = serve(healthy_tenant(NOW))
    (tmp_path / "made.yaml").write_text("mine", "utf-8")
    assert run("init", "--azure", "-o", tmp_path / "made.yaml")[0] == 2
    assert server.calls == []


# egress -------------------------------------------------------------------------------------


def part(out: str) -> dict[str, Any]:
    (only,) = json.loads(out)["parts"]
    return dict(only)


def test_egress_that_is_what_azure_lists_changes_nothing(run: Run, serve: Serve, tmp_path: Path) -> None:
    serve(healthy_tenant(NOW))
    code, out, _ = run("egress", "--azure", "-i", described(tmp_path, DECLARED))
    assert code == 0
    assert "Nothing to do: the integration file declares what Azure lists." in words(out)
    assert widest(out) <= 80


def test_egress_that_misses_addresses_is_to_be_looked_at(run: Run, serve: Serve, tmp_path: Path) -> None:
    serve(healthy_tenant(NOW))
    file = described(tmp_path, "{ranges: [192.0.2.10, 192.0.2.99]}")
    code, out, _ = run("egress", "--azure", "-i", file, "-f", "json")
    found = part(out)
    assert code == 4
    assert "192.0.2.11" in found["azure"]["add"]
    assert found["azure"]["only_written"] == ["192.0.2.99"]
    assert "doesn't declare" in found["conditions"][0]
    _, ranges, _ = run("egress", "--azure", "-i", file, "-f", "ranges")
    assert "192.0.2.10-192.0.2.11\n" in ranges
    assert "198.51.100.7-198.51.100.7\n" in ranges
    _, table, _ = run("egress", "--azure", "-i", file, "-f", "csv")
    assert "crm-sync,to add,192.0.2.11,Azure" in table


def test_egress_whose_lists_may_not_be_read_is_not_known(run: Run, serve: Serve, tmp_path: Path) -> None:
    tenant = healthy_tenant(NOW)
    tenant.rights[:] = [Right(story.STANDARD_SCOPE)]
    serve(tenant)
    code, out, _ = run("egress", "--azure", "-i", described(tmp_path, DECLARED), "-f", "json")
    assert code == 4
    assert "Microsoft.Logic/workflows/read" in part(out)["gaps"][0]["reason"]
    assert (part(out)["azure"]["drop"], part(out)["azure"]["only_written"]) == ([], [])


def test_egress_by_saved_answers_is_that_of_the_running_one(run: Run, serve: Serve, tmp_path: Path) -> None:
    tenant = healthy_tenant(NOW)
    serve(tenant)
    live = part(run("egress", "--azure", "-i", described(tmp_path), "-f", "json")[1])
    (tmp_path / "flow.json").write_text(json.dumps(tenant.find(story.WORKFLOW)), "utf-8")
    code, out, _ = run(
        "egress", "--azure-exports", tmp_path / "flow.json", "-i", described(tmp_path), "-f", "json"
    )
    saved = part(out)
    assert code == 4
    assert saved["azure"]["add"] == live["azure"]["add"]
    assert saved["azure"]["read_at"] == ""


def test_check_says_once_where_the_file_is_not_what_azure_lists(
    run: Run, serve: Serve, tmp_path: Path
) -> None:
    serve(healthy_tenant(NOW))
    _, out, _ = run("check", "--azure", "-i", described(tmp_path), "-f", "json")
    told = [one for one in json.loads(out)["warnings"] if "Azure lists" in one]
    assert len(told) == 1
    assert "192.0.2.11" in told[0]
    _, out, _ = run("check", "--azure", "-i", described(tmp_path, DECLARED), "-f", "json")
    assert [one for one in json.loads(out)["warnings"] if "Azure lists" in one] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("--azure", "--against", "x.json"),
        ("--azure", "--logic-app", "x.json"),
        ("--azure", "--service-tags", "x.json"),
        ("--azure", "--azure-exports", "x"),
    ],
)
def test_what_does_not_go_together_is_refused(run: Run, serve: Serve, arguments: tuple[str, ...]) -> None:
    server = serve(healthy_tenant(NOW))
    assert run("egress", *arguments)[0] == 2
    assert server.calls == []


def test_check_says_what_to_type_next_for_azure(run: Run, serve: Serve, tmp_path: Path) -> None:
    serve(untidy_tenant(NOW))
    assert "sfharden init --azure " in run("check", "--azure")[1]
    _, out, _ = run("check", "--azure", "-i", described(tmp_path))
    assert "sfharden doctor --azure " in out


def test_simulate_of_azure_alone_says_what_is_needed(run: Run, tmp_path: Path) -> None:
    code, out, err = run("simulate", "--azure-exports", tmp_path, "-i", described(tmp_path))
    assert (code, out) == (2, "")
    assert "simulate needs the org, too" in err


def test_snapshot_and_doctor_count_azure_alike_and_name_what_was_not_read(
    run: Run, serve: Serve, tmp_path: Path
) -> None:
    serve(untidy_tenant(NOW))
    code, _, err = run("snapshot", "--azure", "-o", tmp_path / "s.json")
    assert code == 4
    held, unread = re.findall(r"(\d+) of Azure, (\d+) not read", err)[0]
    assert err.count("Not read: ") == min(int(unread), 3)
    assert ("more: check tells all of them" in err) is (int(unread) > 3)
    _, out, _ = run("doctor", "--azure")
    assert f"{held} resources" in words(out)
    assert f"{unread} questions not answered" in words(out)
