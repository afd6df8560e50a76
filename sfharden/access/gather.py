"""The plain facts of an access decision, read from a snapshot; what can't be told becomes None."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from sfharden.access.facts import AppFacts, OrgFacts, SessionPolicy, Who
from sfharden.addresses import AddressSet
from sfharden.model import facts, kinds
from sfharden.model.apps import App
from sfharden.model.directory import Directory
from sfharden.model.facts import CannotTell
from sfharden.model.lookup import Facts as Index
from sfharden.model.org import User
from sfharden.model.profiles import login_ranges, ranges_of
from sfharden.model.snapshot import Component
from sfharden.names import canonical_profile, normalise

T = TypeVar("T")

APPROVE_UNINSTALLED: Final = "CanApproveUninstalledApps"
ANY_API_CLIENT: Final = "UseAnyApiClient"

# An external client app's policy may list record ids in place of names; the ids of profiles start with 00e.
_RECORD_ID: Final = re.compile(r"00e[A-Za-z0-9]{12}([A-Za-z0-9]{3})?")
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
        api_access_control=_setting(index, kinds.CONNECTED_APP_SETTINGS, "enableAdminApprovedAppsOnly"),
        user_agent_blocked=_setting(index, kinds.OAUTH_OIDC, "blockOAuthUsrAgtFlow"),
        password_blocked=_setting(index, kinds.OAUTH_OIDC, "blockOAuthUnPwFlow"),
    )


def _setting(index: Index, kind: str, path: str) -> bool | None:
    found = {known(lambda one=one: facts.boolean(one, path).value) for one in _settings(index, kind)}  # type: ignore[misc]
    return found.pop() if len(found) == 1 else None


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


def policy_of(index: Index, app: App) -> AppFacts:
    """The policy of one app that the org manages."""
    relaxation, approved = known(app.ip_relaxation), known(app.admin_approved)
    credentials = known(app.client_credentials)
    return AppFacts(
        name=app.name,
        external=app.external,
        installed=True,
        blocked=_blocked(index, app),
        admin_approved=approved.value if approved else None,
        relaxation=relaxation.value if relaxation else None,
        own_ranges=known(app.trusted_ranges),
        session_policy=known(lambda: _session_policy(app)),
        client_credentials=credentials.value if credentials else None,
        refresh_ranges=_refresh_ranges(index, app),
        unsettled=_unsettled(app),
    )


def _session_policy(app: App) -> SessionPolicy:
    action = facts.fold_name(app.policy_action())
    if action not in _SESSION_POLICIES or (app.external and action):
        raise CannotTell("the session policy is one whose effect is not documented")
    return _SESSION_POLICIES[action]


def _refresh_ranges(index: Index, app: App) -> AddressSet | None:
    """Older API versions don't have the file of these ranges, so one that is not there binds nothing."""
    hidden = any(gap.kind == kinds.EXTERNAL_OAUTH_SECURITY for gap in index.snapshot.gaps)
    if not hidden and not any(part.kind == kinds.EXTERNAL_OAUTH_SECURITY for part in app.parts):
        return AddressSet()
    return None if hidden else known(app.refresh_ranges)


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
    (kinds.CONNECTED_APP, "oauthConfig.isIpBindingEnabled", True, "The app has IP binding on"),
    (kinds.EXTERNAL_GLOBAL_OAUTH, "isIpBindingEnabled", True, "The app has IP binding on"),
    (kinds.EXTERNAL_POLICY, "isEnabled", False, "The app is switched off"),
    (kinds.EXTERNAL_POLICY, "isOauthPluginEnabled", False, "The app's OAuth is switched off"),
)


def _unsettled(app: App) -> tuple[str, ...]:
    found = []
    for kind, path, value, text in _SWITCHES:
        said = known(lambda k=kind, p=path, v=value: app.says(k, p, v))  # type: ignore[misc]
        if said is not False:
            found.append(text if said else f"{text}, or so it seems")
    return tuple(found)


# The user -----------------------------------------------------------------------------------


def profile_facts(index: Index, name: str) -> tuple[AddressSet | None, bool | None]:
    """A profile's login ranges (empty: none), and whether it has login hours."""
    profile = known(lambda: index.profile(name))
    if profile is None:
        return None, None
    ranges = login_ranges(profile)
    whole = "userPermissions" in profile.values  # a file cut down to a few sections may lack these, too
    addresses = None if ranges.broken or not (ranges.addresses or whole) else ranges.addresses
    return addresses, known(lambda: _hours(profile, whole))


def _hours(profile: Component, whole: bool) -> bool:
    facts.refuse_doubt(profile, "loginHours")
    if facts.has(profile, "loginHours"):
        return any(key.startswith("loginHours.") for key in profile.values)  # an empty one clears them
    if not whole:
        raise CannotTell("the file may be a part of the profile", profile.file)
    return False


def who_has_profile(index: Index, name: str, app: App | None) -> Who:
    """Somebody with a profile, of whom nothing else is known."""
    ranges, hours = profile_facts(index, name)
    return Who(
        name=f"users of '{name}'",
        login_ranges=ranges,
        login_hours=hours,
        pre_approved=_by_profile(index, name, app) if app else None,
        approves_uninstalled=_granted(index, name, APPROVE_UNINSTALLED),
        any_api_client=_granted(index, name, ANY_API_CLIENT),
    )


def _granted(index: Index, name: str, permission: str) -> bool | None:
    """True if the profile grants it; otherwise a permission set may."""
    profile = known(lambda: index.profile(name))
    return True if profile and permission in profile.permissions else None


def _by_profile(index: Index, name: str, app: App) -> bool | None:
    """True if the app is assigned to the profile, False if to profiles only and not to this one."""
    assigned, sets = known(app.profiles), known(app.permission_sets)
    names = {canonical_profile(_named(index, fact.value)) for fact in assigned or ()}
    if canonical_profile(name) in names:
        return True
    unresolved = any(_RECORD_ID.fullmatch(one) for one in names)
    return None if assigned is None or sets is None or sets or unresolved else False


def _named(index: Index, name: str) -> str:
    """The API name behind a profile's record id, where that was read."""
    if not _RECORD_ID.fullmatch(name):
        return name
    rows = index.directory.profiles_by_id
    row = next((one for key, one in rows.items() if key[:15] == name[:15]), None)
    return (row.api_name or row.label) if row else name


def who_is(index: Index, user: User, app: App | None) -> Who:
    """A user of a running org, with what they hold."""
    directory = index.directory
    profile = directory.profiles_by_id.get(user.profile_id)
    name = (profile.api_name or profile.label) if profile else user.profile_id
    held = known(lambda: whole_permissions(directory, user))
    return replace(
        who_has_profile(index, name, app),
        name=f"'{user.username}'",
        pre_approved=_pre_approved(index, user, name, app) if app else None,
        consented=_consented(directory, user, app) if app else None,
        approves_uninstalled=_holds(directory, held, APPROVE_UNINSTALLED),
        any_api_client=_holds(directory, held, ANY_API_CLIENT),
    )


def whole_permissions(directory: Directory, user: User) -> frozenset[str]:
    """All that a user holds of what was asked for. Raises CannotTell if a grant may be missing."""
    sets = directory.rows(directory.tables.permission_sets, "PermissionSet")
    given = directory.rows(directory.tables.assignments, "PermissionSetAssignment")
    sets.require_whole()
    given.require_whole()
    groups = {one.group_id for one in sets if one.group_id}
    for one in given:
        followed = one.permission_set_id in directory.sets_by_id or one.group_id in groups
        if one.user_id == user.id and not followed:
            raise CannotTell("a permission set that the user has was not read")
    return directory.permissions_of(user.id)


def _holds(directory: Directory, held: frozenset[str] | None, permission: str) -> bool | None:
    tables = directory.tables
    if held is None:
        return None
    if permission not in tables.permission_names:
        # Asked for, and the org has no such permission: nobody holds it.
        return False if permission in tables.permissions_asked else None
    return permission in held


def _pre_approved(index: Index, user: User, profile: str, app: App) -> bool | None:
    by_profile = _by_profile(index, profile, app)
    if by_profile is not None or not known(app.permission_sets):
        return by_profile
    holds = holds_assigned_set(index, user, app)
    if holds is not False:
        return holds
    assigned = known(app.profiles)
    return None if assigned is None or any(_RECORD_ID.fullmatch(one.value) for one in assigned) else False


def holds_assigned_set(index: Index, user: User, app: App) -> bool | None:
    """Whether the user has a permission set that the app is assigned to; None if that can't be told."""
    sets = known(app.permission_sets)
    if sets is None:
        return None
    return known(lambda: _holds_set(index.directory, user, [fact.value for fact in sets]))


def _holds_set(directory: Directory, user: User, wanted: Sequence[str]) -> bool:
    """Whether the user has one of these permission sets, given by name or record id.

    Raises CannotTell if a group may hold one.
    """
    names, ids = {normalise(one) for one in wanted}, {one[:15] for one in wanted}
    given = directory.rows(directory.tables.assignments, "PermissionSetAssignment")
    mine = [one for one in given if one.user_id == user.id]
    for one in mine:
        held = directory.sets_by_id.get(one.permission_set_id)
        if held and (normalise(held.name) in names or held.id[:15] in ids):
            return True
    given.require_whole()
    if any(one.group_id or one.permission_set_id not in directory.sets_by_id for one in mine):
        raise CannotTell("a permission set group of the user may hold it")
    return False


def _consented(directory: Directory, user: User, app: App) -> bool | None:
    tokens = known(lambda: directory.tokens)
    if tokens is None:
        return None
    names = {normalise(one) for one in (app.name, *app.labels)}
    if any(one.user_id == user.id and normalise(one.app_label) in names for one in tokens):
        return True
    return None if tokens.lacking else False
