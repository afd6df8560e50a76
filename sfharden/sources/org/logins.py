"""LoginHistory in windows of time; logins that differ only in their time are counted together.

Status, Application and others can't be filtered (Object Reference, LoginHistory), so everything in the window
is read and grouped here. A million rows of one integration become a handful of groups.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sfharden.errors import OrgError
from sfharden.model.org import Login
from sfharden.salesforce.rest import OrgClient
from sfharden.salesforce.soql import soql_datetime
from sfharden.sources.org.tokens import Tasks
from sfharden.sources.org.values import Row, optional, required, required_moment
from sfharden.text.wording import are, count

_PER_WINDOW: Final = 4000
_MOST_WINDOWS: Final = 64
_MOST_GROUPS: Final = 500_000  # so that memory stays bounded whatever the org holds
_FIELDS: Final = "UserId, LoginTime, LoginType, LoginSubType, SourceIp, Status, Application"
_SELECT: Final = f"SELECT {_FIELDS} FROM LoginHistory"  # noqa: S608 - constants
_NAMES: Final = ("UserId", "SourceIp", "Status", "LoginType", "LoginSubType", "Application")

_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoginReading:
    """The logins by group, and why they may not be all (empty: they are)."""

    logins: tuple[Login, ...]
    gap: str


def read_logins(
    client: OrgClient, since: datetime, now: datetime, tasks: Tasks, seen: Callable[[int], None]
) -> LoginReading:
    """All logins since a moment. Raises OrgError only if not even a first page came."""
    return _Reader(client, tasks, seen).read(since, now)


class _Reader:
    def __init__(self, client: OrgClient, tasks: Tasks, seen: Callable[[int], None]) -> None:
        self._client = client
        self._tasks = tasks
        self._seen = seen
        self._lock = threading.Lock()
        self._groups: dict[_Key, list[datetime]] = {}
        self._times: dict[_Key, int] = {}
        self._rows = 0
        self._left_out = 0

    def read(self, since: datetime, now: datetime) -> LoginReading:
        first = self._client.query_page(f"{_SELECT} WHERE LoginTime >= {soql_datetime(since)}")
        counted, gap = first.total_size, ""
        try:
            if first.done:
                self._keep_all(first.rows)
            else:
                self._tasks.each(self._window, _windows(since, now, counted))
        except OrgError as error:
            gap = f"{self._rows:,} of {count(counted, 'login')} came: {error.message}"
        if not gap and self._rows < counted:
            gap = f"{self._rows:,} of {count(counted, 'login')} came"
        if self._left_out:
            gap = f"{count(self._left_out, 'login')} {are(self._left_out)} too many to keep; read fewer days with --logins-since"
        return LoginReading(tuple(sorted(self._drained())), gap)

    def _keep_all(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._keep(row)

    def _drained(self) -> Iterator[Login]:
        """The groups, each given up as it's handed out: there may be many."""
        while self._groups:
            key, (first, last) = self._groups.popitem()
            user, source, status, kind, subtype, application = key
            yield Login(user, source, status, kind, subtype, application, self._times.pop(key), first, last)

    def _window(self, bounds: str) -> None:
        low, _, high = bounds.partition("|")
        until = f" AND LoginTime < {high}" if high else ""
        self._keep_all(self._client.query(f"{_SELECT} WHERE LoginTime >= {low}{until}"))

    def _keep(self, row: Row) -> None:
        key = (required(row, "UserId"), *(optional(row, name) for name in _NAMES[1:]))
        at = required_moment(row, "LoginTime")
        with self._lock:
            self._rows += 1
            if self._rows % 2000 == 0:
                self._seen(self._rows)
            span = self._groups.get(key)
            if span is None:
                self._begin(key, at)
                return
            self._times[key] += 1
            span[0], span[1] = min(span[0], at), max(span[1], at)

    def _begin(self, key: _Key, at: datetime) -> None:
        if len(self._groups) >= _MOST_GROUPS:
            self._left_out += 1
            return
        self._groups[key] = [at, at]
        self._times[key] = 1


def _windows(since: datetime, now: datetime, rows: int) -> list[str]:
    """Even windows, `from|to`; the last one has no end."""
    number = max(1, min(_MOST_WINDOWS, -(-rows // _PER_WINDOW)))
    step = (now - since) / number
    edges = [soql_datetime(since + step * n) for n in range(number)]
    return [f"{low}|{high}" for low, high in zip(edges, [*edges[1:], ""], strict=True)]
