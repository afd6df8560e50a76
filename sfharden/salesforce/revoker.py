"""The one door through which an org is changed: it revokes one OAuth token at a time.

Sources: Help, Revoke OAuth Tokens (POST with `token` in the body; 200 on success, 400 `invalid_token` or
`unsupported_token_type`); Connect REST API Guide, OAuth usage (DELETE of one token of an external client app, 204).
Never the resource that revokes every token of an app.
"""

import json
from enum import StrEnum
from typing import Final
from urllib.parse import quote, urlencode

from sfharden.errors import AnswerError, UnreachableError
from sfharden.redact import Secret
from sfharden.salesforce.connect import Connection
from sfharden.salesforce.failures import error_code, failure
from sfharden.salesforce.guard import REVOKING
from sfharden.salesforce.session import Answer, Call, Wire

_WHAT: Final = "Revoking a token"
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


class Outcome(StrEnum):
    """What became of one token. LOST: the answer didn't come, so it may be revoked or not."""

    REVOKED = "revoked"
    GONE = "already-gone"
    REFUSED = "failed"
    LOST = "unknown"


class Revoker:
    """Revokes tokens of one org. Safe to share between threads."""

    def __init__(self, wire: Wire, version: str) -> None:
        self._wire = wire
        self._version = version

    def revoke(self, token: Secret) -> Outcome:
        """Revoke an OauthToken by its delete token, which goes into the body only.

        Revoking twice does no harm, so a lost answer is tried again. Raises AuthError and LimitError.
        """
        body = urlencode({"token": token.reveal()}).encode("ascii")
        # The token is its own credential; the caller's needn't go along.
        call = Call(
            "POST", "/services/oauth2/revoke", _WHAT, "revoke", headers=_FORM, body=body, signed=False
        )
        return self._outcome(call, {"invalid_token"})

    def revoke_external(self, token_id: Secret) -> Outcome:
        """Revoke one token of an external client app by its id in the OAuth usage resource."""
        word = quote(token_id.reveal(), safe="")
        path = f"/services/data/v{self._version}/apps/oauth/usage/tokens/{word}"
        return self._outcome(Call("DELETE", path, _WHAT, "revoke"), {"NOT_FOUND", "invalid_token"})

    def _outcome(self, call: Call, gone: set[str]) -> Outcome:
        try:
            answer = self._wire.send(call)
        except (UnreachableError, AnswerError):
            return Outcome.LOST
        if answer.status in (200, 204) and "html" not in answer.content_type.lower():
            return Outcome.REVOKED
        if 200 <= answer.status < 300:
            return Outcome.LOST  # a page of somebody's in between
        code = _oauth_error(answer) or error_code(answer.body)
        if answer.status in (400, 404) and code in gone:
            return Outcome.GONE
        if answer.status in (400, 404):
            return Outcome.REFUSED
        error = failure(answer.status, code, _WHAT)
        if isinstance(error, UnreachableError | AnswerError):
            return Outcome.LOST
        if answer.status == 403 and code not in ("REQUEST_LIMIT_EXCEEDED",):
            return Outcome.REFUSED
        raise error


def _oauth_error(answer: Answer) -> str:
    """The `error` of an OAuth endpoint's answer; empty if it's anything else."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    error = told.get("error") if isinstance(told, dict) else None
    return error if isinstance(error, str) else ""


def revoker_of(connection: Connection) -> Revoker:
    """A revoker beside a reading connection: a wire of its own, which alone lets revocations out."""
    reading = connection.wire
    wire = Wire(
        reading.origin,
        connection.session.token,
        meter=reading.meter,
        rules=REVOKING,
        timing=reading.timing,
        lanes=reading.lanes,
    )
    return Revoker(wire, connection.version)
