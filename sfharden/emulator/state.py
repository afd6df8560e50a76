"""The state of the embedded org, and who may do what in it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sfharden.emulator import ids
from sfharden.emulator.event_rows import ApiRequest
from sfharden.emulator.records import (
    AppMenuItem,
    Assignment,
    AuditEntry,
    AuthSession,
    ClientSecret,
    ConnectedApplication,
    EntityAccess,
    ExternalClientApp,
    GroupComponent,
    HealthRisk,
    Knobs,
    Login,
    MutingPermissionSet,
    PermissionSet,
    PermissionSetGroup,
    Profile,
    Session,
    User,
)
from sfharden.emulator.store import LoginStore, TokenStore

# 31.0 is the oldest that orgs still serve: SOAP login() of 31 to 64 is what is announced to end next (Help 005132110).
# The Salesforce CLI signs in with 51.0, whatever an org has beside it.
ALL_VERSIONS = tuple(f"{number}.0" for number in range(31, 69))


@dataclass
class DemoOrg:
    """One org. Hold `lock` while changing it from another thread than the server's.

    `clock` is the org's own time. `metadata` maps a path in a zip (`profiles/Admin.profile`) to the file;
    profiles, permission sets, apps and their assignments are derived from it by `derive.sync()`. `token_lists` has the
    allowlists of connected apps by full name, as (first, last) addresses: no API shows them.
    """

    clock: Callable[[], datetime]
    id: str = field(default_factory=lambda: ids.make_id("00D", 4711))
    name: str = "Acme"
    is_sandbox: bool = True
    type: str = "Enterprise Edition"
    versions: tuple[str, ...] = ALL_VERSIONS
    api_limit: int = 100_000
    api_used: int = 0
    default_source_ip: str = "198.51.100.7"
    knobs: Knobs = field(default_factory=Knobs)

    users: list[User] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)
    permission_sets: list[PermissionSet] = field(default_factory=list)
    groups: list[PermissionSetGroup] = field(default_factory=list)
    muting_sets: list[MutingPermissionSet] = field(default_factory=list)
    group_components: list[GroupComponent] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    entity_access: list[EntityAccess] = field(default_factory=list)
    connected_apps: list[ConnectedApplication] = field(default_factory=list)
    external_apps: list[ExternalClientApp] = field(default_factory=list)
    menu_items: list[AppMenuItem] = field(default_factory=list)
    tokens: TokenStore = field(default_factory=TokenStore, repr=False)
    auth_sessions: list[AuthSession] = field(default_factory=list)
    logins: LoginStore = field(default_factory=LoginStore, repr=False)
    audit_trail: list[AuditEntry] = field(default_factory=list)
    api_requests: list[ApiRequest] = field(default_factory=list, repr=False)
    health_score: str = "74"
    health_baseline_id: str | None = None
    health_risks: list[HealthRisk] = field(default_factory=list)
    metadata: dict[str, bytes] = field(default_factory=dict, repr=False)

    sessions: dict[str, Session] = field(default_factory=dict, repr=False)
    callers: dict[str, str] = field(default_factory=dict, repr=False)
    jwt_keys: dict[str, tuple[int, int]] = field(default_factory=dict, repr=False)
    client_secrets: dict[str, ClientSecret] = field(default_factory=dict, repr=False)
    codes: dict[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    token_lists: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict, repr=False)
    leaks: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _last_number: int = 0

    def next_number(self) -> int:
        """A number no record of this org has had."""
        self._last_number += 1
        return self._last_number

    def new_id(self, prefix: str) -> str:
        """A fresh record id of the kind with that prefix."""
        return ids.make_id(prefix, self.next_number())

    def user(self, id_or_name: str) -> User | None:
        """The user with that id or username."""
        return next((user for user in self.users if id_or_name in (user.id, user.username)), None)

    def profile(self, name: str) -> Profile | None:
        """The profile with that id, full name or label."""
        return next((one for one in self.profiles if name in (one.id, one.full_name, one.name)), None)

    def permission_set(self, name: str) -> PermissionSet | None:
        """The permission set with that id, full name or label."""
        return next((one for one in self.permission_sets if name in (one.id, one.full_name, one.label)), None)

    def group_set(self, name: str) -> PermissionSet | None:
        """What the group with that id, name or label grants."""
        group = next((one for one in self.groups if name in (one.id, one.name, one.label)), None)
        return next((one for one in self.permission_sets if group and one.group_id == group.id), None)

    def connected_app(self, name: str) -> ConnectedApplication | None:
        """The connected app with that id, full name or label."""
        return next((one for one in self.connected_apps if name in (one.id, one.full_name, one.name)), None)

    def external_app(self, name: str) -> ExternalClientApp | None:
        """The external client app with that id, developer name or label."""
        apps = self.external_apps
        return next((one for one in apps if name in (one.id, one.developer_name, one.label)), None)

    def owned_set(self, profile_id: str | None) -> PermissionSet | None:
        """The hidden permission set of a profile."""
        sets = self.permission_sets
        return next((one for one in sets if one.owned and one.profile_id == profile_id), None)

    def permission_set_ids(self, user: User) -> set[str]:
        """Ids of the permission sets that count for a user now, the profile's own included."""
        now = self.clock()
        given = {
            one.permission_set_id
            for one in self.assignments
            if one.assignee_id == user.id and one.active(now)
        }
        owned = self.owned_set(user.profile_id)
        # No session here is ever activated.
        asleep = {one.id for one in self.permission_sets if one.session_based}
        return (given - asleep) | ({owned.id} if owned else set())

    def permissions_of(self, user: User) -> set[str]:
        """Every permission a user has, by profile, permission set or group."""
        held = self.permission_set_ids(user)
        return set().union(*(one.permissions for one in self.permission_sets if one.id in held))

    def may_use(self, user: User, application_id: str) -> bool:
        """True if the user is pre-authorised for an application; groups pass on what their sets may use."""
        held = self.permission_set_ids(user)
        groups = {one.group_id for one in self.permission_sets if one.id in held and one.group_id}
        held |= {one.permission_set_id for one in self.group_components if one.group_id in groups}
        return any(row.entity_id == application_id and row.parent_id in held for row in self.entity_access)

    def add_user(self, username: str, profile: str | None, **details: object) -> User:
        """Add a user of the named profile, or of none. Raises KeyError if there's no such profile."""
        found = self.profile(profile) if profile else None
        if profile and found is None:
            raise KeyError(profile)
        user = User(
            self.new_id("005"), username, found.id if found else None, name=username.partition("@")[0]
        )
        user.user_type = found.user_type if found else user.user_type
        for name, value in details.items():
            setattr(user, name, value)
        self.users.append(user)
        return user

    def assign(
        self, user: User, permission_set: PermissionSet, *, expires: datetime | None = None
    ) -> Assignment:
        """Give a user a permission set, or a group by the set that stands for it."""
        given = Assignment(self.new_id("0Pa"), user.id, permission_set.id, permission_set.group_id, expires)
        self.assignments.append(given)
        return given

    def open_session(self, user: User, app: str = "", *, key: str = "") -> str:
        """An access token for a user, as signing in through an app gives it."""
        token = ids.access_token(self.id, key or self.next_number(), user.id)
        self.sessions[token] = Session(user.id, app, self.default_source_ip)
        return token

    def authorise(self, app: str, username: str) -> str:
        """The authorisation code a user's browser brings back after consenting to an app."""
        user = self.user(username)
        if user is None:
            raise KeyError(username)
        code = f"aPrx{ids.opaque('code', self.next_number())}"
        self.codes[code] = (app, user.id)
        return code

    def revoke(self, delete_token: str) -> bool:
        """End an authorisation with all its sessions; False if it was gone."""
        lost = [key for key, one in self.sessions.items() if one.delete_token == delete_token]
        for key in lost:
            self.end_session(key)
        return self.tokens.remove(delete_token)

    def end_session(self, token: str) -> bool:
        """End one session; False if there was none."""
        self.auth_sessions[:] = [one for one in self.auth_sessions if one.token != token]
        return self.sessions.pop(token, None) is not None

    def log(self, login: Login) -> None:
        """Write a login, and when it succeeded the user's last login."""
        self.logins.add(login)
        user = self.user(login.user_id)
        if user and login.status == "Success":
            user.last_login = login.time
