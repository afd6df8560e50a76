"""Faults a test asks for: which requests they hit, and what happens to those."""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeVar

from sfharden.emulator.http.soap_routes import fault, with_zip
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.wire import Reply, refusal_reply


class FaultKind(Enum):
    """What goes wrong."""

    STATUS = "an HTTP error with a page, no JSON"
    LIMIT = "REQUEST_LIMIT_EXCEEDED"
    SESSION = "INVALID_SESSION_ID"
    RESET = "the connection is reset, nothing was done"
    SILENCE = "no answer at all, until the client or the server gives up"
    TRUNCATED = "a body shorter than its Content-Length"
    HTML = "a page with status 200"
    WRONG_ZIP = "a retrieve result with another zip in it"
    LOST = "the work is done, then the connection is reset"


@dataclass(slots=True, kw_only=True)
class Rule:
    """Which requests are hit; all the conditions must hold.

    `nth`: ordinal of the request on this server, from 1. `path`: a regular expression, searched in
    `METHOD target operation` (the operation of a SOAP call). `share`: the part of requests, chosen by
    `seed`. `once_each`: only the first time that a method, path and operation come. `times`: how often
    the rule hits at most.
    """

    nth: int | None = None
    path: str = ""
    share: float = 1.0
    seed: int = 0
    once_each: bool = False
    times: int | None = None
    hits: int = 0
    _seen: set[str] = field(default_factory=set, repr=False)
    _chance: random.Random = field(default_factory=random.Random, repr=False)

    def __post_init__(self) -> None:
        self._chance.seed(self.seed)

    def hits_request(self, ordinal: int, label: str) -> bool:
        """Decide for one request, and remember it."""
        if not self._matches(ordinal, label):
            return False
        self.hits += 1
        return True

    def _matches(self, ordinal: int, label: str) -> bool:
        if self.nth is not None and ordinal != self.nth:
            return False
        if self.path and not re.search(self.path, label):
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        if self.once_each and label in self._seen:
            return False
        self._seen.add(label)
        return self.share >= 1.0 or self._chance.random() < self.share


@dataclass(slots=True)
class Fault(Rule):
    """A rule, and what it does. `status` and `retry_after` (seconds) are for STATUS, `content` for WRONG_ZIP."""

    kind: FaultKind
    status: int = 503
    retry_after: int | None = None
    content: bytes = b"UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="  # an empty zip


_R = TypeVar("_R", bound=Rule)


def choose(rules: Iterable[_R], ordinal: int, label: str) -> _R | None:
    """The first rule that hits a request."""
    return next((rule for rule in rules if rule.hits_request(ordinal, label)), None)


_PAGE: Final = (
    b"<html><head><title>Maintenance</title></head><body>We are down for maintenance.</body></html>"
)
_HTML: Final = "text/html; charset=UTF-8"
_REFUSALS: Final = {
    FaultKind.LIMIT: RefusalError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    FaultKind.SESSION: RefusalError("INVALID_SESSION_ID", "Session expired or invalid"),
}


def instead(rule: Fault, *, soap: bool) -> Reply | None:
    """The answer that comes instead of the work; None if the work is done all the same."""
    if rule.kind in _REFUSALS:
        error = _REFUSALS[rule.kind]
        return fault(error) if soap else refusal_reply(error)
    if rule.kind is FaultKind.STATUS:
        wait = () if rule.retry_after is None else (("Retry-After", str(rule.retry_after)),)
        return Reply(rule.status, _PAGE, _HTML, wait)
    if rule.kind is FaultKind.HTML:
        return Reply(200, _PAGE, _HTML)
    return None


def changed(rule: Fault | None, reply: Reply) -> Reply:
    """The answer as the rule leaves it."""
    return with_zip(reply, rule.content) if rule and rule.kind is FaultKind.WRONG_ZIP else reply
