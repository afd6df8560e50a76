"""The one door through which an org is changed: it revokes one OAuth token at a time.

Sources: Help, Revoke OAuth Tokens (POST with `token` in the body; 200 on success, 400 `invalid_token` or
`unsupported_token_type`); Connect REST API Guide, OAuth usage (DELETE of one token of an external client app, 204).
Never the resource that revokes every token of an app.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Final
from urllib.parse import quote, urlencode

from sfharden.errors import AnswerError, AuthError, DeniedError, LimitError, UnreachableError
from sfharden.redact import Secret
from sfharden.salesforce.connect import Connection
from sfharden.salesforce.failures import error_code, failure
from sfharden.salesforce.guard import REVOKING
from sfharden.salesforce.lanes import Lanes
from sfharden.salesforce.session import Answer, Call, Wire

_WHAT: Final = "Revoking a token"
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
# What the endpoint says of a token (RFC 7009, section 2.2.1; Help, Revoke OAuth Tokens). Any other word is
# foreign text, and could be the token itself.
_OAUTH_ERRORS: Final = frozenset({"invalid_token", "unsupported_token_type"})
# An id that means the same however an address is read: no leading dot, no separator, nothing encoded in it.
_PLAIN: Final = re.compile(r"[A-Za-z0-9_~!=+-][A-Za-z0-9._~!=+-]*", re.ASCII)


class Outcome(StrEnum):
    """What became of one token. LOST: no answer that can be relied on, so it may be revoked or not."""

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
        if not token:
            return Outcome.REFUSED
        body = urlencode({"token": token.reveal()}).encode("ascii")
        # The token is its own credential; the caller's needn't go along.
        call = Call(
            "POST", "/services/oauth2/revoke", _WHAT, "revoke", headers=_FORM, body=body, signed=False
        )
        return self._outcome(call)

    def revoke_external(self, token_id: Secret) -> Outcome:
        """Revoke one token of an external client app by its id in the OAuth usage resource.

        An id that could be read as another resource is refused here: the guard would end the whole run.
        """
        word = token_id.reveal()
        if not _PLAIN.fullmatch(word) or word.casefold() == "tokens":
            return Outcome.REFUSED
        path = f"/services/data/v{self._version}/apps/oauth/usage/tokens/{quote(word, safe='!=~')}"
        return self._outcome(Call("DELETE", path, _WHAT, "revoke"))

    def _outcome(self, call: Call) -> Outcome:
        try:
            answer = self._wire.send(call)
        except (UnreachableError, AnswerError):
            return Outcome.LOST
        if answer.status in (200, 204):
            return Outcome.REVOKED if _says_nothing_else(answer) else Outcome.LOST
        return _refusal(answer)


def _says_nothing_else(answer: Answer) -> bool:
    """False for a page of somebody's in between, and for a success that names an error.

    A success has no body, so its content type says nothing: web servers call an empty answer text/html.
    """
    if not answer.body.strip():
        return True
    if "html" in answer.content_type.lower() or answer.body.lstrip()[:1] == b"<":
        return False
    return not _oauth_error(answer.body) and not error_code(answer.body)


def _refusal(answer: Answer) -> Outcome:
    """What an answer that is no success means. Raises AuthError and LimitError: they stop the whole run."""
    oauth = _oauth_error(answer.body)
    code = error_code(answer.body)
    if (answer.status == 400 and oauth == "invalid_token") or (answer.status == 404 and code == "NOT_FOUND"):
        return Outcome.GONE
    error = failure(answer.status, code or oauth, _WHAT)
    if isinstance(error, AuthError | LimitError):
        raise error
    return Outcome.REFUSED if isinstance(error, DeniedError) else Outcome.LOST


def _oauth_error(body: bytes) -> str:
    """The `error` of an OAuth endpoint's answer, if it is one of those known."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    error = told.get("error") if isinstance(told, dict) else None
    return error if isinstance(error, str) and error in _OAUTH_ERRORS else ""


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
        bounds=reading.bounds,
        retries=reading.retries,
        lanes=Lanes(workers),
    )
    try:
        yield Revoker(wire, connection.version)
    finally:
        wire.close()
