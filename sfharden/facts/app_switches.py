"""Switches of an app's OAuth settings: where either kind of app has each, since which API, and what absence means."""

from typing import Final, NamedTuple

from sfharden.facts.apps import App
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell, Fact
from sfharden.model import kinds


class SwitchPlace(NamedTuple):
    """Where a switch is written, and the first API version that shows it.

    `default` is what its absence from a whole file means, where that is documented.
    """

    kind: str
    path: str
    since: int
    default: bool | None = None


class Switch(NamedTuple):
    """A switch of both kinds of app, and what it is called in words."""

    words: str
    connected: SwitchPlace
    external: SwitchPlace

    def place(self, app: App) -> SwitchPlace:
        """Where this app has it."""
        return self.external if app.external else self.connected


def _of_connected(path: str, since: int, default: bool | None = None) -> SwitchPlace:
    return SwitchPlace(kinds.CONNECTED_APP, f"oauthConfig.{path}", since, default)


def _of_external(path: str, since: int = 59) -> SwitchPlace:
    return SwitchPlace(kinds.EXTERNAL_GLOBAL_OAUTH, path, since)


# Metadata API Guide, ConnectedApp (ConnectedAppOauthConfig) and ExtlClntAppGlobalOauthSettings; the device flow of a
# connected app: metadata types of API 68.0. Defaults are those that the guide states.
SWITCHES: Final = {
    "refresh_token_rotation": Switch(
        "refresh token rotation",
        _of_connected("isRefreshTokenRotationEnabled", 60),
        _of_external("isRefreshTokenRotationEnabled"),
    ),
    "device_flow": Switch(
        "the device flow", _of_connected("isDeviceFlowEnabled", 68), _of_external("isDeviceFlowEnabled")
    ),
    "secret_optional": Switch(
        "doing without a secret in the web server flow",
        _of_connected("isConsumerSecretOptional", 49, default=False),
        _of_external("isConsumerSecretOptional"),
    ),
    "refresh_secret": Switch(
        "asking for the secret in the refresh token flow",
        _of_connected("isSecretRequiredForRefreshToken", 51, default=True),
        _of_external("isSecretRequiredForRefreshToken"),
    ),
    "idle_limit": Switch(
        "the developer's idle limit for refresh tokens",
        _of_connected("isEnforceRefreshTokenTTL", 68),
        _of_external("isEnforceRefreshTokenTTL", 67),
    ),
    "dpop": Switch("DPoP", _of_connected("isDPopEnabled", 68), _of_external("isDPopEnabled", 68)),
    "mutual_tls": Switch(
        "mutual TLS", _of_connected("isPKImTLSEnabled", 68), _of_external("isMtlsEnabled", 68)
    ),
    "client_credentials": Switch(
        "the client credentials flow",
        _of_connected("isClientCredentialEnabled", 56),
        _of_external("isClientCredentialsFlowEnabled"),
    ),
}


def switch_of(index: Index, app: App, switch: Switch) -> Fact[bool]:
    """Whether a switch of an app is on. Raises CannotTell, with the API version where an older one hides it."""
    place = switch.place(app)
    if _has_default(index, app, place):
        text = f"not in the file: {'on' if place.default else 'off'} by default"
        return Fact(bool(place.default), text, app.where)
    try:
        return app.flag(place.kind, place.path)
    except CannotTell as reason:
        version = index.snapshot.source.api_version
        if app.is_silent(place.kind, place.path) and version and index.api_number < place.since:
            raise CannotTell(
                f"API {version} doesn't show whether {switch.words} is on: that takes API {place.since}.0",
                reason.where,
            ) from None
        raise


def _has_default(index: Index, app: App, place: SwitchPlace) -> bool:
    """True if a switch is absent from a whole file, and the guide says what that means.

    A file from elsewhere may be cut down. Of an app that came with a package the org shows the subscriber's part only.
    """
    shown = place.default is not None and index.live and index.api_number >= place.since
    return shown and "__" not in app.name and app.is_silent(place.kind, place.path)
