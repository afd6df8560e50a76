"""The tables of a running org, joined: who a user is, what they hold, whose a token is.

Every answer that rests on a table that was not read raises CannotTell with the reason. Rows that are there
are true; whether they are all is asked with `Rows.require_whole`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from sfharden.model import org
from sfharden.model.facts import CannotTell
from sfharden.model.org import AppRow, OrgTables, PermissionSetRow, ProfileRow, User
from sfharden.model.snapshot import Snapshot
from sfharden.names import canonical_profile, normalise

T = TypeVar("T")
NEEDS_ORG = "needs a live org"  # how every reason says that files can't answer


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """The rows of a table, and why they may not be all of them (empty when they are)."""

    rows: tuple[T, ...]
    lacking: str = ""

    def __iter__(self) -> Iterator[T]:
        return iter(self.rows)

    def require_whole(self) -> None:
        """Raise CannotTell if rows may be missing."""
        if self.lacking:
            raise CannotTell(self.lacking)


@dataclass(frozen=True, slots=True)
class Holder:
    """An active user who holds a permission, and through what."""

    user: User
    through: PermissionSetRow


class Directory:
    """The joined tables of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @property
    def tables(self) -> OrgTables:
        """The tables. Raises CannotTell for a snapshot of metadata files."""
        if self._snapshot.org is None:
            raise CannotTell(f"it {NEEDS_ORG}: metadata files don't tell")
        return self._snapshot.org

    def rows(self, table: tuple[T, ...] | None, kind: str) -> Rows[T]:
        """A table's rows with the reason why they may not be all. Raises CannotTell if it was not read."""
        reasons = [gap.reason for gap in self._snapshot.gaps if gap.kind == kind]
        if table is None:
            raise CannotTell(f"{kind} was not read" + (f": {reasons[0]}" if reasons else ""))
        return Rows(table, f"{kind} was not read completely: {reasons[0]}" if reasons else "")

    @property
    def users(self) -> Rows[User]:
        """All active users, and the inactive ones that tokens or logins name."""
        return self.rows(self.tables.users, org.USERS)

    @property
    def tokens(self) -> Rows[org.Token]:
        """All tokens: those of OauthToken, and those of external client apps."""
        own = self.rows(self.tables.tokens, org.TOKENS)
        external = self.rows(self.tables.external_tokens, org.EXTERNAL_TOKENS)
        return Rows((*own.rows, *external.rows), own.lacking or external.lacking)

    @property
    def logins(self) -> Rows[org.Login]:
        """The logins since `tables.logins_since`, those that differ only in time counted together."""
        return self.rows(self.tables.logins, org.LOGINS)

    @property
    def app_access(self) -> Rows[org.AppAccess]:
        """Who is pre-approved for which app."""
        return self.rows(self.tables.app_access, org.APP_ACCESS)

    @property
    def apps(self) -> Rows[AppRow]:
        """The apps that the org manages."""
        return self.rows(self.tables.apps, org.APPS)

    @cached_property
    def users_by_id(self) -> dict[str, User]:
        """Users by record id; empty if they were not read."""
        found = self._snapshot.org.users if self._snapshot.org else None
        return {user.id: user for user in found or ()}

    @cached_property
    def profiles_by_id(self) -> dict[str, ProfileRow]:
        """Profiles' records by id; empty if they were not read."""
        found = self._snapshot.org.profiles if self._snapshot.org else None
        return {profile.id: profile for profile in found or ()}

    @cached_property
    def sets_by_id(self) -> dict[str, PermissionSetRow]:
        """Permission sets by record id; empty if they were not read."""
        found = self._snapshot.org.permission_sets if self._snapshot.org else None
        return {one.id: one for one in found or ()}

    def username(self, user_id: str) -> str:
        """A user's name, or their id where the user was not read."""
        user = self.users_by_id.get(user_id)
        return user.username if user else user_id

    def profile_label(self, profile_id: str) -> str:
        """A profile's label, or its id where it was not read."""
        profile = self.profiles_by_id.get(profile_id)
        return profile.label if profile else profile_id

    def profile_id(self, name: str) -> str:
        """The record id of the profile with that API name or label. Raises CannotTell unless there is one."""
        rows = self.rows(self.tables.profiles, org.PROFILES)
        key = normalise(name)
        exact = [one for one in rows if key in (normalise(one.api_name), normalise(one.label))]
        found = exact or [
            one
            for one in rows
            if canonical_profile(name) in (canonical_profile(one.api_name), canonical_profile(one.label))
        ]
        if len(found) != 1:
            raise CannotTell(f"{len(found)} profiles of the org are named '{name}'")
        return found[0].id

    def users_of_profile(self, profile_id: str) -> Rows[User]:
        """The active users who have a profile."""
        users = self.users
        return Rows(tuple(one for one in users if one.active and one.profile_id == profile_id), users.lacking)

    def holders(self, permission: str) -> Rows[Holder]:
        """The active users who hold a permission, by profile or permission set; a user may appear twice.

        Each profile owns a hidden permission set (Object Reference, PermissionSet, IsOwnedByProfile).
        Raises CannotTell if the permission was not asked for or the org doesn't know it.
        """
        if permission not in self.tables.permission_names:
            raise CannotTell(f"the org doesn't show the permission {permission}, or it was not asked for")
        sets = self.rows(self.tables.permission_sets, org.PERMISSION_SETS)
        given = self.rows(self.tables.assignments, org.ASSIGNMENTS)
        users = self.users
        granting = {one.id: one for one in sets if permission in one.permissions}
        lacking = sets.lacking or given.lacking or users.lacking or self._dangling(given)
        return Rows(tuple(self._holders(granting, given, users)), lacking)

    def _holders(
        self, granting: dict[str, PermissionSetRow], given: Rows[org.Assignment], users: Rows[User]
    ) -> Iterator[Holder]:
        by_profile = {one.profile_id: one for one in granting.values() if one.profile_id}
        by_group = {one.group_id: one for one in granting.values() if one.group_id}
        for user in users:
            if user.active and user.profile_id in by_profile:
                yield Holder(user, by_profile[user.profile_id])
        for one in given:
            held = granting.get(one.permission_set_id) or by_group.get(one.group_id)
            holder = self.users_by_id.get(one.user_id)
            if held and holder and holder.active:
                yield Holder(holder, held)

    def _dangling(self, given: Rows[org.Assignment]) -> str:
        """Why an assignment can't be followed: its permission set was not read."""
        known = self.sets_by_id
        groups = {one.group_id for one in known.values() if one.group_id}
        for one in given:
            if one.permission_set_id not in known and one.group_id not in groups:
                return "a permission set that users have was not read"
        return ""

    def caller_permissions(self) -> frozenset[str]:
        """What the login that read the org holds of the permissions asked for. Raises CannotTell."""
        caller = self.tables.caller
        if caller is None:
            raise CannotTell("who is signed in was not read")
        if caller.permissions is not None:
            return frozenset(caller.permissions)
        return self.permissions_of(caller.user_id)

    def permissions_of(self, user_id: str) -> frozenset[str]:
        """What a user holds of the permissions that were asked for. Raises CannotTell if that can't be told."""
        user = self.users_by_id.get(user_id)
        if user is None:
            raise CannotTell("the user was not read")
        sets = self.rows(self.tables.permission_sets, org.PERMISSION_SETS)
        given = self.rows(self.tables.assignments, org.ASSIGNMENTS)
        held = {one.permission_set_id for one in given if one.user_id == user_id}
        groups = {one.group_id for one in given if one.user_id == user_id and one.group_id}
        mine = [
            one
            for one in sets
            if one.id in held
            or (one.group_id and one.group_id in groups)
            or one.profile_id == user.profile_id
        ]
        return frozenset(name for one in mine for name in one.permissions)
