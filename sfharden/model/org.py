"""What only a running org knows: its users, who holds which permission, its apps, tokens, sessions and logins.

Each table is None where it was not read. A table that is there may still lack rows: then the snapshot has a
gap of the table's kind, and what the rows show is true but not all. The kinds are the names of Salesforce's
objects. Object Reference: User, UserLogin, Profile, PermissionSet, PermissionSetGroup,
PermissionSetGroupComponent, MutingPermissionSet, PermissionSetAssignment, ObjectPermissions, FieldPermissions, SetupEntityAccess,
ConnectedApplication, AppMenuItem, OauthToken, AuthSession, LoginHistory, SetupAuditTrail; Connect REST API:
OAuth usage. Fields with a default came later: a snapshot written before them is read as not telling.
"""

from typing import Final, NamedTuple

from sfharden.model.base import Model, Moment

USERS: Final = "User"
FROZEN: Final = "UserLogin"  # no table: a gap says that who is frozen was not read, or not of everybody
PROFILES: Final = "Profile"
PERMISSION_SETS: Final = "PermissionSet"
GROUPS: Final = "PermissionSetGroup"
GROUP_MEMBERS: Final = "PermissionSetGroupComponent"
MUTING_SETS: Final = "MutingPermissionSet"
ASSIGNMENTS: Final = "PermissionSetAssignment"
OBJECT_RIGHTS: Final = "ObjectPermissions"
APP_ACCESS: Final = "SetupEntityAccess"
APPS: Final = "ConnectedApplication"
# No table: a gap says that external client apps may be missing from the apps, and nothing of connected ones.
EXTERNAL_APPS: Final = "ExternalClientApplication"
MENU_ITEMS: Final = "AppMenuItem"
TOKENS: Final = "OauthToken"
EXTERNAL_TOKENS: Final = "OAuth usage"
SESSIONS: Final = "AuthSession"
LOGINS: Final = "LoginHistory"
SETUP_CHANGES: Final = "SetupAuditTrail"
HEALTH: Final = "SecurityHealthCheck"
ORGANIZATION: Final = "Organization"
CALLER: Final = "caller"
# No tables: the two kinds of rows in `Snapshot.events`, see model.events.
REQUESTS: Final = "ApiTotalUsage"
LOGIN_EVENTS: Final = "Login events"
METADATA: Final = "metadata"  # no table: the key in `read_at` that says metadata files were read

TABLES: Final = (
    USERS, PERMISSION_SETS, GROUPS, GROUP_MEMBERS, MUTING_SETS, ASSIGNMENTS, OBJECT_RIGHTS, APP_ACCESS, APPS, MENU_ITEMS,
    TOKENS, EXTERNAL_TOKENS, SESSIONS, LOGINS, SETUP_CHANGES, HEALTH, ORGANIZATION, CALLER,
)  # fmt: skip
# All that a gap, a need or a check may name as a part of an org.
PARTS: Final = (METADATA, PROFILES, FROZEN, EXTERNAL_APPS, REQUESTS, LOGIN_EVENTS, *TABLES)


# The reason of a gap: a table holds nothing but the caller's own rows, whatever the caller is permitted to see.
ONLY_OWN_ROWS: Final = "nobody's rows but this login's own came"


class User(NamedTuple):
    """A user. Inactive users are there only if a token or a login names them.

    `profile_id` is empty for some of Salesforce's own processes. `user_type` tells who can sign in (Object
    Reference, User, UserType). A frozen user can't sign in, and keeps everything else; None: it was not told.
    """

    id: str
    username: str
    profile_id: str
    active: bool
    user_type: str
    last_login: Moment | None
    frozen: bool | None = None


class ProfileRow(NamedTuple):
    """A profile's record: `api_name` is its metadata name, empty where that could not be joined by id.

    `label` is empty where Salesforce hides it: from Winter '27 on, whoever lacks View All Profiles sees the name
    of their own only.
    """

    id: str
    label: str
    api_name: str


class PermissionSetRow(NamedTuple):
    """A permission set, or the hidden one that each profile owns (then `profile_id` is set).

    `permissions` are those it grants among the ones that were asked for. `group_id` is set for the set
    that stands for a permission set group: its permissions are the group's, less what is muted.
    `needs_activation`: it counts only in sessions in which it was activated; None: it was not told.
    """

    id: str
    name: str
    label: str
    profile_id: str
    group_id: str
    permissions: tuple[str, ...]
    needs_activation: bool | None = None


class PermissionSetGroup(NamedTuple):
    """A permission set group. What its set grants is right only while `status` is `Updated`."""

    id: str
    name: str
    label: str
    status: str


class GroupMember(NamedTuple):
    """A permission set is in a group; or, `muting`, a muting permission set takes away what it names there."""

    group_id: str
    permission_set_id: str
    muting: bool


class MutingSet(NamedTuple):
    """A muting permission set. `permissions` are those it takes away of those asked for; None: not told."""

    id: str
    name: str
    permissions: tuple[str, ...] | None


class Assignment(NamedTuple):
    """A user has a permission set, by itself or through a group. Sets owned by profiles aren't listed.

    `active` is False once it has expired, or a user access policy has revoked it; None: the org didn't tell.
    """

    user_id: str
    permission_set_id: str
    group_id: str
    active: bool | None = None
    expires: Moment | None = None


class ObjectRights(NamedTuple):
    """What a permission set, or a profile by its own one, permits of an object: `Create`, `Read`, `ViewAllRecords`, …

    `object` may be a field of one, such as `Account.Rating`. Read only of the profiles of an integration's users. What
    View All Data and Modify All Data permit has no rows.
    """

    permission_set_id: str
    object: str
    rights: tuple[str, ...]


class AppAccess(NamedTuple):
    """A permission set, or a profile's own one, is pre-approved for an app."""

    permission_set_id: str
    app_id: str


class AppRow(NamedTuple):
    """An app that the org manages. `admin_approved` is None where the record doesn't tell."""

    id: str
    label: str
    api_name: str
    external: bool
    admin_approved: bool | None


class MenuItem(NamedTuple):
    """An item of the app menu, and the app it stands for: what leads from a token to its app."""

    id: str
    app_id: str
    label: str
    name: str
    kind: str


class Token(NamedTuple):
    """An authorisation that a user gave an app; never its secret.

    `handle` is a short name that gives nothing away. `app_id` is empty for an app that the org doesn't manage.
    `external` tokens came from the OAuth usage resource of external client apps. `summed`: not one token but all
    that a user gave an app, one or more: `created` is the first connection, `last_used` the latest use.
    """

    handle: str
    app_label: str
    app_id: str
    user_id: str
    created: Moment | None
    last_used: Moment | None
    use_count: int | None
    external: bool
    summed: bool = False


class Session(NamedTuple):
    """A live session. `expires` is its last change plus its validity; `current` is the one that asked.

    Object Reference, AuthSession.
    """

    user_id: str
    source_ip: str
    created: Moment | None
    expires: Moment | None
    login_type: str
    session_type: str
    current: bool


class Login(NamedTuple):
    """Logins that differ in nothing but their time: how many there were, the first and the last.

    `facts.logins` tells what a status means.
    """

    user_id: str
    source_ip: str
    status: str
    login_type: str
    subtype: str
    application: str
    times: int
    first: Moment
    last: Moment


class SetupChange(NamedTuple):
    """A row of the setup audit trail. `delegate` is who was logged in as the user, if anybody (DelegateUser)."""

    at: Moment
    action: str
    section: str
    display: str
    user_id: str
    delegate: str = ""


class HealthRisk(NamedTuple):
    """One setting of Salesforce's own health check."""

    risk: str
    setting: str
    group: str
    value: str
    standard: str


class Caller(Model):
    """Who read the org, and what they hold of the permissions asked for (None: the org didn't say)."""

    user_id: str
    username: str
    permissions: tuple[str, ...] | None = None


class Organization(Model):
    """The org itself. `is_sandbox` is None where it could not be told: take it for production then."""

    id: str
    name: str = ""
    kind: str = ""
    is_sandbox: bool | None = None


class OrgTables(Model):
    """Everything of a running org that is no metadata file; `read_at` tells when each part was read.

    `permissions_asked` are the permissions that were asked for, `permission_names` those of them that the org
    knows. `logins_since` is the moment from which logins were read. `metadata_asked` are the metadata types that the org
    was asked to list: what it listed none of, it has none of. Snapshots of before don't tell.
    """

    organization: Organization | None = None
    caller: Caller | None = None
    permission_names: tuple[str, ...] = ()
    permissions_asked: tuple[str, ...] = ()
    users: tuple[User, ...] | None = None
    profiles: tuple[ProfileRow, ...] | None = None
    permission_sets: tuple[PermissionSetRow, ...] | None = None
    groups: tuple[PermissionSetGroup, ...] | None = None
    group_members: tuple[GroupMember, ...] | None = None
    muting_sets: tuple[MutingSet, ...] | None = None
    assignments: tuple[Assignment, ...] | None = None
    object_rights: tuple[ObjectRights, ...] | None = None
    app_access: tuple[AppAccess, ...] | None = None
    apps: tuple[AppRow, ...] | None = None
    menu_items: tuple[MenuItem, ...] | None = None
    tokens: tuple[Token, ...] | None = None
    external_tokens: tuple[Token, ...] | None = None
    sessions: tuple[Session, ...] | None = None
    logins: tuple[Login, ...] | None = None
    logins_since: Moment | None = None
    setup_changes: tuple[SetupChange, ...] | None = None
    health_risks: tuple[HealthRisk, ...] | None = None
    metadata_asked: tuple[str, ...] = ()
    read_at: dict[str, Moment] = {}
