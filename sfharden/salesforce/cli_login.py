"""Signing in with the Salesforce CLI's login: `sf org auth show-access-token`, or `sf org display` before it.

Since version 2.136.8 `sf org display` masks the token (Salesforce CLI release notes).
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from sfharden.errors import AuthError, UsageError
from sfharden.files.cli_program import CliProgram, Finished, Runner, run_command
from sfharden.salesforce.auth import OrgSession
from sfharden.salesforce.sign_in_reasons import hint_for, known_reason, shown
from sfharden.text.redact import Secret
from sfharden.web.origin import WebOrigin, origin_of
from sfharden.web.transport import is_token

SECONDS_TO_ANSWER: Final = 90.0
_MASKED: Final = "[REDACTED]"
_NO_COMMAND: Final = "CommandNotFoundError"
_SIGN_IN: Final = "Run `sf org login web`."
_ALIAS: Final = re.compile(r"""[^\s\-"'&|<>^%!`$;\\\x00-\x1f\x7f][^\s"'&|<>^%!`$;\\\x00-\x1f\x7f]{0,254}""")
_SF: Final = CliProgram(
    command="sf",
    title="The Salesforce CLI",
    instead="use --instance-url with SF_ACCESS_TOKEN.",
    trial="sf org list",
    seconds=SECONDS_TO_ANSWER,
)


def sign_in_with_cli(alias: str, run: Runner = run_command) -> OrgSession:
    """A session from the org that the Salesforce CLI knows by this alias or user name.

    `show-access-token` refreshes the token first. Where it fails (before it existed, say), the token that
    `org display` tells is taken, unless it is masked. Raises UsageError for an alias that can't be one, else
    AuthError: with what the CLI says, where it says why.
    """
    if not _ALIAS.fullmatch(alias):
        raise UsageError("--org needs an alias or a user name of the Salesforce CLI", "See `sf org list`.")
    # First: it refreshes the token, and `display` then tells the state after that.
    refreshed = _ask(run, "org", "auth", "show-access-token", "-o", alias, "--json")
    display = _ask(run, "org", "display", "-o", alias, "--json")
    if display.result is None:
        raise _refused(refreshed.error, display.error) or AuthError(
            "The Salesforce CLI knows no such org, or its login has ended", _SIGN_IN
        )
    status = _text(display.result, "connectedStatus")
    errors = (refreshed.error, "" if status == "Connected" else status)
    token = _token(refreshed.result or {}) or _token(display.result)
    if token is None:
        raise _refused(*errors) or AuthError(
            "The Salesforce CLI did not show the access token",
            "Update it (`sf update`) and try `sf org auth show-access-token`, or sign in again.",
        )
    # A token that could not be refreshed, for a reason that is known, is an old one.
    if refreshed.result is None and (refused := _refused(*filter(known_reason, errors))):
        raise refused
    return OrgSession(
        str(_instance(display.result)), token, "Salesforce CLI", _text(display.result, "username")
    )


def _refused(*errors: str) -> AuthError | None:
    """The error for the first thing that the CLI said went wrong; None if it said nothing."""
    said = next(filter(None, errors), "")
    hint = hint_for(known_reason(said)) or _SIGN_IN
    return AuthError(f"The Salesforce CLI says: {shown(said)}", hint) if said else None


@dataclass(frozen=True, slots=True)
class _Told:
    """What a CLI command told: its result, or the name and the words of its error, which are foreign."""

    result: dict[str, Any] | None
    error: str = field(default="", repr=False)


def _ask(run: Runner, *arguments: str) -> _Told:
    """Run a CLI command."""
    return _told(_SF.ask(run, *arguments))


def _told(ended: Finished) -> _Told:
    told = ended.told()
    if told is None:
        return _Told(None)
    result = told.get("result")
    if ended.code == 0 and isinstance(result, dict) and told.get("status", 0) == 0:
        return _Told(result)
    name, message = _text(told, "name"), _text(told, "message")
    # An old CLI that doesn't know the command: that says nothing of the org.
    unknown = name == _NO_COMMAND or "show-access-token" in message
    return _Told(None, "" if unknown else ": ".join(filter(None, (name, message))))


def _token(result: dict[str, Any]) -> Secret | None:
    value = _text(result, "accessToken")
    token = Secret(value)
    return token if is_token(token) and not value.startswith(_MASKED) else None


def _instance(display: dict[str, Any]) -> WebOrigin:
    instance = origin_of(_text(display, "instanceUrl"))
    if instance is None or (instance.scheme == "http" and not instance.is_loopback):
        raise AuthError("The Salesforce CLI tells no usable address of the org", "Try `sf org display`.")
    return instance


def _text(result: dict[str, Any], name: str) -> str:
    value = result.get(name)
    return value if isinstance(value, str) else ""
