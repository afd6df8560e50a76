"""OAuth tokens, all of them or a reason why not.

A query of OauthToken ends silently after 2,500 rows (Object Reference, OauthToken). So they are counted first,
read in windows of time that go on where a window was cut off, and compared with the count at the end. Ids
are always null there; a token is known by the hash of its delete token, which never leaves this module but
as a Secret for revoking.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, Protocol

from sfharden.errors import AnswerError, DeniedError, OrgError
from sfharden.salesforce.handles import handle_of
from sfharden.salesforce.rest import OrgClient, Page
from sfharden.salesforce.soql import soql_datetime, soql_quote
from sfharden.sources.org.values import Row, moment, number, optional, required, required_moment
from sfharden.text.redact import Secret

CEILING: Final = 2500  # rows after which a query of OauthToken ends without a word
# Small windows are read side by side, large ones page after page; too small ones cost calls for nothing.
_PER_WINDOW: Final = 1000
_MOST_WINDOWS: Final = 64
_FIELDS: Final = "AppName, AppMenuItemId, UserId, CreatedDate, LastUsedDate, UseCount, DeleteToken"
_SELECT: Final = f"SELECT {_FIELDS} FROM OauthToken"  # noqa: S608 - constants only
_ORDER: Final = " ORDER BY CreatedDate"


class Tasks(Protocol):
    """Runs small independent pieces of work side by side."""

    def each(self, work: Callable[[str], None], items: Iterable[str]) -> None:
        """Do the work for every item; raises the first error, once all have ended."""


class RawToken(NamedTuple):
    """A token as OauthToken tells of it, its app not yet resolved."""

    handle: str
    app_label: str
    menu_id: str
    user_id: str
    created: datetime
    last_used: datetime | None
    use_count: int | None


@dataclass
class TokenReading:
    """The tokens that were found, what would revoke each, and why they may not be all (empty: they are)."""

    tokens: dict[str, RawToken] = field(default_factory=dict)
    secrets: dict[str, Secret] = field(default_factory=dict, repr=False)
    gap: str = ""


def read_oauth_tokens(
    client: OrgClient, org_id: Callable[[], str], tasks: Tasks, now: datetime, seen: Callable[[int], None]
) -> TokenReading:
    """Every OauthToken. `org_id`, which keys the handles, may still be on its way when the first rows come.

    Raises OrgError only if not even a first page came; later trouble is `gap`.
    """
    return _Reader(client, org_id, tasks, seen).read(now)


class _Reader:
    def __init__(
        self, client: OrgClient, org_id: Callable[[], str], tasks: Tasks, seen: Callable[[int], None]
    ) -> None:
        self._client = client
        self._org_id = org_id
        self._tasks = tasks
        self._seen = seen
        self._found = TokenReading()
        self._lock = threading.Lock()

    def read(self, now: datetime) -> TokenReading:
        answers: dict[str, int | Page] = {}
        self._tasks.each(lambda name: answers.__setitem__(name, self._opening(name)), ("count", "page"))
        counted, first = answers["count"], answers["page"]
        if not isinstance(counted, int) or not isinstance(first, Page):
            raise TypeError("the two opening questions got mixed up")
        try:
            self._read_all(counted, first, now)
            self._compare(counted)
        except OrgError as error:
            self._found.gap = f"{len(self._found.tokens):,} of {counted:,} tokens came: {error.message}"
        return self._found

    def _opening(self, name: str) -> int | Page:
        if name == "count":
            return self._count("")
        return self._client.query_page(_SELECT + _ORDER)

    def _read_all(self, counted: int, first: Page, now: datetime) -> None:
        if counted <= CEILING:
            last = self._keep_pages(first)
            if last.cut_off:
                self._window(f"{last.end_literal}|")
            return
        # The first page leads the way: what it holds needn't be read again.
        opened = self._keep(first.rows)
        self._tasks.each(self._window, _windows(opened.end, now, counted - len(first.rows)))

    def _window(self, bounds: str) -> None:
        """Read one window, `from|to`; where the org cuts it off, go on from there."""
        low, _, high = bounds.partition("|")
        after = False
        while True:
            where = [f"CreatedDate {'>' if after else '>='} {low}"]
            got = self._run(" AND ".join([*where, *([f"CreatedDate < {high}"] if high else [])]))
            if not got.cut_off:
                return
            # All that came share one moment: there may be more of it.
            full = got.start == got.end
            if (got.end_literal, full) <= (low, after):
                # An org that gives other rows than it was asked for would keep us for ever.
                raise AnswerError("Querying: the org's tokens lead in a circle")
            if full:
                self._moment(got.end_literal)
            low, after = got.end_literal, full

    def _moment(self, literal: str) -> None:
        """Read the tokens of one moment, of which there are more than a query gives."""
        where = f"CreatedDate = {literal}"
        wanted = self._count(f" WHERE {where}")
        before = self._at(literal)
        if len(before) >= wanted:
            return
        for way in (self._by_offset, self._by_user):
            with suppress(DeniedError):  # the org doesn't answer such a question; the next way may do
                way(where, wanted)
            if len(self._at(literal)) >= wanted:
                return

    def _by_offset(self, where: str, wanted: int) -> None:
        """Object Reference, OauthToken: OFFSET may be larger there than elsewhere."""
        for offset in range(0, wanted, CEILING):
            query = f"{_SELECT} WHERE {where} ORDER BY UserId LIMIT {CEILING} OFFSET {offset}"
            self._keep_pages(self._client.query_page(query))

    def _by_user(self, where: str, _: int) -> None:
        """Go on after the last user that came; that user's own tokens may have been cut off."""
        after, visited = "", set[str]()
        while True:
            got = self._keep_pages(self._client.query_page(f"{_SELECT} WHERE {where}{after} ORDER BY UserId"))
            if not got.cut_off or got.last_user in visited:
                return
            visited.add(got.last_user)
            last = soql_quote(got.last_user)
            self._run(f"{where} AND UserId = {last}")
            after = f" AND UserId > {last}"

    def _at(self, literal: str) -> list[RawToken]:
        with self._lock:
            return [one for one in self._found.tokens.values() if soql_datetime(one.created) == literal]

    def _run(self, where: str) -> "_Got":
        return self._keep_pages(self._client.query_page(f"{_SELECT} WHERE {where}{_ORDER}"))

    def _keep_pages(self, page: Page) -> "_Got":
        total, got = page.total_size, self._keep(page.rows)
        visited: set[str] = set()
        while not page.done and page.next_path not in visited:
            visited.add(page.next_path)
            page = self._client.next_page(page.next_path)
            got = got.joined(self._keep(page.rows))
        cut_off = got.rows >= CEILING or got.rows < total or not page.done
        return replace(got, cut_off=cut_off and got.rows > 0)

    def _keep(self, rows: Sequence[Row]) -> "_Got":
        org_id = self._org_id() if rows else ""
        pairs = [_token(row, org_id) for row in rows]
        with self._lock:
            for token, secret in pairs:
                self._found.tokens[token.handle] = token
                self._found.secrets[token.handle] = secret
            self._seen(len(self._found.tokens))
        times = [token.created for token, _ in pairs]
        last_user = pairs[-1][0].user_id if pairs else ""
        return _Got(len(pairs), min(times, default=None), max(times, default=None), last_user)

    def _count(self, where: str) -> int:
        return self._client.count(f"SELECT COUNT() FROM OauthToken{where}")  # noqa: S608 - literals only

    def _compare(self, counted: int) -> None:
        """Say what is missing, unless as many tokens were found as there are."""
        at_end = self._count("")
        if not self._agrees(counted, at_end):
            self._read_tail()
            at_end = self._count("")
        if not self._agrees(counted, at_end):
            self._found.gap = f"{len(self._found.tokens):,} tokens came, and the org counts {at_end:,}"

    def _agrees(self, counted: int, at_end: int) -> bool:
        """True if as many came as there are now; or, where tokens went meanwhile, as there were at first.

        With more than at first, the first count proves nothing: a new token could stand in for one that is missing.
        """
        found = len(self._found.tokens)
        return found == at_end or (at_end < counted and found == counted)

    def _read_tail(self) -> None:
        """Tokens made while we read are the newest ones."""
        newest = max((token.created for token in self._found.tokens.values()), default=None)
        self._window(f"{soql_datetime(newest)}|" if newest else "1999-01-01T00:00:00.000Z|")


def _token(row: Row, org_id: str) -> tuple[RawToken, Secret]:
    secret = Secret(required(row, "DeleteToken"))
    token = RawToken(
        handle_of(secret, org_id),
        optional(row, "AppName"),
        optional(row, "AppMenuItemId"),
        required(row, "UserId"),
        required_moment(row, "CreatedDate"),
        moment(row, "LastUsedDate"),
        number(row, "UseCount"),
    )
    return token, secret


@dataclass(frozen=True, slots=True)
class _Got:
    """What a query gave: rows, the first and last moment in them, and whether it may have been cut off.

    `last_user` is the user of the last row.
    """

    rows: int
    start: datetime | None
    end: datetime | None
    last_user: str = ""
    cut_off: bool = False

    @property
    def end_literal(self) -> str:
        return soql_datetime(self.end or datetime(1999, 1, 1, tzinfo=UTC))

    def joined(self, other: "_Got") -> "_Got":
        starts = [one for one in (self.start, other.start) if one]
        ends = [one for one in (self.end, other.end) if one]
        last = other.last_user or self.last_user
        return _Got(self.rows + other.rows, min(starts, default=None), max(ends, default=None), last)


def _windows(start: datetime | None, now: datetime, rows: int) -> Iterator[str]:
    """Even windows from a moment on, as `from|to`; the last one has no end, whatever the clocks say."""
    begin = start or datetime(1999, 1, 1, tzinfo=UTC)
    number_of = max(1, min(_MOST_WINDOWS, -(-rows // _PER_WINDOW)))
    step = max((now - begin) / number_of, timedelta(milliseconds=1))
    edges = [soql_datetime(begin + step * n) for n in range(number_of)]
    yield from (f"{low}|{high}" for low, high in zip(edges, [*edges[1:], ""], strict=True) if low != high)
