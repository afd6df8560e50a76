"""The healthy org, and the callers that every generated org has."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from sfharden.emulator import ids
from sfharden.emulator.derive import sync
from sfharden.emulator.event_rows import ApiRequest
from sfharden.emulator.grants import policy_of
from sfharden.emulator.records import AuthSession, ClientSecret, HealthRisk, Knobs, Login, OauthToken, User
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.store import LoginStore
from sfharden.emulator.templates import (
    allowlist_file,
    connected_app_xml,
    external_app_files,
    permission_group_xml,
    permission_set_xml,
    profile_xml,
    security_xml,
    settings_xml,
)
from sfharden.emulator.untidy import add_untidiness

# Addresses of the story, from the blocks kept for documentation (RFC 5737).
EGRESS: Final = ("203.0.113.0", "203.0.113.15")
EGRESS_USED: Final = ("203.0.113.4", "203.0.113.9")
OPERATOR: Final = "198.51.100.7"
ELSEWHERE: Final = ("192.0.2.66", "192.0.2.140")

# Who redeems codes and refresh tokens: the integration; and its operator, to try it out.
_REDEEMERS: Final = (EGRESS, (OPERATOR, OPERATOR))

APP_LABEL: Final = "Azure Logic Apps"
APP_NAME: Final = "Azure_Logic_Apps"
PROFILE: Final = "Logic Apps Integration"
MINIMUM: Final = "Minimum Access - Salesforce"
INTEGRATION_USER: Final = "svc-logicapps@acme.example"
ADMIN_USER: Final = "admin@acme.example"
CLIENT_ID: Final = "3MVG9DEMOCLIENT"
# Who may use the app where it is an external client app.
APP_USERS: Final = "Logic_Apps_Users"
TEAM: Final = "Integrations"

AUDITOR: Final = frozenset(
    {
        "ApiEnabled",
        "CustomizeApplication",
        "ExternalClientAppAdmin",
        "ManageUsers",
        "ModifyMetadata",
        "MonitorLoginHistory",
        "ViewAllProfiles",
        "ViewEventLogFiles",
        "ViewHealthCheck",
        "ViewSetup",
        "ViewSetupAuditTrail",
    }
)
# A caller's name, and what it lacks of the auditor's permissions.
CALLERS: Final = {
    "auditor": frozenset[str](),
    "no-customize": frozenset({"CustomizeApplication"}),
    "no-modify-metadata": frozenset({"ModifyMetadata"}),
    "no-logins": frozenset({"ManageUsers", "MonitorLoginHistory"}),
    "no-setup": frozenset({"ViewSetup", "ViewSetupAuditTrail"}),
    "no-profile-names": frozenset({"ViewAllProfiles"}),
}
ADMIN_RIGHTS: Final = frozenset(
    {"ApiEnabled", "AuthorApex", "CustomizeApplication", "ManageProfilesPermissionsets", "ManageRemoteAccess"}
    | {"ManageUsers", "ModifyAllData", "ModifyMetadata", "ViewAllData", "ViewAllProfiles", "ViewSetup"}
)


def fixed(now: datetime) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: now


def add_callers(org: DemoOrg, names: Iterable[str] = CALLERS) -> None:
    """A user, a permission set and an access token for each caller; the tokens are in `org.callers`."""
    org.metadata.setdefault(f"profiles/{MINIMUM}.profile", profile_xml())
    for name in names:
        granted = permission_set_xml(f"Caller {name}", AUDITOR - CALLERS[name])
        org.metadata[f"permissionsets/Caller_{name.replace('-', '_')}.permissionset"] = granted
    sync(org)
    for name in names:
        user = org.add_user(f"{name}@acme.example", MINIMUM)
        given = org.permission_set(f"Caller {name}")
        if given:
            org.assign(user, given)
        org.callers[name] = org.open_session(user, key=f"caller {name}")


def healthy_org(now: datetime, *, external: bool = False, tidy: bool = False) -> DemoOrg:
    """An org in which every control of the shipped policies holds; hardened four days before `now`.

    It is as untidy as any, unless a test of the emulator itself wants it `tidy`. With `external` the integration's app is an external client app, approved by a
    permission set that reaches its user through a group.
    """
    org = DemoOrg(clock=fixed(now), knobs=Knobs(api_access_control=True, eca_settings_readable=external))
    org.metadata.update(_healthy_files())
    org.metadata.update(_external_files() if external else _connected_files())
    org.token_lists[APP_NAME] = _REDEEMERS
    sync(org)
    org.add_user(ADMIN_USER, "Admin")
    service = org.add_user(INTEGRATION_USER, PROFILE)
    team = org.group_set(TEAM)
    if team:
        org.assign(service, team)
    add_callers(org)
    _healthy_events(org, service, now)
    if not tidy:
        add_untidiness(org, now, ((OPERATOR, OPERATOR),))
    org.client_secrets[CLIENT_ID] = ClientSecret(
        ids.opaque("client secret"), _user_id(org, "auditor@acme.example")
    )
    return org


def _user_id(org: DemoOrg, username: str) -> str:
    return next(user.id for user in org.users if user.username == username)


def _healthy_files() -> dict[str, bytes]:
    way_in = [(OPERATOR, OPERATOR)]
    return {
        "profiles/Admin.profile": profile_xml(ADMIN_RIGHTS, ranges=way_in, custom=False),
        f"profiles/{MINIMUM}.profile": profile_xml(ranges=way_in, custom=False),
        f"profiles/{PROFILE}.profile": profile_xml(
            {"ApiEnabled", "ApiUserOnly"}, ranges=[EGRESS, *way_in], licence="Salesforce Integration"
        ),
        "settings/Security.settings": security_xml(),
        "settings/ConnectedApp.settings": settings_xml(
            "ConnectedApp",
            enableAdminApprovedAppsOnly=True,
            enableAdminApprovedAppsOnlyForExternalUser=True,
            enableSkipUserProvisioningWizardWelcomePage=False,
        ),
        "settings/OauthOidc.settings": settings_xml(
            "OauthOidc", blockOAuthUnPwFlow=True, blockOAuthUsrAgtFlow=True, isPkceRequired=True
        ),
        "settings/MyDomain.settings": settings_xml(
            "MyDomain", canOnlyLoginWithMyDomainUrl=True, doesApiLoginRequireOrgDomain=True
        ),
        "settings/ExternalClientApp.settings": settings_xml(
            "ExternalClientApp", enableClientSecretInRestApiAccess=False, enableConsumerSecretApiAccess=False
        ),
        **external_app_files("Reporting_Sync", "Reporting Sync", commaSeparatedProfile=PROFILE),
        **allowlist_file("Reporting_Sync", _REDEEMERS),
    }


def _connected_files() -> dict[str, bytes]:
    app = connected_app_xml(APP_LABEL, profiles=[PROFILE], pkce=False, bound=True)
    return {f"connectedApps/{APP_NAME}.connectedApp": app}


def _external_files() -> dict[str, bytes]:
    return {
        **external_app_files(APP_NAME, APP_LABEL, commaSeparatedPermissionSet=APP_USERS),
        **allowlist_file(APP_NAME, _REDEEMERS),
        f"permissionsets/{APP_USERS}.permissionset": permission_set_xml("Logic Apps Users"),
        f"permissionsetgroups/{TEAM}.permissionsetgroup": permission_group_xml("Integrations", [APP_USERS]),
    }


def _healthy_events(org: DemoOrg, service: User, now: datetime) -> None:
    hardened = now - timedelta(days=4)
    used = now - timedelta(hours=1)
    for number, name in enumerate((APP_LABEL, "Reporting Sync")):
        policy = policy_of(org, name)
        # Tokens of external client apps often have no menu item.
        item = policy.menu_item_id if org.connected_app(name) else None
        made = hardened + timedelta(hours=2 + number)
        token = ids.opaque("healthy", number)
        org.tokens.put(OauthToken(name, service.id, made, token, used, 96, item, policy.application_id))
    refused = integration_login(org, service, hardened + timedelta(hours=1), ELSEWHERE[0], "Restricted IP")
    welcome = [
        integration_login(org, service, hardened + timedelta(hours=2 + 12 * step), EGRESS_USED[step % 2])
        for step in range(7)
    ]
    org.logins = LoginStore([refused, *welcome])
    app = org.connected_app(APP_LABEL)
    org.api_requests += [
        ApiRequest(
            service.id,
            now - timedelta(days=3, minutes=-30 * n),
            EGRESS_USED[n % 2],
            app.id if app else "",
            APP_LABEL,
        )
        for n in range(140)
    ]
    service.last_login = welcome[-1].time
    org.auth_sessions.append(AuthSession(org.new_id("0Ak"), service.id, used, used, EGRESS_USED[0]))
    add_health(org)


def integration_login(
    org: DemoOrg, user: User, time: datetime, source: str, status: str = "Success"
) -> Login:
    """A login of the integration through its app."""
    subtype = "OauthRefreshToken"
    return Login(org.new_id("0Ya"), user.id, time, source, APP_LABEL, subtype=subtype, status=status)


def add_health(org: DemoOrg) -> None:
    """A few rows of Salesforce's own health check."""
    org.health_risks.append(
        HealthRisk(
            "sessionTimeout",
            "MEETS_STANDARD",
            "MEDIUM_RISK",
            "Timeout Value",
            "Session",
            "2 hours",
            "2 hours",
        )
    )
    org.health_risks.append(
        HealthRisk(
            "passwordLength", "MEDIUM_RISK", "MEDIUM_RISK", "Minimum password length", "Password", "8", "12"
        )
    )
