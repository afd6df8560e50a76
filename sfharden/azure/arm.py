"""Reading Azure Resource Manager: GET and nothing else, from one host, page after page.

Over the same guarded, bounded and counted calls as an org (`web/`); no redirect is followed, and no link of an answer
but `nextLink` at the same host (reference §2.5, §2.8).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote, urlencode, urlsplit

from sfharden.azure.objects import get, text
from sfharden.azure.refusals import refusal, says_error
from sfharden.azure.signing_in import AzureSession
from sfharden.errors import AnswerError, AuthError, OrgError
from sfharden.ports import CallLog, Timing, no_log
from sfharden.web.concurrency import ConcurrencyLimit, Rank
from sfharden.web.guard import Outgoing, is_ambiguous
from sfharden.web.json_answer import json_in
from sfharden.web.large_answers import MEBIBYTE
from sfharden.web.meter import CallCount, CallMeter
from sfharden.web.origin import WebOrigin, origin_of
from sfharden.web.retry import RetryPolicy
from sfharden.web.session import Answer, Peer, ServiceWire, WireCall
from sfharden.web.transport import Bounds

# ARM lets 250 reads go at once, and 25 a second after them, for each subscription and principal (reference §2.5).
WIDTH: Final = 16
MOST_PAGES: Final = 200
MOST_BYTES: Final = 32 * MEBIBYTE  # of one list, all pages together

_ROOTS: Final = (["subscriptions"], ["providers"])
_PLAIN: Final = "/:@!$&'()*+,=~"
# Of these a GET runs code of the app's, or answers more than a reader needs.
_NEVER: Final = frozenset({"hostruntime", "extensions", "dynamicinvoke"})
# What an id is made of; a name never holds what would mean something in an address.
_PATH: Final = re.compile(r"(?:/[^/\\%?#;\x00-\x1f\x7f]+)+")

ARM: Final = Peer(
    name="Azure",
    retried=frozenset({500, 502, 503, 504}),
    limited=lambda status, _body: status == 429,
    limit_code="HTTP 429",
    limit_hint="Azure limits how many calls may come in a row; try later.",
    redirects=0,
    redirect_hint="Check Azure's address and the proxy.",
)
# What Azure asks to wait after a 429 is seconds, seldom a minute; more calls than one may have been too many.
RETRIES: Final = RetryPolicy(attempts_after_limit=6, longest_retry_after=60.0)


def reads_resources(request: Outgoing) -> bool:
    """A GET of Azure's resources."""
    if request.method != "GET" or request.body:
        return False
    segments = request.path.casefold().split("/")
    return segments[1:2] in _ROOTS and not _NEVER & set(segments)


@dataclass(frozen=True, slots=True)
class Pages:
    """The rows of a list. `stopped` is why there may be more of them; None if these are all."""

    rows: tuple[dict[str, Any], ...]
    stopped: OrgError | None = None


class Arm:
    """One Azure, open for reading. Safe to share between threads."""

    def __init__(
        self,
        session: AzureSession,
        meter: CallMeter,
        *,
        timing: Timing | None = None,
        retries: RetryPolicy = RETRIES,
        bounds: Bounds | None = None,
        width: int = WIDTH,
        log: CallLog = no_log,
    ) -> None:
        self.session = session
        self._wire = ServiceWire(
            ARM,
            session.cloud.origin,
            session.token,
            meter=meter,
            rules=(reads_resources,),
            timing=timing,
            retries=retries,
            bounds=bounds,
            limit=ConcurrencyLimit(width),
            log=log,
        )

    @property
    def origin(self) -> WebOrigin:
        """Where the token goes."""
        return self._wire.origin

    @property
    def timing(self) -> Timing:
        """The doors to time."""
        return self._wire.timing

    def calls(self) -> CallCount:
        """What the reading has cost so far."""
        return self._wire.meter.count()

    def close(self) -> None:
        """Close the pooled connections."""
        self._wire.close()

    def get(
        self, path: str, api_version: str, what: str, query: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The resource at a path. Raises AuthError (401), ArmRefusalError, or another OrgError."""
        told, _ = self._taken(_asked(path, api_version, query or {}, what), what)
        return resource_in(told, what)

    def pages(self, path: str, api_version: str, what: str, query: Mapping[str, str] | None = None) -> Pages:
        """All rows of the list at a path; those of the pages before a failure count. Raises what the first page does."""
        rows, target = list[dict[str, Any]](), _asked(path, api_version, query or {}, what)
        asked, size = set[str](), 0
        while target:
            asked.add(target)
            try:
                page, length = self._taken(target, what)
                rows += rows_in(page, what)
                size += length
                target = self._next(page, asked, what)
                if target and size > MOST_BYTES:
                    raise AnswerError(f"{what}: the list is larger than {MOST_BYTES // MEBIBYTE} MiB")
            except AuthError:
                raise
            except OrgError as error:
                if len(asked) == 1 and not rows:
                    raise
                return Pages(tuple(rows), error)
        return Pages(tuple(rows))

    def _taken(self, target: str, what: str) -> tuple[dict[str, Any], int]:
        """The object that was answered, and of how many bytes."""
        call = WireCall("GET", target, what, "arm", rank=Rank.REST)
        return self._wire.take(call, lambda answer: (_object_of(answer, what), len(answer.body)))

    def _next(self, page: dict[str, Any], asked: set[str], what: str) -> str:
        """Where the next page is; empty if there is none. Raises AnswerError for a link that is not followed."""
        link = get(page, "nextLink")
        if link is None or link == "":
            return ""
        if not isinstance(link, str) or origin_of(link) != self.origin:
            raise AnswerError(f"{what}: the next page is said to be at another host, which was not asked")
        parts = urlsplit(link)
        target = f"{_written(unquote(parts.path))}?{parts.query}"
        if not _is_readable(unquote(parts.path)) or is_ambiguous(urlsplit(target).path, parts.query):
            raise AnswerError(f"{what}: the next page is said to be where nothing is read")
        if target in asked:
            raise AnswerError(f"{what}: the list leads to a page that was read already")
        if len(asked) >= MOST_PAGES:
            raise AnswerError(f"{what}: the list has more than {MOST_PAGES} pages")
        return target


def _written(path: str) -> str:
    return quote(path, safe=_PLAIN)


def _is_readable(path: str) -> bool:
    """Whether a path can be an id, or a list of them; ids come from answers, too."""
    dotted = any(segment in (".", "..") for segment in path.split("/"))
    return not dotted and bool(_PATH.fullmatch(path)) and reads_resources(Outgoing("GET", path, "", "", b""))


def _asked(path: str, api_version: str, query: Mapping[str, str], what: str) -> str:
    """The path and query as they're sent. Raises AnswerError for a path that can't be asked."""
    if not _is_readable(path):
        raise AnswerError(f"{what}: that is no id that Azure could be asked for")
    return f"{_written(path)}?{urlencode({**query, 'api-version': api_version}, quote_via=quote, safe='$')}"


def _object_of(answer: Answer, what: str) -> dict[str, Any]:
    if answer.status != 200:
        raise refusal(answer.status, answer.body, what)
    told = json_in(answer, what, ARM.name)
    if not isinstance(told, dict) or says_error(told):
        raise _misshapen(what)
    return told


def resource_in(told: dict[str, Any], what: str) -> dict[str, Any]:
    """The answer itself. Raises AnswerError for a list, or for what says nothing."""
    if not text(get(told, "id")) and not isinstance(get(told, "properties"), dict):
        raise AnswerError(f"{what}: the answer is no resource")
    return told


def rows_in(page: dict[str, Any], what: str) -> list[dict[str, Any]]:
    """The rows of a page. Raises AnswerError for what is no list of objects."""
    rows = get(page, "value")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _misshapen(what)
    return rows


def _misshapen(what: str) -> AnswerError:
    return AnswerError(f"{what}: Azure's answer has another shape than documented")
