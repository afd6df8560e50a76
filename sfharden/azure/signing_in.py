"""A token for Azure: one at hand, the Azure CLI's, or azure-identity's. It is had here and sent in `arm`, nowhere else.

Azure CLI and azure-identity: azure-identity 1.27.0 asks the CLI in the same way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sfharden.azure.claims import claims_of, moment_in
from sfharden.azure.clouds import (
    ENDPOINT_VARIABLE,
    PUBLIC,
    Cloud,
    cloud_at,
    cloud_of,
    cloud_shown,
    cloud_signed_in_at,
)
from sfharden.azure.objects import text
from sfharden.errors import AuthError, UsageError
from sfharden.files.cli_program import CliProgram, Runner, run_command
from sfharden.text.redact import Secret, safe_text
from sfharden.web.origin import origin_of
from sfharden.web.transport import is_token

AUTHORITY_VARIABLE: Final = "AZURE_AUTHORITY_HOST"  # azure-identity's own
TOKEN_VARIABLE: Final = "AZURE_ACCESS_TOKEN"  # noqa: S105 - a name
_AZ: Final = CliProgram(
    command="az",
    title="The Azure CLI",
    instead=f"put a token into {TOKEN_VARIABLE}.",
    trial="az account show",
    seconds=10.0,
)
_SIGN_IN: Final = "Run `az login`."


@dataclass(frozen=True, slots=True)
class AzureSession:
    """A way into one ARM. `how` says for a person how it was had; `subscription` is the CLI's own, empty where unknown."""

    cloud: Cloud
    token: Secret
    how: str
    subscription: str = ""


@dataclass(frozen=True, slots=True)
class Credential:
    """A token that a library gave, and when it ends."""

    token: Secret
    expires: float | None


# Asks a library for a token for a cloud. Raises AuthError.
AskIdentity = Callable[[Cloud], Credential]


def sign_in(
    environment: Mapping[str, str],
    now: datetime,
    *,
    endpoint: str = "",
    service: Cloud | None = None,
    identity: bool = False,
    run: Runner = run_command,
    ask_identity: AskIdentity | None = None,
) -> AzureSession:
    """A session from AZURE_ACCESS_TOKEN, else from azure-identity if that was asked for, else from the Azure CLI.

    `endpoint` goes before SFHARDEN_AZURE_ENDPOINT, and that before what `az cloud show` says; `service` is another one than
    Resource Manager, and goes before all of them. Raises UsageError for an
    address or a token that can't be one, else AuthError. Nothing is sent.
    """
    named = endpoint or environment.get(ENDPOINT_VARIABLE, "")
    cloud = service or (cloud_at(named) if named else None)
    at_hand = environment.get(TOKEN_VARIABLE, "").strip()
    if at_hand:
        return _with_token(Secret(at_hand), cloud, now)
    if identity:
        where = cloud or cloud_signed_in_at(environment.get(AUTHORITY_VARIABLE, "")) or PUBLIC
        return _with_identity(where, ask_identity or ask_azure_identity, now)
    return _with_cli(cloud, run, now)


def _with_token(token: Secret, cloud: Cloud | None, now: datetime) -> AzureSession:
    if not is_token(token):
        raise UsageError(f"{TOKEN_VARIABLE} holds no access token", "It must be one line, without spaces.")
    known = cloud or cloud_of(claims_of(token).audience) or PUBLIC
    return _checked(
        AzureSession(known, token, "access token"), None, now, f"Put a new one into {TOKEN_VARIABLE}."
    )


def _with_cli(cloud: Cloud | None, run: Runner, now: datetime) -> AzureSession:
    where = cloud or cloud_shown(_AZ.ask(run, "cloud", "show", "-o", "json").told())
    ended = _AZ.ask(run, "account", "get-access-token", "-o", "json", "--resource", where.resource)
    told = (ended.told() if ended.code == 0 else None) or {}
    token = Secret(text(told.get("accessToken")))
    if not is_token(token):
        # Whatever else it says: a warning, a page of help, a refusal; it may hold what must not be shown.
        raise AuthError("The Azure CLI is not signed in, or has no token for this cloud", _SIGN_IN)
    session = AzureSession(where, token, "Azure CLI", text(told.get("subscription")))
    return _checked(session, _end_told(told), now, _SIGN_IN)


def _end_told(told: Mapping[str, Any]) -> float | None:
    """When the CLI says that the token ends: seconds since 1970 (from 2.54 on), or else a time without its zone."""
    exact = moment_in(told.get("expires_on"))
    if exact is not None:
        return exact
    try:
        return datetime.fromisoformat(text(told.get("expiresOn"))).timestamp()  # it means this machine's zone
    except (ValueError, OverflowError, OSError):
        return None


def _with_identity(cloud: Cloud, ask: AskIdentity, now: datetime) -> AzureSession:
    credential = ask(cloud)
    if not is_token(credential.token):
        raise AuthError("azure-identity gave no access token")
    return _checked(
        AzureSession(cloud, credential.token, "azure-identity"), credential.expires, now, _SIGN_IN
    )


def ask_azure_identity(cloud: Cloud) -> Credential:
    """Ask azure-identity's DefaultAzureCredential; its settings are in the environment. Raises AuthError."""
    try:
        from azure.core.exceptions import AzureError
        from azure.identity import DefaultAzureCredential
    except ImportError:
        raise AuthError(
            "azure-identity is not installed", "Install it: pip install 'sfharden[azure]'"
        ) from None
    authority = {"authority": cloud.login} if cloud.login else {}
    try:
        given = DefaultAzureCredential(**authority).get_token(f"{cloud.resource}/.default")
    except (AzureError, ValueError):
        # Its words hold what each of its ways said, tenants and addresses among it.
        raise AuthError(
            "azure-identity has no way to sign in here", "Check its environment variables, or run `az login`."
        ) from None
    return Credential(Secret(given.token), moment_in(given.expires_on))


def _checked(session: AzureSession, ends: float | None, now: datetime, hint: str) -> AzureSession:
    """The session, unless its token says that it is of no use. Raises AuthError."""
    claims = claims_of(session.token)
    if claims.audience and not session.cloud.accepts(claims.audience):
        origin = origin_of(claims.audience)
        whom = safe_text(origin.host, limit=80) if origin else "another service"
        raise AuthError(
            f"The token is for {whom}, not for {session.cloud.origin}",
            f"Get one for this cloud: az account get-access-token --resource {session.cloud.resource}",
        )
    if claims.has_ended(now) or (ends is not None and ends <= now.timestamp()):
        raise AuthError("The token has ended", hint)
    return session
