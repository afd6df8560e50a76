"""Whether an app is assigned to somebody: by the app's metadata, and by the org's own records of it.

Of two sources that differ either may be right, so then it can't be told.
"""

import re
from collections.abc import Callable
from typing import Final

from sfharden.access.gather import known
from sfharden.facts.apps import App
from sfharden.facts.directory import Directory, same_record
from sfharden.facts.index import Index as Index
from sfharden.facts.values import CannotTell, Fact
from sfharden.model import org as tables
from sfharden.model.org import PermissionSetRow, User
from sfharden.text.names import canonical_profile, normalise

# An external client app's policy may list record ids in place of names; those of profiles start with 00e.
_PROFILE_ID: Final = re.compile(r"00e[A-Za-z0-9]{12}([A-Za-z0-9]{3})?")


def assigned_to_profile(index: Index, name: str, app: App) -> bool | None:
    """True if the app is assigned to the profile; False if neither to it nor to any permission set."""
    by_profile = _agree(_listed(index, name, app), known(lambda: _recorded(index, name, app)))
    if by_profile or by_profile is None:
        return by_profile
    return None if _any_set(index, app) is not False else False


def assigned_to_user(index: Index, user: User, profile: str, app: App) -> bool | None:
    """True if the app is assigned to the user's profile, or to a permission set that they have."""
    by_profile = _agree(_listed(index, profile, app), known(lambda: _recorded(index, profile, app)))
    by_set = assigned_by_set(index, user, app)
    if by_profile or by_set:
        return True
    return None if by_profile is None or by_set is None else False


def assigned_by_set(index: Index, user: User, app: App) -> bool | None:
    """Whether the user has a permission set that the app is assigned to."""
    if _any_set(index, app) is False:
        return False
    return _agree(
        known(lambda: _holds_listed(index.directory, user, app)),
        known(lambda: _holds_recorded(index, user, app)),
    )


def _agree(listed: bool | None, recorded: bool | None) -> bool | None:
    if listed is None or recorded is None:
        return recorded if listed is None else listed
    return listed if listed is recorded else None


# By the app's metadata ----------------------------------------------------------------------


def _listed(index: Index, name: str, app: App) -> bool | None:
    assigned = known(app.profiles)
    if assigned is None:
        return None
    names = [_named(index, fact) for fact in assigned]
    if canonical_profile(name) in map(canonical_profile, names):
        return True
    return None if any(_PROFILE_ID.fullmatch(one) for one in names) else False


def _named(index: Index, fact: Fact[str]) -> str:
    """The API name behind a profile's record id, where that was read."""
    if not _PROFILE_ID.fullmatch(fact.value):
        return fact.value
    rows = index.directory.profiles_by_id
    row = next((one for key, one in rows.items() if same_record(key, fact.value)), None)
    return (row.api_name or row.label) if row else fact.value


def _holds_listed(directory: Directory, user: User, app: App) -> bool:
    wanted = [fact.value for fact in app.permission_sets()]
    names = set(map(normalise, wanted))
    return _holds(
        directory,
        user,
        lambda held: normalise(held.name) in names or any(same_record(held.id, one) for one in wanted),
    )


# By the org's records -----------------------------------------------------------------------


def _approved_sets(index: Index, app: App) -> tuple[frozenset[str], str]:
    """The permission sets that the records approve, and why they may not be all. Raises CannotTell."""
    record, access = index.app_record(app), index.directory.app_access
    found = frozenset(one.permission_set_id for one in access if same_record(one.app_id, record.id))
    return found, access.gap


def _recorded(index: Index, name: str, app: App) -> bool:
    approved, gap = _approved_sets(index, app)
    own = index.directory.sets_by_profile.get(index.directory.profile_row(name).id)
    if own is None:
        raise CannotTell("the profile's own permission set was not read")
    if own.id not in approved and gap:
        raise CannotTell(gap)
    return own.id in approved


def _holds_recorded(index: Index, user: User, app: App) -> bool:
    approved, gap = _approved_sets(index, app)
    holds = _holds(index.directory, user, lambda held: held.id in approved)
    if not holds and gap:
        raise CannotTell(gap)
    return holds


def _any_set(index: Index, app: App) -> bool | None:
    """Whether the app is assigned to any permission set that isn't a profile's own."""
    listed = known(lambda: bool(app.permission_sets()))
    return True if listed else _agree(listed, known(lambda: _records_any_set(index, app)))


def _records_any_set(index: Index, app: App) -> bool:
    approved, gap = _approved_sets(index, app)
    sets = index.directory.sets_by_id
    if any(one not in sets or not sets[one].profile_id for one in approved):
        return True
    if gap:
        raise CannotTell(gap)
    return False


def _holds(directory: Directory, user: User, wanted: Callable[[PermissionSetRow], bool]) -> bool:
    """Whether the user has a permission set of that sort. Raises CannotTell if a group may hold one."""
    given = directory.rows(directory.tables.assignments, tables.ASSIGNMENTS)
    mine = directory.assignments_by_user.get(user.id, ())
    for one in mine:
        held = directory.sets_by_id.get(one.permission_set_id)
        if held and wanted(held):
            return True
    given.require_whole()
    if any(one.group_id or one.permission_set_id not in directory.sets_by_id for one in mine):
        raise CannotTell("a permission set group of the user may hold it")
    return False
