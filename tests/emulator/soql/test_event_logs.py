"""EventLogFile and the objects of the same rows: who sees them, and where they are."""

from datetime import timedelta

import pytest

from sfharden.emulator.event_rows import ApiRequest
from sfharden.emulator.records import Login
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.soql.event_logs import log_file, log_files
from sfharden.emulator.soql.schema import Caller
from sfharden.emulator.state import DemoOrg
from tests.emulator.kit import NOW
from tests.emulator.soql_kit import ask, small_org

FILES, ROWS = frozenset({"ViewEventLogFiles"}), frozenset({"EventLogReadAccess"})
TOTAL = "SELECT UserId, ClientIp, StatusCode FROM ApiTotalUsageEventLog"


@pytest.fixture
def org() -> DemoOrg:
    found = small_org()
    user = found.users[0]
    found.api_requests.append(ApiRequest(user.id, NOW - timedelta(days=2), "203.0.113.9"))
    for status in ("Success", "Restricted IP", "Invalid Password"):
        found.log(Login(found.new_id("0Ya"), user.id, NOW - timedelta(days=2), "203.0.113.9", status=status))
    return found


def test_files_take_a_right_of_their_own(org: DemoOrg) -> None:
    query = (
        "SELECT Id, EventType, LogFileLength FROM EventLogFile WHERE EventType IN ('ApiTotalUsage', 'Login')"
    )
    found = ask(org, query, permissions=FILES).records(0, 9)
    assert [one["EventType"] for one in found] == ["ApiTotalUsage", "Login"]
    with pytest.raises(RefusalError):
        ask(org, query)


def test_the_objects_are_there_only_where_the_org_has_them(org: DemoOrg) -> None:
    with pytest.raises(RefusalError):
        ask(org, TOTAL, permissions=ROWS)
    org.knobs.event_log_objects = True
    (row,) = ask(org, TOTAL, permissions=ROWS).records(0, 9)
    assert (row["ClientIp"], row["StatusCode"]) == ("203.0.113.9", "200")
    logins = ask(org, "SELECT LoginStatus FROM LoginEventLog", permissions=ROWS).records(0, 9)
    assert [one["LoginStatus"] for one in logins] == [
        "LOGIN_NO_ERROR", "LOGIN_ERROR_RESTRICTED_DOMAIN", "LOGIN_ERROR_INVALID_PASSWORD",
    ]  # fmt: skip


def test_a_body_is_had_by_its_id_with_the_same_right(org: DemoOrg) -> None:
    (first, _) = log_files(org)
    for name in (first.id, first.id[:15]):
        assert log_file(org, Caller(org.users[0], FILES), name) == first.content
    for caller, name in ((Caller(org.users[0], ROWS), first.id), (Caller(org.users[0], FILES), "0AT")):
        with pytest.raises(RefusalError):
            log_file(org, caller, name)
