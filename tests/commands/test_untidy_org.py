"""A hardened org that is as untidy as real ones ends in 0, and whatever is let go of turns one control.

Both at once are what a tool of this kind is worth: one that can't say "hardened" is switched off, one that says it
of anything else is worse than none.
"""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from sfharden.checks.policy import DEFAULT_POLICIES, load_policy
from sfharden.cli import main
from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.server import serve
from sfharden.emulator.state import DemoOrg
from tests.orgs.files import APP as CONNECTED
from tests.orgs.files import ECA_OAUTH_POLICY as POLICY
from tests.orgs.reading import INTEGRATION_FILE, NOW, doors
from tests.orgs.unhardened import (
    MY_DOMAIN,
    OF_A_CONNECTED_APP,
    OF_AN_EXTERNAL_APP,
    OF_THE_ORG,
    LetGo,
    says,
)

POLICIES = {name: load_policy(name) for name in DEFAULT_POLICIES}
Ask = Callable[..., tuple[int, dict[str, object]]]
WORSE = ("fail", "unknown")


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run a command on an org that is served just for it; exit code and report."""
    path, target = tmp_path / "integration.yaml", tmp_path / "report.json"
    path.write_text(INTEGRATION_FILE, "utf-8")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
    # Half of a run's time would go into reading the policies again.
    monkeypatch.setattr("sfharden.commands.judging.load_policy", POLICIES.__getitem__)

    def asked(org: DemoOrg, command: str = "check", *more: str) -> tuple[int, dict[str, object]]:
        with serve(org) as server:
            monkeypatch.setenv("SF_ACCESS_TOKEN", server.tokens["auditor"])
            words = [command, "--instance-url", server.base_url, "-i", str(path), *more]
            code = main([*words, "-f", "json", "-o", str(target)], doors())
        told = capsys.readouterr()
        assert target.exists(), told.err
        return int(code), json.loads(target.read_text("utf-8"))

    return asked


def turned(report: dict[str, object]) -> dict[str, set[str]]:
    """Controls that don't hold, or of which it can't be told, and how."""
    found: dict[str, set[str]] = {}
    results = report["results"]
    assert isinstance(results, list)
    for one in results:
        if one["status"] in WORSE:
            found.setdefault(one["control"], set()).add(one["status"])
    return found


def code_for(becomes: str) -> int:
    return 1 if becomes == "fail" else 4


@pytest.mark.parametrize("external", [False, True], ids=["connected app", "external client app"])
def test_a_hardened_org_ends_in_zero_however_untidy_it_is(ask: Ask, external: bool) -> None:
    code, report = ask(healthy_org(NOW, external=external))
    assert turned(report) == {}
    assert report["gaps"] == []
    assert code == 0


@pytest.mark.parametrize("one", [*OF_THE_ORG, *OF_A_CONNECTED_APP], ids=str)
def test_one_thing_let_go_of_turns_its_own_control_and_no_other(ask: Ask, one: LetGo) -> None:
    org = healthy_org(NOW)
    one.change(org)
    code, report = ask(org)
    assert turned(report) == {one.control: {one.becomes}}
    assert code == code_for(one.becomes)


def test_what_an_org_protects_with_the_secrets_of_an_external_client_app_is_all_that_stays_unknown(
    ask: Ask,
) -> None:
    """Where the guide's rule holds, its scopes take the preference that the secrets control wants off."""
    org = healthy_org(NOW, external=True)
    org.knobs.eca_settings_readable = False
    code, report = ask(org)
    developers = (
        "app-refresh-token-rotation", "app-device-flow-off", "app-secret-required", "app-client-credentials-off",
        "app-digital-signature",
    )  # fmt: skip
    assert turned(report) == {one: {"unknown"} for one in ("app-scopes-minimal", *developers)}
    assert code == 4


@pytest.mark.parametrize("one", OF_AN_EXTERNAL_APP, ids=str)
def test_it_does_so_for_an_external_client_app(ask: Ask, one: LetGo) -> None:
    org = healthy_org(NOW, external=True)
    one.change(org)
    code, report = ask(org)
    assert turned(report) == {one.control: {one.becomes}}
    assert code == code_for(one.becomes)


@pytest.mark.parametrize(
    ("external", "change"),
    [
        (False, says(CONNECTED, "isAdminApproved", "false")),
        (True, says(POLICY, "permittedUsersPolicyType", "AllSelfAuthorized")),
    ],
    ids=["connected app", "external client app"],
)
def test_an_app_that_anybody_may_authorise_is_limited_to_nobody_either(
    ask: Ask, external: bool, change: Callable[[DemoOrg], object]
) -> None:
    """The one cause for which two controls speak: whoever reads only one of them must not miss it."""
    org = healthy_org(NOW, external=external)
    change(org)
    code, report = ask(org)
    assert (code, set(turned(report))) == (1, {"app-admin-approved", "app-limited-to-integration-profile"})


def test_every_control_of_the_default_policies_is_turned_by_something() -> None:
    told = Counter(one.control for one in (*OF_THE_ORG, *OF_A_CONNECTED_APP, *OF_AN_EXTERNAL_APP))
    assert len(told) >= 25
    assert sum(told.values()) >= 30
    every = {control.id for policy in POLICIES.values() for control in policy.controls}
    # These are never alone: see above, and the success from elsewhere below.
    assert every - set(told) == {
        "app-admin-approved",
        "login-outside-ranges-absent",
        "app-digital-signature",  # nor does it fail without another: see app-client-credentials-off
        "connected-app-end-of-support",  # an announced date fails nobody
    }


@pytest.mark.parametrize("external", [False, True], ids=["connected app", "external client app"])
def test_simulating_no_change_answers_every_row(ask: Ask, tmp_path: Path, external: bool) -> None:
    org = healthy_org(NOW, external=external)
    same = tmp_path / "same" / MY_DOMAIN
    same.parent.mkdir(parents=True)
    same.write_bytes(org.metadata[MY_DOMAIN])
    code, report = ask(org, "simulate", "--with", str(tmp_path / "same"))
    assert "can't tell" not in json.dumps(report)
    assert code == 0
