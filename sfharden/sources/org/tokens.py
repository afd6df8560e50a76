"""OAuth tokens, all of them or a reason why not.

A query of OauthToken ends silently after 2,500 rows (Object Reference, OauthToken). So they are counted first,
read in windows of time, and compared with the count at the end. What would revoke a token is asked for only
where something is revoked: else the tokens are so many rows, and none may be taken for two. So windows share no
moment, rows that weren't asked for are refused, and of rows that show the very same the org is asked their number.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from sfharden.errors import AnswerError, OrgError
from sfharden.salesforce.rest import OrgClient, Page
from sfharden.salesforce.soql import soql_datetime, soql_quote
from sfharden.sources.org.token_rows import (
    SECRET,
    SHOWN,
    RawToken,
    named,
    refuse_disorder,
    token_of,
    twin_moments,
    with_secret,
)
from sfharden.text.redact import Secret
from sfharden.text.wording import count

CEILING: Final = 2500  # rows after which a query of OauthToken ends without a word
# Small windows are read side by side, large ones page after page; too small ones cost calls for nothing.
_PER_WINDOW: Final = 1000
_MOST_WINDOWS: Final = 64
_MOST_TWINS: Final = 20  # moments to count for tokens that show the very same; more for a long list
_BY_TIME: Final = " ORDER BY CreatedDate"
_BEGINNING: Final = "1999-01-01T00:00:00.000Z"


class Tasks(Protocol):
    """Runs small independent pieces of work side by side."""

    def each(self, work: Callable[[str], None], items: Iterable[str]) -> None:
        """Do the work for every item; raises the first error, once all have ended."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to tell on the way, and whether to ask for what revokes a token.

    `org_id` keys the names of tokens, and may still be on its way when the first rows come. `seen` is told how many
    came, and `users` whose they are once all have come: they are counted again after that.
    """

    org_id: Callable[[], str]
    secrets: bool = False
    seen: Callable[[int], None] = lambda _: None
    users: Callable[[frozenset[str]], None] = lambda _: None


@dataclass
class TokenReading:
    """The tokens that came, what would revoke each if that was asked for, and why they may not be all."""

    tokens: tuple[RawToken, ...] = ()
    secrets: dict[str, Secret] = field(default_factory=dict, repr=False)
    gap: str = ""


def read_oauth_tokens(client: OrgClient, asked: Asked, tasks: Tasks, now: datetime) -> TokenReading:
    """Every OauthToken. Raises OrgError only if not even a first page came; later trouble is `gap`."""
    return _Reader(client, asked, tasks).read(now)


class _Reader:
    def __init__(self, client: OrgClient, asked: Asked, tasks: Tasks) -> None:
        self._client = client
        self._asked = asked
        self._tasks = tasks
        columns = f"{SHOWN}, {SECRET}" if asked.secrets else SHOWN
        self._select = f"SELECT {columns} FROM OauthToken"  # noqa: S608 - constants only
        self._held: list[RawToken] = []
        self._secrets: dict[str, Secret] = {}
        self._lock = threading.Lock()

    def read(self, now: datetime) -> TokenReading:
        answers: dict[str, int | Page] = {}
        self._tasks.each(lambda name: answers.__setitem__(name, self._opening(name)), ("count", "page"))
        counted, first = answers["count"], answers["page"]
        if not isinstance(counted, int) or not isinstance(first, Page):
            raise TypeError("the two opening questions got mixed up")
        try:
            self._read_all(counted, first, now)
            self._asked.users(frozenset(one.user_id for one in self._held))
            gap = self._compare(counted)
        except OrgError as error:
            gap = f"{len(self._held):,} of {count(counted, 'token')} came: {error.message}"
        return TokenReading(tuple(named(self._held, self._key())), self._secrets, gap)

    def _key(self) -> str:
        """What keys the names of tokens. An org that doesn't tell its id still shows true rows."""
        try:
            return self._asked.org_id() if self._held else ""
        except OrgError:
            return ""

    def _opening(self, name: str) -> int | Page:
        if name == "count":
            return self._count("")
        return self._client.query_page(self._select + _BY_TIME)

    def _read_all(self, counted: int, first: Page, now: datetime) -> None:
        if counted <= CEILING:
            self._window("|", self._rest_of(first))
            return
        # The first page leads the way: what it holds needn't be read again, but for its last moment.
        rows = self._parsed(first.rows)
        refuse_disorder(rows)
        start = rows[-1].created if rows else None
        self._keep(one for one in rows if one.created != start)
        self._tasks.each(self._window, _windows(start, now, counted - len(rows)))

    def _window(self, bounds: str, got: "_Got | None" = None) -> None:
        for rows in self._rows_of(bounds, got):
            self._keep(rows)

    def _rows_of(self, bounds: str, got: "_Got | None" = None) -> Iterator[Sequence[RawToken]]:
        """The tokens of one window, `from|to`; where the org cuts it off, it goes on from there."""
        low, _, high = bounds.partition("|")
        after = False
        while True:
            got = got or self._run(_within(low, high, after), _BY_TIME)
            refuse_disorder(got.rows, low, high)
            if not got.cut_off:
                yield got.rows
                return
            last = got.rows[-1].created
            end = soql_datetime(last)
            full = got.rows[0].created == last  # there may be more of it than a query gives
            if (end, full) <= (low, after):
                # An org that gives other rows than it was asked for would keep us for ever.
                raise AnswerError("Querying: the org's tokens lead in a circle")
            # What was made at the last moment comes again, and only then all of it.
            yield [one for one in got.rows if one.created != last]
            if full:
                yield from self._rows_at(last)
            low, after, got = end, full, None

    def _rows_at(self, moment: datetime) -> Iterator[Sequence[RawToken]]:
        """The tokens of one moment, of which there are more than a query gives: user after user.

        Not by OFFSET: of two pages with the same order one token may stand in both, and another in neither.
        """
        where, after, done = f"CreatedDate = {soql_datetime(moment)}", "", set[str]()
        while True:
            got = self._run(where + after, " ORDER BY UserId")
            last = got.rows[-1].user_id if got.cut_off else ""
            users = {one.user_id for one in got.rows}
            if users & done or any(one.created != moment for one in got.rows):
                raise AnswerError("Querying: the org's tokens lead in a circle")
            done |= users
            yield [one for one in got.rows if one.user_id != last]
            if not got.cut_off:
                return
            # The last user's own may have been cut off; if they are again, the count at the end tells.
            mine = self._run(f"{where} AND UserId = {soql_quote(last)}", _BY_TIME).rows
            yield [one for one in mine if (one.user_id, one.created) == (last, moment)]
            after = f" AND UserId > {soql_quote(last)}"

    def _run(self, where: str, order: str) -> "_Got":
        return self._rest_of(self._client.query_page(f"{self._select} WHERE {where}{order}"))

    def _rest_of(self, page: Page) -> "_Got":
        total, rows = page.total_size, self._parsed(page.rows)
        visited: set[str] = set()
        while not page.done and page.next_path not in visited:
            visited.add(page.next_path)
            page = self._client.next_page(page.next_path)
            rows += self._parsed(page.rows)
        cut_off = len(rows) >= CEILING or len(rows) < total or not page.done
        return _Got(rows, cut_off and bool(rows))

    def _parsed(self, rows: Iterable[dict[str, object]]) -> list[RawToken]:
        if not self._asked.secrets:
            return [token_of(row) for row in rows]
        pairs = [with_secret(row, self._asked.org_id()) for row in rows]
        with self._lock:
            self._secrets.update((token.handle, secret) for token, secret in pairs)
        return [token for token, _ in pairs]

    def _keep(self, rows: Iterable[RawToken]) -> None:
        with self._lock:
            self._held.extend(rows)
            self._asked.seen(len(self._held))

    def _count(self, where: str) -> int:
        return self._client.count(f"SELECT COUNT() FROM OauthToken{where}")  # noqa: S608 - literals only

    def _compare(self, counted: int) -> str:
        """What is missing; empty if as many tokens were found as there are, and none of them twice."""
        at_end = self._count("")
        if not self._agrees(counted, at_end):
            self._read_tail()
            at_end = self._count("")
        if not self._agrees(counted, at_end):
            return f"{count(len(self._held), 'token')} came, and the org counts {at_end:,}"
        return self._told_twice()

    def _agrees(self, counted: int, at_end: int) -> bool:
        """True if as many came as there are now; or, where tokens went meanwhile, as there were at first.

        With more than at first, the first count proves nothing: a new token could stand in for one that is missing.
        """
        found = len(self._held)
        return found == at_end or (at_end < counted and found == counted)

    def _read_tail(self) -> None:
        """Tokens made while we read are the newest ones."""
        newest = max((one.created for one in self._held), default=None)
        since = soql_datetime(newest) if newest else _BEGINNING
        tail = [one for rows in self._rows_of(f"{since}|") for one in rows]
        self._held = [one for one in self._held if one.created != newest] + tail

    def _told_twice(self) -> str:
        """Why one token may have been taken for two. By handles, or by the org's own count of their moments."""
        if self._asked.secrets:
            twice = len(self._held) - len({one.handle for one in self._held})
            return f"{count(twice, 'token')} came twice" if twice else ""
        twins = twin_moments(self._held)
        if len(twins) > _MOST_TWINS + len(self._held) // 500:
            return f"tokens of {count(len(twins), 'moment')} look alike, and whether each came once can't be told"
        differ: list[str] = []

        def look(moment: str) -> None:
            if self._count(f" WHERE CreatedDate = {moment}") != twins[moment]:
                differ.append(moment)

        self._tasks.each(look, sorted(twins))
        return f"of tokens made at {min(differ)} more or fewer came than the org counts" if differ else ""


@dataclass(frozen=True, slots=True)
class _Got:
    """What a query gave, and whether it may have been cut off."""

    rows: list[RawToken]
    cut_off: bool


def _within(low: str, high: str, after: bool) -> str:
    until = f" AND CreatedDate < {high}" if high else ""
    return f"CreatedDate {'>' if after else '>='} {low or _BEGINNING}{until}"


def _windows(start: datetime | None, now: datetime, rows: int) -> Iterator[str]:
    """Even windows from a moment on, as `from|to`; the last one has no end, whatever the clocks say."""
    begin = start or datetime(1999, 1, 1, tzinfo=UTC)
    number_of = max(1, min(_MOST_WINDOWS, -(-rows // _PER_WINDOW)))
    step = max((now - begin) / number_of, timedelta(milliseconds=1))
    edges = [soql_datetime(begin + step * n) for n in range(number_of)]
    yield from (f"{low}|{high}" for low, high in zip(edges, [*edges[1:], ""], strict=True) if low != high)
