"""Logins: what was seen to work from where, what was refused, and what can't be placed."""

from datetime import timedelta

import pytest

from sfharden.addresses import AddressSet
from sfharden.checks.observed import verify
from sfharden.emulator.generate import ADMIN_USER, EGRESS, EGRESS_USED, ELSEWHERE, OPERATOR, PROFILE
from sfharden.model.integration import Egress, Integration
from sfharden.model.org import Login
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs import live
from tests.orgs.live import login, user
from tests.orgs.metadata import NOW

OBSERVED, INSIDE = "failure-and-success-observed", "login-outside-ranges-absent"
WORKED = login()
REFUSED = login(source_ip=ELSEWHERE[0], status="Restricted IP")
BEFORE = live.HARDENED - timedelta(seconds=1)
LONG_AGO = NOW - timedelta(days=200)


def logins(*found: Login) -> Snapshot:
    return live.changed(logins=found)


def test_success_and_refusal_pass_with_counts() -> None:
    result = live.verdict(live.healthy(), OBSERVED)
    assert result.message == (
        "Since 2026-11-20 it got in from egress (7 logins), was refused from elsewhere (1 login), "
        "and never got in from elsewhere."
    )


@pytest.mark.parametrize(
    ("found", "expected", "words"),
    [
        ((WORKED, REFUSED), "pass", "got in from egress"),
        # What was not seen yet is no fault, and may still be brought about.
        ((WORKED,), "unknown", "refused by its address"),
        ((REFUSED,), "unknown", "from an egress address"),
        ((), "unknown", "from an egress address"),
        # A refusal from egress, or from the operator's own address, shows nothing of the ranges.
        ((WORKED, REFUSED._replace(source_ip=EGRESS_USED[0])), "unknown", "refused by its address"),
        ((WORKED, REFUSED._replace(source_ip=OPERATOR)), "unknown", "refused by its address"),
        ((WORKED, REFUSED._replace(source_ip="Salesforce.com IP")), "unknown", "refused by its address"),
        # The operator's success isn't the integration's.
        ((WORKED._replace(source_ip=OPERATOR), REFUSED), "unknown", "from an egress address"),
        # What was before the hardening counts neither for nor against it.
        ((WORKED._replace(last=BEFORE), REFUSED), "unknown", "from an egress address"),
        ((WORKED, REFUSED._replace(last=BEFORE)), "unknown", "refused by its address"),
        ((WORKED, REFUSED, login(source_ip=ELSEWHERE[1], last=BEFORE)), "pass", ""),
        ((WORKED._replace(first=LONG_AGO), REFUSED), "pass", ""),
        # Only `Success`, spelled so, is one.
        ((WORKED._replace(status="success"), REFUSED), "unknown", "from an egress address"),
        ((WORKED, REFUSED, login(source_ip=ELSEWHERE[1])), "fail", ELSEWHERE[1]),
        ((login(source_ip=ELSEWHERE[1]),), "fail", ELSEWHERE[1]),
        # Somebody else's logins are nothing of the integration's.
        ((WORKED, REFUSED, login(source_ip=ELSEWHERE[1], user_id=user(ADMIN_USER).id)), "pass", ""),
        ((WORKED, REFUSED, login(source_ip="")), "unknown", "none"),
        ((WORKED, REFUSED, login(source_ip="10.0.0.0/8")), "unknown", "10.0.0.0/8"),
        ((WORKED, REFUSED, login(source_ip=f"::ffff:{EGRESS_USED[0]}")), "pass", ""),
    ],
)
def test_what_must_have_been_seen(found: tuple[Login, ...], expected: str, words: str) -> None:
    result = live.verdict(logins(*found), OBSERVED)
    assert result.status.value == expected
    assert words in result.message
    if expected == "fail":
        assert result.severity.value == "medium"


def test_a_success_from_elsewhere_fails_even_if_logins_are_missing() -> None:
    gap = Gap(what="Logins", reason="cut off", kind="LoginHistory")
    found = (login(source_ip=ELSEWHERE[1], times=3), login(source_ip=ELSEWHERE[0], times=1))
    result = live.verdict(live.changed(gap, logins=found), OBSERVED)
    assert result.status.value == "fail"
    assert "4 logins" in result.message
    assert f"{ELSEWHERE[0]}, {ELSEWHERE[1]}" in result.message
    assert live.status(live.changed(gap, logins=found), INSIDE) == "fail"


@pytest.mark.parametrize("control", [OBSERVED, INSIDE])
def test_logins_that_began_before_the_hardening_are_counted_with_care(control: str) -> None:
    """Of logins that differ only in time, the first and the last are known: the last one decides."""
    one = login(source_ip=ELSEWHERE[0], times=9, first=LONG_AGO)
    assert "Up to 9 logins" in live.verdict(logins(one), control).message


def test_missing_evidence_is_no_failure_where_logins_may_be_missing() -> None:
    gap = Gap(what="Logins", reason="cut off", kind="LoginHistory")
    assert live.status(live.changed(gap, logins=(WORKED,)), OBSERVED) == "unknown"
    assert live.status(live.changed(logins=(WORKED,), logins_since=NOW), OBSERVED) == "unknown"


@pytest.mark.parametrize(
    ("found", "expected"), [((WORKED, REFUSED), "pass"), ((WORKED,), "unknown"), ((), "unknown")]
)
def test_a_hardening_longer_ago_than_logins_are_kept(found: tuple[Login, ...], expected: str) -> None:
    by = live.INTEGRATION.model_copy(update={"hardened_at": LONG_AGO})
    result = live.verdict(logins(*found), OBSERVED, by)
    assert result.status.value == expected
    if expected == "pass":
        assert "Since 2026-05-28" in result.message


def test_unknown_egress_gives_no_verdict() -> None:
    gap = Gap(what="x.json", reason="gone")
    for egress in (
        Egress(addresses=live.INTEGRATION.egress.addresses, gaps=(gap,)),
        Egress(addresses=AddressSet()),
    ):
        by = live.INTEGRATION.model_copy(update={"egress": egress})
        assert live.status(logins(WORKED, REFUSED, login(source_ip=ELSEWHERE[1])), OBSERVED, by) == "unknown"


def test_a_user_whom_nobody_read_may_have_done_anything() -> None:
    by = live.INTEGRATION.model_copy(update={"users": (*live.INTEGRATION.users, "gone@acme.example")})
    for control in (OBSERVED, INSIDE):
        result = live.verdict(live.healthy(), control, by)
        assert result.status.value == "unknown"
        assert "gone@acme.example" in result.message


@pytest.mark.parametrize("control", [OBSERVED, INSIDE])
def test_logins_that_were_not_asked_for_are_unknown(control: str) -> None:
    result = live.verdict(live.changed(logins=None, logins_since=None), control)
    assert result.status.value == "unknown"


def test_without_a_date_of_hardening_all_logins_count() -> None:
    by = live.INTEGRATION.model_copy(update={"hardened_at": None})
    assert live.status(live.healthy(), OBSERVED, by) == "unknown"
    assert live.status(live.healthy(), INSIDE, by) == "pass"
    assert live.status(logins(login(source_ip=ELSEWHERE[0], last=LONG_AGO)), INSIDE, by) == "fail"


@pytest.mark.parametrize(
    ("found", "expected", "words"),
    [
        ((WORKED, REFUSED), "pass", "4 logins, all from inside its login ranges, since 2026-11-20"),
        ((REFUSED,), "pass", "No login succeeded"),
        # Nothing seen is no evidence: what was a failure must not turn round by a later hardened_at.
        ((), "unknown", "no login of the profile's users was seen since 2026-11-20"),
        ((WORKED._replace(source_ip=OPERATOR),), "pass", "inside"),
        ((login(source_ip=ELSEWHERE[0]),), "fail", f"outside its login ranges: {ELSEWHERE[0]}"),
        ((login(source_ip=ELSEWHERE[0], last=BEFORE),), "unknown", "no login"),
        ((REFUSED, login(source_ip=ELSEWHERE[0], last=BEFORE)), "pass", "No login succeeded"),
        ((WORKED, login(source_ip="Salesforce.com IP", times=2)), "unknown", "2 logins without an address"),
        ((login(source_ip="203.0.113.4-203.0.113.9"),), "unknown", "without an address"),
        ((login(source_ip=ELSEWHERE[0]), login(source_ip="")), "fail", ELSEWHERE[0]),
    ],
)
def test_logins_against_the_profile_s_ranges(found: tuple[Login, ...], expected: str, words: str) -> None:
    result = live.verdict(logins(*found), INSIDE)
    assert result.status.value == expected
    assert words in result.message


def test_everybody_of_the_profile_counts() -> None:
    twin = user(live.INTEGRATION.users[0])._replace(id="005TWIN", username="dana@acme.example")
    found = live.changed(
        users=(*live.table("users"), twin), logins=(login(user_id=twin.id, source_ip=ELSEWHERE[0]),)
    )
    assert live.status(found, INSIDE) == "fail"


def test_a_range_that_can_not_be_read_might_hold_the_address() -> None:
    ranges = live.with_ranges(logins(login(source_ip=ELSEWHERE[0])), PROFILE, ("192.0.2.0", "nowhere"))
    assert live.status(ranges, INSIDE) == "unknown"


def test_a_hardening_that_is_yet_to_come_hides_no_login() -> None:
    for later in (timedelta(seconds=1), timedelta(days=400)):
        by = live.INTEGRATION.model_copy(update={"hardened_at": NOW + later})
        for found in ((WORKED, REFUSED), (login(source_ip=ELSEWHERE[0]),)):
            assert live.status(logins(*found), INSIDE, by) == "unknown"
            assert live.status(logins(*found), OBSERVED, by) == "unknown"


# A refusal by address, and what only looks like one -------------------------------------------

# Found from outside: each proved the ranges, for check and for verify.
NO_REFUSALS = [
    "Failed: Not approved for access",
    "Invalid Password",
    "Password Lockout",
    "User is Inactive",
    "User Is Frozen",
    "Failed: API security token required",
    "Failed: Computer activation required",
    "Failed: Mobile License Required",
    "成功",
    "Échec de la connexion",
    "Something New: 42",
    "restricted ip",
]


def findings(snapshot: Snapshot, by: Integration = live.INTEGRATION) -> dict[str, str]:
    return {one.id: one.status.value for one in verify(snapshot, by).findings}


@pytest.mark.parametrize("status", NO_REFUSALS)
def test_a_status_that_does_not_name_the_address_is_no_refusal_by_it(status: str) -> None:
    snapshot = logins(WORKED, REFUSED._replace(status=status))
    result = live.verdict(snapshot, OBSERVED)
    assert result.status.value == "unknown"
    assert f"'{status}' from {ELSEWHERE[0]}" in result.message
    assert findings(snapshot)["refusal-from-elsewhere"] == "unknown"


@pytest.mark.parametrize(
    "ranges", [(), ((EGRESS[0], EGRESS[1]), (OPERATOR, OPERATOR), (ELSEWHERE[0], ELSEWHERE[0]))]
)
@pytest.mark.parametrize("status", ["Restricted IP", "Invalid Password"])
def test_ranges_that_admit_the_address_have_refused_nothing(
    ranges: tuple[tuple[str, str], ...], status: str
) -> None:
    snapshot = live.with_ranges(logins(WORKED, REFUSED._replace(status=status)), PROFILE, *ranges)
    assert live.status(snapshot, OBSERVED) == "unknown"
    assert findings(snapshot)["refusal-from-elsewhere"] == "unknown"


def test_a_name_that_nobody_has_hides_no_success_of_the_others() -> None:
    by = live.INTEGRATION.model_copy(update={"users": (*live.INTEGRATION.users, "no-such-user@acme.example")})
    snapshot = logins(WORKED, REFUSED, login(source_ip=ELSEWHERE[1]))
    assert live.status(snapshot, OBSERVED, by) == "fail"
    assert findings(snapshot, by)["no-success-from-elsewhere"] == "fail"
    assert findings(logins(WORKED, REFUSED), by)["no-success-from-elsewhere"] == "unknown"


def test_an_org_that_speaks_another_language_shows_nothing_to_rely_on() -> None:
    """Nobody `Success`fully got in there, and somebody may well have."""
    snapshot = logins(WORKED._replace(status="成功"), login(source_ip=ELSEWHERE[1], status="成功"))
    assert live.status(snapshot, OBSERVED) == "unknown"
    assert live.status(snapshot, INSIDE) == "unknown"
    assert {
        findings(snapshot)[name] for name in ("no-success-from-elsewhere", "no-success-outside-ranges")
    } == {"unknown"}
