"""The one place where a refusal or failure of an org becomes an error of ours.

Only status codes and error codes decide; the text of an answer is never repeated, it may hold a secret.
Codes: REST API Developer Guide, Status Codes and Error Responses; SOAP API Developer Guide, Core Data Types.
"""

import json
import re
from typing import Final

from sfharden.errors import AnswerError, AuthError, DeniedError, LimitError, OrgError, UnreachableError

# A refusal is one line or a few; what is longer is something else, and not worth its memory.
LONGEST_REFUSAL: Final = 256 * 1024
_CODE: Final = re.compile(r"[A-Z][A-Z0-9_]{2,59}", re.ASCII)

_SIGNED_OUT: Final = {
    "INVALID_SESSION_ID": "The session has ended, or the token has no API scope. Sign in again.",
    "INVALID_AUTH_HEADER": "Sign in again.",
    "INVALID_LOGIN": "Check the user and the app.",
    "INVALID_OPERATION_WITH_EXPIRED_PASSWORD": "The user must set a new password first.",
    "LOGIN_DURING_RESTRICTED_DOMAIN": "The user's login ranges don't admit this machine's address.",
    "LOGIN_DURING_RESTRICTED_TIME": "The user's login hours don't admit this moment.",
    "PASSWORD_LOCKOUT": "The user is locked out.",
}
_LIMITED: Final = frozenset(
    {"REQUEST_LIMIT_EXCEEDED", "EXCEEDED_QUOTA", "TOO_MANY_REQUESTS", "API_REQUEST_LIMIT_EXCEEDED"}
)
_TOO_SLOW: Final = frozenset({"QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG", "SERVER_UNAVAILABLE"})
_LOST_PLACE: Final = frozenset({"INVALID_QUERY_LOCATOR", "INVALID_ASYNC_PROCESS_ID", "INVALID_LOCATOR"})
_REFUSED: Final = {
    "INSUFFICIENT_ACCESS": "The login lacks a permission, or the org refuses this machine's address.",
    "INSUFFICIENT_ACCESS_OR_READONLY": "The login lacks a permission.",
    "API_DISABLED_FOR_ORG": "The org or the user has no API access.",
    "API_CURRENTLY_DISABLED": "The org or the user has no API access.",
    "UNSUPPORTED_API_VERSION": "The org does not know the API version asked for.",
    "ORG_LOCKED": "The org is locked; ask Salesforce.",
    "TXN_SECURITY_NO_ACCESS": "A transaction security policy of the org refused the call.",
}
_REFUSING_STATUSES: Final = frozenset({400, 403, 404, 405, 409, 410})
_TOO_LONG_STATUSES: Final = frozenset({413, 414, 431})


def error_code(body: bytes) -> str:
    """The error code in a REST answer: a list of `{errorCode}`, one such object, or junk (then empty)."""
    if len(body) > LONGEST_REFUSAL:
        return ""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    first = told[0] if isinstance(told, list) and told else told
    return clean_code(first.get("errorCode")) if isinstance(first, dict) else ""


def clean_code(code: object) -> str:
    """A code that is fit to show, without its `sf:` prefix; empty if it doesn't look like one."""
    if not isinstance(code, str):
        return ""
    bare = code.strip().rpartition(":")[2]
    return bare if _CODE.fullmatch(bare) else ""


def failure(status: int, code: str, what: str) -> OrgError:
    """The error for an answer that is no success. `what` names the call for a person, and holds no secret.

    A DeniedError's `code` is the org's, or `HTTP_<status>` where the answer has none.
    """
    # The code first: Salesforce answers 403 for a limit and 500 for every SOAP fault.
    known = _by_code(code, f"{what}: the org answered {code}")
    return known or _by_status(status, code, f"{what}: the org answered {code or f'HTTP {status}'}")


def _by_code(code: str, message: str) -> OrgError | None:
    if code in _SIGNED_OUT:
        return AuthError(message, _SIGNED_OUT[code])
    if code in _LIMITED:
        return LimitError(message, "A daily or a concurrent limit of the org's is reached; try later.")
    if code in _TOO_SLOW:
        return UnreachableError(message, "The org took too long; try later.")
    if code in _LOST_PLACE:
        return AnswerError(message, "The org lost a list that was being read; run again.")
    if code in _REFUSED:
        return DeniedError(message, _REFUSED[code], code=code)
    return None


def _by_status(status: int, code: str, message: str) -> OrgError:
    if status == 401:
        return AuthError(message, "Sign in again.")
    if status == 429:
        return LimitError(message, "A limit of the org's is reached; try later.")
    if status in _TOO_LONG_STATUSES:
        return AnswerError(message, "The request was too long; ask for less at once.")
    if status in _REFUSING_STATUSES:
        return DeniedError(
            message, "The login may not read this, or the org doesn't have it.", code=code or f"HTTP_{status}"
        )
    if status >= 500 or status == 420:
        return UnreachableError(message, "The org is in trouble or in maintenance; try later.")
    return AnswerError(message)
