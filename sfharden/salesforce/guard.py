"""What may leave this room: a request that no rule here lets out is never sent.

The guard sits in the HTTP adapter, below everything that builds requests, so a fault above it (or in
a library) cannot change an org, call a path with side effects, or carry a token to another host.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from sfharden.errors import NoVerdictError
from sfharden.salesforce.origin import WebOrigin, origin_of
from sfharden.salesforce.outgoing_bodies import is_check_only, soap_operation

READ_OPERATIONS: Final = frozenset(
    {"listMetadata", "readMetadata", "retrieve", "checkRetrieveStatus", "describeMetadata"}
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request just before it is sent: what a rule may look at."""

    method: str
    path: str
    query: str
    content_type: str
    body: bytes


Rule = Callable[[Outgoing], bool]

# Not every GET is harmless: tooling/executeAnonymous runs Apex, oauth2/revoke revokes, apexrest is anybody's
# code. So reading is a list of resources that only read (REST and Tooling API Developer Guides).
_READABLE: Final = re.compile(
    r"/services/data/?"
    r"|/services/data/v\d+\.\d/?"
    r"|/services/data/v\d+\.\d/(?:tooling/)?(?:query|queryAll|sobjects)(?:/.*)?"
    r"|/services/data/v\d+\.\d/(?:limits|connect|apps|metadata/deployRequest)(?:/.*)?"
    r"|/services/oauth2/userinfo"
)
_SOAP: Final = re.compile(r"/services/Soap/m/\d+\.\d/?")
_DEPLOY: Final = re.compile(r"/services/data/v\d+\.\d/metadata/deployRequest")
_TOKEN_USAGE: Final = re.compile(r"/services/data/v\d+\.\d/apps/oauth/usage/tokens/([^/]+)")

# A path that two servers could read differently: dot segments, encoded separators, matrix parameters.
_AMBIGUOUS: Final = re.compile(r"(?i)//|/\.\.?(?:/|$)|%2e|%2f|%5c|%25|[\\;\x00-\x20]")
_TELLTALE: Final = frozenset({"token", "access_token", "refresh_token", "sid", "_httpmethod", "assertion"})


def reads(request: Outgoing) -> bool:
    """A GET of a resource that only reads."""
    return request.method == "GET" and not request.body and bool(_READABLE.fullmatch(request.path))


def reads_by_soap(request: Outgoing) -> bool:
    """A Metadata API call whose one operation only reads."""
    if request.method != "POST" or not _SOAP.fullmatch(request.path) or request.query:
        return False
    return soap_operation(request.body) in READ_OPERATIONS


def validates(request: Outgoing) -> bool:
    """A deployment that the org checks and does not save."""
    if request.method != "POST" or not _DEPLOY.fullmatch(request.path) or request.query:
        return False
    return is_check_only(request.content_type, request.body)


def signs_in(request: Outgoing) -> bool:
    """A request for an access token, with everything secret in its body."""
    return request.method == "POST" and request.path == "/services/oauth2/token" and not request.query


def revokes(request: Outgoing) -> bool:
    """A revocation of one token: by POST, or of an external client app's token by its own resource."""
    if request.query:
        return False
    if request.method == "POST":
        return request.path == "/services/oauth2/revoke" and _is_one_token(request)
    found = _TOKEN_USAGE.fullmatch(request.path)
    # `…/usage/{app}/tokens` revokes everything of an app: a token named `tokens` could be read as that.
    return (
        request.method == "DELETE"
        and not request.body
        and found is not None
        and unquote(found[1]).strip().casefold() != "tokens"
    )


def _is_one_token(request: Outgoing) -> bool:
    """True for a form with one field, `token`, that isn't empty."""
    if request.content_type != "application/x-www-form-urlencoded" or not request.body.isascii():
        return False
    fields = parse_qsl(request.body.decode("ascii"), keep_blank_values=True)
    return len(fields) == 1 and fields[0][0] == "token" and bool(fields[0][1])


READING: Final[tuple[Rule, ...]] = (reads, reads_by_soap, validates)
SIGNING_IN: Final[tuple[Rule, ...]] = (signs_in,)
REVOKING: Final[tuple[Rule, ...]] = (revokes,)


class OutgoingGuard:
    """Lets out only requests to one origin that one of its rules knows."""

    def __init__(self, origin: WebOrigin, rules: tuple[Rule, ...] = READING) -> None:
        self.origin = origin
        self._rules = rules

    def check(self, method: str, url: str, content_type: str, body: bytes) -> None:
        """Raise NoVerdictError unless this request may be sent.

        It is no OrgError on purpose: the org refused nothing, so this must not be taken for a gap.
        """
        if origin_of(url) != self.origin:
            raise NoVerdictError("A request to another host than the org's was stopped before it was sent")
        parts = urlsplit(url)
        outgoing = Outgoing(method, parts.path, parts.query, content_type, body)
        if _is_ambiguous(parts.path, parts.query) or not any(rule(outgoing) for rule in self._rules):
            raise NoVerdictError("A request that this run may not make was stopped before it was sent")


def _is_ambiguous(path: str, query: str) -> bool:
    names = {name.lower() for name, _ in parse_qsl(query, keep_blank_values=True)}
    return bool(_AMBIGUOUS.search(path) or names & _TELLTALE)
