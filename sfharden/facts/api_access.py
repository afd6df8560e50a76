"""Whether a user can call the API at all: API Enabled, by the profile or by a permission set that counts always.

Every call of a user without it is refused (Help: API Enabled; REST API Guide, Status Codes: API_DISABLED_FOR_ORG). A
set that has to be activated counts in sessions in which somebody did so (Object Reference, PermissionSet,
HasActivationRequired); that an integration's sessions never are is inferred.
"""

from typing import Final

from sfharden.facts.index import Index
from sfharden.facts.rows import Rows
from sfharden.facts.values import CannotTell
from sfharden.model.org import PermissionSetRow, User

API_ENABLED: Final = "ApiEnabled"


def api_through(index: Index, user: User) -> PermissionSetRow | None:
    """The permission set, or the one that the profile owns, by which a user surely holds API Enabled.

    None if they surely don't. Raises CannotTell where neither is sure.
    """
    return held_through(index, user, API_ENABLED, "API Enabled")


def held_through(index: Index, user: User, permission: str, label: str) -> PermissionSetRow | None:
    """The permission set, or the one that the profile owns, by which a user surely holds a permission, in any session.

    None if they surely don't. Raises CannotTell where neither is sure; `label` is what the permission is called.
    """
    if permission not in index.directory.tables.permission_names:
        raise CannotTell(f"who holds {label} was not asked for, or the org didn't tell")
    sets = index.grants.sets_of(user)
    held = [one for one in sets if permission in one.permissions]
    for one in held:
        if _counts(one, sets):
            return one
    sets.require_whole()
    if any(one.needs_activation is None for one in held):
        raise CannotTell(f"whether '{held[0].label or held[0].name}' has to be activated was not told")
    return None


def lacks_api(index: Index, user: User) -> bool:
    """True if a user surely can't call the API."""
    try:
        return api_through(index, user) is None
    except CannotTell:
        return False


def activated_only(index: Index, user: User) -> tuple[PermissionSetRow, ...]:
    """The sets that would give API Enabled, and that have to be activated in each session."""
    return tuple(
        one for one in index.grants.sets_of(user) if one.needs_activation and API_ENABLED in one.permissions
    )


def _counts(one: PermissionSetRow, sets: Rows[PermissionSetRow]) -> bool:
    """A profile's own set counts always; one that stands for a group only where nothing about groups is open."""
    if one.profile_id:
        return True
    return one.needs_activation is False and not (one.group_id and sets.gap)
