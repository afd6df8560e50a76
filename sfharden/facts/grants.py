"""Who holds what: by their profile, by permission sets, and by groups of those.

Each profile owns a hidden permission set (Object Reference, PermissionSet, IsOwnedByProfile), and so does each
permission set group: that one grants what the group's members grant, less what is muted in the group, while the
group's status is `Updated` (Object Reference, PermissionSetGroup, Status). Assignments that have ended count for
nothing (PermissionSetAssignment, ExpirationDate and IsActive).
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

from sfharden.facts.directory import Directory
from sfharden.facts.rows import Holder, Holders, Rows, UserGap
from sfharden.facts.values import CannotTell
from sfharden.model import org
from sfharden.model.org import Assignment, PermissionSetRow, User
from sfharden.text.wording import count

# Users of Salesforce's own processes (Object Reference, User, UserType; Help: Automated Process User, Platform
# Integration User). Nobody signs in as one, most have no profile that is shown, and what they hold nobody can use.
_PROCESSES: Final = frozenset({"automatedprocess", "cloudintegrationuser"})
_GUEST: Final = "guest"  # of a site: whoever doesn't sign in

MOST_NAMED: Final = 50  # users of whom something can't be told, each named
_SET_UNREAD: Final = "a permission set of theirs was not read"
_GROUP_UNREAD: Final = "a permission set group of theirs was not read"
_PROFILE_UNREAD: Final = "their profile is not shown, and what it grants was not read"


def is_process(user: User) -> bool:
    """True for a user of Salesforce's own processes; a type that isn't known is somebody's."""
    return user.user_type.casefold() in _PROCESSES


def signs_in(user: User) -> bool:
    """False for users as whom nobody can ever sign in."""
    return not is_process(user) and user.user_type.casefold() != _GUEST


class Grants:
    """The permission sets of one directory's users."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    # Assignments ----------------------------------------------------------------------------

    @cached_property
    def _given(self) -> Rows[Assignment]:
        """The assignments that count."""
        directory = self._directory
        given = directory.rows(directory.tables.assignments, org.ASSIGNMENTS)
        return Rows(tuple(one for one in given if not self._has_ended(one)), given.gap)

    def _has_ended(self, one: Assignment) -> bool:
        now = self._directory.as_of
        return one.active is False or bool(one.expires and now and one.expires <= now)

    @cached_property
    def _by_user(self) -> dict[str, list[Assignment]]:
        found: dict[str, list[Assignment]] = {}
        for one in self._given:
            found.setdefault(one.user_id, []).append(one)
        return found

    def _set_of(self, one: Assignment) -> PermissionSetRow | None:
        """The set that an assignment gives; of a group, the one that stands for it."""
        directory = self._directory
        return directory.sets_by_id.get(one.permission_set_id) or directory.sets_by_group.get(one.group_id)

    def _why_open(self, one: Assignment) -> str:
        """Why it can't be told what an assignment gives; empty if it can."""
        if self._set_of(one) is None:
            return _SET_UNREAD
        return self._group_state.get(one.group_id, _GROUP_UNREAD) if one.group_id else ""

    @cached_property
    def _group_state(self) -> dict[str, str]:
        """By a group's id: why what its set grants may not be right; empty if it is."""
        return {
            one.id: ""
            if one.status == "Updated"
            else f"the permission set group '{one.label or one.name}' is not up to date ({one.status or 'no status'})"
            for one in self._directory.tables.groups or ()
        }

    # Permissions ----------------------------------------------------------------------------

    def holders(self, permission: str) -> Holders:
        """The active users who hold a permission, by profile or permission set; a user may appear twice.

        Raises CannotTell if the permission was not asked for or the org doesn't know it.
        """
        directory = self._directory
        if permission not in directory.tables.permission_names:
            raise CannotTell(f"the org doesn't show the permission {permission}, or it was not asked for")
        sets = directory.rows(directory.tables.permission_sets, org.PERMISSION_SETS)
        gap = sets.gap or self._given.gap or directory.users.gap
        found = tuple(self._holders({one.id: one for one in sets if permission in one.permissions}))
        sure = {one.user.id for one in found}
        unsure = tuple(one for one in self._user_gaps if one.user.id not in sure)
        if len(unsure) > MOST_NAMED and not gap:  # that's no matter of single users
            first = unsure[0]
            gap = f"what {count(len(unsure), 'user')} hold, such as '{first.user.username}': {first.reason}"
        return Holders(found, gap, () if gap else unsure)

    def _holders(self, granting: dict[str, PermissionSetRow]) -> Iterator[Holder]:
        by_profile = {one.profile_id: one for one in granting.values() if one.profile_id}
        for user in self._people:
            if user.profile_id in by_profile:
                yield Holder(user, by_profile[user.profile_id])
            for one in self._by_user.get(user.id, ()):
                held = self._set_of(one)
                if held and held.id in granting:
                    yield Holder(user, held)

    @cached_property
    def _people(self) -> tuple[User, ...]:
        return tuple(user for user in self._directory.users if user.active and not is_process(user))

    @cached_property
    def _user_gaps(self) -> tuple[UserGap, ...]:
        """The people of whom it can't be told what they hold."""
        return tuple(UserGap(user, why) for user in self._people if (why := self._why_unsure(user)))

    def _why_unsure(self, user: User) -> str:
        reasons = (self._why_open(one) for one in self._by_user.get(user.id, ()))
        why = next((one for one in reasons if one), "")
        if not why and signs_in(user) and user.profile_id not in self._directory.sets_by_profile:
            return _PROFILE_UNREAD
        return why

    def sets_of(self, user: User) -> Rows[PermissionSetRow]:
        """The permission sets that a user has, the one that their profile owns first; of groups, those that stand for them."""
        sets = self._directory.rows(self._directory.tables.permission_sets, org.PERMISSION_SETS)
        gap = sets.gap or self._given.gap
        own = [one for one in sets if one.profile_id and one.profile_id == user.profile_id]
        mine = self._by_user.get(user.id, ())
        assigned = [found for one in mine if (found := self._set_of(one))]
        why = next(
            (reason for one in mine if (reason := self._why_open(one))), "" if own else _PROFILE_UNREAD
        )
        return Rows((*own, *dict.fromkeys(assigned)), gap or why)

    def whole_permissions(self, user: User) -> frozenset[str]:
        """All that a user holds of what was asked for. Raises CannotTell if a grant may be missing."""
        sets = self.sets_of(user)
        sets.require_whole()
        return frozenset(name for one in sets for name in one.permissions)

    def caller_permissions(self) -> frozenset[str]:
        """What the login that read the org holds of the permissions asked for. Raises CannotTell."""
        caller = self._directory.tables.caller
        if caller is None:
            raise CannotTell("who is signed in was not read")
        if caller.permissions is not None:
            return frozenset(caller.permissions)
        return self.permissions_of(caller.user_id)

    def permissions_of(self, user_id: str) -> frozenset[str]:
        """What a user is seen to hold of the permissions that were asked for. Raises CannotTell if nothing was read."""
        user = self._directory.users_by_id.get(user_id)
        if user is None:
            raise CannotTell("the user was not read")
        return frozenset(name for one in self.sets_of(user) for name in one.permissions)

    # Permission sets ------------------------------------------------------------------------

    def having(self, one: PermissionSetRow, besides: frozenset[str]) -> Rows[User]:
        """The active users who have a permission set, or the profile that owns it, `besides` those ids."""
        directory = self._directory
        if one.profile_id:
            of_profile = directory.users_of_profile(one.profile_id)
            return Rows(tuple(user for user in of_profile if user.id not in besides), of_profile.gap)
        answers = {user: self.has_set(user, one) for user in self._people if user.id not in besides}
        gap = directory.users.gap or self._given.gap
        unsure = next((user for user, has in answers.items() if has is None), None)
        if unsure and not gap:
            gap = f"whether '{unsure.username}' has it through a permission set group can't be told"
        return Rows(tuple(user for user, has in answers.items() if has), gap)

    def has_set(self, user: User, one: PermissionSetRow) -> bool | None:
        """Whether a user has a permission set, by itself or through a group; None where that can't be told."""
        answers = {self._gives(given, one) for given in self._by_user.get(user.id, ())}
        if True in answers:
            return True
        return None if None in answers or self._given.gap else False

    def _gives(self, given: Assignment, wanted: PermissionSetRow) -> bool | None:
        """Whether an assignment gives a set. What a group's muting takes away of a set is not told set by set."""
        if given.permission_set_id == wanted.id or (given.group_id and given.group_id == wanted.group_id):
            return True
        if not given.group_id:
            return False
        members = self._directory.tables.group_members
        if members is None or self._is_hidden(given.group_id):
            return None
        muted, plain = self._members.get(given.group_id, (False, frozenset[str]()))
        if wanted.id in plain:
            return None if muted or self._why_open(given) else True
        return None if self._members_gap else False

    def _is_hidden(self, group_id: str) -> bool:
        """True for a group that somebody has and that is not among those that were read: nor may its members be."""
        return self._directory.tables.groups is not None and group_id not in self._group_state

    @cached_property
    def _members_gap(self) -> str:
        return self._directory.rows(self._directory.tables.group_members, org.GROUP_MEMBERS).gap

    @cached_property
    def _members(self) -> dict[str, tuple[bool, frozenset[str]]]:
        """By a group's id: whether anything is muted in it, and its permission sets."""
        found: dict[str, tuple[bool, set[str]]] = {}
        for one in self._directory.tables.group_members or ():
            muted, plain = found.get(one.group_id, (False, set()))
            if not one.muting:
                plain.add(one.permission_set_id)
            found[one.group_id] = (muted or one.muting, plain)
        return {key: (muted, frozenset(plain)) for key, (muted, plain) in found.items()}

    def may_use(self, user: User, approved: Iterable[PermissionSetRow]) -> bool | None:
        """Whether one of the sets that are approved for an app, or the profile that owns one, is the user's.

        None where that can't be told. A set that has to be activated counts in some sessions only.
        """
        answers = {self._lets_in(user, one) for one in approved}
        return True if True in answers else None if None in answers else False

    def _lets_in(self, user: User, one: PermissionSetRow) -> bool | None:
        if one.profile_id:
            return one.profile_id == user.profile_id
        return None if one.needs_activation and self.has_set(user, one) else self.has_set(user, one)
