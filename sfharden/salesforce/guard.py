"""The rules for what may leave this room: what reads, what signs in, what revokes; see `web/guard.py`."""

import re
from typing import Final
from urllib.parse import parse_qsl, unquote

from sfharden.salesforce.outgoing_bodies import is_check_only, soap_operation
from sfharden.web.guard import Outgoing, Rule

READ_OPERATIONS: Final = frozenset(
    {"listMetadata", "readMetadata", "retrieve", "checkRetrieveStatus", "describeMetadata"}
)


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
