"""Whether an app is assigned to somebody: by the app's metadata, and by the org's own records of it.

Of two sources that differ either may be right, so then it can't be told.
"""

import re
from collections.abc import Iterable
from typing import Final

from sfharden.access.gather import known
from sfharden.facts.apps import App
from sfharden.facts.directory import same_record
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell, Fact
from sfharden.model.org import PermissionSetRow, User
from sfharden.text.names import canonical_profile, comma_parts, normalise, torn_names

# An external client app's policy may list record ids in place of names; those of profiles start with 00e.
_PROFILE_ID: Final = re.compile(r"00e[A-Za-z0-9]{12}([A-Za-z0-9]{3})?")


def assigned_to_profile(index: Index, name: str, app: App) -> bool | None:
    """True if the app is assigned to the profile; False if neither to it nor to any permission set."""
    by_profile = _agree(_listed(index, name, app), known(lambda: _recorded(index, name, app)))
    if by_profile or by_profile is None:
        return by_profile
    return None if _any_set(index, app) is not False else False


def assigned_to_user(index: Index, user: User, app: App) -> bool | None:
    """True if the app is assigned to the user's profile, or to a permission set that they have."""
    by_profile = _agree(
        known(lambda: _profile_listed(index, user, app)), known(lambda: _profile_recorded(index, user, app))
    )
    if not by_profile and _may_be_approved_unseen(index, user, app):
        by_profile = None
    by_set = assigned_by_set(index, user, app)
    if by_profile or by_set:
        return True
    return None if by_profile is None or by_set is None else False


def _may_be_approved_unseen(index: Index, user: User, app: App) -> bool:
    """True if the user's profile isn't shown, and an approved set that isn't either may be its own."""
    if user.profile_id in index.directory.sets_by_profile:
        return False
    approved = known(lambda: _approved_sets(index, app)[0])
    return approved is not None and not approved <= index.directory.sets_by_id.keys()


def assigned_by_set(index: Index, user: User, app: App) -> bool | None:
    """Whether the user has a permission set that the app is assigned to."""
    if _any_set(index, app) is False:
        return False
    return _agree(
        known(lambda: _holds_listed(index, user, app)),
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
    names, torn = [_named(index, fact) for fact in assigned], _torn(index, name, app, assigned)
    parts = {part for one in torn for part in comma_parts(one)}
    if canonical_profile(name) in map(canonical_profile, names):
        return None if normalise(name) in parts else True
    return None if name in torn or any(_PROFILE_ID.fullmatch(one) for one in names) else False


def _torn(index: Index, name: str, app: App, assigned: Iterable[Fact[str]]) -> tuple[str, ...]:
    """The profiles that a comma-separated list may mean, though their names have a comma."""
    return torn_names([fact.value for fact in assigned], {*index.profile_names, name}) if app.external else ()


def _profile_listed(index: Index, user: User, app: App) -> bool:
    """Whether the metadata lists the user's profile. Raises CannotTell for a profile that may be meant by no known name."""
    row = index.directory.profiles_by_id.get(user.profile_id)
    if row is not None:
        listed = _listed(index, row.api_name or row.label, app)
    else:  # it's none of those that are shown, so it isn't listed if all that are listed are shown
        shown = [_is_shown(index, _named(index, fact)) for fact in app.profiles()]
        listed = False if all(shown) else None
    if listed is None:
        raise CannotTell("the app's metadata lists profiles that were not read")
    return listed


def _is_shown(index: Index, name: str) -> bool:
    return known(lambda: index.directory.profile_row(name)) is not None


def _named(index: Index, fact: Fact[str]) -> str:
    """The API name behind a profile's record id, where that was read."""
    if not _PROFILE_ID.fullmatch(fact.value):
        return fact.value
    rows = index.directory.profiles_by_id
    row = next((one for key, one in rows.items() if same_record(key, fact.value)), None)
    return (row.api_name or row.label) if row else fact.value


def _holds_listed(index: Index, user: User, app: App) -> bool:
    wanted = [fact.value for fact in app.permission_sets()]
    names = set(map(normalise, wanted))
    found = [
        one
        for one in index.directory.sets_by_id.values()
        if not one.profile_id
        and (normalise(one.name) in names or any(same_record(one.id, name) for name in wanted))
    ]
    if len(found) < len(names):
        raise CannotTell("a permission set that the app's metadata lists was not read")
    return _told(index.grants.may_use(user, found))


# By the org's records -----------------------------------------------------------------------


def _approved_sets(index: Index, app: App) -> tuple[frozenset[str], str]:
    """The permission sets that the records approve, and why they may not be all. Raises CannotTell."""
    record, access = index.app_record(app), index.directory.app_access
    found = frozenset(one.permission_set_id for one in access if same_record(one.app_id, record.id))
    return found, access.gap


def _recorded(index: Index, name: str, app: App) -> bool:
    return _owner_recorded(index, index.directory.profile_row(name).id, app)


def _profile_recorded(index: Index, user: User, app: App) -> bool:
    return _owner_recorded(index, user.profile_id, app)


def _owner_recorded(index: Index, profile_id: str, app: App) -> bool:
    """Whether the set that a profile owns is approved. One that isn't shown isn't, if all that are approved are."""
    approved, gap = _approved_sets(index, app)
    own = index.directory.sets_by_profile.get(profile_id)
    if own is None and not approved <= index.directory.sets_by_id.keys():
        raise CannotTell("the profile's own permission set was not read")
    if gap and not (own and own.id in approved):
        raise CannotTell(gap)
    return own is not None and own.id in approved


def _holds_recorded(index: Index, user: User, app: App) -> bool:
    approved, gap = _approved_sets(index, app)
    sets = index.directory.sets_by_id
    # A set that isn't shown is still told by its id.
    found = [sets.get(one) or PermissionSetRow(one, "", "", "", "", ()) for one in approved]
    holds = index.grants.may_use(user, [one for one in found if not one.profile_id])
    if holds is False and gap:
        raise CannotTell(gap)
    return _told(holds)


def _told(answer: bool | None) -> bool:
    if answer is None:
        raise CannotTell("a permission set group of the user may hold it")
    return answer


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
