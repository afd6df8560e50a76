"""One thing let go of in the hardened, untidy org; and the control that must say so, it alone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sfharden.emulator import ids
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import (
    APP_LABEL,
    APP_NAME,
    EGRESS,
    INTEGRATION_USER,
    OPERATOR,
    PROFILE,
    TEAM,
    integration_login,
)
from sfharden.emulator.grants import policy_of
from sfharden.emulator.records import OauthToken
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.store import LoginStore
from sfharden.emulator.templates import allowlist_file, permission_group_xml, permission_set_xml, settings_xml
from sfharden.emulator.untidy import (
    APPROVER,
    BREAK_GLASS,
    COLLEAGUE,
    CUSTOMER,
    DELETED_USER,
    GONE,
    GROUP,
    PARTNER,
    SALES,
)
from tests.orgs.constants import NOW
from tests.orgs.files import APP as CONNECTED
from tests.orgs.files import ECA_GLOBAL as GLOBAL
from tests.orgs.files import ECA_OAUTH as OAUTH_SETTINGS
from tests.orgs.files import ECA_OAUTH_POLICY as POLICY
from tests.orgs.files import PROFILE as PROFILE_FILE
from tests.orgs.files import SECURITY

Change = Callable[[DemoOrg], object]
ROTATION: Final = "app-refresh-token-rotation"
DEVICE: Final = "app-device-flow-off"
SECRET: Final = "app-secret-required"
ALLOWLIST: Final = "app-token-allowlist"
(LISTED,) = allowlist_file(APP_NAME, ())


@dataclass(frozen=True, slots=True)
class LetGo:
    """A change to the hardened org, the control that must tell it, and how that comes out."""

    what: str
    control: str
    change: Change
    becomes: str = "fail"

    def __str__(self) -> str:
        return self.what


STANDARD_FILE: Final = "profiles/Standard.profile"
APP_SETTINGS: Final = "settings/ConnectedApp.settings"
OAUTH: Final = "settings/OauthOidc.settings"
MY_DOMAIN: Final = "settings/MyDomain.settings"
EXTERNAL_SETTINGS: Final = "settings/ExternalClientApp.settings"


def edit(path: str, pattern: str, text: str) -> Change:
    """Replace the first match of a pattern in a metadata file; it must be there."""

    def change(org: DemoOrg) -> None:
        before = org.metadata[path].decode()
        assert re.search(pattern, before, re.DOTALL), f"{pattern} is not in {path}"
        org.metadata[path] = re.sub(pattern, text, before, count=1, flags=re.DOTALL).encode()
        sync(org)

    return change


def says(path: str, element: str, value: str) -> Change:
    """Give an element another value."""
    return edit(path, f"<{element}>[^<]*</{element}>", f"<{element}>{value}</{element}>")


def granting(path: str, permission: str) -> Change:
    """Have a profile grant one permission more."""
    right = f"<userPermissions><enabled>true</enabled><name>{permission}</name></userPermissions>"
    return edit(path, "</Profile>", f"{right}</Profile>")


def ranges_of(path: str, *ranges: tuple[str, str]) -> Change:
    """Give a profile other login ranges."""
    wanted = "".join(
        f"<loginIpRanges><endAddress>{last}</endAddress><startAddress>{first}</startAddress></loginIpRanges>"
        for first, last in ranges
    )
    return edit(path, r"<loginIpRanges>.*</loginIpRanges>", wanted)


def given(permission: str, username: str, *, grouped: bool = False) -> Change:
    """A new permission set for somebody, by itself or in a group of its own."""

    def change(org: DemoOrg) -> None:
        org.metadata["permissionsets/Extra.permissionset"] = permission_set_xml("Extra", {permission})
        if grouped:
            group = permission_group_xml("Extras", ["Extra"])
            org.metadata["permissionsetgroups/Extras.permissionsetgroup"] = group
        sync(org)
        user, held = org.user(username), org.group_set("Extras") or org.permission_set("Extra")
        assert user is not None
        assert held is not None
        org.assign(user, held)

    return change


def token(
    app: str, username: str, *, made: float = 1, used: float | None = 0.1, linked: bool = True, item: str = ""
) -> Change:
    """One more token, of an age and with a last use in days."""

    def change(org: DemoOrg) -> None:
        user, policy = org.user(username), policy_of(org, app)
        item_id = item or (policy.menu_item_id if linked else None)
        last = None if used is None else NOW - timedelta(days=used)
        org.tokens.put(
            OauthToken(
                policy.label if linked else app,
                user.id if user else username,
                NOW - timedelta(days=made),
                ids.opaque("one more", app, username),
                last,
                0 if used is None else 3,
                item_id,
                policy.application_id if linked else None,
            )
        )

    return change


def only_logins(status: str) -> Change:
    """Forget the integration's logins of any other status."""

    def change(org: DemoOrg) -> None:
        own = org.user(INTEGRATION_USER)
        assert own is not None
        org.logins = LoginStore([one for one in org.logins if one.user_id != own.id or one.status == status])

    return change


def session_override(content: bytes) -> Change:
    def change(org: DemoOrg) -> None:
        org.metadata["profileSessionSettings/standard.profileSessionSetting"] = content

    return change


def a_stranger_gets_the_profile(org: DemoOrg) -> None:
    org.add_user("stray@acme.example", PROFILE)


def the_expired_assignment_is_renewed(org: DemoOrg) -> None:
    for one in org.assignments:
        one.expires = None


def the_session_based_set_may_approve(org: DemoOrg) -> None:
    path = f"permissionsets/{BREAK_GLASS}.permissionset"
    org.metadata[path] = permission_set_xml("Break Glass", {"CanApproveUninstalledApps"}, session_based=True)
    sync(org)


def api_access_control_is_not_there(org: DemoOrg) -> None:
    org.knobs.api_access_control = False


def a_profile_is_not_shown(org: DemoOrg) -> None:
    org.knobs.unlisted = frozenset({STANDARD_FILE})


def a_colleagues_group_may_use_the_app(org: DemoOrg) -> None:
    given("ViewHealthCheck", COLLEAGUE, grouped=True)(org)
    edit(CONNECTED, "<profileName>", "<permissionSetName>Extra</permissionSetName><profileName>")(org)


def the_teams_assignment_expires(org: DemoOrg) -> None:
    for one in org.assignments:
        if one.permission_set_id == getattr(org.group_set(TEAM), "id", ""):
            one.expires = NOW - timedelta(hours=1)


WAY_IN: Final = (OPERATOR, OPERATOR)
EVERYWHERE: Final = "login-ranges-everywhere"
LEAST: Final = "integration-profile-least-privilege"
CALLS: Final = "integration-user-can-call-api"
APPROVAL: Final = "approve-uninstalled-apps-restricted"
ANY_CLIENT: Final = "use-any-api-client-restricted"
LIMITED: Final = "app-limited-to-integration-profile"
ENFORCED: Final = "app-ip-enforced"
REFRESH: Final = "app-refresh-token-bounded"
SCOPES: Final = "app-scopes-minimal"
FRESH: Final = "tokens-fresh"
INSTALLED: Final = "app-installed"
SEEN: Final = "failure-and-success-observed"
FLOWS: Final = "password-and-user-agent-flows-blocked"
TIMEOUT: Final = "session-timeout-bounded"
CONTROL_ON: Final = "api-access-control-on"
DOMAIN: Final = "mydomain-login-enforced"
SECRETS: Final = "external-client-app-secrets-protected"
MUTED: Final = "CanApproveUninstalledApps"


def the_user_is_frozen(org: DemoOrg) -> None:
    user = org.user(INTEGRATION_USER)
    assert user is not None
    user.is_frozen = True


def _people() -> Iterator[LetGo]:
    yield LetGo("a stranger on the profile", "integration-profile-dedicated", a_stranger_gets_the_profile)
    yield LetGo("Author Apex on the profile", LEAST, granting(PROFILE_FILE, "AuthorApex"))
    yield LetGo("View All Data by a set", LEAST, given("ViewAllData", INTEGRATION_USER))
    yield LetGo("View All Data by a group", LEAST, given("ViewAllData", INTEGRATION_USER, grouped=True))
    no_api = edit(
        PROFILE_FILE,
        "<userPermissions>(?:(?!</userPermissions>).)*<name>ApiEnabled</name>.*?</userPermissions>",
        "",
    )
    yield LetGo("no API Enabled", CALLS, no_api)
    yield LetGo("the integration's user frozen", CALLS, the_user_is_frozen)
    yield LetGo("approval on a profile", APPROVAL, granting(STANDARD_FILE, MUTED))
    yield LetGo("approval by a set", APPROVAL, given(MUTED, COLLEAGUE))
    yield LetGo("approval by a group", APPROVAL, given(MUTED, COLLEAGUE, grouped=True))
    yield LetGo("approval no longer expired", APPROVAL, the_expired_assignment_is_renewed)
    yield LetGo("approval in activated sessions", APPROVAL, the_session_based_set_may_approve)
    muting = f"permissionsetgroups/{GROUP}.permissionsetgroup"
    unmuted = edit(muting, r"<mutingPermissionSets>[^<]*</mutingPermissionSets>", "")
    yield LetGo("approval no longer muted", APPROVAL, unmuted)
    yield LetGo("any client by a set", ANY_CLIENT, given("UseAnyApiClient", COLLEAGUE))
    yield LetGo("any client by a group", ANY_CLIENT, given("UseAnyApiClient", COLLEAGUE, grouped=True))
    yield LetGo("any client for a customer", ANY_CLIENT, given("UseAnyApiClient", CUSTOMER))


def _ranges() -> Iterator[LetGo]:
    shorter = (EGRESS[0], "203.0.113.14")
    yield LetGo("ranges too short", "login-ranges-cover-egress", ranges_of(PROFILE_FILE, shorter, WAY_IN))
    yield LetGo("no way in", "login-ranges-keep-operator-way-in", ranges_of(PROFILE_FILE, EGRESS))
    wide = ranges_of(PROFILE_FILE, EGRESS, WAY_IN, ("10.1.0.0", "10.1.255.255"))
    yield LetGo("ranges too wide", "login-ranges-bounded", wide)
    yield LetGo("a profile without ranges", EVERYWHERE, ranges_of(STANDARD_FILE))
    everybody = ranges_of(STANDARD_FILE, ("0.0.0.0", "255.255.255.255"))
    yield LetGo("ranges for everybody", EVERYWHERE, everybody)
    partners = "profiles/Customer Community Plus User.profile"
    yield LetGo("the API for partners", EVERYWHERE, granting(partners, "ApiEnabled"))
    yield LetGo("the API for a customer by a set", EVERYWHERE, given("ApiEnabled", CUSTOMER))
    yield LetGo("the API for a partner by a group", EVERYWHERE, given("ApiEnabled", PARTNER, grouped=True))
    yield LetGo("a profile that isn't shown", EVERYWHERE, a_profile_is_not_shown, "unknown")


def _tokens() -> Iterator[LetGo]:
    old = token(APP_LABEL, INTEGRATION_USER, made=5)
    yield LetGo("a token from before", "tokens-issued-after-hardening", old)
    yield LetGo("a colleague's token", "tokens-held-by-integration-users", token(APP_LABEL, COLLEAGUE))
    yield LetGo("a look-alike", INSTALLED, token("Azure Logic App", COLLEAGUE, linked=False))
    yield LetGo("a token without a name", INSTALLED, token("", COLLEAGUE, linked=False))
    lost = token("Courier", COLLEAGUE, linked=False, item=ids.make_id("0DS", 62**4))
    yield LetGo("a token of an app that is gone", INSTALLED, lost, "unknown")
    courier = "courier__Courier"
    yield LetGo("a stale token", FRESH, token(courier, COLLEAGUE, made=300, used=91))
    yield LetGo("a token never used", FRESH, token(courier, COLLEAGUE, made=91, used=None))
    yield LetGo("an inactive user's token", FRESH, token(courier, GONE))
    yield LetGo("a deleted user's token", FRESH, token(courier, DELETED_USER), "unknown")
    yield LetGo("no refusal seen", SEEN, only_logins("Success"), "unknown")
    yield LetGo("no success seen", SEEN, only_logins("Restricted IP"), "unknown")


def _users() -> Iterator[LetGo]:
    right = r"<enabled>true</enabled>\s*<name>ApiUserOnly"
    open_to_pages = edit(PROFILE_FILE, right, "<enabled>false</enabled><name>ApiUserOnly")
    yield LetGo("pages open to the integration's user", "integration-user-api-only", open_to_pages)
    yield LetGo("a login by SOAP", "soap-login-ready", signs_in_by_soap)


def signs_in_by_soap(org: DemoOrg) -> None:
    """The integration's user signs in by SOAP login(), without the permission that this takes now."""
    user = org.user(INTEGRATION_USER)
    assert user is not None
    soap = integration_login(org, user, NOW - timedelta(hours=2), EGRESS[0])
    by_soap = soap._replace(type="Other Apex API", subtype="SoapApiLogin")
    org.logins = LoginStore(sorted((*org.logins, by_soap), key=lambda one: one.time))


def _settings() -> Iterator[LetGo]:
    every = says(SECURITY, "enforceIpRangesEveryRequest", "false")
    yield LetGo("not on every request", "ip-enforced-on-every-request", every)
    locked = says(SECURITY, "lockSessionsToIp", "true")
    yield LetGo("sessions locked to their address", "session-not-locked-to-ip", locked)
    internal = says(APP_SETTINGS, "enableAdminApprovedAppsOnly", "false")
    yield LetGo("API Access Control off", CONTROL_ON, internal)
    outside = says(APP_SETTINGS, "enableAdminApprovedAppsOnlyForExternalUser", "false")
    yield LetGo("API Access Control off for customers", CONTROL_ON, outside)
    yield LetGo("API Access Control not provisioned", CONTROL_ON, api_access_control_is_not_there)
    yield LetGo("the password flow", FLOWS, says(OAUTH, "blockOAuthUnPwFlow", "false"))
    yield LetGo("the user-agent flow", FLOWS, says(OAUTH, "blockOAuthUsrAgtFlow", "false"))
    unsaid = edit(OAUTH, "<blockOAuthUsrAgtFlow>true</blockOAuthUsrAgtFlow>", "")
    yield LetGo("the user-agent flow unsaid", FLOWS, unsaid)
    yield LetGo("PKCE off", "app-pkce-required", says(OAUTH, "isPkceRequired", "false"))
    yield LetGo("long sessions", TIMEOUT, says(SECURITY, "sessionTimeout", "EightHours"))
    long = settings_xml("ProfileSession", profile="standard", sessionTimeout=1440)
    override = long.replace(b"ProfileSessionSettings", b"ProfileSessionSetting")
    yield LetGo("long sessions of a profile", TIMEOUT, session_override(override))
    broken = session_override(b"<ProfileSessionSetting><sessionTimeout>")
    yield LetGo("an override that can't be read", TIMEOUT, broken, "unknown")
    wide = "<ipRanges><end>10.255.255.255</end><start>10.0.0.0</start></ipRanges>"
    trusted = edit(SECURITY, "<networkAccess/>", f"<networkAccess>{wide}</networkAccess>")
    yield LetGo("wide trusted ranges", "trusted-ranges-bounded", trusted)
    yield LetGo("logins anywhere", DOMAIN, says(MY_DOMAIN, "canOnlyLoginWithMyDomainUrl", "false"))
    yield LetGo("API logins anywhere", DOMAIN, says(MY_DOMAIN, "doesApiLoginRequireOrgDomain", "false"))
    by_rest = says(EXTERNAL_SETTINGS, "enableClientSecretInRestApiAccess", "true")
    yield LetGo("secrets by REST", SECRETS, by_rest)
    by_metadata = says(EXTERNAL_SETTINGS, "enableConsumerSecretApiAccess", "true")
    yield LetGo("secrets by metadata", SECRETS, by_metadata)


def _connected_app() -> Iterator[LetGo]:
    yield LetGo("relaxed", ENFORCED, says(CONNECTED, "ipRelaxation", "BYPASS"))
    refreshing = says(CONNECTED, "ipRelaxation", "ENFORCE_RELAXREFRESH")
    yield LetGo("relaxed for refresh tokens", ENFORCED, refreshing)
    own = f"<profileName>{PROFILE}</profileName>"
    more = edit(CONNECTED, own, f"{own}<profileName>Standard User</profileName>")
    yield LetGo("another profile", LIMITED, more)
    yield LetGo("no profile", LIMITED, edit(CONNECTED, own, ""))
    by_set = edit(CONNECTED, own, f"<permissionSetName>{SALES}</permissionSetName>{own}")
    yield LetGo("a colleague's set", LIMITED, by_set)
    yield LetGo("a set in a colleague's group", LIMITED, a_colleagues_group_may_use_the_app)
    # Whether muting takes the use of an app away is not documented.
    by_muted_group = edit(CONNECTED, own, f"<permissionSetName>{APPROVER}</permissionSetName>{own}")
    yield LetGo("a set in a colleague's muted group", LIMITED, by_muted_group, "unknown")
    yearly = says(CONNECTED, "refreshTokenPolicy", "specific_lifetime:12:MONTHS")
    yield LetGo("tokens for a year", REFRESH, yearly)
    yield LetGo("the scope full", SCOPES, says(CONNECTED, "scopes", "Full"))
    yield LetGo("introspection", SCOPES, says(CONNECTED, "isIntrospectAllTokens", "true"))
    yield LetGo("no rotation", ROTATION, says(CONNECTED, "isRefreshTokenRotationEnabled", "false"))
    yield LetGo("the device flow", DEVICE, says(CONNECTED, "isDeviceFlowEnabled", "true"))
    yield LetGo("no secret asked", SECRET, says(CONNECTED, "isConsumerSecretOptional", "true"))
    without = says(CONNECTED, "isSecretRequiredForRefreshToken", "false")
    yield LetGo("no secret asked at a refresh", SECRET, without)
    switch = "isClientCredentialEnabled"
    flow = (
        f"<{switch}>true</{switch}><oauthClientCredentialUser>{INTEGRATION_USER}</oauthClientCredentialUser>"
    )
    signed = edit(CONNECTED, f"<{switch}>false</{switch}>", f"<certificate>signing</certificate>{flow}")
    yield LetGo("client credentials", "app-client-credentials-off", signed)
    yield LetGo("no allowlist", ALLOWLIST, says(CONNECTED, "isIpBindingEnabled", "false"))


def _external_app() -> Iterator[LetGo]:
    yield LetGo("relaxed", ENFORCED, says(POLICY, "ipRelaxationPolicyType", "Bypass"))
    refreshing = says(POLICY, "ipRelaxationPolicyType", "Enforce_RelaxRefresh")
    yield LetGo("relaxed for refresh tokens", ENFORCED, refreshing)
    end = "</ExtlClntAppOauthConfigurablePolicies>"
    profiles = "<commaSeparatedProfile>Standard User</commaSeparatedProfile>"
    yield LetGo("another profile", LIMITED, edit(POLICY, end, profiles + end))
    by_set = says(POLICY, "commaSeparatedPermissionSet", SALES)
    yield LetGo("a colleague's set", LIMITED, by_set)
    yield LetGo("the group's assignment expired", LIMITED, the_teams_assignment_expires)
    lifetime = says(POLICY, "refreshTokenValidityPeriod", "365")
    yield LetGo("tokens for a year", REFRESH, lifetime)
    yield LetGo("the scope full", SCOPES, says(OAUTH_SETTINGS, "commaSeparatedOauthScopes", "Api, Full"))
    yield LetGo("introspection", SCOPES, says(GLOBAL, "isIntrospectAllTokens", "true"))
    yield LetGo("no rotation", ROTATION, says(GLOBAL, "isRefreshTokenRotationEnabled", "false"))
    yield LetGo("the device flow", DEVICE, says(GLOBAL, "isDeviceFlowEnabled", "true"))
    yield LetGo("no secret asked", SECRET, says(GLOBAL, "isConsumerSecretOptional", "true"))
    without = says(GLOBAL, "isSecretRequiredForRefreshToken", "false")
    yield LetGo("no secret asked at a refresh", SECRET, without)
    yield LetGo("no allowlist", ALLOWLIST, lambda org: org.metadata.pop(LISTED))
    yield LetGo("an allowlist without the egress", ALLOWLIST, edit(LISTED, "203.0.113.15", "203.0.113.7"))
    yield LetGo("an allowlist of too much", ALLOWLIST, edit(LISTED, "203.0.113.15", "203.0.113.99"))


OF_THE_ORG: Final = (*_people(), *_ranges(), *_tokens(), *_users(), *_settings())
OF_A_CONNECTED_APP: Final = tuple(_connected_app())
OF_AN_EXTERNAL_APP: Final = tuple(_external_app())
