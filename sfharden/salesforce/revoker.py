"""Revoking tokens: the only calls of this program that change an org.

Identity Guide, Revoke OAuth Tokens; Connect REST API Guide, OAuth usage. A token of a connected app goes in
the body of a POST, never in an address. A token of an external client app is revoked by its own resource,
which names it by an id. What revokes all tokens of an app at once is never called: the guard refuses it.
"""

import json
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, unquote, urlencode

from sfharden.errors import AnswerError, AuthError, BudgetError, LimitError, UnreachableError
from sfharden.outcomes import Ending, Outcome
from sfharden.redact import Secret
from sfharden.salesforce.auth import OrgSession
from sfharden.salesforce.failures import clean_code, error_code, failure
from sfharden.salesforce.guard import REVOKING
from sfharden.salesforce.lanes import Lanes
from sfharden.salesforce.meter import CallMeter
from sfharden.salesforce.session import Answer, Call, Timing, Wire
from sfharden.salesforce.transport import Bounds

_WHAT: Final = "Revoking a token"
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_OAUTH_CODE: Final = re.compile(r"[a-z][a-z_]{2,59}", re.ASCII)
# What an id may hold once it is decoded: nothing that a server could take for a part of the path.
_TOKEN_ID: Final = re.compile(r"[A-Za-z0-9_.~!=+-]{8,512}", re.ASCII)


class Revoker:
    """Revokes tokens of one org, one by one. Safe to share between threads.

    A call is tried again within the wire's bounds: revoking twice does no harm. Raises AuthError when the
    session has ended and BudgetError when the user's own budget is used up; every other end is an Outcome.
    """

    def __init__(self, wire: Wire, version: str) -> None:
        self._wire = wire
        self._base = f"/services/data/v{version}/apps/oauth/usage/tokens"

    def revoke(self, token: Secret) -> Outcome:
        """End the authorisation behind a delete token or refresh token, with all its sessions."""
        body = urlencode({"token": token.reveal()}).encode()
        # The token is the credential; ours isn't sent, so a session that ends doesn't stop the work.
        path = "/services/oauth2/revoke"
        call = Call("POST", path, _WHAT, "revoke", headers=_FORM, body=body, signed=False)
        return self._outcome(call, _read_oauth)

    def revoke_external(self, token_id: Secret) -> Outcome:
        """End one authorisation of an external client app, by its id in the OAuth usage resource."""
        bare = unquote(token_id.reveal())
        if not _TOKEN_ID.fullmatch(bare):
            return Outcome(Ending.REFUSED, "UNSENDABLE_ID")
        call = Call("DELETE", f"{self._base}/{quote(bare, safe='')}", _WHAT, "revoke")
        return self._outcome(call, _read_usage)

    def close(self) -> None:
        """Close the pooled connections."""
        self._wire.close()

    def _outcome(self, call: Call, read: "Callable[[Answer], Outcome]") -> Outcome:
        try:
            return read(self._wire.send(call))
        except BudgetError:
            raise
        except LimitError:
            return Outcome(Ending.LIMITED, "REQUEST_LIMIT_EXCEEDED")
        except (UnreachableError, AnswerError):
            return Outcome(Ending.UNKNOWN, "NO_ANSWER")


def open_revoker(
    session: OrgSession,
    version: str,
    meter: CallMeter,
    *,
    workers: int,
    timing: Timing | None = None,
    bounds: Bounds | None = None,
) -> Revoker:
    """A revoker with a wire of its own, which lets out nothing but revocations of single tokens."""
    wire = Wire(
        session.origin,
        session.token,
        meter=meter,
        rules=REVOKING,
        timing=timing,
        bounds=bounds,
        lanes=Lanes(workers),
    )
    return Revoker(wire, version)


def _read_oauth(answer: Answer) -> Outcome:
    """The revoke endpoint: 200, or 400 with an OAuth error code."""
    if answer.status in (200, 204):
        return _success(answer)
    code = _oauth_code(answer.body)
    if answer.status == 400 and code == "invalid_token":
        return Outcome(Ending.GONE, code)
    return Outcome(Ending.REFUSED, code) if answer.status == 400 and code else _failed(answer)


def _read_usage(answer: Answer) -> Outcome:
    """The OAuth usage resource: 204, or 404 for a token that it doesn't know."""
    if answer.status in (200, 204):
        return _success(answer)
    if answer.status == 404:
        return Outcome(Ending.GONE, error_code(answer.body) or "HTTP_404")
    return _failed(answer)


def _success(answer: Answer) -> Outcome:
    # A page with status 200 is a proxy's or a maintenance page: nobody knows what became of the call.
    if answer.body.strip() and "html" in answer.content_type.lower():
        return Outcome(Ending.UNKNOWN, "WEB_PAGE")
    code = _oauth_code(answer.body)
    return Outcome(Ending.UNKNOWN, code) if code else Outcome(Ending.REVOKED)


def _failed(answer: Answer) -> Outcome:
    code = error_code(answer.body)
    error = failure(answer.status, code, _WHAT)
    if isinstance(error, AuthError):
        raise error
    if isinstance(error, LimitError):
        return Outcome(Ending.LIMITED, code or f"HTTP_{answer.status}")
    # From 500 on the org broke down at some point of the work, and before that it said no.
    ending = Ending.UNKNOWN if isinstance(error, UnreachableError) else Ending.REFUSED
    return Outcome(ending, code or f"HTTP_{answer.status}")


def _oauth_code(body: bytes) -> str:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    code = told.get("error") if isinstance(told, dict) else None
    if not isinstance(code, str):
        return ""
    return code if _OAUTH_CODE.fullmatch(code) else clean_code(code)
