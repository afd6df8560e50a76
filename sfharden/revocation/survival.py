"""What keeps working after every token of an app is gone, because it needs none.

JWT bearer needs the app's certificate, client credentials its secret (Help, OAuth Authorization Flows).
Neither holds a refresh token, so revoking tokens doesn't stop them.
"""

from collections.abc import Iterable, Iterator

from sfharden.facts import values as facts
from sfharden.facts.apps import App
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell
from sfharden.model import kinds
from sfharden.model.snapshot import Component, Snapshot
from sfharden.revocation.plan import PlannedToken
from sfharden.text.look_alike import shown_name
from sfharden.text.wording import show_names

_CERTIFICATES = ("oauthConfig.certificate", "certificate")
_CLIENT_CREDENTIALS = ("oauthConfig.isClientCredentialEnabled", "isClientCredentialsFlowEnabled")


def survivals(tokens: Iterable[PlannedToken], snapshot: Snapshot) -> Iterator[str]:
    """One warning for each app that keeps working, and one for all of which it can't be told."""
    known = Index(snapshot)
    unclear = []
    for name in sorted({token.app for token in tokens}):
        try:
            ways = list(_ways(known.app(name)))
        except CannotTell:
            unclear.append(shown_name(name))
            continue
        if ways:
            yield f"{shown_name(name)} may keep working by {' and '.join(ways)}, which needs no token to revoke"
    if unclear:
        yield f"Whether these keep working without a token can't be told: {show_names(unclear)}"


def _ways(app: App) -> Iterator[str]:
    app.require_files()
    oauth = (kinds.CONNECTED_APP, kinds.EXTERNAL_GLOBAL_OAUTH, kinds.EXTERNAL_OAUTH_POLICY)
    parts = [part for part in app.parts if part.kind in oauth]
    if not parts:
        raise CannotTell("the app's OAuth settings were not read")
    if any(facts.has(part, path) for part in parts for path in _CERTIFICATES):
        yield "JWT bearer (it has a certificate)"
    if any(_is_on(part, path) for part in parts for path in _CLIENT_CREDENTIALS):
        yield "client credentials"


def _is_on(part: Component, path: str) -> bool:
    return facts.has(part, path) and facts.boolean(part, path).value
