"""The plain facts of an access decision, read from a snapshot; what can't be told becomes None."""

from collections.abc import Callable
from typing import Final, TypeVar

from sfharden.access.facts import AppFacts, OrgFacts, SessionPolicy
from sfharden.access.token_allowlist import allowlist_facts
from sfharden.addresses import AddressSet
from sfharden.facts import values as facts
from sfharden.facts.apps import App
from sfharden.facts.defaults import is_default, setting
from sfharden.facts.index import Index
from sfharden.facts.ownership import goes_by
from sfharden.facts.profiles import ranges_of
from sfharden.facts.values import CannotTell, Fact
from sfharden.model import kinds
from sfharden.model.snapshot import Component

T = TypeVar("T")

_ACCESS_CONTROL: Final = "enableAdminApprovedAppsOnly"
_SESSION_POLICIES: Final = {
    "": SessionPolicy.NONE,
    "block": SessionPolicy.BLOCK,
    "raisesessionlevel": SessionPolicy.RAISE,
}


def known(read: Callable[[], T]) -> T | None:
    """What `read` gives, or None if it can't be told."""
    try:
        return read()
    except CannotTell:
        return None


# The org ------------------------------------------------------------------------------------


def org_facts(index: Index) -> OrgFacts:
    """The settings of the org that access depends on."""
    return OrgFacts(
        every_request=_setting(index, kinds.SECURITY, "sessionSettings.enforceIpRangesEveryRequest"),
        session_lock=_setting(index, kinds.SECURITY, "sessionSettings.lockSessionsToIp"),
        trusted_ranges=known(lambda: _trusted(index)),
        api_access_control=_setting(index, kinds.CONNECTED_APP_SETTINGS, _ACCESS_CONTROL),
        access_control_by_default=any(
            is_default(one, _ACCESS_CONTROL, live=index.live)
            for one in _settings(index, kinds.CONNECTED_APP_SETTINGS)
        ),
        user_agent_blocked=_setting(index, kinds.OAUTH_OIDC, "blockOAuthUsrAgtFlow"),
        password_blocked=_setting(index, kinds.OAUTH_OIDC, "blockOAuthUnPwFlow"),
    )


def _setting(index: Index, kind: str, path: str) -> bool | None:
    found = {known(lambda one=one: _switch(index, one, path)) for one in _settings(index, kind)}  # type: ignore[misc]
    return found.pop() if len(found) == 1 else None


def _switch(index: Index, component: Component, path: str) -> bool:
    """A switch as the file says it, or as it's documented to be where the file leaves it out."""
    if is_default(component, path, live=index.live):
        return setting(component, path, live=index.live).value == "true"
    return facts.boolean(component, path).value


def _settings(index: Index, kind: str) -> list[Component]:
    """The files of one kind of settings; none if one of them can't be read."""
    if any(gap.kind == kind for gap in index.snapshot.gaps):
        return []
    return list(index.snapshot.of_kind(kind))


def _trusted(index: Index) -> AddressSet:
    found = [
        ranges_of(one, "networkAccess.ipRanges", "start", "end") for one in _settings(index, kinds.SECURITY)
    ]
    if len(found) != 1 or not facts.has(next(index.snapshot.of_kind(kinds.SECURITY)), "networkAccess"):
        raise CannotTell("the org's trusted ranges were not read")
    found[0].require_whole()
    return found[0].addresses


# The app ------------------------------------------------------------------------------------


def app_facts(index: Index, name: str) -> AppFacts:
    """The policy of an app by API name or label; all unknown if it can't be told which one is meant."""
    app = known(lambda: index.app(name))
    return policy_of(index, app) if app else AppFacts(name)


def sides_named(index: Index, label: str) -> tuple[tuple[App | None, AppFacts], ...]:
    """The app that a login names, and its policy; of a migrated app both sides.

    One that the org surely doesn't manage is told as such.
    """
    if any(goes_by(app, label) for app in index.apps):
        sides = known(lambda: index.sides(label))
        return tuple((app, policy_of(index, app)) for app in sides or ()) or ((None, AppFacts(label)),)
    rows = known(lambda: index.directory.apps)
    if rows is None or rows.gap or index.directory.external_apps_gap:
        return ((None, AppFacts(label)),)
    # The org has no policy for it, so no session policy either; its developer's can't be read.
    blocks = any(True for _ in index.snapshot.of_kind(kinds.BLOCKED_CONSUMER))
    blocked = None if blocks else False
    foreign = AppFacts(
        label,
        installed=False,
        blocked=blocked,
        session_policy=SessionPolicy.NONE,
        allowlist_gap=f"the allowlist of {label} is its developer's, and can't be read",
    )
    return ((None, foreign),)


def policy_of(index: Index, app: App) -> AppFacts:
    """The policy of one app that the org manages."""
    relaxation, approved = known(app.ip_relaxation), known(app.admin_approved)
    credentials = known(app.client_credentials)
    allowlist, gap = allowlist_facts(index, app)
    return AppFacts(
        name=app.name,
        external=app.external,
        installed=True,
        blocked=_blocked(index, app),
        admin_approved=approved.value if approved and not _denied(app, approved) else None,
        relaxation=relaxation.value if relaxation else None,
        own_ranges=known(app.trusted_ranges),
        session_policy=known(lambda: _session_policy(app)),
        client_credentials=credentials.value if credentials else None,
        refreshes=known(lambda: _refreshes(app)),
        unknown=_unknown(app),
        token_allowlist=allowlist,
        allowlist_gap=gap,
    )


def _denied(app: App, approved: Fact[bool]) -> bool:
    """True if the app's record says that every user may authorise it, where its metadata says not: either may be right."""
    return approved.value and app.record is not None and app.record.admin_approved is False


def _session_policy(app: App) -> SessionPolicy:
    action = facts.fold_name(app.policy_action())
    if action not in _SESSION_POLICIES or (app.external and action):
        raise CannotTell("the session policy is one whose effect is not documented")
    return _SESSION_POLICIES[action]


def _refreshes(app: App) -> bool:
    """False for the policy that ends tokens at once. A connected app without one has the default, `infinite`.

    Metadata API Guide, ConnectedApp, refreshTokenPolicy.
    """
    parts = [part for part in app.parts if part.kind == kinds.CONNECTED_APP]
    path = "oauthPolicy.refreshTokenPolicy"
    if parts and not app.unread and not any(facts.has(part, path) for part in parts):
        for part in parts:
            facts.refuse_gap(part, path)
        return True
    return app.refresh_policy().value.hours != 0


def _blocked(index: Index, app: App) -> bool | None:
    """Whether a BlacklistedConsumer that was read names the app's consumer key."""
    blocks = list(index.snapshot.of_kind(kinds.BLOCKED_CONSUMER))
    hidden = any(gap.kind == kinds.BLOCKED_CONSUMER for gap in index.snapshot.gaps)
    if not blocks:
        return None if hidden else False
    key = known(app.consumer_key)
    keys = [known(lambda one=one: facts.text(one, "consumerKey").value) for one in blocks]  # type: ignore[misc]
    if key and key.value in keys:
        return True
    return None if hidden or key is None or None in keys else False


_SWITCHES: Final = (
    (kinds.EXTERNAL_GLOBAL_OAUTH, "isIpBindingEnabled", True, "The app has IP binding on"),
    (kinds.EXTERNAL_POLICY, "isEnabled", False, "The app is switched off"),
    (kinds.EXTERNAL_POLICY, "isOauthPluginEnabled", False, "The app's OAuth is switched off"),
)


def _unknown(app: App) -> tuple[str, ...]:
    found = []
    for kind, path, value, text in _SWITCHES:
        said = known(lambda k=kind, p=path, v=value: app.says(k, p, v))  # type: ignore[misc]
        if said is not False:
            found.append(text if said else f"{text}, or so it seems")
    return tuple(found)
