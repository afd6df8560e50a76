"""A loopback Logs Ingestion service, and a webhook beside it: they take only what the real ones do, and keep what they took.

Limits, names and answers: reference, Azure controls §0.14, §3.1, §3.2.
"""

import gzip
import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, NoReturn

from sfharden.emulator.http.faults import Rule, choose
from sfharden.emulator.http.listener import Ending, Outcome, Served, Sleep, listen
from sfharden.emulator.wire import Reply, Request, json_reply

MOST_BYTES: Final = 1_000_000  # of a call, packed and unpacked
MOST_FIELD: Final = (
    64 * 1024
)  # beyond it the real service cuts without a word; this one refuses, so that tests see it
RESERVED: Final = frozenset({"Title", "Type", "id", "UniqueId", "TenantId", "_ResourceId", "_SubscriptionId"})
HOOK: Final = "/hook"
_PATH: Final = re.compile(r"/dataCollectionRules/(dcr-[0-9a-f]{32})/streams/(Custom-\w+)")
_COLUMN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,44}")
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "datetime": (str,),
    "dynamic": (list, dict),
}


class IngestionFaultKind(Enum):
    """What goes wrong with a call."""

    FORBIDDEN = "403"
    BAD_REQUEST = "400"
    TOO_LARGE = "413"
    THROTTLED = "429 with Retry-After"
    THROTTLED_BARE = "429 without Retry-After"
    UNAVAILABLE = "503 with a page"
    REDIRECT = "307 to another host"
    RESET = "the connection is reset, nothing was taken"
    LOST = "the rows are taken, then the connection is reset"
    SLOW = "the right answer, slowly"
    HTML = "a page with status 200"


@dataclass(slots=True)
class IngestionFault(Rule):
    """A rule, and what it does; `retry_after` in seconds, `foreign` where a redirect leads."""

    kind: IngestionFaultKind
    retry_after: int = 1
    foreign: str = "https://other.example"


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows that were taken in one call, and the id of that call."""

    rows: tuple[Mapping[str, Any], ...]
    call_id: str
    raw_bytes: int


class UnfitCallError(Exception):
    """A call that the real service would refuse."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


_PAGE: Final = Reply(200, b"<html><body>Sign in to the network.</body></html>", "text/html")
_STATUSES: Final = {
    IngestionFaultKind.FORBIDDEN: 403,
    IngestionFaultKind.BAD_REQUEST: 400,
    IngestionFaultKind.TOO_LARGE: 413,
    IngestionFaultKind.THROTTLED_BARE: 429,
}


@dataclass(kw_only=True)
class IngestionServer(Served):
    """A running service. `invalid` tells of every call that no real service would have taken; `token` lets in."""

    columns: Mapping[str, str]
    token: str = field(repr=False)
    secret: str = field(default="", repr=False)
    faults: list[IngestionFault] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)
    call_ids: list[str] = field(default_factory=list)

    @property
    def rows(self) -> list[Mapping[str, Any]]:
        """All rows that were taken, in order."""
        return [row for one in self.taken for row in one.rows]

    def respond(self, ordinal: int, request: Request) -> Outcome:
        """The answer, or what a fault makes of it; every call is looked through, faults or not."""
        with self._lock:
            rule = choose(self.faults, ordinal, f"{request.method} {request.target}")
            kind = rule.kind if rule else None
            reply = self._looked_through(
                request, keep=kind in (None, IngestionFaultKind.LOST, IngestionFaultKind.SLOW)
            )
        if rule is None:
            return Outcome(reply)
        if kind in (IngestionFaultKind.RESET, IngestionFaultKind.LOST):
            return Outcome(Reply(0), Ending.RESET, "", kind)
        if kind is IngestionFaultKind.SLOW:
            self.sleep(0.05)
            return Outcome(reply, fault=kind)
        return Outcome(_instead(rule, request), fault=kind)

    def _looked_through(self, request: Request, *, keep: bool) -> Reply:
        try:
            taken = self._hook(request) if request.path == HOOK else self._ingest(request)
        except UnfitCallError as unfit:
            self.invalid.append(str(unfit))
            return json_reply({"error": {"code": "Unfit", "message": str(unfit)}}, unfit.status)
        self.call_ids.append(taken.call_id)
        if request.path != HOOK and request.bearer != self.token:
            return json_reply({"error": {"code": "InvalidToken"}}, 401)
        if keep:
            self.taken.append(taken)
        return Reply(204)

    def _ingest(self, request: Request) -> Taken:
        if request.method != "POST" or not _PATH.fullmatch(request.path):
            raise UnfitCallError(404, f"{request.method} {request.path}")
        if "api-version" not in request.query or self.token in request.target:
            raise UnfitCallError(400, "the address")
        if request.headers.get("content-encoding") != "gzip" or len(request.body) > MOST_BYTES:
            raise UnfitCallError(413, "not packed, or too large")
        raw = gzip.decompress(request.body)
        if len(raw) > MOST_BYTES:
            raise UnfitCallError(413, f"{len(raw)} bytes")
        return Taken(self._rows_in(raw, request), request.headers.get("x-ms-client-request-id", ""), len(raw))

    def _hook(self, request: Request) -> Taken:
        stamp = request.headers.get("x-sfharden-timestamp", "")
        signed = f"v1.{stamp}.".encode() + request.body
        wanted = f"v1={hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()}"
        if not stamp.isdecimal() or not hmac.compare_digest(
            wanted, request.headers.get("x-sfharden-signature", "")
        ):
            raise UnfitCallError(401, "the signature")
        if "authorization" in request.headers or len(request.body) > MOST_BYTES:
            raise UnfitCallError(400, "a token, or too large")
        rows = self._rows_in(request.body, request)
        return Taken(rows, request.headers.get("x-sfharden-delivery", ""), len(request.body))

    def _rows_in(self, raw: bytes, request: Request) -> tuple[Mapping[str, Any], ...]:
        if request.headers.get("content-type") != "application/json":
            raise UnfitCallError(400, "the content type")
        try:
            rows = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
        except ValueError as error:
            raise UnfitCallError(400, f"no JSON: {error}") from None
        if not isinstance(rows, list) or not rows:
            raise UnfitCallError(400, "no rows")
        for row in rows:
            self._check(row)
        return tuple(rows)

    def _check(self, row: Any) -> None:
        if not isinstance(row, dict):
            raise UnfitCallError(400, "a row that is no object")
        for name, value in row.items():
            if name not in self.columns or not _COLUMN.fullmatch(name) or name in RESERVED:
                raise UnfitCallError(400, f"the column {name}")
            if not isinstance(value, _TYPES[self.columns[name]]):
                raise UnfitCallError(400, f"{name} is no {self.columns[name]}")
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            if len(text.encode()) > MOST_FIELD:
                raise UnfitCallError(400, f"{name} is too large")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _instead(rule: IngestionFault, request: Request) -> Reply:
    if rule.kind is IngestionFaultKind.HTML:
        return _PAGE
    if rule.kind is IngestionFaultKind.UNAVAILABLE:
        return Reply(503, _PAGE.body, _PAGE.content_type)
    if rule.kind is IngestionFaultKind.REDIRECT:
        return Reply(307, headers=(("Location", rule.foreign + request.target),))
    if rule.kind is IngestionFaultKind.THROTTLED:
        return Reply(429, headers=(("Retry-After", str(rule.retry_after)),))
    return json_reply({"error": {"code": rule.kind.name}}, _STATUSES[rule.kind])


@contextmanager
def serve_ingestion(
    columns: Mapping[str, str],
    *,
    token: str = "made-up-token",  # noqa: S107 - nobody's
    secret: str = "",
    faults: Sequence[IngestionFault] = (),
    sleep: Sleep = time.sleep,
) -> Iterator[IngestionServer]:
    """Serve on a loopback port of its own until the block ends. `columns` are those that the stream declares, by type."""
    served = IngestionServer(columns=columns, token=token, secret=secret, faults=list(faults), sleep=sleep)
    with listen(served, "loopback-ingestion"):
        yield served
