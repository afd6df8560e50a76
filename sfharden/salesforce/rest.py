"""Queries and other reads over REST, the Tooling API and Connect REST.

Directly over our session: simple-salesforce 1.12 writes `https://` into every address (no loopback org),
keeps the token as plain text, puts answers' bodies into its errors, and ends `query_all_iter` without a look
at `totalSize`. It serves for signing in, where none of this matters; see `auth`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final, TypeVar
from urllib.parse import urlencode

from sfharden.errors import AnswerError, DeniedError
from sfharden.salesforce.answers import (
    json_of,
    json_reader,
    list_of,
    misshapen,
    number_at,
    object_of,
    text_at,
)
from sfharden.salesforce.failures import error_code, failure
from sfharden.salesforce.session import Wire
from sfharden.salesforce.soql import LONGEST_QUERY, soql_name, soql_quote
from sfharden.text.wording import count
from sfharden.web.concurrency import Rank
from sfharden.web.session import WireCall

Row = dict[str, Any]
T = TypeVar("T")

_VERSION: Final = re.compile(r"\d{2,3}\.0", re.ASCII)
_NEXT_PAGE: Final = re.compile(
    r"/services/data/v\d+\.\d/(?:tooling/)?query(?:All)?/[A-Za-z0-9_.~=-]+", re.ASCII
)
# A page that isn't the last has 200 rows or more (REST API Developer Guide, Query Options Header), as a rule.
_MANY_PAGES: Final = 100
# The longest field is a long text area of 131,072 characters (Object Reference, Field Types); none that we ask for.
_LONGEST_TEXT: Final = 131_072
_FEW_ROWS: Final = 20
_RECORD: Final = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?", re.ASCII)
_IDENTITY: Final = re.compile(r"https?://[^/]+/id/(00D[A-Za-z0-9]{12,15})/(005[A-Za-z0-9]{12,15})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows. `total_size` is what the org says the whole query has; `next_path` leads on."""

    rows: list[Row]
    total_size: int
    done: bool
    next_path: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the token belongs to. `username` is empty if the org doesn't tell."""

    user_id: str
    org_id: str
    username: str


def versions(wire: Wire) -> list[str]:
    """The API versions that the org knows, as `66.0`, lowest first.

    Needs no authentication and counts against no limit (REST API Guide, Versions): no token is sent.
    """
    what = "Asking for API versions"
    call = WireCall("GET", "/services/data/", what, "versions", signed=False)
    told = [text_at(entry, "version", what) for entry in list_of(wire.take(call, json_reader(what)), what)]
    return sorted((version for version in told if _VERSION.fullmatch(version)), key=float)


def negotiate(wire: Wire, ours: Sequence[str]) -> str:
    """The highest API version that both the org and we know; raises DeniedError if there is none."""
    common = set(versions(wire)) & set(ours)
    if not common:
        raise DeniedError(
            "The org knows no API version that this program knows",
            "Update the program.",
            code="UNSUPPORTED_API_VERSION",
        )
    return max(common, key=float)


class OrgClient:
    """Reads one org with one API version. Safe to share between threads."""

    def __init__(self, wire: Wire, version: str, rank: Rank = Rank.REST) -> None:
        if not _VERSION.fullmatch(version):
            raise ValueError("an API version looks like 66.0")
        self.wire = wire
        self.version = version
        self.rank = rank
        self._base = f"/services/data/v{version}"

    def ranked(self, rank: Rank) -> "OrgClient":
        """The same client, whose calls take their turn by that rank."""
        return OrgClient(self.wire, self.version, rank)

    def query(self, soql: str, *, tooling: bool = False, batch_size: int = 2000) -> Iterator[Row]:
        """Every row of a query, page after page; `attributes` are left out.

        A list inside a row becomes a plain list. Raises AnswerError at the end if the rows are not as many as
        the org said: what was yielded is complete only once the iterator has ended. It cannot see a ceiling
        that the org keeps silent about (Object Reference, OauthToken): there use `query_page` and `count`.
        """
        page = self.query_page(soql, tooling=tooling, batch_size=batch_size)
        seen, visited = 0, set[str]()
        while True:
            seen += len(page.rows)
            yield from page.rows
            # More than there are: it may go on so for ever.
            if page.done or seen > page.total_size:
                break
            # An org that repeats itself would keep us for ever, and the rows would never add up.
            if page.next_path in visited:
                raise AnswerError("Querying: the org's pages lead in a circle")
            visited.add(page.next_path)
            if len(visited) > _MANY_PAGES and seen < len(visited) * _FEW_ROWS:
                raise AnswerError("Querying: the org's pages are too many for their rows")
            page = self.next_page(page.next_path, batch_size=batch_size)
        if seen != page.total_size:
            raise AnswerError(f"Querying: incomplete, {count(seen, 'row')} came of {page.total_size}")

    def query_page(self, soql: str, *, tooling: bool = False, batch_size: int = 2000) -> Page:
        """The first page of a query, for callers that deal with ceilings themselves."""
        path = f"{self._base}/tooling/query/" if tooling else f"{self._base}/query/"
        return self._page(path, {"q": soql}, batch_size, "tooling" if tooling else "query")

    def next_page(self, next_path: str, *, batch_size: int = 2000) -> Page:
        """The page that an earlier page leads to."""
        if not _NEXT_PAGE.fullmatch(next_path):
            raise AnswerError("Querying: the org's pages lead to another address")
        return self._page(next_path, {}, batch_size, "query")

    def count(self, soql: str, *, tooling: bool = False) -> int:
        """The number that a `SELECT COUNT() FROM …` gives."""
        page = self.query_page(soql, tooling=tooling)
        # With rows it was `COUNT(Id)`: its total is the number of groups, a wrong answer that looks right.
        if page.rows or not page.done:
            raise misshapen("Counting")
        return page.total_size

    def describe(self, sobject: str) -> Row:
        """An object's description, its `fields` among the rest (REST API Guide, sObject Describe)."""
        what = f"Describing {soql_name(sobject)}"
        description = object_of(self.get(f"sobjects/{sobject}/describe", what=what), what)
        list_of(description.get("fields"), what)
        return description

    def limits(self) -> dict[str, Any]:
        """The org's limits; needs View Setup and Configuration, and is up to 5 minutes old."""
        return object_of(self.get("limits", what="Asking for limits"), "Asking for limits")

    def get(self, path: str, params: Mapping[str, str] | None = None, *, what: str = "") -> Any:
        """The JSON at a path: below this API version's root, or whole if it starts with `/services/data/`.

        Such whole paths, which Connect REST gives for the next page, may have a query of their own.
        """
        whole = path if path.startswith("/services/data/") else f"{self._base}/{path.lstrip('/')}"
        return self._get(whole, params or {}, {}, "connect", what or "Reading")

    def log_file(self, record_id: str, sink: IO[bytes]) -> None:
        """Write the body of an event log file to `sink`, as it comes (REST API Developer Guide, sObject Blob Get)."""
        if not _RECORD.fullmatch(record_id):
            raise misshapen("Reading an event log")
        path = f"{self._base}/sobjects/EventLogFile/{record_id}/LogFile"
        call = WireCall("GET", path, "Reading an event log", "event log", rank=self.rank, sink=sink)
        answer = self.wire.send(call)
        if answer.status != 200:
            raise failure(answer.status, error_code(answer.body), "Reading an event log")
        if "html" in answer.content_type.lower():
            raise misshapen("Reading an event log")

    def identity(self) -> Identity:
        """Who the token belongs to, with one call where possible.

        `userinfo` needs no object permission and tells the user name too. A token without the scope for it
        still sees its identity's address among the API's resources (REST API Developer Guide, Resources by
        Version), and its own User row.
        """
        what = "Asking who is signed in"
        try:
            told = object_of(self._get("/services/oauth2/userinfo", {}, {}, "identity", what), what)
            user_id, org_id = text_at(told, "user_id", what), text_at(told, "organization_id", what)
            return Identity(user_id, org_id, _text(told.get("preferred_username")))
        except (DeniedError, AnswerError):
            return self._identity_by_resources(what)

    def organization(self) -> Row:
        """The Organization row: Id, Name, IsSandbox, OrganizationType."""
        rows = list(self.query("SELECT Id, Name, IsSandbox, OrganizationType FROM Organization"))
        if len(rows) != 1:
            raise misshapen("Asking for the organisation")
        return rows[0]

    def _identity_by_resources(self, what: str) -> Identity:
        resources = object_of(self.get("", what=what), what)
        found = _IDENTITY.fullmatch(text_at(resources, "identity", what))
        if not found:
            raise misshapen(what)
        own_row = f"SELECT Username FROM User WHERE Id = {soql_quote(found[2])}"  # noqa: S608 - quoted
        rows = list(self.query(own_row))
        return Identity(found[2], found[1], _text(rows[0].get("Username")) if rows else "")

    def _page(self, path: str, params: Mapping[str, str], batch_size: int, kind: str) -> Page:
        options = {"Sforce-Query-Options": f"batchSize={batch_size}"}
        return self._read(path, params, options, kind, "Querying", _read_page)

    def _get(
        self, path: str, params: Mapping[str, str], headers: Mapping[str, str], kind: str, what: str
    ) -> Any:
        return self._read(path, params, headers, kind, what, lambda value: value)

    def _read(
        self,
        path: str,
        params: Mapping[str, str],
        headers: Mapping[str, str],
        kind: str,
        what: str,
        made: Callable[[Any], T],
    ) -> T:
        """What is made of the JSON at a path, while no other large answer is made something of."""
        if len(path) + len(urlencode(params)) > LONGEST_QUERY:
            raise AnswerError(f"{what}: the question is too long to send", "Ask for less at once.")
        call = WireCall("GET", path, what, kind, params, headers, rank=self.rank)
        return self.wire.take(call, lambda answer: made(json_of(answer, what)))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _read_page(value: Any) -> Page:
    what = "Querying"
    told = object_of(value, what)
    done = told.get("done")
    # Strictly: a `done` that is missing or a text must not end the reading early.
    if type(done) is not bool:
        raise misshapen(what)
    rows = [_without_attributes(row) for row in list_of(told.get("records"), what)]
    next_path = "" if done else text_at(told, "nextRecordsUrl", what)
    return Page(rows, number_at(told, "totalSize", what), done, next_path)


def _without_attributes(row: Row) -> Row:
    if any(isinstance(value, str) and len(value) > _LONGEST_TEXT for value in row.values()):
        raise misshapen("Querying")
    return {name: _plain(value) for name, value in row.items() if name != "attributes"}


def _plain(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value.get("done") is False:
        # A sub-query's further pages would have to be fetched row by row; nobody here asks for that many.
        raise AnswerError("Querying: incomplete, a list inside a row has more pages")
    if isinstance(value.get("records"), list):
        return [_without_attributes(row) for row in list_of(value["records"], "Querying")]
    return _without_attributes(value)
