"""Signing in with the Salesforce CLI's login: `sf org auth show-access-token`, or `sf org display` before it.

Since version 2.136.8 `sf org display` masks the token (Salesforce CLI release notes).
"""

import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from sfharden.errors import AuthError, UsageError
from sfharden.files.programs import PassedOverError, Surroundings
from sfharden.salesforce.auth import OrgSession, is_token
from sfharden.salesforce.sign_in_reasons import hint_for, known_reason, shown
from sfharden.text.redact import Secret
from sfharden.web.origin import WebOrigin, origin_of

SECONDS_TO_ANSWER: Final = 90.0
_MASKED: Final = "[REDACTED]"
_NO_COMMAND: Final = "CommandNotFoundError"
_SIGN_IN: Final = "Run `sf org login web`."
_ALIAS: Final = re.compile(r"""[^\s\-"'&|<>^%!`$;\\\x00-\x1f\x7f][^\s"'&|<>^%!`$;\\\x00-\x1f\x7f]{0,254}""")
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that ended. Its output may hold a token, so no repr shows it."""

    code: int
    output: str = field(repr=False)


class Runner(Protocol):
    """Runs a program without a shell.

    Raises FileNotFoundError if there is none (PassedOverError: none that may be taken), TimeoutError if it
    doesn't end, OSError if it can't run.
    """

    def __call__(self, arguments: Sequence[str], seconds: float) -> Finished: ...


def run_command(arguments: Sequence[str], seconds: float) -> Finished:
    """The real Runner: no shell, no standard input, standard error dropped, no secret of ours.

    It runs in the root folder: in another, the Salesforce CLI would read a stranger's project configuration.
    """
    around = Surroundings.of_process()
    program = around.find(arguments[0])
    try:
        ended = subprocess.run(  # noqa: S603 - no shell, and the alias can't be an option
            [program, *arguments[1:]],
            cwd=program.anchor,
            env=around.for_child(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        # Its own text and its output may hold the token.
        raise TimeoutError from None
    return Finished(ended.returncode, ended.stdout.decode("utf-8", "replace"))


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
    try:
        ended = run(["sf", *arguments], SECONDS_TO_ANSWER)
    except PassedOverError:
        raise AuthError(
            "The one `sf` in PATH is in the folder you stand in, or in one without a full path: it was not run",
            "Give PATH the full path of the folder where the Salesforce CLI is, or stand elsewhere.",
        ) from None
    except FileNotFoundError:
        raise AuthError(
            "The Salesforce CLI is not installed, or not in PATH",
            "Install it, or use --instance-url with SF_ACCESS_TOKEN.",
        ) from None
    except TimeoutError:
        raise AuthError("The Salesforce CLI did not answer in time", "Try `sf org list` by hand.") from None
    except OSError:
        raise AuthError("The Salesforce CLI can't be run", "Try `sf --version` by hand.") from None
    return _told(ended)


def _told(ended: Finished) -> _Told:
    # Older versions print warnings before the JSON, and colour it where they take us for a terminal.
    output = _COLOUR.sub("", ended.output)
    try:
        told, _ = json.JSONDecoder().raw_decode(output, output.index("{"))
    except (ValueError, RecursionError):
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
