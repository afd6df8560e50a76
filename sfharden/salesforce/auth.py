"""Signing in: with a token at hand, by JWT bearer, by client credentials. (By Salesforce CLI: `cli_login`.)

The token request goes through simple-salesforce's `token_login`: it puts every secret into the body or a
header, never into an address, and uses the session it is given. Not through its `SalesforceLogin`, which
fixes the host to *.salesforce.com and the JWT's audience to the login host's name.
"""

import base64
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import requests

from sfharden.errors import (
    AnswerError,
    AuthError,
    InputError,
    LimitError,
    OrgError,
    UnreachableError,
    UsageError,
)
from sfharden.files.input_file import NoFileError, TooLargeError, read_regular
from sfharden.ports import CallLog, CallMade, Timing, no_log
from sfharden.salesforce.guard import SIGNING_IN
from sfharden.salesforce.handles import org_id_of
from sfharden.salesforce.origin import parse_origin
from sfharden.salesforce.sign_in_reasons import hint_for, known_reason
from sfharden.salesforce.trust import SALESFORCE_ONLY, Trust
from sfharden.text.redact import Secret
from sfharden.web.guard import OutgoingGuard
from sfharden.web.large_answers import MEBIBYTE
from sfharden.web.meter import CallMeter
from sfharden.web.origin import WebOrigin, origin_of
from sfharden.web.retry import AttemptError, RetryPolicy, interruptions
from sfharden.web.transport import Bounds, build_session, is_token

_WHAT: Final = "Signing in"
_TOKEN_PATH: Final = "/services/oauth2/token"  # noqa: S105 - an address
_LARGEST_KEY: Final = 64 * 1024
_JWT_SECONDS: Final = 180
_JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SHARED_HOSTS: Final = frozenset({"login.salesforce.com", "test.salesforce.com"})

SIGN_IN_BOUNDS: Final = Bounds(json_bytes=MEBIBYTE)

# OAuth 2.0 error codes of Salesforce (Help, OAuth Authorization Errors), with what a person can do.
_OAUTH_HINTS: Final = {
    "invalid_grant": "Is the user active, approved for the app, and within login ranges? Is the clock right?",
    "invalid_client": "Check the client id and the client secret.",
    "invalid_client_id": "Check the client id, and that it belongs to this org or is known there.",
    "invalid_client_credentials": "Check the client secret.",
    "invalid_app_access": "An administrator must approve the user for the app.",
    "app_blocked": "The app is blocked in this org.",
    "app_not_found": "The app is not installed in this org.",
    "inactive_user": "The user is inactive.",
    "inactive_org": "The org is inactive.",
    "invalid_assertion": "Check the key, the client id, the user name and the clock.",
    "unsupported_grant_type": "This way of signing in is not enabled for the app.",
    "unauthorized_client": "The app may not sign in this way.",
    "invalid_request": "This way of signing in is not enabled for the app, or the address is not the org's.",
    "access_denied": "The org refused; see the user's login history.",
    "rate_limit_exceeded": "Too many sign-ins; try later.",
    "server_error": "The org is in trouble; try later.",
    "temporarily_unavailable": "The org is in maintenance; try later.",
}


@dataclass(frozen=True, slots=True)
class OrgSession:
    """A way into one org. `how` says for a person how it was had; `username` is empty where unknown."""

    instance_url: str
    token: Secret
    how: str
    username: str = ""

    @property
    def origin(self) -> WebOrigin:
        """Where the token may be sent."""
        return parse_origin(self.instance_url)

    @property
    def org_id(self) -> str:
        """The org's id, if the token tells it."""
        return org_id_of(self.token)


@dataclass(frozen=True, slots=True)
class SignInDoors:
    """What signing in needs from outside: the run's meter, time, bounds of an answer, whom to trust, the log of calls."""

    meter: CallMeter
    timing: Timing = field(default_factory=Timing)
    bounds: Bounds = SIGN_IN_BOUNDS
    trust: Trust = SALESFORCE_ONLY
    log: CallLog = no_log


def sign_in_with_token(instance_url: str, token: Secret) -> OrgSession:
    """A session from an access token that the user has, e.g. in SF_ACCESS_TOKEN; nothing is sent.

    Raises UsageError for an address or a token that can't be one.
    """
    bare = Secret(token.reveal().strip())
    if not is_token(bare):
        raise UsageError("SF_ACCESS_TOKEN holds no access token", "It must be one line, without spaces.")
    return OrgSession(str(parse_origin(instance_url)), bare, "access token")


def sign_in_with_jwt(
    login_url: str, client_id: str, username: str, key_file: Path, doors: SignInDoors, *, audience: str = ""
) -> OrgSession:
    """Sign in by JWT bearer, RS256, with the private key in a PEM file.

    `audience` is for orgs whose address doesn't tell it; see `audience_of`. Raises UsageError, InputError
    (the key), AuthError (refused), and the errors of a wire.
    """
    login = parse_origin(login_url)
    claims = {"iss": client_id, "sub": username, "aud": audience or audience_of(login)}
    expires = int(doors.timing.now().timestamp()) + _JWT_SECONDS
    assertion = _signed({**claims, "exp": expires}, read_key(key_file))
    form = {"grant_type": _JWT_BEARER, "assertion": assertion}
    return _request_token(login, form, None, doors, "JWT bearer", username)


def sign_in_with_client_credentials(
    login_url: str, client_id: str, client_secret: Secret, doors: SignInDoors
) -> OrgSession:
    """Sign in as the app's run-as user. Raises UsageError, AuthError (refused), and the errors of a wire."""
    login = parse_origin(login_url)
    if login.host in _SHARED_HOSTS:
        raise UsageError(
            f"Client credentials are not accepted at {login.host}",
            "Give the org's My Domain address, https://<name>.my.salesforce.com.",
        )
    pair = f"{client_id}:{client_secret.reveal()}".encode()
    headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    return _request_token(
        login, {"grant_type": "client_credentials"}, headers, doors, "client credentials", ""
    )


def audience_of(login: WebOrigin) -> str:
    """The audience that a JWT for this host names.

    Sandboxes take https://test.salesforce.com and other orgs https://login.salesforce.com, also when they
    sign in at their My Domain (Help, OAuth 2.0 JWT Bearer Flow). Any other host is its own audience.
    """
    if not login.host.endswith(".salesforce.com"):
        return str(login)
    sandbox = login.host == "test.salesforce.com" or ".sandbox." in login.host or "--" in login.host
    return "https://test.salesforce.com" if sandbox else "https://login.salesforce.com"


def read_key(path: Path) -> Secret:
    """A private key in PEM form. Raises InputError unless the path is a regular file that may hold one."""
    try:
        content = read_regular(path, _LARGEST_KEY)
    except (NoFileError, TooLargeError):
        content = b""
    except (OSError, ValueError):
        raise InputError("The private key file can't be read", "Check --jwt-key-file.") from None
    if not content.isascii() or b"PRIVATE KEY-----" not in content:
        raise InputError(
            "The private key file holds no private key",
            "It must be a regular file in PEM form: -----BEGIN PRIVATE KEY-----",
        )
    return Secret(content.decode("ascii"))


def _signed(claims: Mapping[str, object], key: Secret) -> str:
    # PyJWT and its cryptography come with simple-salesforce, which signs in the same way.
    import jwt

    try:
        return jwt.encode(dict(claims), key.reveal(), algorithm="RS256")
    except (jwt.exceptions.PyJWTError, ValueError, TypeError):
        raise InputError(
            "The private key can't sign", "It must be an RSA key in PEM form, without a passphrase."
        ) from None


def _request_token(
    login: WebOrigin,
    form: Mapping[str, str],
    headers: Mapping[str, str] | None,
    doors: SignInDoors,
    how: str,
    username: str,
) -> OrgSession:
    doors.trust.require(login, UsageError)
    access_token, host = _token_login(login, form, headers, doors)
    # simple-salesforce gives the org's address without its scheme: the login host's scheme then.
    instance = origin_of(f"{login.scheme}://{host}") if isinstance(host, str) else None
    if not isinstance(access_token, str) or not is_token(Secret(access_token)) or instance is None:
        raise AnswerError(f"{_WHAT}: the org's answer has another shape than documented")
    if instance.scheme == "http" and not instance.is_loopback:
        raise AnswerError(f"{_WHAT}: a loopback login leads to another machine, which was not followed")
    doors.trust.require(instance, AuthError)
    return OrgSession(str(instance), Secret(access_token), how, username)


def _token_login(
    login: WebOrigin, form: Mapping[str, str], headers: Mapping[str, str] | None, doors: SignInDoors
) -> tuple[object, object]:
    from simple_salesforce.exceptions import SalesforceAuthenticationFailed
    from simple_salesforce.login import token_login

    guard = OutgoingGuard(login, SIGNING_IN)
    try:
        # Its one warning repeats the client id and asks to be shown on its own line; our hint says the same.
        with (
            warnings.catch_warnings(action="ignore"),
            interruptions(_WHAT, RetryPolicy()),
            build_session(guard, bounds=doors.bounds, clock=doors.timing.clock) as session,
            _noted(session, doors),
        ):
            url = f"{login}{_TOKEN_PATH}"
            return token_login(url, dict(form), "", "", dict(headers or {}), None, session)
    except AttemptError as failed:
        raise failed.error from None
    except SalesforceAuthenticationFailed as refused:
        raise _refusal(refused.code, refused.auth_message) from None
    except (AttributeError, TypeError, RecursionError):
        # What becomes of JSON that is no object, or of one without an instance_url.
        raise AnswerError(f"{_WHAT}: the org's answer has another shape than documented") from None


@contextmanager
def _noted(session: requests.Session, doors: SignInDoors) -> Iterator[None]:
    """Count the one call that the session makes, and log it; simple-salesforce keeps its status to itself."""
    statuses: list[int] = []
    session.hooks["response"].append(lambda response, **_: statuses.append(response.status_code))
    doors.meter.before_call("sign-in")
    begun = doors.timing.clock()
    try:
        yield
    finally:
        doors.meter.after_call()
        spent = round((doors.timing.clock() - begun) * 1000)
        doors.log(CallMade("POST", _TOKEN_PATH, statuses[-1] if statuses else None, spent, 1, _WHAT))


def _refusal(code: object, description: str) -> OrgError:
    """The error for an OAuth error code, or for a status where the answer was no JSON.

    Of the description only a known reason is repeated.
    """
    if isinstance(code, int):
        if code >= 500 or code == 420:
            return UnreachableError(f"{_WHAT}: the org answered HTTP {code}", "Try later.")
        return AnswerError(f"{_WHAT}: HTTP {code}, and nothing readable", "Check the org's address.")
    if not isinstance(code, str) or code not in _OAUTH_HINTS:
        return AuthError(f"{_WHAT}: the org refused", "See the user's login history in Setup.")
    if code == "rate_limit_exceeded":
        return LimitError(f"{_WHAT}: the org answered {code}", _OAUTH_HINTS[code])
    if code in ("server_error", "temporarily_unavailable"):
        return UnreachableError(f"{_WHAT}: the org answered {code}", _OAUTH_HINTS[code])
    reason = known_reason(description)
    if hint := hint_for(reason):
        return AuthError(f"{_WHAT}: the org answered {code}, {reason}", hint)
    return AuthError(f"{_WHAT}: the org answered {code}", _OAUTH_HINTS[code])
