"""Event logs: the requests and logins of a day as the rows of a CSV file.

Columns and values: Object Reference, EventLogFile Supported Event Types, API Total Usage and Login.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Final, NamedTuple

from sfharden.emulator import ids

_TOTAL: Final = (
    "EVENT_TYPE", "TIMESTAMP", "REQUEST_ID", "ORGANIZATION_ID", "USER_ID", "API_FAMILY", "API_RESOURCE", "API_VERSION", "CLIENT_IP",
    "CLIENT_NAME", "CONNECTED_APP_ID", "CONNECTED_APP_NAME", "COUNTS_AGAINST_API_LIMIT", "ENTITY_NAME", "HTTP_METHOD",
    "STATUS_CODE", "TIMESTAMP_DERIVED",
)  # fmt: skip
_LOGIN: Final = (
    "EVENT_TYPE", "TIMESTAMP", "REQUEST_ID", "ORGANIZATION_ID", "USER_ID", "LOGIN_STATUS", "LOGIN_TYPE", "SOURCE_IP", "CLIENT_IP",
    "USER_NAME", "TIMESTAMP_DERIVED",
)  # fmt: skip
COLUMNS: Final = {"ApiTotalUsage": _TOTAL, "Login": _LOGIN}


class ApiRequest(NamedTuple):
    """One request to an API of the org; `source` is an address, or `Salesforce.com IP`."""

    user_id: str
    time: datetime
    source: str
    app_id: str = ""
    app_name: str = ""
    family: str = "REST"
    status: str = "200"


class LoginEvent(NamedTuple):
    """One login as the event log has it."""

    user_id: str
    time: datetime
    source: str
    status: str
    username: str = ""


@dataclass(frozen=True)
class EventLog:
    """A day's file of one event type."""

    event_type: str
    day: date
    org_id: str
    rows: tuple[Any, ...]

    @property
    def id(self) -> str:
        """Its record id, the same for the same day and type."""
        return ids.make_id("0AT", self.day.toordinal() * 10 + list(COLUMNS).index(self.event_type))

    @property
    def log_date(self) -> datetime:
        """The midnight that it begins at."""
        return datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC)

    @property
    def created(self) -> datetime:
        """It comes some hours after the day's end."""
        return self.log_date + timedelta(hours=27)

    @cached_property
    def content(self) -> bytes:
        """The file."""
        out = io.StringIO()
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(COLUMNS[self.event_type])
        writer.writerows(_line(one, self.org_id, number) for number, one in enumerate(self.rows))
        return out.getvalue().encode()


def _line(one: Any, org_id: str, number: int) -> Iterable[str]:
    stamp = f"{one.time.astimezone(UTC):%Y%m%d%H%M%S}.{one.time.microsecond // 1000:03d}"
    derived = one.time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    head = (stamp, f"TID:{number:012d}", org_id[:15], one.user_id[:15])
    if isinstance(one, ApiRequest):
        return (
            "ApiTotalUsage", *head, one.family, "/v66.0/query", "66.0", one.source, "", one.app_id[:15], one.app_name, "1",
            "Account", "GET", one.status, derived,
        )  # fmt: skip
    return "Login", *head, one.status, "i", one.source, one.source, one.username, derived


def day_files(kind: str, org_id: str, rows: Iterable[Any], now: datetime) -> list[EventLog]:
    """The files of all days that have ended with what had to be done after them, one a day that has rows."""
    days: dict[date, list[Any]] = {}
    for one in rows:
        days.setdefault(one.time.astimezone(UTC).date(), []).append(one)
    found = [EventLog(kind, day, org_id, tuple(days[day])) for day in sorted(days)]
    return [one for one in found if one.created <= now]
