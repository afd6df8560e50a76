"""The client credentials flow of an integration's app: switched off where the integration signs in by it, on where not.

With the flow on, whoever has the app's secret acts as one user, whoever is approved and whatever their profile (Metadata
API Guide: ConnectedApp, isClientCredentialEnabled and oauthClientCredentialUser; ExtlClntAppOauthConfigurablePolicies,
isClientCredentialsFlowEnabled and clientCredentialsFlowUser).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.access import published
from sfharden.access.facts import Flow, Further, Outcome, Reason
from sfharden.access.gather import known
from sfharden.facts import values as facts
from sfharden.facts.apps import App
from sfharden.facts.index import Index
from sfharden.facts.ownership import goes_by
from sfharden.model import kinds
from sfharden.model.integration import Integration
from sfharden.simulation.open_rows import OpenRow
from sfharden.simulation.rows import Row, Wish
from sfharden.text.names import literal
from sfharden.text.redact import safe_text
from sfharden.text.wording import show_names

ROW: Final = "client-credentials"
_PLACES: Final = {
    False: (
        kinds.CONNECTED_APP,
        "oauthConfig.isClientCredentialEnabled",
        "oauthConfig.oauthClientCredentialUser",
    ),
    True: (kinds.EXTERNAL_OAUTH_POLICY, "isClientCredentialsFlowEnabled", "clientCredentialsFlowUser"),
}
_TITLE: Final = "A leaked client secret, used by the client credentials flow"
_GIVEN: Final = "Somebody has the app's consumer secret."
_CLOSES: Final = (
    "the app's 'Enable Client Credentials Flow' switched off; or, if the integration signs in by it, by design, "
    "client_credentials: true in the integration file, and one of its own users as the one it runs as"
)
_OFF: Final = (
    "The app has the client credentials flow off, and by the integration file the integration signs in by it."
)


@dataclass(frozen=True, slots=True)
class Switched:
    """What a proposal does to the flow: the way in that it opens, and what of it can't be told."""

    opened: tuple[OpenRow, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _State:
    """Whether the flow is on, None if no file says it or one can't be understood; and as whom it runs, None likewise."""

    on: bool | None = None
    run_as: frozenset[str] | None = frozenset()
    damaged: bool = False

    def is_own(self, integration: Integration) -> bool:
        """True if it surely runs as a user of the integration."""
        own = {literal(name) for name in integration.users}
        return bool(self.run_as) and all(name in own for name in self.run_as or ())


def keeps_out(app: App | None, integration: Integration) -> Iterator[Further]:
    """An integration that signs in by the flow gets no token while that is off."""
    if app and integration.client_credentials and _state(app).on is False:
        reason = Reason(_OFF, published.CLIENT_CREDENTIALS, Outcome.REFUSED)
        yield Further(reason, frozenset({Flow.REFRESH}))


def switched(before: Index, after: Index, integration: Integration) -> Switched:
    """What a proposal does to the flow of every app that the integration may mean."""
    opened, unknown = list[OpenRow](), list[str]()
    for app in after.apps:
        if not goes_by(app, integration.app):
            continue
        old, new = _old(before, app), _state(app)
        if old == new or new.on is False:
            continue
        if new.on is None or (integration.client_credentials and not new.run_as):
            unknown.append(_unknown(app, new))
        elif _opens(old, new, integration):
            opened.append(_row(new))
    return Switched(tuple(opened), tuple(unknown))


def _old(before: Index, app: App) -> _State:
    found = next((one for one in before.apps if (one.name, one.external) == (app.name, app.external)), None)
    return _state(found) if found else _State()


def _state(app: App) -> _State:
    kind, switch, user = _PLACES[app.external]
    on = known(lambda: app.flag(kind, switch))
    parts = [part for part in app.parts if part.kind == kind]
    said = known(lambda: [one for part in parts for one in facts.texts(part, user)])
    run_as = None if said is None else frozenset(literal(one.value) for one in said)
    damaged = on is None and not app.is_silent(kind, switch)
    return _State(on.value if on else None, run_as, damaged)


def _opens(old: _State, new: _State, integration: Integration) -> bool:
    """True for a flow that wasn't known to be on, or that would run as somebody who isn't the integration's."""
    if new.is_own(integration):
        return not integration.client_credentials and old.on is not True
    return old.on is not True or old.run_as != new.run_as


def _unknown(app: App, new: _State) -> str:
    what = "is on" if new.on is None else "runs as a user of the integration"
    name = safe_text(app.name, limit=80)
    return f"Whether the client credentials flow of {name} {what} after the proposal can't be told."


def _row(new: _State) -> OpenRow:
    names = show_names(f"'{safe_text(name, limit=80)}'" for name in sorted(new.run_as or ()))
    text = f"The flow would be on, and run as {names or 'a user that no file names'}."
    return OpenRow(Row(ROW, _TITLE, Wish.KEEP_OUT, Outcome.ALLOWED, text, _GIVEN, ()), True, _CLOSES)
