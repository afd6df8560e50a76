"""Event logs as files: one a day, in the columns that are documented, and only once the day is over."""

import csv
import io
from datetime import UTC, datetime, timedelta

from sfharden.emulator.event_rows import COLUMNS, ApiRequest, LoginEvent, day_files

AT = datetime(2026, 11, 20, 23, 59, 59, 120_000, tzinfo=UTC)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
USER, APP = "005000000000001AAA", "0H4000000000001AAA"
ORG = "00D000000000001AAA"


def test_each_day_has_a_file_once_it_is_over_and_some_hours_have_passed() -> None:
    rows = [ApiRequest(USER, AT, "203.0.113.9"), ApiRequest(USER, AT + timedelta(seconds=1), "203.0.113.9")]
    files = day_files("ApiTotalUsage", ORG, rows, NOW)
    assert [(one.day.day, len(one.rows)) for one in files] == [(20, 1), (21, 1)]
    assert len(day_files("ApiTotalUsage", ORG, rows, AT + timedelta(hours=4))) == 1
    assert day_files("ApiTotalUsage", ORG, rows, AT + timedelta(hours=1)) == []
    assert len({one.id for one in [*files, *day_files("Login", ORG, rows, NOW)]}) == 4


def test_a_request_is_a_row_of_the_documented_columns_with_ids_of_15() -> None:
    (file,) = day_files("ApiTotalUsage", ORG, [ApiRequest(USER, AT, "203.0.113.9", APP, "Sync")], NOW)
    (row,) = csv.DictReader(io.StringIO(file.content.decode()))
    assert tuple(row) == COLUMNS["ApiTotalUsage"]
    assert (row["USER_ID"], row["CONNECTED_APP_ID"], row["CLIENT_IP"]) == (USER[:15], APP[:15], "203.0.113.9")
    assert (row["TIMESTAMP"], row["TIMESTAMP_DERIVED"]) == ("20261120235959.120", "2026-11-20T23:59:59.120Z")


def test_a_login_is_a_row_of_its_own_columns() -> None:
    (file,) = day_files("Login", ORG, [LoginEvent(USER, AT, "203.0.113.9", "LOGIN_NO_ERROR", "a@b")], NOW)
    (row,) = csv.DictReader(io.StringIO(file.content.decode()))
    assert (row["EVENT_TYPE"], row["LOGIN_STATUS"], row["USER_NAME"]) == ("Login", "LOGIN_NO_ERROR", "a@b")
