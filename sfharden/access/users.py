"""The plain facts of a user: what their profile binds them to, and what they hold."""

from dataclasses import replace
from typing import Final

from sfharden.access.approval import assigned_to_profile, assigned_to_user
from sfharden.access.facts import Who
from sfharden.access.gather import known
from sfharden.addresses import AddressSet
from sfharden.facts import values as facts
from sfharden.facts.api_access import API_ENABLED, activated_only, api_through
from sfharden.facts.apps import App
from sfharden.facts.directory import Directory
from sfharden.facts.index import Index
from sfharden.facts.ownership import Tie, marks_of, records_of
from sfharden.facts.permissions import why_unsure
from sfharden.facts.profiles import login_ranges
from sfharden.facts.values import CannotTell
from sfharden.model.org import User
from sfharden.model.snapshot import Component

APPROVE_UNINSTALLED: Final = "CanApproveUninstalledApps"
ANY_API_CLIENT: Final = "UseAnyApiClient"


def profile_facts(index: Index, name: str) -> tuple[AddressSet | None, bool | None]:
    """A profile's login ranges (empty: none), and whether it has login hours."""
    profile = known(lambda: index.profile(name))
    if profile is None:
        return None, None
    ranges = login_ranges(profile)
    whole = index.is_whole(profile)
    addresses = None if ranges.broken or not (ranges.addresses or whole) else ranges.addresses
    return addresses, known(lambda: _hours(profile, whole))


def _hours(profile: Component, whole: bool) -> bool:
    facts.refuse_gap(profile, "loginHours")
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
        pre_approved=assigned_to_profile(index, name, app) if app else None,
        approves_uninstalled=_granted(index, name, APPROVE_UNINSTALLED),
        any_api_client=_granted(index, name, ANY_API_CLIENT),
    )


def _granted(index: Index, name: str, permission: str) -> bool | None:
    """True if the profile grants it; otherwise a permission set may."""
    profile = known(lambda: index.profile(name))
    return True if profile and permission in profile.permissions else None


def who_is(index: Index, user: User, app: App | None) -> Who:
    """A user of a running org, with what they hold."""
    directory = index.directory
    profile = directory.profiles_by_id.get(user.profile_id)
    name = (profile.api_name or profile.label) if profile else user.profile_id
    held = known(lambda: index.grants.whole_permissions(user))
    return replace(
        who_has_profile(index, name, app),
        name=f"'{user.username}'",
        pre_approved=assigned_to_user(index, user, app) if app else None,
        consented=_consented(directory, user, app) if app else None,
        approves_uninstalled=_holds(index, held, APPROVE_UNINSTALLED),
        any_api_client=_holds(index, held, ANY_API_CLIENT),
    )


def _holds(index: Index, held: frozenset[str] | None, permission: str) -> bool | None:
    if held is None:
        return None
    if permission not in index.directory.tables.permission_names:
        # An org that surely has no such permission has nobody who holds it.
        return None if why_unsure(index, permission) else False
    return permission in held


def may_call(index: Index, user: User) -> bool | None:
    """Whether a user has API Enabled in every session; None where that can't be told.

    By the org's records, or where it was not asked for, by the file of the profile. A set that has to be activated
    counts in some sessions only, and what a group grants only if nothing of it is open.
    """
    if API_ENABLED not in index.directory.tables.permission_names:
        row = index.directory.profiles_by_id.get(user.profile_id)
        return profile_may_call(index, row.api_name or row.label) if row else None
    try:
        held = api_through(index, user)
    except CannotTell:
        return None
    return True if held else None if activated_only(index, user) else False


def profile_may_call(index: Index, name: str) -> bool | None:
    """True if a profile's file grants API Enabled; otherwise a permission set may."""
    profile = known(lambda: index.profile(name))
    if profile is None or facts.is_damaged(profile, "userPermissions"):
        return None
    return True if API_ENABLED in profile.permissions else None


def _consented(directory: Directory, user: User, app: App) -> bool | None:
    tokens = known(lambda: directory.tokens)
    if tokens is None:
        return None
    marks = marks_of(app, records_of(directory, app))
    if any(one.user_id == user.id and marks.token(one) is not Tie.NONE for one in tokens):
        return True
    return None if tokens.gap else False


def hours_text(index: Index, user: User) -> str | None:
    """The login hours of the user's profile as written, to compare; None if they can't be told."""
    row = index.directory.profiles_by_id.get(user.profile_id)
    return known(lambda: _hours_as_written(index.profile(row.api_name or row.label))) if row else None


def _hours_as_written(profile: Component) -> str:
    facts.refuse_gap(profile, "loginHours")
    return str(
        [(path, value[0].text) for path, value in profile.values.items() if path.startswith("loginHours")]
    )
