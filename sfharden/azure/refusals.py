"""Where Azure says no: its code and the right that is missing, out of both shapes of its errors.

Only status, code and the name of a right are told; the text holds object ids and scopes (reference §2.5).
"""

import json
import re
from typing import Any, Final

from sfharden.azure.objects import get, text
from sfharden.errors import AnswerError, AuthError, DeniedError, OrgError, UnreachableError

LONGEST_REFUSAL: Final = 256 * 1024
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9._]{1,79}", re.ASCII)
# "… does not have authorization to perform action 'Microsoft.Logic/workflows/read' over scope …"
_ACTION: Final = re.compile(
    r"perform action '([A-Za-z0-9.]{2,80}(?:/[A-Za-z0-9.$*_-]{1,80}){1,12})'", re.ASCII
)
# Of a subscription of another tenant (such an answer: Azure/azure-sdk-for-net, issue 49391); for all others the token holds.
_OTHER_TENANT: Final = "InvalidAuthenticationTokenTenant"
_HINTS: Final = {
    _OTHER_TENANT: "The subscription is another tenant's: sign in to that one, `az login --tenant TENANT`.",
    "InvalidApiVersionParameter": "Azure no longer knows the version that this program asks with: update it.",
    "MissingSubscriptionRegistration": "The subscription doesn't use this service.",
    "SubscriptionNotFound": "Check the subscription, and that this login may see it.",
}


class ArmRefusalError(DeniedError):
    """Azure answered, and said no. `action` is the right that is missing, where it names one."""

    def __init__(self, message: str, hint: str = "", *, code: str, action: str = "", status: int = 0) -> None:
        super().__init__(message, hint, code=code)
        self.action = action
        self.status = status

    @property
    def is_absence(self) -> bool:
        """Whether it said that nothing is there, in a body of its own: a proxy's bare 404 tells nothing."""
        return self.status == 404 and not self.code.startswith("HTTP_")

    @property
    def is_elsewhere(self) -> bool:
        """Whether what was asked about is in another tenant than the token."""
        return self.code == _OTHER_TENANT


def refusal(status: int, body: bytes, what: str) -> OrgError:
    """The error for an answer that is no success. `what` names the call for a person.

    AuthError for 401, which ends a run, but for what is in another tenant; UnreachableError for trouble on Azure's side; else ArmRefusalError.
    """
    told = _told(body)
    code = _code_in(told) or f"HTTP_{status}"
    shown = code.replace("_", " ") if code.startswith("HTTP_") else code
    message = f"{what}: Azure answered {shown}"
    if status == 401 and code != _OTHER_TENANT:
        return AuthError(message, "The token has ended or is not accepted: sign in again.")
    if status >= 500:
        return UnreachableError(message, "Azure is in trouble; try later.")
    if status < 400:
        return AnswerError(f"{what}: Azure answered HTTP {status} without what was asked for")
    action = _action_in(told)
    return ArmRefusalError(message, _hint(code, action), code=code, action=action, status=status)


def _hint(code: str, action: str) -> str:
    if action:
        return f"This login lacks the right {action}."
    return _HINTS.get(code, "This login may not read this, or Azure doesn't have it.")


def says_error(told: Any) -> bool:
    """Whether JSON is an error object, as some services send it with status 200."""
    return isinstance(get(told, "error"), dict) or bool(_code_in(told) and get(told, "message"))


def _told(body: bytes) -> Any:
    if len(body) > LONGEST_REFUSAL:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _code_in(told: Any) -> str:
    """`{"error": {"code"}}`, or `{"Code"}` without a wrapper as Insights has it; names in any case."""
    for found in (get(told, "error", "code"), get(told, "code")):
        if _CODE.fullmatch(text(found)):
            return text(found)
    return ""


def _action_in(told: Any) -> str:
    for message in (get(told, "error", "message"), get(told, "message")):
        if found := _ACTION.search(text(message)):
            return found[1]
    return ""
