"""Whether requests came from the integration's own addresses: pass, fail, and what can't be told."""

from datetime import timedelta
from typing import Any

import pytest

from sfharden.addresses import AddressSet
from sfharden.checks.evaluate import evaluate
from sfharden.checks.observed import Observation, verify
from sfharden.checks.policy import REQUESTS_POLICY, load_policy
from sfharden.checks.requests import with_requests
from sfharden.model import org
from sfharden.model.events import INSIDE, LOGIN
from sfharden.model.integration import Egress, Integration
from sfharden.model.results import Result, Status
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs.constants import DANA, HARDENED, NOW, SERVICE_USER, SVC
from tests.orgs.constants import HARDENED_INTEGRATION as INTEGRATION
from tests.orgs.files import SECURITY, snapshot_of
from tests.orgs.requests import DAY, OUTSIDE, request, unread, with_events
from tests.orgs.tables import FILES, USERS, changed, running

OTHER_APP: dict[str, Any] = {"app": "Data Loader", "app_id": "0H4000000000099AAA"}


def judged(snapshot: Snapshot, by: Integration = INTEGRATION) -> Result:
    (found,) = evaluate(snapshot, [load_policy(REQUESTS_POLICY)], [by], (), NOW, "0").results
    return found


def status(snapshot: Snapshot, by: Integration = INTEGRATION) -> str:
    return judged(snapshot, by).status.value


def finding(snapshot: Snapshot, name: str, by: Integration = INTEGRATION) -> Observation:
    found = with_requests(verify(snapshot, by, NOW), snapshot, by, NOW)
    return next(one for one in found.findings if one.id == name)


def test_requests_from_egress_pass_and_the_time_they_cover_is_said() -> None:
    found = judged(with_events(request(times=1234)))
    assert found.status is Status.PASS
    assert found.message == (
        "From 2026-11-23 00:00 UTC to 2026-11-24 00:00 UTC it made 1,234 requests, all from egress or operator ranges."
    )


def test_requests_from_outside_fail_with_how_many_from_where_and_when() -> None:
    found = judged(with_events(request(times=90), request(OUTSIDE, times=10)))
    assert found.status is Status.FAIL
    assert found.message == (
        f"10 requests of 100 came from outside its egress and operator ranges: {OUTSIDE}; "
        "the last of 2026-11-23 16:00 UTC."
    )
    assert {one.what for one in found.evidence} == {"requests", "apps", "statuses"}


@pytest.mark.parametrize("status_", ["200", "404", ""])
def test_whatever_answer_it_got_a_request_from_outside_fails(status_: str) -> None:
    assert status(with_events(request(), request(OUTSIDE, status=status_))) == "fail"


def test_one_without_a_valid_session_is_told_and_fails_nothing() -> None:
    found = judged(with_events(request(), request(OUTSIDE, status="401", times=3)))
    assert found.status is Status.PASS
    assert f"3 requests from {OUTSIDE} had no valid session" in found.message


def test_one_refused_for_what_may_be_a_permission_is_unknown() -> None:
    found = judged(with_events(request(), request(OUTSIDE, status="403")))
    assert found.status is Status.UNKNOWN
    assert "403" in found.message


@pytest.mark.parametrize(
    "own",
    [
        pytest.param({**OTHER_APP}, id="by its user through any app"),
        pytest.param({"user": DANA}, id="by its app as any user"),
        pytest.param({"user": SERVICE_USER.upper(), **OTHER_APP}, id="by its user's name alone"),
        pytest.param({"user": DANA, "app_id": ""}, id="by its app's name alone"),
        pytest.param({"user": DANA, "app": "?", "app_id": "0H4000000000001"}, id="by its app's short id"),
    ],
)
def test_whose_requests_count(own: dict[str, Any]) -> None:
    assert status(with_events(request(), request(OUTSIDE, **own))) == "fail"


def test_others_requests_count_for_nothing() -> None:
    assert status(with_events(request(), request(OUTSIDE, user=DANA, **OTHER_APP))) == "pass"


def test_a_request_of_which_the_log_does_not_tell_whose_is_unknown() -> None:
    assert status(with_events(request(), request(OUTSIDE, user="", app="", app_id=""))) == "unknown"


@pytest.mark.parametrize("user", ["null", "NULL", "-", "000000000000000AAA", "000000000000000", "n/a"])
def test_what_stands_in_place_of_a_user_is_nobody_else(user: str) -> None:
    assert status(with_events(request(), request(OUTSIDE, user=user, app="", app_id=""))) == "unknown"


def test_an_id_that_lost_its_case_is_nobody_else_s() -> None:
    mixed = "005xx000000000DAAQ"
    users = tuple(one._replace(id=mixed) if one.id == SVC else one for one in USERS)
    lost = request(OUTSIDE, user=mixed.lower(), **OTHER_APP)
    assert status(with_events(request(user=mixed), lost, users=users)) == "unknown"
    by_its_app = request(OUTSIDE, user=mixed.lower())
    assert status(with_events(request(user=mixed), by_its_app, users=users)) == "fail"


def test_calls_from_inside_salesforce_are_told_and_not_counted() -> None:
    found = judged(with_events(request(), request(INSIDE, times=7)))
    assert found.status is Status.PASS
    assert "7 requests came from inside Salesforce, which shows no address." in found.message
    assert status(with_events(request(INSIDE))) == "unknown"  # nothing else was seen


@pytest.mark.parametrize("text", ["", "unknown", "203.0.113.9, 10.0.0.1"])
def test_what_is_no_address_is_unknown(text: str) -> None:
    assert status(with_events(request(), request(text))) == "unknown"
    assert status(with_events(request(OUTSIDE), request(text))) == "fail"  # a row that is there may fail


@pytest.mark.parametrize(
    "snapshot",
    [
        pytest.param(running(), id="nobody asked"),
        pytest.param(unread(), id="refused"),
        pytest.param(with_events(), id="no request at all"),
        pytest.param(with_events(request(), periods=()), id="no time known"),
        pytest.param(with_events(request(), periods=[DAY._replace(start=DAY.end - timedelta(hours=11))]), id="too short"),
        pytest.param(
            with_events(request(), periods=[DAY._replace(start=NOW - timedelta(days=9), end=NOW - timedelta(days=8))]),
            id="too long ago",
        ),
        pytest.param(
            with_events(request(), gaps=[Gap(what="a day", reason="cut off", kind=org.REQUESTS)]), id="in part"
        ),
        pytest.param(with_events(request(), users=None), id="no users"),
        pytest.param(
            with_events(request()).model_copy(update={"taken_at": HARDENED - timedelta(days=1)}),
            id="read before the hardening",
        ),
        pytest.param(snapshot_of(FILES), id="files"),
    ],
)  # fmt: skip
def test_what_was_not_read_is_unknown(snapshot: Snapshot) -> None:
    assert status(snapshot) == "unknown"


def test_the_way_to_get_it_is_said() -> None:
    assert "--events FILE" in judged(running()).message
    assert "the org refused" in judged(unread()).message


def test_a_user_whom_nobody_is_keeps_it_from_passing() -> None:
    by = INTEGRATION.model_copy(update={"users": (*INTEGRATION.users, "gone@acme.example")})
    assert status(with_events(request()), by) == "unknown"
    assert status(with_events(request(OUTSIDE)), by) == "fail"


def test_without_egress_no_address_is_outside_it() -> None:
    by = INTEGRATION.model_copy(update={"egress": Egress(addresses=AddressSet())})
    assert status(with_events(request(OUTSIDE)), by) == "unknown"


def test_what_came_before_the_hardening_counts_for_nothing() -> None:
    old = request(OUTSIDE, hours=24 * 300)
    assert status(with_events(request(), old)) == "pass"
    assert status(with_events(request(), old), INTEGRATION.model_copy(update={"hardened_at": None})) == "fail"


# verify ------------------------------------------------------------------------------------------


def test_a_request_that_got_past_the_ranges_is_a_finding_of_its_own() -> None:
    found = finding(with_events(request(), request(OUTSIDE, times=2)), "every-request-held")
    assert found.status is Status.FAIL
    assert "2 requests from outside them got an answer" in found.message


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ([], Status.PASS),
        ([request(OUTSIDE, status="401")], Status.PASS),
        ([request(OUTSIDE, status="")], Status.UNKNOWN),
        ([request(OUTSIDE, status="403")], Status.UNKNOWN),
        ([request(OUTSIDE, user=DANA)], Status.PASS),  # no range of the integration's binds her
    ],
)
def test_whether_the_ranges_held(more: list, told: Status) -> None:  # type: ignore[type-arg]
    assert finding(with_events(request(), *more), "every-request-held").status is told


def test_where_ranges_are_not_enforced_on_every_request_there_is_nothing_to_hold() -> None:
    files = changed(SECURITY, ("EveryRequest>true", "EveryRequest>false"))
    events = with_events(request(OUTSIDE)).events
    snapshot = running(files).model_copy(update={"events": events})
    found = with_requests(verify(snapshot, INTEGRATION, NOW), snapshot, INTEGRATION, NOW)
    assert [one.id for one in found.findings if one.requests] == ["requests-from-egress"]
    assert "every-request-held" not in {one.id for one in found.findings}


def test_verify_says_that_nobody_looked_where_nobody_asked() -> None:
    found = with_requests(verify(running(), INTEGRATION, NOW), running(), INTEGRATION, NOW)
    assert found.findings == verify(running(), INTEGRATION, NOW).findings
    assert "--events" in found.not_looked_at


def test_verify_is_unknown_where_the_org_refused() -> None:
    assert finding(unread(), "requests-from-egress").status is Status.UNKNOWN
    assert finding(unread(), "every-request-held").status is Status.UNKNOWN


def test_logins_of_event_logs_are_no_requests() -> None:
    assert status(with_events(request(), request(OUTSIDE, kind=LOGIN, status="LOGIN_NO_ERROR"))) == "pass"
