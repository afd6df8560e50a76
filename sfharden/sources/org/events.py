"""A running org's event logs: by its objects where it has them, else by the files of each day.

ApiTotalUsageEventLog and LoginEventLog (API 61.0 and later) take View Event Log Object Data, EventLogFile takes View Event Log
Files and API Enabled, or View All Data (Object Reference). Their columns are taken from the org, not from a list of ours.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sfharden.errors import AnswerError, DeniedError, InputError, OrgError
from sfharden.model import org
from sfharden.model.events import EventPeriod, EventSnapshot
from sfharden.model.snapshot import Gap
from sfharden.salesforce.rest import OrgClient
from sfharden.salesforce.soql import soql_datetime, soql_name
from sfharden.sources.events.columns import by_role, layout_of
from sfharden.sources.events.grouping import EventTally, group_rows
from sfharden.sources.events.rows import BrokenLogError, grouped
from sfharden.sources.org.values import Row, number, optional, required, required_moment

# A file costs one call, rows of an object one for each 2,000: beyond so many the file is taken.
MOST_ROWS: Final = 100_000
_IN_MEMORY: Final = 4_000_000  # what is larger is kept in a file of ours until it's grouped
_SPANS: Final = {"daily": timedelta(days=1), "hourly": timedelta(hours=1)}


class _Log(NamedTuple):
    """One kind of event: its object, and the type of its files."""

    kind: str
    object: str
    file_type: str


LOGS: Final = (
    _Log(org.REQUESTS, "ApiTotalUsageEventLog", "ApiTotalUsage"),
    _Log(org.LOGIN_EVENTS, "LoginEventLog", "Login"),
)
HOW: Final = (
    "it takes View Event Log Object Data, or View Event Log Files with API Enabled, or View All Data; or give the files by "
    "--events FILE"
)


@dataclass(frozen=True, slots=True)
class EventReading:
    """What the logs hold, and what was not read of them."""

    events: EventSnapshot
    gaps: tuple[Gap, ...]


def read_events(
    client: OrgClient, since: datetime, now: datetime, seen: Callable[[int], None] = lambda _: None
) -> EventReading:
    """All requests and logins of the logs since a moment. What the org refuses is a gap, never an error."""
    return _Reader(client, since, now, seen).read()


class _Reader:
    def __init__(
        self, client: OrgClient, since: datetime, now: datetime, seen: Callable[[int], None]
    ) -> None:
        self._client, self._since, self._seen = client, since, seen
        self._tally = EventTally(now=now)

    def read(self) -> EventReading:
        left = []
        for log in LOGS:
            try:
                if not self._by_object(log):
                    left.append(log)
            except OrgError as error:
                self._tally.gap(log.object, error.message, [log.kind])
        if left:
            self._by_files(left)
        return EventReading(self._tally.snapshot(), tuple(self._tally.gaps))

    # Objects ------------------------------------------------------------------------------------

    def _by_object(self, log: _Log) -> bool:
        """Whether the object's rows were read: not every org has it, and it may have too many for that."""
        try:
            fields = [optional(one, "name") for one in self._client.describe(log.object)["fields"]]
            places = by_role(fields)
            when = soql_name(fields[places["time"]])
            where = f" WHERE {when} >= {soql_datetime(self._since)}"
            # None may mean that they aren't shown; the files then say so, or have them.
            if not 0 < self._client.count(f"SELECT COUNT() FROM {log.object}{where}") <= MOST_ROWS:  # noqa: S608
                return False
            names = [soql_name(fields[place]) for place in sorted(set(places.values()))]
            rows = self._client.query(f"SELECT {', '.join(names)} FROM {log.object}{where}")  # noqa: S608
            self._take(log, ["EventType", *names], rows)
        except (DeniedError, KeyError, InputError):
            return False
        return True

    def _take(self, log: _Log, names: Sequence[str], rows: Iterator[Row]) -> None:
        layout = layout_of(names, log.object)
        raw = group_rows(self._filled(log, names, rows), layout)
        self._tally.add(raw, layout, log.object)

    def _filled(self, log: _Log, names: Sequence[str], rows: Iterator[Row]) -> Iterator[list[str]]:
        for done, row in enumerate(rows, 1):
            yield [log.file_type, *(_text(row.get(name)) for name in names[1:])]
            if done % 2000 == 0:
                self._seen(done)

    # Files --------------------------------------------------------------------------------------

    def _by_files(self, logs: Sequence[_Log]) -> None:
        try:
            files = self._files(logs)
        except OrgError as error:
            for log in logs:
                self._tally.gap("EventLogFile", f"{error.message} ({HOW})", [log.kind])
            return
        for log in logs:
            own = [one for one in files if one.file_type == log.file_type]
            if not own:
                day = f"{self._since:%Y-%m-%d}"
                text = f"the org shows no file of {log.file_type} since {day}; a day's file comes after its end, and {HOW}"
                self._tally.gap("EventLogFile", text, [log.kind])
            for one in _without_doubles(own):
                self._read_file(log, one)

    def _files(self, logs: Sequence[_Log]) -> list["_File"]:
        types = ",".join(f"'{log.file_type}'" for log in logs)
        fields = "Id, EventType, LogDate, Interval, LogFileLength"
        # A day's file is dated at its beginning.
        since = soql_datetime(self._since - timedelta(days=1))
        query = f"SELECT {fields} FROM EventLogFile WHERE EventType IN ({types}) AND LogDate >= {since}"  # noqa: S608
        return sorted(map(_file, self._client.query(query)))

    def _read_file(self, log: _Log, file: "_File") -> None:
        what = f"{log.file_type} of {file.begins:%Y-%m-%d %H:%M}"
        period = EventPeriod(log.kind, file.begins, file.ends, what)
        try:
            with tempfile.SpooledTemporaryFile(_IN_MEMORY) as body:
                self._client.log_file(file.id, body)
                if body.tell() < file.length:
                    raise AnswerError(f"{body.tell():,} of {file.length:,} bytes came")
                raw, layout = grouped(body, what)
            self._seen(sum(span[0] for span in raw.found.values()))
            self._tally.add(raw, layout, what, period)
        except BrokenLogError as broken:
            self._tally.add(broken.raw, broken.layout, what)
            self._tally.gap(what, broken.reason, [log.kind])
        except (OrgError, InputError) as error:
            self._tally.gap(what, error.message, [log.kind])


class _File(NamedTuple):
    """A record of EventLogFile."""

    begins: datetime
    ends: datetime
    file_type: str
    id: str
    length: int


def _file(row: Row) -> _File:
    begins = required_moment(row, "LogDate")
    span = _SPANS.get(optional(row, "Interval").lower(), _SPANS["daily"])
    length = row.get("LogFileLength")
    whole = int(length) if isinstance(length, float) else number(row, "LogFileLength")
    return _File(begins, begins + span, required(row, "EventType"), required(row, "Id"), whole or 0)


def _without_doubles(files: Sequence[_File]) -> Iterator[_File]:
    """Without the hours of a day that has a file of its own: they hold the same rows."""
    days = [one for one in files if one.ends - one.begins >= _SPANS["daily"]]
    for one in files:
        if one in days or not any(day.begins <= one.begins < day.ends for day in days):
            yield one


def _text(value: object) -> str:
    return "" if value is None else str(value)
