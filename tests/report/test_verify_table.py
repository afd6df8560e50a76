"""What to do about a finding: a command that is whole, harmless to type, and aims at what was seen."""

import json
import shlex
from datetime import timedelta, timezone
from typing import Any

import pytest

from sfharden.checks.observed import Observation, verify
from sfharden.model import org
from sfharden.model.integration import Integration
from sfharden.model.results import Status
from sfharden.report.verify_table import render_verification, render_verification_json, to_do
from sfharden.text.terminal import Terminal
from tests.orgs.running import (  # fmt: skip
    DANA,
    ELSEWHERE,
    FILES,
    HARDENED_INTEGRATION,
    TAKEN,
    login,
    running,
    token,
)

EAST = timezone(timedelta(hours=14))
SUCCESS, REFUSAL = login(), login(source=ELSEWHERE, status="Restricted IP", days=2)


def asked(name: str, by: Integration = HARDENED_INTEGRATION, **tables: Any) -> str:
    found = {one.id: one for one in verify(running(FILES, **tables), by).findings}
    return to_do(found[name], by, "--org ALIAS")


def test_old_tokens_come_with_their_number_and_the_command() -> None:
    found = asked("old-tokens-gone", tokens=(token(days=-3), token(days=-2)))
    assert "Revoke 2 tokens of the app 'Azure Logic Apps'" in found
    assert found.endswith(
        "sfharden revoke --org ALIAS --app 'Azure Logic Apps' --created-before 2026-11-20T09:00:00Z"
    )


def test_logins_from_elsewhere_come_with_their_addresses() -> None:
    found = asked("no-success-from-elsewhere", logins=(SUCCESS, login(source=ELSEWHERE)))
    assert f"whose addresses these are: {ELSEWHERE}." in found
    assert found.endswith("sfharden revoke --org ALIAS --app 'Azure Logic Apps'")


@pytest.mark.parametrize(
    ("name", "source", "days"),
    [("no-refusal-from-egress", "192.0.2.3", 3), ("no-success-outside-ranges", ELSEWHERE, 3)],
)
def test_addresses_come_with_the_profile_to_compare_them_with(name: str, source: str, days: int) -> None:
    status = "Success" if name.startswith("no-success") else "Restricted IP"
    found = asked(name, logins=(SUCCESS, REFUSAL, login(source=source, status=status, days=days)))
    assert found.startswith(f"Compare {source} with the login ranges of the profile 'Logic Apps Integration'")


def test_tokens_of_others_come_with_their_holders() -> None:
    found = asked("expected-consent", tokens=(token(DANA),))
    assert "Revoke 1 token of the app 'Azure Logic Apps', held by 'dana" in found
    assert "--app 'Azure Logic Apps' --user 'dana" in found


def test_a_name_ends_no_quotes_of_the_command() -> None:
    evil = org.User(DANA, "d'; rm -rf ~ #", "00e000000000003AAA", True, "Standard", None)
    users = (*running().org.users[:2], evil)  # type: ignore[union-attr,index]
    found = asked("expected-consent", users=users, tokens=(token(DANA),))
    assert shlex.split(found.rpartition(": ")[2])[-2:] == ["--user", evil.username]


def test_what_was_not_seen_comes_with_how_to_bring_it_about() -> None:
    assert asked("success-from-egress", logins=()).startswith("Run the Logic App once")
    found = asked("refusal-from-elsewhere", logins=())
    assert "sign in once at your My Domain as svc@acme.example, with the right password" in found
    assert "attempts" not in found


def test_an_attempt_whose_status_is_not_known_can_be_declared_as_it_stands() -> None:
    unknown = login(source=ELSEWHERE, status="Échec", days=2)
    found = asked("refusal-from-elsewhere", logins=(SUCCESS, unknown))
    assert "Status 'Échec' is not known." in found
    assert found.endswith(f"attempts: [{{at: 2026-11-22T09:00:00Z, from: {ELSEWHERE}}}]")
    for other in (login(DANA, ELSEWHERE, status="Échec"), login(source=ELSEWHERE, status="Invalid Password")):
        assert "attempts" not in asked("refusal-from-elsewhere", logins=(SUCCESS, other))


def test_nothing_is_to_be_done_where_all_is_well_or_nothing_helps() -> None:
    for snapshot in (running(), running(logins=None, tokens=None)):
        for one in verify(snapshot, HARDENED_INTEGRATION).findings:
            assert to_do(one, HARDENED_INTEGRATION, "--org ALIAS") == ""


def test_every_finding_that_can_fail_says_what_to_do() -> None:
    worst = running(
        logins=(login(source=ELSEWHERE), login(status="Restricted IP", days=3)),
        tokens=(token(DANA, days=-1),),
    )
    failed = [one for one in verify(worst, HARDENED_INTEGRATION).findings if one.status is Status.FAIL]
    assert len(failed) == 5
    assert all(to_do(one, HARDENED_INTEGRATION, "--org ALIAS") for one in failed)


def test_a_moment_in_another_zone_is_typed_in_utc() -> None:
    by = HARDENED_INTEGRATION.model_copy(update={"hardened_at": (TAKEN - timedelta(days=1)).astimezone(EAST)})
    old: Observation = next(
        one for one in verify(running(tokens=(token(days=-1),)), by).findings if one.id == "old-tokens-gone"
    )
    assert "--created-before 2026-11-23T12:00:00Z" in to_do(old, by, "--demo")


def test_where_a_name_leads_nowhere_nothing_else_is_to_be_done() -> None:
    """Else the integration's own user, misspelt, is a stranger whose tokens are to be revoked."""
    by = HARDENED_INTEGRATION.model_copy(update={"users": ("svcc@acme.example",)})
    snapshot = running(FILES)
    found = [(by, verify(snapshot, by))]
    text = render_verification(found, snapshot.source, "--org x", Terminal())
    assert text.index("MEND THE INTEGRATION FILE FIRST") < text.index("FAILED")
    assert text.partition("To do:\n")[2] == "- Mend the integration file, then verify again.\n"
    data = json.loads(render_verification_json(found, snapshot.source, "--org x", "0", ""))
    (one,) = data["integrations"]
    assert "Did you mean 'svc@acme.example'?" in one["to_mend"][0]
    assert not any("revoke" in finding["to_do"] for finding in one["findings"])


@pytest.mark.parametrize("width", [60, 80])
def test_it_fits_and_a_failure_does_not_read_as_good_news(width: int) -> None:
    tokens = (token(DANA), token(days=-3))
    snapshot = running(FILES, logins=(SUCCESS, login(source=ELSEWHERE)), tokens=tokens)
    found = [(HARDENED_INTEGRATION, verify(snapshot, HARDENED_INTEGRATION))]
    text = render_verification(found, snapshot.source, "--org x", Terminal(width))
    assert max(map(len, text.splitlines())) <= width
    failed = [line for line in text.splitlines() if line.startswith("FAILED")]
    assert len(failed) == 4
    assert all("Not so: " in line for line in failed)
