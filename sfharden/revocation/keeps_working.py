"""What goes on working although every token is revoked: flows that need no refresh token.

A JWT bearer or client credentials sign-in gives an access token each time and holds no OauthToken (Help,
OAuth 2.0 JWT Bearer Flow; OAuth 2.0 Client Credentials Flow).
"""

from collections.abc import Callable, Iterable, Iterator

from sfharden.model import kinds
from sfharden.model.apps import App, apps_of
from sfharden.model.snapshot import Snapshot
from sfharden.names import normalise

_CERTIFICATE = (
    (kinds.CONNECTED_APP, "oauthConfig.certificate"),
    (kinds.EXTERNAL_GLOBAL_OAUTH, "certificate"),
)
_CLIENT_CREDENTIALS = (
    (kinds.CONNECTED_APP, "oauthConfig.isClientCredentialEnabled"),
    (kinds.EXTERNAL_GLOBAL_OAUTH, "isClientCredentialsFlowEnabled"),
    (kinds.EXTERNAL_OAUTH_POLICY, "isClientCredentialsFlowEnabled"),
)


def keeps_working(snapshot: Snapshot, labels: Iterable[str]) -> Iterator[str]:
    """One sentence for each app of these labels that can sign in without a token; and one if that's unknown."""
    apps = apps_of(snapshot.components)
    for label in sorted(set(labels)):
        found = [
            app for app in apps if normalise(label) in (normalise(app.name), *map(normalise, app.labels))
        ]
        if not found:
            yield f"Whether '{label}' can sign in without a token can't be told: its settings were not read."
        for app in found:
            ways = list(_ways(app))
            if ways:
                yield f"'{label}' can go on signing in by {' and '.join(ways)}: revoking tokens doesn't stop that."


def _ways(app: App) -> Iterator[str]:
    if _any(app, _CERTIFICATE, bool):
        yield "JWT bearer (it has a certificate)"
    if _any(app, _CLIENT_CREDENTIALS, lambda value: value == "true"):
        yield "client credentials"


def _any(app: App, places: Iterable[tuple[str, str]], says: Callable[[str], bool]) -> bool:
    return any(
        part.kind == kind and any(value.text and says(value.text) for value in part.values.get(path, ()))
        for part in app.parts
        for kind, path in places
    )
