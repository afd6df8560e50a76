"""What may go wrong with a call to ARM, and the answers that come instead (reference 2.5, 2.8)."""

import json
from dataclasses import dataclass
from enum import Enum
from typing import Final

from sfharden.emulator.azure import refusals
from sfharden.emulator.azure.listing import lowered
from sfharden.emulator.http.faults import Rule
from sfharden.emulator.http.listener import Ending
from sfharden.emulator.wire import Reply, Request, json_reply

_HTML: Final = "text/html; charset=UTF-8"
_PAGE: Final = b"<html><head><title>Proxy</title></head><body>Please sign in to the network.</body></html>"
_DEPTH: Final = 100_000
_NOBODY: Final = "00000000-0000-4000-8000-0000000000ff"


class AzureFaultKind(Enum):
    """What goes wrong."""

    THROTTLED = "429 with Retry-After"
    THROTTLED_BARE = "429 without Retry-After"
    UNAVAILABLE = "503 with a page, no JSON"
    SERVER_ERROR = "500 InternalServerError"
    FORBIDDEN = "403 AuthorizationFailed"
    UNAUTHENTICATED = "401 InvalidAuthenticationToken"
    EXPIRED = "401 ExpiredAuthenticationToken"
    NOT_FOUND = "404 ResourceNotFound"
    GROUP_NOT_FOUND = "404 ResourceGroupNotFound"
    BARE_NOT_FOUND = "404 without a body"
    WRONG_VERSION = "400 InvalidApiVersionParameter"
    INSIGHTS_ERROR = "400 in the capitals of Insights"
    UNREGISTERED = "409 MissingSubscriptionRegistration"
    REDIRECT = "302 to another host"
    HTML = "a page with status 200"
    EMPTY = "status 200 without a body"
    NO_CONTENT = "status 204"
    NULL = "status 200 and null"
    NULL_LIST = "status 200 and a null for the list"
    ERROR_IN_200 = "status 200 and an error object"
    OTHER_TYPE = "status 200 and a list where an object belongs"
    NULL_ROWS = "the right list, with a null among its rows"
    NESTED = "a body nested too deeply to be read"
    NOT_UTF8 = "a body that is no UTF-8"
    FOREIGN_LINK = "a nextLink to another host"
    ENDLESS_LINK = "a nextLink to the page itself"
    BROKEN_LINK = "a nextLink that is no address"
    LOWER_IDS = "the right answer with ids in lower case"
    RESET = "the connection is reset"
    SILENCE = "no answer at all"
    TRUNCATED = "a body shorter than its Content-Length"
    STALLED = "a body that stops in the middle, on an open connection"
    SLOW = "the right answer, slowly"


# The answer is the right one all the same; each other kind means that the call has failed, or its list is not whole.
HARMLESS: Final = frozenset({AzureFaultKind.LOWER_IDS, AzureFaultKind.SLOW})
# Until the server or the client gives up: a test needs a client with a short time-out for these.
WAITING: Final = frozenset({AzureFaultKind.SILENCE, AzureFaultKind.STALLED})
# Only lists have links.
OF_LISTS: Final = frozenset(
    {
        AzureFaultKind.FOREIGN_LINK,
        AzureFaultKind.ENDLESS_LINK,
        AzureFaultKind.BROKEN_LINK,
        AzureFaultKind.NULL_LIST,
        AzureFaultKind.NULL_ROWS,
    }
)
ENDINGS: Final = {
    AzureFaultKind.RESET: Ending.RESET,
    AzureFaultKind.SILENCE: Ending.SILENCE,
    AzureFaultKind.TRUNCATED: Ending.CUT,
    AzureFaultKind.STALLED: Ending.STALLED,
    AzureFaultKind.SLOW: Ending.DRIP,
}


@dataclass(slots=True)
class AzureFault(Rule):
    """A rule, and what it does. `retry_after`: seconds, of THROTTLED; `pause`: seconds a piece, of SLOW.

    `foreign`: the base URL that REDIRECT and FOREIGN_LINK lead to; another server of a test, say.
    """

    kind: AzureFaultKind
    retry_after: int = 1
    pause: float = 0.05
    foreign: str = "https://arm.other.example"


_REFUSALS: Final = {
    AzureFaultKind.FORBIDDEN: refusals.forbidden(_NOBODY, "Microsoft.Resources/any/read", "/subscriptions/x"),
    AzureFaultKind.UNAUTHENTICATED: refusals.invalid_token(),
    AzureFaultKind.EXPIRED: refusals.expired_token(),
    AzureFaultKind.NOT_FOUND: refusals.no_resource("Microsoft.Resources/any", "x", "y"),
    AzureFaultKind.GROUP_NOT_FOUND: refusals.no_group("y"),
    AzureFaultKind.WRONG_VERSION: refusals.wrong_version("x", ("2019-05-01",)),
    AzureFaultKind.INSIGHTS_ERROR: refusals.bad_request("The request is invalid.", pascal=True),
    AzureFaultKind.SERVER_ERROR: refusals.ArmRefusalError(
        500, "InternalServerError", "Something went wrong."
    ),
    AzureFaultKind.UNREGISTERED: refusals.ArmRefusalError(
        409, "MissingSubscriptionRegistration", "The subscription is not registered to use the namespace."
    ),
}
_THROTTLED: Final = refusals.ArmRefusalError(429, "TooManyRequests", "The request is being throttled.")
_FIXED: Final = {
    AzureFaultKind.UNAVAILABLE: Reply(503, _PAGE, _HTML),
    AzureFaultKind.BARE_NOT_FOUND: Reply(404),
    AzureFaultKind.HTML: Reply(200, _PAGE, _HTML),
    AzureFaultKind.EMPTY: Reply(200),
    AzureFaultKind.NO_CONTENT: Reply(204),
    AzureFaultKind.NULL: json_reply(None),
    AzureFaultKind.NULL_LIST: json_reply({"value": None}),
    AzureFaultKind.ERROR_IN_200: json_reply(_THROTTLED.body),
    AzureFaultKind.OTHER_TYPE: json_reply(["unexpected"]),
    AzureFaultKind.NESTED: Reply(200, b"[" * _DEPTH + b"]" * _DEPTH),
    AzureFaultKind.NOT_UTF8: Reply(200, b'{"id": "\xff\xfe"}'),
    AzureFaultKind.THROTTLED_BARE: _THROTTLED.reply(),
}


def instead(rule: AzureFault, request: Request) -> Reply | None:
    """The answer that comes instead of the right one; None if that one comes, changed or not."""
    if rule.kind in _REFUSALS:
        return _REFUSALS[rule.kind].reply()
    if rule.kind is AzureFaultKind.THROTTLED:
        plain = _THROTTLED.reply()
        return Reply(plain.status, plain.body, headers=(("Retry-After", str(rule.retry_after)),))
    if rule.kind is AzureFaultKind.REDIRECT:
        return Reply(302, headers=(("Location", rule.foreign + request.target),))
    return _FIXED.get(rule.kind)


def changed(rule: AzureFault, reply: Reply, request: Request) -> Reply:
    """The right answer as the rule leaves it. Links come only into lists that were answered."""
    links = {
        AzureFaultKind.FOREIGN_LINK: rule.foreign + request.target,
        AzureFaultKind.ENDLESS_LINK: request.base_url + request.target,
        AzureFaultKind.BROKEN_LINK: "http://[next",
    }
    if reply.status != 200 or rule.kind not in {*links, AzureFaultKind.LOWER_IDS, AzureFaultKind.NULL_ROWS}:
        return reply
    body = json.loads(reply.body)
    if rule.kind is AzureFaultKind.LOWER_IDS:
        return json_reply(lowered(body))
    if "value" not in body:
        return reply
    if rule.kind is AzureFaultKind.NULL_ROWS:
        return json_reply({**body, "value": [None, *body["value"]]})
    return json_reply({**body, "nextLink": links[rule.kind]})
