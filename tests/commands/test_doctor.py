"""`doctor`: what a login lacks, what that costs, and the permission set that mends it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sfharden.checks.needs import GRANTED, NEEDS, controls_without, is_met
from sfharden.checks.policy import DEFAULT_POLICIES, load_policy
from sfharden.emulator.generate import AUDITOR, CALLERS
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from tests.emulator.kit import client, manifest

from .kit import Run, widest, words

CONTROLS = sorted(control.id for name in DEFAULT_POLICIES for control in load_policy(name).controls)


def test_doctor_with_all_permissions(ask: Run) -> None:
    code, out, err = ask("doctor")
    assert code == 4  # one app of the org has no file, whatever right one holds; with -i it isn't asked about
    assert "Acme (sandbox)" in out
    assert "auditor@acme.example (by access token)" in out
    assert " NO " not in out
    assert widest(out) <= 80
    assert re.search(r"\d+ API calls to 127\.0\.0\.1; [\d,]+ of its 100,000 daily calls are left\.", err)


@pytest.mark.parametrize(
    ("caller", "gap", "unknown"),
    [
        ("no-customize", "Customize Application", "tokens-held-by-integration-users"),
        ("no-modify-metadata", "Modify Metadata", "login-ranges-cover-egress"),
        ("no-logins", "Manage Users", "failure-and-success-observed"),
        ("no-setup", "View Setup", "app-limited-to-integration-profile"),
    ],
)
def test_doctor_names_what_is_missing_and_what_it_costs(
    ask: Run, server: DemoServer, monkeypatch: pytest.MonkeyPatch, caller: str, gap: str, unknown: str
) -> None:
    monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens[caller])
    code, out, _ = ask("doctor")
    assert code == 4
    row = next(line for line in out.splitlines() if line.startswith(gap.split(" ")[0]))
    assert re.search(r"\sNO\s", row) or gap == "Manage Users"
    assert unknown in out
    assert "NOT READ, OR NOT ALL OF IT" in out
    assert "sfharden doctor --permission-set" in out
    assert widest(out) <= 80


@pytest.mark.parametrize("caller", ["no-customize", "no-modify-metadata", "no-logins", "no-setup"])
def test_what_doctor_calls_unknown_does_not_pass_in_check(
    ask: Run,
    server: DemoServer,
    integration: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caller: str,
) -> None:
    """Nothing passes by silence: what this caller can't see can't be told."""
    monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens[caller])
    ask("check", "-i", integration, "-f", "json", "-o", tmp_path / "less.json")
    monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
    ask("check", "-i", integration, "-f", "json", "-o", tmp_path / "full.json")
    less, full = (json.loads((tmp_path / name).read_text("utf-8")) for name in ("less.json", "full.json"))
    assert less["gaps"]
    assert full["gaps"] == []
    passes = verdicts(less, "pass")
    assert passes <= verdicts(full, "pass")
    unmet = [need for need in NEEDS if not is_met(need, AUDITOR - CALLERS[caller])]
    policies = [load_policy(name) for name in DEFAULT_POLICIES]
    unknown = {control for need in unmet for control in controls_without(need, policies)}
    # A profile that has ranges passes whoever has it, and so does an app that only the integration's profile may use;
    # and who holds a permission, holds it, whatever else was not read.
    spared = {
        "login-ranges-everywhere", "app-limited-to-integration-profile", "integration-user-api-only",
        "integration-user-can-call-api",
    }  # fmt: skip
    assert unknown & {control for control, _ in passes} <= spared


def verdicts(report: dict[str, Any], status: str) -> set[tuple[str, str]]:
    results = (one for one in report["results"] if one["status"] == status)
    # An app whose label was not read goes by its API name.
    return {(one["control"], one["subject"]["name"].replace("_", " ")) for one in results}


# Foreseen -------------------------------------------------------------------------------------


def foreseen(page: str) -> str:
    return words(
        page.partition("WOULD LEAVE UNKNOWN")[2].partition("NOT READ, OR NOT")[0].partition("Next:")[0]
    )


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("described", [True, False], ids=["with -i", "without"])
def test_doctor_foresees_the_unknowns_of_check(
    ask: Run,
    server: DemoServer,
    integration: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caller: str,
    described: bool,
) -> None:
    """The same controls for the same reasons, at the same calls; and 4 where check could not end in 0."""
    monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens[caller])
    given = ("-i", integration) if described else ()
    _, _, cost = ask("check", *given, "-f", "json", "-o", tmp_path / "r.json")
    code, out, cost_too = ask("doctor", *given)
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    unknown = [one for one in report["results"] if one["status"] == "unknown"]
    text = foreseen(out)
    for one in unknown:
        assert one["control"] in text
        assert words(one["message"]) in text
    if described:
        assert code == (4 if unknown else 0)
        # A command that can't be foreseen to know less is not said to.
        named = {control for control in CONTROLS if re.search(rf"{control}[,( :]", text)}
        assert named == {one["control"] for one in unknown}
    else:
        assert code == (4 if unknown or report["gaps"] else 0)
    assert re.search(r"\d+ API", cost)[0] == re.search(r"\d+ API", cost_too)[0]  # type: ignore[index]


def test_each_unknown_of_a_login_that_sees_less_says_which_right_it_takes(
    ask: Run, server: DemoServer, integration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["no-profile-names"])
    _, out, _ = ask("doctor", "-i", integration)
    assert foreseen(out).count(" > Let this login have: View All Profiles (`doctor --permission-set`).") == 1
    assert foreseen(out).count(" > ") == 1
    assert f"-i {integration}" in words(out.rpartition("Next:")[2]).replace("'", "")


def test_what_is_unknown_for_another_reason_is_foreseen_with_its_own_way_out(
    ask: Run, integration: Path
) -> None:
    text = re.sub(r"    hardened_at:.*\n", "", integration.read_text("utf-8"))
    integration.write_text(text, "utf-8")
    code, out, _ = ask("doctor", "-i", integration)
    assert code == 4
    assert "tokens-issued-after-hardening, failure-and-success-observed" in foreseen(out)
    assert "> Add hardened_at, when the hardening was done, to the integration file." in foreseen(out)
    assert "--permission-set" not in out


def test_doctor_asks_the_policies_that_check_would(ask: Run, integration: Path) -> None:
    text = re.sub(r"    hardened_at:.*\n", "", integration.read_text("utf-8"))
    integration.write_text(text, "utf-8")
    assert ask("doctor", "-i", integration, "--policy", "salesforce-oauth-2026")[0] == 0
    assert ask("doctor", "--policy", "salesforce-oauth-2062")[0] == 2


def test_placeholders_are_told_first(ask: Run, integration: Path) -> None:
    integration.write_text(
        integration.read_text("utf-8").replace("svc-logicapps@acme.example", "EDIT@example.invalid"), "utf-8"
    )
    code, out, _ = ask("doctor", "-i", integration)
    assert code == 4
    assert "users: EDIT@example.invalid still stands there as init wrote it" in words(
        out.partition("WOULD LEAVE")[0]
    )


def test_the_permission_set_deploys_and_gives_what_doctor_asks_for(
    run: Run, server: DemoServer, org: DemoOrg, integration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, text, err = run("doctor", "--permission-set")
    assert (code, err) == (0, "")
    path = "permissionsets/sfharden_reader.permissionset"
    with client(server) as admin:
        result = admin.deploy({path: text.encode(), "package.xml": manifest([path])})
    assert result["success"], result
    given = org.permission_set("sfharden_reader")
    assert given is not None
    assert given.permissions == set(GRANTED)
    assert all(set(need.names) & given.permissions for need in NEEDS)
    user = org.add_user("reader@acme.example", "Minimum Access - Salesforce")
    org.assign(user, given)
    monkeypatch.setenv("SF_ACCESS_TOKEN", org.open_session(user))
    assert run("doctor", "--instance-url", server.base_url, "-i", integration)[0] == 0
