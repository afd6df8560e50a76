"""The records an org holds, as plain data.

Few of a kind: mutable dataclasses. Tokens and logins come by the hundred thousand, and are indexed:
they are named tuples, replaced and never changed in place.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


@dataclass(slots=True)
class Profile:
    """A profile; `full_name` is the Metadata API's name, `name` the label."""

    id: str
    name: str
    full_name: str
    user_licence: str = "Salesforce"
    permissions: set[str] = field(default_factory=set)
    user_type: str = "Standard"


@dataclass(slots=True)
class PermissionSet:
    """A permission set, the hidden one that a profile owns, or the one that holds what a group grants.

    `profile_id` or `group_id` is set then. One with `session_based` counts in activated sessions only.
    """

    id: str
    name: str
    label: str
    permissions: set[str] = field(default_factory=set)
    profile_id: str | None = None
    user_licence: str | None = None
    namespace: str | None = None
    session_based: bool = False
    group_id: str | None = None

    @property
    def owned(self) -> bool:
        """True for the hidden permission set of a profile."""
        return self.profile_id is not None

    @property
    def plain(self) -> bool:
        """True for one that people made: it has a metadata file of its own."""
        return not self.owned and self.group_id is None

    @property
    def full_name(self) -> str:
        """The Metadata API's name."""
        return f"{self.namespace}__{self.name}" if self.namespace else self.name

    @property
    def type(self) -> str:
        """As the column Type tells it."""
        if self.owned:
            return "Profile"
        if self.group_id:
            return "Group"
        return "Session" if self.session_based else "Regular"


@dataclass(slots=True)
class PermissionSetGroup:
    """A permission set group; what it grants stands in a permission set of its own."""

    id: str
    name: str
    label: str
    status: str = "Updated"
    session_based: bool = False


@dataclass(slots=True)
class MutingPermissionSet:
    """What a group doesn't grant although its permission sets do."""

    id: str
    name: str
    label: str
    permissions: set[str] = field(default_factory=set)


@dataclass(slots=True)
class GroupComponent:
    """A permission set, or a muting one, is part of a group."""

    id: str
    group_id: str
    permission_set_id: str


@dataclass(slots=True)
class User:
    """A user of the org. Users that Salesforce made for its own processes may have no profile."""

    id: str
    username: str
    profile_id: str | None
    name: str = ""
    is_active: bool = True
    is_frozen: bool = False
    user_type: str = "Standard"
    last_login: datetime | None = None


@dataclass(slots=True)
class Assignment:
    """A permission set given to a user; or a group, with the permission set that stands for it."""

    id: str
    assignee_id: str
    permission_set_id: str
    group_id: str | None = None
    expires: datetime | None = None

    def active(self, now: datetime) -> bool:
        """False once it has expired; the row stays."""
        return self.expires is None or self.expires > now


@dataclass(slots=True)
class EntityAccess:
    """A row of SetupEntityAccess: a permission set may use an application."""

    id: str
    parent_id: str
    entity_id: str
    entity_type: str = "ConnectedApplication"


@dataclass(slots=True)
class ConnectedApplication:
    """A connected app that is known to the org."""

    id: str
    name: str
    full_name: str
    created: datetime
    modified: datetime
    admin_approved_only: bool = False
    validity_from_last_use: bool = False
    refresh_token_validity_period: int | None = None
    high_assurance: bool = False


@dataclass(slots=True)
class ExternalClientApp:
    """An external client app, with the policy fields that can be queried."""

    id: str
    developer_name: str
    label: str
    policy_id: str
    permitted_users: str = "AllSelfAuthorized"
    ip_relaxation: str = "Enforce"
    refresh_policy: str = "Infinite"
    validity_period: int | None = None
    validity_unit: str | None = None
    session_level: str | None = None


@dataclass(slots=True)
class AppMenuItem:
    """An entry of the app launcher: the bridge from a token to its app."""

    id: str
    label: str
    name: str
    application_id: str
    uses_admin_authorization: bool = False
    type: str = "ConnectedApplication"


class OauthToken(NamedTuple):
    """An authorisation a user gave an app. The delete token is as good as the refresh token."""

    app_name: str
    user_id: str
    created: datetime
    delete_token: str
    last_used: datetime | None = None
    use_count: int = 0
    app_menu_item_id: str | None = None
    application_id: str | None = None


class Login(NamedTuple):
    """A row of LoginHistory."""

    id: str
    user_id: str
    time: datetime
    source_ip: str
    application: str = "N/A"
    type: str = "Remote Access 2.0"
    subtype: str | None = None
    status: str = "Success"
    api_type: str = "N/A"
    browser: str = "Unknown"
    country: str | None = None


@dataclass(slots=True)
class AuthSession:
    """A live session as AuthSession shows it; `token` ties it to the access token that is its credential."""

    id: str
    user_id: str
    created: datetime
    modified: datetime
    source_ip: str
    seconds_valid: int = 7200
    login_type: str = "Remote Access 2.0"
    session_type: str = "Oauth2"
    security_level: str = "STANDARD"
    login_id: str | None = None
    token: str | None = field(default=None, repr=False)


@dataclass(slots=True)
class AuditEntry:
    """A row of SetupAuditTrail."""

    id: str
    action: str
    section: str
    display: str
    created: datetime
    created_by_id: str
    delegate: str | None = None


@dataclass(slots=True)
class HealthRisk:
    """A row of SecurityHealthCheckRisks."""

    id: str
    risk_type: str
    category: str
    setting: str
    group: str
    org_value: str
    standard_value: str


@dataclass(slots=True)
class Session:
    """What an access token stands for: a user, through an app, from an address.

    `delete_token` names the authorisation it came from, if it came from one.
    """

    user_id: str
    app: str = ""
    source_ip: str = ""
    delete_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """The secret of a client-credentials app and the user it runs as."""

    secret: str = field(repr=False)
    user_id: str


@dataclass(slots=True)
class Knobs:
    """How the org behaves where documentation leaves a choice, or where a test wants the nastier one."""

    tokens_total_size: str = "true"  # past the ceiling: "true" tells the real number, "capped" says 2,500
    token_ceiling: int = 2500
    token_page: int = 500
    token_offset_limit: int | None = None  # None: OFFSET has no limit on OauthToken
    eca_tokens_hidden: bool = (
        False  # OauthToken doesn't show those of external client apps; their own list does
    )
    denied_query: str = "INVALID_TYPE"  # or "INSUFFICIENT_ACCESS", or "empty" for no rows and no error
    api_access_control: bool = False  # provisioned: UseAnyApiClient exists
    conditional_permissions: frozenset[str] = frozenset()  # fields that exist besides the always-there ones
    # The guide wants a preference and a permission for external apps' OAuth settings; people's files came without.
    eca_secrets_readable: bool = False
    eca_settings_readable: bool = False  # then without the secret
    # Others' profiles without View All Profiles since Winter '27: "blank" names, rows "absent" (which of the two is
    # not documented), or "shown" as before.
    profile_filtering: str = "blank"
    audit_trail_permission: bool = False  # Spring '27: View Setup Audit Trail is needed
    retrieve_polls: int = 3  # how many times checkRetrieveStatus answers "not done"
    retrieve_zip_once: bool = True  # the zip is deleted once it was handed out
    deploy_polls: int = 1
    omitted_login_ranges: str = "keep"  # a profile deployed without ranges keeps them, or "clear"
    five_range_rule: bool = False  # more than five ranges in a profile block every-request enforcement
    connected_app_creation: bool = False  # since Spring '26 only Support turns it on
    refresh_leaves_login: bool = True  # exchanging a refresh token writes a LoginHistory row
    refused_login_status: str = "Restricted IP"
    event_log_objects: bool = False  # ApiTotalUsageEventLog and LoginEventLog are there (v61+)
    unlisted: frozenset[str] = frozenset()  # zip paths that listMetadata and retrieve silently leave out
