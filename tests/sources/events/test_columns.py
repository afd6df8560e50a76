"""Tables of events told by their columns."""

import pytest

from sfharden.errors import InputError
from sfharden.model.events import INSIDE, LOGIN
from sfharden.sources.events.columns import by_role, key_of, layout_of, other_type, plain
from tests.sources.events.kit import APP18, TOTAL_HEAD, USER, USER18, total

HISTORY = ("TimeGenerated", "UserId", "SourceIp", "Status", "LoginType", "Application")
CLOUD = (
    "TimeGenerated",
    "EventType",
    "UserId",
    "ClientIp",
    "SourceIp",
    "LoginStatus",
    "TimestampDerived",
    "ApiType",
)
REAL_TIME = (
    "EventDate",
    "EventType",
    "UserId",
    "Username",
    "SourceIp",
    "Status",
    "Application",
    "ConnectedAppId",
)
SETUP = ("Username", "Login Time", "Source IP", "Login Type", "Status", "Browser", "Platform", "Application")


def key(names: tuple[str, ...], values: list[str]) -> object:
    layout = layout_of(names, "it")
    return key_of(layout, layout.pick(values))


def test_a_request_says_who_from_where_by_which_app() -> None:
    assert key(TOTAL_HEAD, total()) == (USER18, "Sync", APP18, "203.0.113.9", "REST", "200")


def test_a_call_from_inside_salesforce_has_no_address_and_says_so() -> None:
    found = key(TOTAL_HEAD, total("salesforce.com ip"))
    assert isinstance(found, tuple)
    assert found[3] == INSIDE


def test_quotes_that_came_tripled_are_taken_off() -> None:
    row = ['"ApiTotalUsage"', "2026", "1", USER, "REST", '"203.0.113.9"', "", '"Sync"', "200", "2026"]
    assert key(TOTAL_HEAD, row) == (USER18, "Sync", "", "203.0.113.9", "REST", "200")


@pytest.mark.parametrize(
    ("names", "values", "found"),
    [
        (HISTORY, ["t", USER, "203.0.113.9", "Success", "Remote Access 2.0", "Sync"],
         (USER18, "Sync", "", "203.0.113.9", LOGIN, "Success")),
        (CLOUD, ["t", "Login", USER, "", "203.0.113.9", "LOGIN_NO_ERROR", "t", ""],
         (USER18, "", "", "203.0.113.9", LOGIN, "LOGIN_NO_ERROR")),
        (CLOUD, ["t", "RestApi", USER, "203.0.113.9", "", "", "t", ""],
         (USER18, "", "", "203.0.113.9", "REST", "")),
        (REAL_TIME, ["t", "ApiEvent", USER, "a@b", "203.0.113.9", "", "Sync", APP18],
         (USER18, "Sync", APP18, "203.0.113.9", "API", "")),
        (REAL_TIME, ["t", "LoginEvent", "", "a@b", "203.0.113.9", "Success", "Sync", ""],
         ("a@b", "Sync", "", "203.0.113.9", LOGIN, "Success")),
        (SETUP, ["a@b", "t", "203.0.113.9", "Remote Access 2.0", "Success", "", "", "Sync"],
         ("a@b", "Sync", "", "203.0.113.9", LOGIN, "Success")),
    ],
)  # fmt: skip
def test_each_exporter_s_table_is_known_by_its_columns(
    names: tuple[str, ...], values: list[str], found: object
) -> None:
    assert key(names, values) == found


def test_an_event_of_another_type_says_nothing() -> None:
    assert key(CLOUD, ["t", "ReportExport", USER, "203.0.113.9", "", "", "t", ""]) is None


@pytest.mark.parametrize("missing", ["TimeGenerated", "UserId", "SourceIp", "Status", "LoginType"])
def test_a_table_that_lacks_what_tells_it_is_named_with_what_would_be_right(missing: str) -> None:
    with pytest.raises(InputError, match=r"^export\.csv: its columns") as caught:
        layout_of([name for name in HISTORY if name != missing], "export.csv")
    assert "SalesforceLoginHistoryV2_CL" in caught.value.hint


def test_names_differ_neither_by_case_nor_marks_nor_the_portal_s_zone() -> None:
    assert {plain(one) for one in ("CLIENT_IP", "ClientIp", "Client IP", "clientip [UTC]")} == {"clientip"}


def test_of_two_columns_of_one_name_the_first_counts() -> None:
    assert by_role(["SourceIp", "SOURCE_IP"])["source"] == 0


def test_the_portal_s_times_are_in_utc() -> None:
    assert layout_of(["TimeGenerated [UTC]", *HISTORY[1:]], "it").in_utc
    assert not layout_of(SETUP, "it").in_utc


UNION = ("TimeGenerated", "EventType", "UserId", "SourceIp", "ClientIp", "Status", "LoginType", "ApiType")


@pytest.mark.parametrize("kind", ["", "SomethingNew"])
def test_a_row_without_a_known_type_is_what_its_columns_tell(kind: str) -> None:
    login = key(UNION, ["t", kind, USER, "203.0.113.9", "", "Success", "Application", ""])
    assert login == (USER18, "", "", "203.0.113.9", LOGIN, "Success")
    by_code = key(UNION, ["t", kind, USER, "203.0.113.9", "", "LOGIN_NO_ERROR", "", ""])
    assert by_code == (USER18, "", "", "203.0.113.9", LOGIN, "LOGIN_NO_ERROR")
    asked = key(UNION, ["t", kind, USER, "", "203.0.113.9", "200", "", "REST"])
    assert asked == (USER18, "", "", "203.0.113.9", "REST", "200")
    assert key(UNION, ["t", kind, USER, "203.0.113.9", "", "200", "", ""]) is None


def test_only_a_type_that_is_known_and_not_read_is_another_type() -> None:
    layout = layout_of(UNION, "it")
    types = [
        other_type(layout, layout.pick(["t", kind, USER, "203.0.113.9", "", "", "", ""]))
        for kind in ("URI", "", "SomethingNew", "Login", "ApiTotalUsage")
    ]
    assert types == ["URI", "", "", "", ""]
