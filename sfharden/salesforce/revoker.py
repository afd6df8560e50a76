"""Revoking tokens: the only calls of this program that change an org.

Identity Guide, Revoke OAuth Tokens; Connect REST API Guide, OAuth usage. A token of a connected app goes in
the body of a POST, never in an address. A token of an external client app is revoked by its own resource,
which names it by an id. What revokes all tokens of an app at once is never called: the guard refuses it.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final
from urllib.parse import quote, urlencode

from sfharden.errors import AnswerError, AuthError, BudgetError, DeniedError, LimitError, UnreachableError
from sfharden.ports import Ending, RevokeOutcome
from sfharden.salesforce.connect import Connection
from sfharden.salesforce.failures import LONGEST_REFUSAL, error_code, failure
from sfharden.salesforce.guard import REVOKING
from sfharden.salesforce.session import Wire
from sfharden.text.redact import MASK, Secret
from sfharden.web.concurrency import ConcurrencyLimit
from sfharden.web.session import Answer, WireCall

_WHAT: Final = "Revoking a token"
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
# What the endpoint says of a token (RFC 7009, section 2.2.1; Identity Guide, Revoke OAuth Tokens). Any other
# word is foreign text, and could be the token itself.
_OAUTH_ERRORS: Final = frozenset({"invalid_token", "unsupported_token_type"})
# An id that means the same however an address is read: no leading dot, no separator, nothing encoded in it.
_TOKEN_ID: Final = re.compile(r"[A-Za-z0-9_~!=+-][A-Za-z0-9._~!=+-]*", re.ASCII)


class Revoker:
    """Revokes tokens of one org, one by one. Safe to share between threads.

    A call is tried again within the wire's bounds: revoking twice does no harm. Raises AuthError when the
    session has ended and BudgetError when the user's own budget is used up; every other end is an RevokeOutcome.
    """

    def __init__(self, wire: Wire, version: str) -> None:
        self._wire = wire
        self._base = f"/services/data/v{version}/apps/oauth/usage/tokens"

    def revoke(self, token: Secret) -> RevokeOutcome:
        """End the authorisation behind a delete token or refresh token, with all its sessions."""
        if not token:
            return RevokeOutcome(Ending.REFUSED, "UNSENDABLE_ID")
        body = urlencode({"token": token.reveal()}).encode()
        # The token is the credential; ours isn't sent, so a session that ends doesn't stop the work.
        path = "/services/oauth2/revoke"
        call = WireCall("POST", path, _WHAT, "revoke", headers=_FORM, body=body, signed=False)
        return self._outcome(call, _read_oauth)

    def revoke_external(self, token_id: Secret) -> RevokeOutcome:
        """End one authorisation of an external client app, by its id in the OAuth usage resource."""
        word = token_id.reveal()
        # Refused and not raised: one odd id must not keep the other tokens from being revoked.
        if not _TOKEN_ID.fullmatch(word) or word.casefold() == "tokens":
            return RevokeOutcome(Ending.REFUSED, "UNSENDABLE_ID")
        path = f"{self._base}/{quote(word, safe='!=~')}"
        call = WireCall("DELETE", path, _WHAT, "revoke", shown_path=f"{self._base}/{MASK}")
        return self._outcome(call, _read_usage)

    def _outcome(self, call: WireCall, read: "Callable[[Answer], RevokeOutcome]") -> RevokeOutcome:
        try:
            return self._wire.take(call, read)
        except BudgetError:
            raise
        except LimitError:
            return RevokeOutcome(Ending.LIMITED, "REQUEST_LIMIT_EXCEEDED")
        except (UnreachableError, AnswerError):
            return RevokeOutcome(Ending.UNKNOWN, "NO_ANSWER")


@contextmanager
def revoker_of(connection: Connection, workers: int) -> Iterator[Revoker]:
    """A revoker beside a reading connection: a wire of its own, which lets out revocations and nothing else.

    As many calls may be under way at once as there are workers, until the org says that it's too many.
    """
    reading = connection.wire
    wire = Wire(
        reading.origin,
        connection.session.token,
        meter=reading.meter,
        rules=REVOKING,
        timing=reading.timing,
        # What is left would stay valid: it goes on as long as the org answers at all.
        bounds=replace(reading.bounds, run=float("inf")),
        large=reading.large,
        retries=reading.retries,
        limit=ConcurrencyLimit(workers),
        log=reading.log,
    )
    try:
        yield Revoker(wire, connection.version)
    finally:
        wire.close()


def _read_oauth(answer: Answer) -> RevokeOutcome:
    """The revoke endpoint: 200, or 400 with an OAuth error code."""
    if answer.status in (200, 204):
        return _success(answer)
    code = _oauth_code(answer.body)
    if answer.status == 400 and code == "invalid_token":
        return RevokeOutcome(Ending.GONE, code)
    return RevokeOutcome(Ending.REFUSED, code) if answer.status == 400 and code else _failed(answer)


def _read_usage(answer: Answer) -> RevokeOutcome:
    """The OAuth usage resource: 204, or 404 NOT_FOUND for a token that it doesn't know."""
    if answer.status in (200, 204):
        return _success(answer)
    code = error_code(answer.body)
    if answer.status == 404 and code == "NOT_FOUND":
        return RevokeOutcome(Ending.GONE, code)
    return _failed(answer)


def _success(answer: Answer) -> RevokeOutcome:
    # A page with status 200 is a proxy's or a maintenance page: nobody knows what became of the call.
    body = answer.body.strip()
    if body[:1] == b"<" or (body and "html" in answer.content_type.lower()) or len(body) > LONGEST_REFUSAL:
        return RevokeOutcome(Ending.UNKNOWN, "WEB_PAGE")
    code = _oauth_code(body) or error_code(body)
    return RevokeOutcome(Ending.UNKNOWN, code) if code else RevokeOutcome(Ending.REVOKED)


def _failed(answer: Answer) -> RevokeOutcome:
    code = error_code(answer.body)
    error = failure(answer.status, code, _WHAT)
    if isinstance(error, AuthError):
        raise error
    if isinstance(error, LimitError):
        return RevokeOutcome(Ending.LIMITED, code or f"HTTP_{answer.status}")
    # Only a plain no is one: after a breakdown, or an answer that isn't documented, it may have happened.
    ending = Ending.REFUSED if isinstance(error, DeniedError) else Ending.UNKNOWN
    return RevokeOutcome(ending, code or f"HTTP_{answer.status}")


def _oauth_code(body: bytes) -> str:
    if len(body) > LONGEST_REFUSAL:
        return ""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    code = told.get("error") if isinstance(told, dict) else None
    return code if isinstance(code, str) and code in _OAUTH_ERRORS else ""
