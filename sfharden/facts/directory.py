"""The tables of a running org, joined: who a user is, what they hold, whose a token is.

Every answer that rests on a table that was not read raises CannotTell with the reason. Rows that are there
are true; whether they are all is asked with `Rows.require_whole`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Final, TypeVar

from sfharden.facts.rows import NamedUsers, Rows
from sfharden.facts.values import CannotTell, NoSuchName
from sfharden.model import org
from sfharden.model.org import AppRow, OrgTables, PermissionSetRow, ProfileRow, Token, User
from sfharden.model.snapshot import Snapshot
from sfharden.text.names import literal, nearest, suggestion

T = TypeVar("T")
NEEDS_ORG: Final = "needs a live org"  # how every reason says that files can't answer

_EXTERNAL: Final = "0xI"  # how record ids of external client apps start
APP_IDS: Final = ("0H4", _EXTERNAL)  # how record ids of apps start


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

    @property
    def as_of(self) -> datetime | None:
        """When the tables were read, where that is known."""
        return self._snapshot.taken_at

    @property
    def metadata_read(self) -> bool:
        """True if metadata files were asked for: what did not come is a gap then, and nothing else is missing."""
        return org.METADATA in self.tables.read_at

    def rows(self, table: tuple[T, ...] | None, kind: str) -> Rows[T]:
        """A table's rows with the reason why they may not be all. Raises CannotTell if it was not read.

        A gap that names a component is about one metadata file, even where its type is called like a table.
        """
        reasons = [gap.reason for gap in self._snapshot.gaps if gap.kind == kind and not gap.name]
        if table is None:
            raise CannotTell(f"{kind} was not read" + (f": {reasons[0]}" if reasons else ""))
        return Rows(table, f"{kind} was not read completely: {reasons[0]}" if reasons else "")

    @property
    def users(self) -> Rows[User]:
        """All active users, and the inactive ones that tokens or logins name."""
        return self.rows(self.tables.users, org.USERS)

    @cached_property
    def tokens(self) -> Rows[Token]:
        """All tokens: those of OauthToken, and those of external client apps.

        Raises CannotTell if neither table was read.
        """
        own, external = self.token_tables
        gap = "; ".join(one.gap for one in (own, external) if one.gap)
        if self.tables.tokens is None and self.tables.external_tokens is None:
            raise CannotTell(gap)
        return Rows((*own.rows, *external.rows), gap)

    @property
    def token_tables(self) -> tuple[Rows[Token], Rows[Token]]:
        """The tokens of OauthToken, and those of the OAuth usage resource; a table that was not read lacks them all."""
        tables = self.tables
        return self._seen(tables.tokens, org.TOKENS), self._seen(tables.external_tokens, org.EXTERNAL_TOKENS)

    def _seen(self, table: tuple[T, ...] | None, kind: str) -> Rows[T]:
        """A table's rows; one that was not read has none, and lacks them all."""
        try:
            return self.rows(table, kind)
        except CannotTell as reason:
            return Rows((), reason.reason)

    @property
    def known_apps(self) -> Rows[AppRow]:
        """The apps that the org manages, as far as they were read."""
        return self._seen(self.tables.apps, org.APPS)

    @property
    def menu_items(self) -> Rows[org.MenuItem]:
        """What leads from a token to its app's record, as far as it was read."""
        return self._seen(self.tables.menu_items, org.MENU_ITEMS)

    @property
    def external_apps_gap(self) -> str:
        """Why external client apps may be missing from the apps; empty if they are all there."""
        return next((gap.reason for gap in self._snapshot.gaps if gap.kind == org.EXTERNAL_APPS), "")

    @cached_property
    def hinted_apps(self) -> tuple[AppRow, ...]:
        """What menu items and tokens tell of apps whose records may be missing; none where the records are all there."""
        rows = self.known_apps
        if not rows.gap and not self.external_apps_gap:
            return ()
        known = {one.id[:15] for one in rows}
        found = {one.id[:15]: one for one in reversed(tuple(self._hints_of_apps()))}
        return tuple(one for key, one in found.items() if key not in known)

    def _hints_of_apps(self) -> Iterator[AppRow]:
        """A menu item names an app's record (Object Reference, AppMenuItem, ApplicationId), and a token its menu item."""
        for item in self.tables.menu_items or ():
            if item.app_id.startswith(APP_IDS):
                yield AppRow(item.app_id, item.label, item.name, item.app_id.startswith(_EXTERNAL), None)
        for table in self.token_tables:
            for one in table:
                if one.app_id.startswith(APP_IDS):
                    external = one.app_id.startswith(_EXTERNAL)
                    yield AppRow(one.app_id, one.app_label, "", external, None)

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

    @cached_property
    def sets_by_profile(self) -> dict[str, PermissionSetRow]:
        """The permission set that each profile owns, by the profile's id; empty if they were not read."""
        return {one.profile_id: one for one in self.sets_by_id.values() if one.profile_id}

    @cached_property
    def sets_by_group(self) -> dict[str, PermissionSetRow]:
        """The set that stands for each permission set group, by the group's id; empty if they were not read."""
        return {one.group_id: one for one in self.sets_by_id.values() if one.group_id}

    def username(self, user_id: str) -> str:
        """A user's name, or their id where the user was not read."""
        user = self.users_by_id.get(user_id)
        return user.username if user else user_id

    def profile_label(self, profile_id: str) -> str:
        """A profile's label; where that is not shown its API name, or its id."""
        profile = self.profiles_by_id.get(profile_id)
        named = (profile.label or profile.api_name) if profile else ""
        return named or profile_id or "(not shown)"

    def has_profile(self, name: str) -> bool:
        """True if the org has a record of a profile with that API name or label. Raises CannotTell."""
        self.rows(self.tables.profiles, org.PROFILES)
        return literal(name) in self._profiles_by_name

    def profile_row(self, name: str) -> ProfileRow:
        """The record of the profile with that API name or label. Raises CannotTell unless there is exactly one."""
        rows = self.rows(self.tables.profiles, org.PROFILES)
        found = self._profiles_by_name.get(literal(name), [])
        if len(found) > 1:
            raise CannotTell(f"{len(found)} profiles of the org are named '{name}'")
        if not found:
            known = [alias for one in rows for alias in (one.label, one.api_name) if alias]
            if rows.gap:
                raise CannotTell(f"no profile named '{name}' was read.{suggestion(name, known)} {rows.gap}")
            raise NoSuchName(f"the org has no profile named '{name}'", suggestion(name, known))
        return found[0]

    @cached_property
    def _profiles_by_name(self) -> dict[str, list[ProfileRow]]:
        found: dict[str, list[ProfileRow]] = {}
        for one in self.profiles_by_id.values():
            for key in {literal(one.api_name), literal(one.label)} - {""}:
                found.setdefault(key, []).append(one)
        return found

    def profile_id(self, name: str) -> str:
        """The record id of the profile with that API name or label. Raises CannotTell unless there is one."""
        return self.profile_row(name).id

    def profile_ids(self, names: Iterable[str]) -> frozenset[str]:
        """Record ids of the profiles of these names; a name that leads nowhere is left out.

        Raises CannotTell if profiles were not read.
        """
        self.rows(self.tables.profiles, org.PROFILES)
        found = set()
        for name in names:
            try:
                found.add(self.profile_id(name))
            except CannotTell:
                continue
        return frozenset(found)

    def app_row(self, api_name: str, *, external: bool) -> AppRow:
        """The record of the app with that API name, of that kind. Raises CannotTell unless there is exactly one."""
        rows = self.apps
        found = [one for one in rows if one.api_name == api_name and one.external is external]
        if len(found) != 1:
            rows.require_whole()
            raise CannotTell(f"{len(found)} records of apps have the API name '{api_name}'")
        return found[0]

    def named_users(self, names: Iterable[str], profile: str) -> NamedUsers:
        """The users of these names. Usernames have no case (Object Reference, User); look-alikes don't count.

        A name that leads to nobody most likely means a user of the `profile`, which is given by API name or label.
        """
        by_name = self._users_by_name
        wanted = {name: literal(name) for name in names}
        missing = tuple(name for name, key in wanted.items() if key not in by_name)
        found = tuple(by_name[key] for key in wanted.values() if key in by_name)
        return NamedUsers(found, missing, self.who_is_near(missing[0], found, profile) if missing else "")

    @cached_property
    def _users_by_name(self) -> dict[str, User]:
        return {literal(user.username): user for user in self.users}

    def who_is_near(self, name: str, found: Iterable[User], profile: str) -> str:
        """Whom a misspelt name means: one of the profile's users before any other, and nobody who is named already."""
        named, known = {user.id for user in found}, self._profiles_by_name
        key = literal(profile)
        own = {one.id for one in known.get(key if key in known else nearest(key, known), ())}
        others = [user for user in self.users if user.active and user.id not in named]
        first = (user.username for user in others if user.profile_id in own)
        return suggestion(name, (user.username for user in others), first)

    def users_of_profile(self, profile_id: str) -> Rows[User]:
        """The active users who have a profile."""
        users = self.users
        return Rows(tuple(one for one in users if one.active and one.profile_id == profile_id), users.gap)


def same_record(one: str, other: str) -> bool:
    """True for two ids of one record: 15 characters tell it, 3 more only guard against changed case."""
    return bool(one) and one[:15] == other[:15]
