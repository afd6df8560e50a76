"""The catalogue of objects: which columns each has, as the Object Reference lists them."""

from collections.abc import Callable
from typing import Any, Final

from sfharden.emulator import ids
from sfharden.emulator.soql.event_logs import event_logs
from sfharden.emulator.soql.people import people
from sfharden.emulator.soql.rights import rights
from sfharden.emulator.soql.schema import EXTERNAL, SETUP, Caller, SObject, build, column, made, reference
from sfharden.emulator.soql.tooling import whole_profile
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.store import Rows

_NO: Final = {"filterable": False}


def catalogue(org: DemoOrg, version: float, *, tooling: bool = False) -> dict[str, SObject]:
    """Every object of the org, by lower-case name, in the given API version."""
    makers: tuple[Callable[[DemoOrg, float], list[SObject]], ...] = (
        people,
        rights,
        _connected,
        _external,
        _events,
        event_logs,
        _org,
    )
    objects = {one.name.lower(): one for maker in makers for one in maker(org, version)}
    if tooling:
        objects["profile"].columns.update({one.name.lower(): one for one in whole_profile(org)})
    return objects


def _connected(_org: DemoOrg, _version: float) -> list[SObject]:
    connected = [
        column("Id", "id", "id"),
        column("Name", "string", "name"),
        column("OptionsAllowAdminApprovedUsersOnly", "boolean", "admin_approved_only"),
        column("OptionsRefreshTokenValidityMetric", "boolean", "validity_from_last_use"),
        column("RefreshTokenValidityPeriod", "int", "refresh_token_validity_period"),
        column("OptionsHasSessionLevelPolicy", "boolean", "high_assurance"),
        made("OptionsIsInternal", "boolean", lambda _: False),
        column("CreatedDate", "datetime", "created"),
        column("LastModifiedDate", "datetime", "modified"),
        column("SystemModstamp", "datetime", "modified"),
    ]
    menu = [
        column("Id", "id", "id"),
        column("Label", "string", "label"),
        column("Name", "string", "name"),
        column("Type", "picklist", "type"),
        column("ApplicationId", "id", "application_id"),
        column("IsUsingAdminAuthorization", "boolean", "uses_admin_authorization"),
    ]
    return [
        build("ConnectedApplication", lambda org, _: org.connected_apps, connected, needs=SETUP, api="both"),
        build("AppMenuItem", lambda org, _: org.menu_items, menu),
    ]


def _external(_org: DemoOrg, _version: float) -> list[SObject]:
    external = [
        column("Id", "id", "id"),
        column("DeveloperName", "string", "developer_name"),
        column("MasterLabel", "string", "label"),
    ]
    policy = [
        column("Id", "id", "policy_id"),
        reference("ExternalClientApplicationId", "id", *["ExternalClientApplication"] * 2),
        column("PermittedUsersPolicyType", "picklist", "permitted_users"),
        column("IpRelaxationPolicyType", "picklist", "ip_relaxation"),
        column("RefreshTokenPolicyType", "picklist", "refresh_policy"),
        column("RefreshTokenValidityPeriod", "int", "validity_period"),
        column("RefreshTokenValidityUnit", "picklist", "validity_unit"),
        column("RequiredSessionLevel", "picklist", "session_level"),
    ]
    viewers = SETUP | EXTERNAL
    return [
        build("ExternalClientApplication", lambda org, _: org.external_apps, external, needs=viewers),
        build("ExtlClntAppOauthPlcyCnfg", lambda org, _: org.external_apps, policy, needs=viewers),
    ]


def _events(org: DemoOrg, _version: float) -> list[SObject]:
    return [_oauth_token(), _login_history(), _auth_session(), _audit_trail(org)]


def _oauth_token() -> SObject:
    columns = [
        made("Id", "id", lambda _: None),  # reserved, always null
        column("AppName", "string", "app_name"),
        reference("AppMenuItemId", "app_menu_item_id", "AppMenuItem", "AppMenuItem"),
        reference("UserId", "user_id", "User", "User"),
        column("CreatedDate", "datetime", "created"),
        column("LastUsedDate", "datetime", "last_used"),
        column("UseCount", "int", "use_count"),
        column("DeleteToken", "string", "delete_token", **_NO),
        made("AccessToken", "string", lambda row: ids.refresh_token(row.delete_token), **_NO),
        made("RequestToken", "string", lambda row: ids.opaque("request", row.delete_token), **_NO),
    ]
    all_rows = frozenset({"CustomizeApplication"})
    return build("OauthToken", shown_tokens, columns, all_rows=all_rows, own="user_id")


def shown_tokens(org: DemoOrg, _: Caller) -> Rows:
    """The tokens that OauthToken shows; whether those of external client apps are among them is not documented."""
    return org.tokens.rows(besides="0xI" if org.knobs.eca_tokens_hidden else "")


def _login_history() -> SObject:
    # Only the fields of the guide's own list can be filtered (Object Reference, LoginHistory).
    columns = [
        column("Id", "id", "id"),
        reference("UserId", "user_id", "User", "User"),
        column("LoginTime", "datetime", "time"),
        column("LoginType", "picklist", "type"),
        column("LoginSubType", "picklist", "subtype", **_NO),
        column("SourceIp", "string", "source_ip", **_NO),
        made("ForwardedForIp", "string", lambda _: None, **_NO),
        made("LoginUrl", "string", lambda _: "acme.my.salesforce.com"),
        column("Status", "string", "status", **_NO),
        column("Application", "string", "application", **_NO),
        column("Browser", "string", "browser", **_NO),
        made("Platform", "string", lambda _: "Unknown", **_NO),
        column("ApiType", "string", "api_type", **_NO),
        made("ApiVersion", "string", lambda _: "N/A", **_NO),
        made("ClientVersion", "string", lambda _: "N/A", **_NO),
        made("TlsProtocol", "picklist", lambda _: "TLS 1.3"),
        made("CipherSuite", "picklist", lambda _: "TLS_AES_256_GCM_SHA384"),
        column("CountryIso", "string", "country"),
    ]
    all_rows = frozenset({"ManageUsers", "MonitorLoginHistory"})
    return build("LoginHistory", lambda org, _: org.logins.rows(), columns, all_rows=all_rows, own="user_id")


def _auth_session() -> SObject:
    columns = [
        column("Id", "id", "id"),
        reference("UsersId", "user_id", "Users", "User"),
        column("CreatedDate", "datetime", "created"),
        column("LastModifiedDate", "datetime", "modified"),
        column("NumSecondsValid", "int", "seconds_valid"),
        column("SourceIp", "ip", "source_ip"),
        column("LoginType", "picklist", "login_type"),
        column("SessionType", "picklist", "session_type"),
        column("SessionSecurityLevel", "picklist", "security_level"),
        column("LoginHistoryId", "id", "login_id"),
        # Which session asks isn't tied to the rows here, so none of them is called the current one.
        made("IsCurrent", "boolean", lambda _: False, **_NO),
    ]
    all_rows = frozenset({"ManageUsers"})
    return build("AuthSession", lambda org, _: org.auth_sessions, columns, all_rows=all_rows, own="user_id")


def _audit_trail(org: DemoOrg) -> SObject:
    needs = frozenset({"ViewSetupAuditTrail"}) if org.knobs.audit_trail_permission else SETUP
    columns = [
        column("Id", "id", "id", countable=False),
        column("Action", "string", "action"),
        column("Section", "string", "section", **_NO),
        column("Display", "string", "display", **_NO),
        column("CreatedDate", "datetime", "created"),
        reference("CreatedById", "created_by_id", "CreatedBy", "User"),
        column("DelegateUser", "string", "delegate"),
    ]
    return build("SetupAuditTrail", lambda org, _: org.audit_trail, columns, needs=needs)


def _org(_org: DemoOrg, _version: float) -> list[SObject]:
    organization = [
        column("Id", "id", "id"),
        column("Name", "string", "name"),
        column("IsSandbox", "boolean", "is_sandbox"),
        column("OrganizationType", "picklist", "type"),
        made("InstanceName", "string", lambda _: "DEMO1"),
        made("NamespacePrefix", "string", lambda _: None),
        made("TrialExpirationDate", "datetime", lambda _: None),
    ]
    check = [
        made("DurableId", "string", lambda org: f"check-{org.id[:15]}"),
        column("Score", "string", "health_score"),
        column("CustomBaselineId", "id", "health_baseline_id"),
    ]
    risk: list[Any] = [
        column("DurableId", "string", "id"),
        column("RiskType", "picklist", "risk_type"),
        column("SettingRiskCategory", "picklist", "category"),
        column("Setting", "string", "setting"),
        column("SettingGroup", "string", "group"),
        column("OrgValue", "string", "org_value"),
        column("OrgValueRaw", "string", "org_value"),
        column("StandardValue", "string", "standard_value"),
        column("StandardValueRaw", "string", "standard_value"),
    ]
    return [
        build("Organization", lambda org, _: [org], organization, api="both"),
        build("SecurityHealthCheck", lambda org, _: [org], check, needs=SETUP, api="tooling"),
        build("SecurityHealthCheckRisks", lambda org, _: org.health_risks, risk, needs=SETUP, api="tooling"),
    ]
