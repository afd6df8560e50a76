"""What stands in a user's way beside the engine's rules: the user themselves, what the app lost, what nobody judges.

Of a row that must keep working, what surely shuts the integration out refuses. Of a row that must be refused the same
only withholds a yes: a user may be unfrozen, and what becomes of tokens that were given before is not documented.
"""

from collections.abc import Iterator
from typing import Final

from sfharden.access import published
from sfharden.access.facts import Flow, Further, Outcome, Reason
from sfharden.access.gather import known
from sfharden.access.users import may_call, profile_may_call
from sfharden.facts.apps import App
from sfharden.facts.index import Index
from sfharden.facts.refresh_policies import RefreshPolicy
from sfharden.facts.values import fold_name
from sfharden.model.integration import Integration
from sfharden.model.org import User
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.client_credentials import keeps_out
from sfharden.simulation.rows import Wish
from sfharden.simulation.unjudged import Changes, is_internal

OF_USER: Final = "Object Reference: User (IsActive), UserLogin (IsFrozen)"
_API: Final = "Help: API Enabled"
_OF_INTEGRATION: Final = frozenset({Flow.REFRESH, Flow.API_CALL})
_WITH_TOKEN: Final = frozenset({Flow.REFRESH})
_WITH_KEY: Final = frozenset(Flow) - {Flow.LOGIN, Flow.API_CALL}
# Either is enough (Help: OAuth Tokens and Scopes); `full` brings no refresh token.
_CALLING: Final = frozenset({"api", "full"})
_REFRESHING: Final = frozenset({"refreshtoken", "offlineaccess"})
_LONG_ENOUGH: Final = 30 * 24  # hours without use, as the shipped policies ask for


class Hindrances:
    """What stands in the way after a proposal; without one, today."""

    def __init__(self, before: Snapshot | None, after: Index, integration: Integration) -> None:
        self._before = Index(before) if before is not None else None
        self._after, self._integration, self._profile = after, integration, integration.profile
        self.changes = Changes(before or after.snapshot, after.snapshot)

    def of_own(self, user: User | None, app: App | None, wish: Wish) -> tuple[Further, ...]:
        """Of a user of the integration; None for one who was not read."""
        sure = Outcome.REFUSED if wish is Wish.KEEP_WORKING else Outcome.CANNOT_TELL
        return (
            *(_barred(user, sure) if user else ()),
            *self._api(user, sure),
            *self._lost(app, sure),
            *(keeps_out(app, self._integration) if wish is Wish.KEEP_WORKING else ()),
            *self._unjudged(user, app),
        )

    def of_anybody(self, app: App | None, *, own_app: bool = True) -> tuple[Further, ...]:
        """Of somebody else, who comes in by this app or by one that the org doesn't manage."""
        lost = self._lost(app, Outcome.CANNOT_TELL) if own_app else ()
        of_app = (*lost, *self.changes.of_app(app)) if own_app else ()
        return (*self.changes.of_org(), *of_app, *self.changes.of_anybody)

    def _unjudged(self, user: User | None, app: App | None) -> tuple[Further, ...]:
        internal = user is not None and is_internal(user)
        people = self.changes.of_user(self._after, user) if user else self._of_profile()
        return (*self.changes.of_org(internal=internal), *self.changes.of_app(app), *people)

    def _of_profile(self) -> tuple[Further, ...]:
        return (*self.changes.of_profile(self._profile), *self.changes.of_sets)

    def _api(self, user: User | None, sure: Outcome) -> Iterator[Further]:
        """API Enabled: without it no call is let in. Whether a token is still given out is not documented."""
        calls = may_call(self._after, user) if user else profile_may_call(self._after, self._profile)
        if calls:
            return
        name = f"'{user.username}'" if user else f"users of '{self._profile}'"
        if calls is None:
            text = f"Whether {name} has API Enabled in every session is not known."
            yield Further(Reason(text, _API, Outcome.CANNOT_TELL), _OF_INTEGRATION)
            return
        text = f"{name} lacks API Enabled, so no call of theirs is let in."
        yield Further(Reason(text, _API, sure), frozenset({Flow.API_CALL}))
        text = f"{name} lacks API Enabled; whether they are given a token all the same is not documented."
        yield Further(Reason(text, _API, Outcome.CANNOT_TELL), _WITH_TOKEN)

    def _lost(self, app: App | None, sure: Outcome) -> Iterator[Further]:
        old = self._old(app)
        if old is None or app is None or old.parts == app.parts:
            return
        yield from _lost_scopes(old, app, sure)
        yield from _lost_key(old, app, sure)
        yield from _shorter(old, app)

    def _old(self, app: App | None) -> App | None:
        apps = self._before.apps if self._before and app else ()
        return next(
            (one for one in apps if app and (one.name, one.external) == (app.name, app.external)), None
        )


def _barred(user: User, sure: Outcome) -> Iterator[Further]:
    why = "is inactive" if not user.active else "is frozen" if user.frozen else ""
    if why:
        yield Further(Reason(f"'{user.username}' {why}, so it can't get in at all.", OF_USER, sure))


# What the app lost ----------------------------------------------------------------------------


def _scopes(app: App) -> frozenset[str] | None:
    found = known(app.scopes)
    return None if found is None else frozenset(fold_name(one.value) for one in found)


def _lost_scopes(old: App, new: App, sure: Outcome) -> Iterator[Further]:
    before, after = _scopes(old), _scopes(new)
    if before is None or before == after:
        return
    if after is None:
        text = "Which scopes the app would have can't be told."
        yield Further(Reason(text, published.SCOPES, Outcome.CANNOT_TELL))
        return
    for needed, flows, what in (
        (_CALLING, frozenset({Flow.API_CALL, Flow.CODE_EXCHANGE}), "to call the API (api)"),
        (_REFRESHING, _WITH_TOKEN | {Flow.CODE_EXCHANGE}, "to refresh tokens (refresh_token)"),
    ):
        if before & needed and not after & needed:
            text = f"The proposal takes from the app the scope {what}."
            yield Further(Reason(text, published.SCOPES, sure), flows)
            if Flow.REFRESH not in flows:  # there is a token all the same, and it's of no use
                yield Further(Reason(text, published.SCOPES, Outcome.CANNOT_TELL), _WITH_TOKEN)


def _lost_key(old: App, new: App, sure: Outcome) -> Iterator[Further]:
    before, after = known(old.consumer_key), known(new.consumer_key)
    if before and after and before.value != after.value:
        text = "The proposal gives the app another consumer key, so the client that knows the old one is refused."
        yield Further(Reason(text, published.CONSUMER_KEY, sure), _WITH_KEY)
        text = "The proposal gives the app another consumer key; what becomes of live sessions is not documented."
        yield Further(Reason(text, published.CONSUMER_KEY, Outcome.CANNOT_TELL), frozenset({Flow.API_CALL}))


def _shorter(old: App, new: App) -> Iterator[Further]:
    """A shorter life of tokens ends some at once: which, depends on when each was made and used."""
    before, after = known(old.refresh_policy), known(new.refresh_policy)
    if after is None or (before and before.value == after.value) or _lasts(after.value):
        return
    text = "The proposal shortens the life of refresh tokens: some may end before they are used again."
    yield Further(Reason(text, published.REFRESH_POLICY, Outcome.CANNOT_TELL), _WITH_TOKEN)


def _lasts(policy: RefreshPolicy) -> bool:
    """True for a policy that ends no token in use, or every one: then the engine refuses."""
    if not policy.hours:
        return True
    return policy.from_last_use and policy.hours >= _LONG_ENOUGH
