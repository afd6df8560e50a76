"""What only a running org knows: its users, who holds which permission, its apps, tokens, sessions and logins.

Each table is None where it was not read. A table that is there may still lack rows: then the snapshot has a
gap of the table's kind, and what the rows show is true but not all. The kinds are the names of Salesforce's
objects. Object Reference: User, Profile, PermissionSet, PermissionSetAssignment, SetupEntityAccess,
ConnectedApplication, OauthToken, AuthSession, LoginHistory, SetupAuditTrail; Connect REST API: OAuth usage.
"""

from typing import Final, NamedTuple

from pydantic import AwareDatetime

from sfharden.model.base import Model

USERS: Final = "User"
PROFILES: Final = "Profile"
PERMISSION_SETS: Final = "PermissionSet"
ASSIGNMENTS: Final = "PermissionSetAssignment"
APP_ACCESS: Final = "SetupEntityAccess"
APPS: Final = "ConnectedApplication"
TOKENS: Final = "OauthToken"
EXTERNAL_TOKENS: Final = "OAuth usage"
SESSIONS: Final = "AuthSession"
LOGINS: Final = "LoginHistory"
SETUP_CHANGES: Final = "SetupAuditTrail"
HEALTH: Final = "SecurityHealthCheck"
ORGANIZATION: Final = "Organization"
CALLER: Final = "caller"
METADATA: Final = "metadata"  # no table: the key in `read_at` that says metadata files were read

TABLES: Final = (
    USERS, PERMISSION_SETS, ASSIGNMENTS, APP_ACCESS, APPS, TOKENS, EXTERNAL_TOKENS,
    SESSIONS, LOGINS, SETUP_CHANGES, HEALTH, ORGANIZATION, CALLER,
)  # fmt: skip


# The reason of a gap: a table holds nothing but the caller's own rows, whatever the caller is permitted to see.
ONLY_OWN_ROWS: Final = "nobody's rows but this login's own came"


class User(NamedTuple):
    """A user. Inactive users are there only if a token or a login names them."""

    id: str
    username: str
    profile_id: str
    active: bool
    user_type: str
    last_login: AwareDatetime | None


class ProfileRow(NamedTuple):
    """A profile's record: `api_name` is its metadata name, empty where that could not be joined by id."""

    id: str
    label: str
    api_name: str


class PermissionSetRow(NamedTuple):
    """A permission set, or the hidden one that each profile owns (then `profile_id` is set).

    `permissions` are those it grants among the ones that were asked for. `group_id` is set for the set
    that stands for a permission set group.
    """

    id: str
    name: str
    label: str
    profile_id: str
    group_id: str
    permissions: tuple[str, ...]


class Assignment(NamedTuple):
    """A user has a permission set, by itself or through a group. Sets owned by profiles aren't listed."""

    user_id: str
    permission_set_id: str
    group_id: str


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


class Token(NamedTuple):
    """An authorisation that a user gave an app; never its secret.

    `handle` is a short keyed hash of what would revoke it. `app_id` is empty for an app that the org doesn't
    manage. `external` tokens came from the OAuth usage resource of external client apps.
    """

    handle: str
    app_label: str
    app_id: str
    user_id: str
    created: AwareDatetime | None
    last_used: AwareDatetime | None
    use_count: int | None
    external: bool


class Session(NamedTuple):
    """A live session. `expires` is its last change plus its validity; `current` is the one that asked.

    Object Reference, AuthSession.
    """

    user_id: str
    source_ip: str
    created: AwareDatetime | None
    expires: AwareDatetime | None
    login_type: str
    session_type: str
    current: bool


class Login(NamedTuple):
    """Logins that differ in nothing but their time: how many there were, the first and the last.

    Only the status `Success`, spelled exactly so, is a success; other texts are not documented.
    """

    user_id: str
    source_ip: str
    status: str
    login_type: str
    subtype: str
    application: str
    times: int
    first: AwareDatetime
    last: AwareDatetime

    @property
    def succeeded(self) -> bool:
        """True for `Success`, and for nothing else."""
        return self.status == "Success"


class SetupChange(NamedTuple):
    """A row of the setup audit trail."""

    at: AwareDatetime
    action: str
    section: str
    display: str
    user_id: str


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
    knows. `logins_since` is the moment from which logins were read.
    """

    organization: Organization | None = None
    caller: Caller | None = None
    permission_names: tuple[str, ...] = ()
    permissions_asked: tuple[str, ...] = ()
    users: tuple[User, ...] | None = None
    profiles: tuple[ProfileRow, ...] | None = None
    permission_sets: tuple[PermissionSetRow, ...] | None = None
    assignments: tuple[Assignment, ...] | None = None
    app_access: tuple[AppAccess, ...] | None = None
    apps: tuple[AppRow, ...] | None = None
    tokens: tuple[Token, ...] | None = None
    external_tokens: tuple[Token, ...] | None = None
    sessions: tuple[Session, ...] | None = None
    logins: tuple[Login, ...] | None = None
    logins_since: AwareDatetime | None = None
    setup_changes: tuple[SetupChange, ...] | None = None
    health_risks: tuple[HealthRisk, ...] | None = None
    read_at: dict[str, AwareDatetime] = {}
