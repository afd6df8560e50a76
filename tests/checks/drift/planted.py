"""Changes planted into the embedded org between two readings of it, and the audit rows that they leave, if any.

Rows are worded as those that people published of their orgs; what a colleague did to others stands between them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sfharden.emulator import ids
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import (
    ADMIN_USER,
    APP_LABEL,
    APP_NAME,
    INTEGRATION_USER,
    MINIMUM,
    PROFILE,
    fixed,
    healthy_org,
)
from sfharden.emulator.grants import policy_of
from sfharden.emulator.records import AuditEntry, OauthToken
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import (
    allowlist_file,
    connected_app_xml,
    external_app_files,
    permission_group_xml,
    permission_set_xml,
    settings_xml,
)
from sfharden.emulator.untidy import APPROVER, BREAK_GLASS, COLLEAGUE, GROUP, MUTING, SALES
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs.constants import NOW
from tests.orgs.served import read_snapshot

LATER: Final = NOW + timedelta(days=1)
AT: Final = NOW + timedelta(hours=9)
CULPRIT: Final = ADMIN_USER
_OPERATOR: Final = ("198.51.100.7", "198.51.100.7")


@dataclass(frozen=True, slots=True)
class Planted:
    """A change, where it must be told (kind, name, what), and its audit row: action, section, display."""

    name: str
    make: Callable[[DemoOrg], None]
    told: tuple[str, str, str]
    row: Callable[[DemoOrg], tuple[str, str, str]] | None = None


def _swap(path: str, old: str, new: str) -> Callable[[DemoOrg], None]:
    def make(org: DemoOrg) -> None:
        text = org.metadata[path].decode()
        assert old in text, (path, text)
        org.metadata[path] = text.replace(old, new, 1).encode()

    return make


def _put(path: str, content: Callable[[], bytes]) -> Callable[[DemoOrg], None]:
    return lambda org: org.metadata.__setitem__(path, content())


def _puts(files: dict[str, bytes]) -> Callable[[DemoOrg], None]:
    return lambda org: org.metadata.update(files)


def _says(action: str, section: str, display: str) -> Callable[[DemoOrg], tuple[str, str, str]]:
    return lambda _: (action, section, display)


def _of_user(action: str, display: str) -> Callable[[DemoOrg], tuple[str, str, str]]:
    """A row that names Dana Reyes by the record id, of 15 characters as such rows do."""

    def row(org: DemoOrg) -> tuple[str, str, str]:
        dana = org.user(COLLEAGUE)
        assert dana
        return action, "Manage Users", display.replace("{id}", dana.id[:15])

    return row


_APP: Final = f"connectedApps/{APP_NAME}.connectedApp"
_PROFILE: Final = f"profiles/{PROFILE}.profile"
_RANGE: Final = "<loginIpRanges><endAddress>192.0.2.255</endAddress><startAddress>192.0.2.0</startAddress></loginIpRanges>"
_RIGHT: Final = "<userPermissions><enabled>true</enabled><name>ModifyAllData</name></userPermissions>"
_HOURS: Final = "<loginHours><mondayEnd>60</mondayEnd><mondayStart>0</mondayStart></loginHours>"


def _dana(org: DemoOrg, **changes: object) -> None:
    dana = org.user(COLLEAGUE)
    assert dana
    for name, value in changes.items():
        setattr(dana, name, value)


def _new_profile(org: DemoOrg) -> None:
    profile = org.profile("Admin")
    assert profile
    _dana(org, profile_id=profile.id)


def _token(org: DemoOrg) -> None:
    policy, dana = policy_of(org, APP_LABEL), org.user(COLLEAGUE)
    assert dana
    org.tokens.put(
        OauthToken(
            APP_LABEL, dana.id, AT, ids.opaque("planted", 1), AT, 3, policy.menu_item_id, policy.application_id
        )
    )  # fmt: skip


def _assign(org: DemoOrg) -> None:
    dana, given = org.user(COLLEAGUE), org.permission_set("courier__Reader")
    assert dana
    assert given
    org.assign(dana, given)


def _create(org: DemoOrg) -> None:
    org.add_user("eve@acme.example", MINIMUM)


def _gone_token(org: DemoOrg) -> None:
    service = org.user(INTEGRATION_USER)
    assert service
    old = [one for one in org.tokens if one.user_id == service.id and one.app_name == "Reporting Sync"]
    org.revoke(old[0].delete_token)


PLANTED: Final = (
    Planted(
        "login ranges widened", _swap(_PROFILE, "<loginIpRanges>", f"{_RANGE}<loginIpRanges>"),
        ("Profile", PROFILE, "loginIpRanges"),
        _says("loginIpRange", "Manage Users", f"Added Login Ip Range to Custom: {PROFILE} from 192.0.2.0 to 192.0.2.255"),
    ),
    Planted(
        "permitted users relaxed", _swap(_APP, "<isAdminApproved>true", "<isAdminApproved>false"),
        ("ConnectedApp", APP_NAME, "oauthConfig.isAdminApproved"),
        _says(
            "changeUserRuntimeAccessPolicy", "Application",
            f"Changed connected app {APP_LABEL} Permitted Users setting from Admin approved users are pre-authorized "
            "to All users may self-authorize",
        ),
    ),
    Planted(
        "IP relaxation", _swap(_APP, "ENFORCE<", "BYPASS<"), ("ConnectedApp", APP_NAME, "oauthPolicy.ipRelaxation"),
        _says(
            "changeIpRelaxationPolicy", "Application",
            f"Changed connected app {APP_LABEL} IP relaxation setting from Enforce IP restrictions to Relax IP restrictions",
        ),
    ),
    Planted(
        "scope full", _swap(_APP, "<scopes>Api<", "<scopes>Full<"), ("ConnectedApp", APP_NAME, "oauthConfig.scopes"),
        _says("changeOauthDefaultScope", "Application", f"Changed connected app {APP_LABEL} scopes from api, refresh_token to full, refresh_token"),
    ),
    Planted(
        "refresh token for ever", _swap(_APP, "specific_inactivity:30:DAYS", "infinite"),
        ("ConnectedApp", APP_NAME, "oauthPolicy.refreshTokenPolicy"),
        _says("changeRefreshToken", "Application", f'Changed connected app "{APP_LABEL}": refresh token policy'),
    ),
    Planted(
        "permission granted to the profile", _swap(_PROFILE, "<userPermissions>", f"{_RIGHT}<userPermissions>"),
        ("Profile", PROFILE, "userPermissions"),
        _says(
            "profilePermChangedCustom", "Manage Users",
            f"Changed profile {PROFILE}: general user permission Modify All Data was changed from disabled to enabled",
        ),
    ),
    Planted("token issued", _token, ("app", APP_LABEL, f"tokens of {COLLEAGUE}")),
    Planted("token gone", _gone_token, ("app", "Reporting Sync", f"tokens of {INTEGRATION_USER}")),
    Planted(
        "profile of a user", _new_profile, ("user", COLLEAGUE, "profile"),
        _says("changedprofileforuserstdtostd", "Manage Users", f"Changed profile for user {COLLEAGUE} from Standard User to System Administrator"),
    ),
    Planted(
        "ranges no longer enforced on every request",
        _swap("settings/Security.settings", "<enforceIpRangesEveryRequest>true", "<enforceIpRangesEveryRequest>false"),
        ("SecuritySettings", "Security", "sessionSettings.enforceIpRangesEveryRequest"),
        _says("sessionEnforceIp", "Session Settings", "Changed Enforce login IP ranges on every request from on to off"),
    ),
    Planted(
        "trusted ranges",
        _swap(
            "settings/Security.settings", "<networkAccess/>",
            "<networkAccess><ipRanges><end>100.64.3.255</end><start>100.64.3.0</start></ipRanges></networkAccess>",
        ),
        ("SecuritySettings", "Security", "networkAccess.ipRanges"),
        _says("addIpWhiteList", "Security Controls", "Added Ip AllowList from 100.64.3.0 to 100.64.3.255"),
    ),
    Planted(
        "API Access Control off",
        _swap("settings/ConnectedApp.settings", "<enableAdminApprovedAppsOnly>true", "<enableAdminApprovedAppsOnly>false"),
        ("ConnectedAppSettings", "ConnectedApp", "enableAdminApprovedAppsOnly"),
        _says("enableAdminApprovedAppsOnlyOnOff", "", "Organization setup action: enableAdminApprovedAppsOnlyOnOff has changed."),
    ),
    Planted(
        "an app installed", _put("connectedApps/Acme_ETL.connectedApp", lambda: connected_app_xml("Acme ETL", key="3MVG9ETL")),
        ("ConnectedApp", "Acme_ETL", "file"),
        _says("insertConnectedApplication", "Connected Apps", "Installed Connected App Acme ETL to Salesforce"),
    ),
    Planted(
        "policy of an external client app",
        _puts(external_app_files("Reporting_Sync", "Reporting Sync", commaSeparatedProfile=PROFILE, ipRelaxationPolicyType="Bypass")),
        ("ExtlClntAppOauthConfigurablePolicies", "Reporting_Sync_oauthPlcy", "ipRelaxationPolicyType"),
        _says("ecaPolicy", "External Client Apps", 'Changed IP relaxation of external client app "Reporting Sync" from Enforce to Bypass'),
    ),
    Planted(
        "token allowlist widened",
        _puts(allowlist_file("Reporting_Sync", [("203.0.113.0", "203.0.113.255"), _OPERATOR])),
        ("ExtlClntAppOauthSecuritySettings", "Reporting_Sync_oauthSecurity", "tokenIpRanges"),
        _says("ecaAllowlist", "External Client Apps", 'Changed refresh token IP allowlist of external client app "Reporting Sync"'),
    ),
    Planted(
        "login hours", _swap(f"profiles/{MINIMUM}.profile", "<userLicense>", f"{_HOURS}<userLicense>"),
        ("Profile", MINIMUM, "loginHours"),
        _says(
            "profileLoginHoursChangedStandard", "Manage Users",
            f"Changed profile {MINIMUM}: login hours were changed from Monday All Day to Monday 12:00 AM - 1:00 AM",
        ),
    ),
    Planted(
        "permission granted to a set",
        _put(f"permissionsets/{SALES}.permissionset", lambda: permission_set_xml("Sales Ops", {"ManageUsers"})),
        ("permission set", "Sales Ops", "permissions"),
        _says("PermSetEnableUserPerm", "Manage Users", f"Changed permission set {SALES}: Manage Users permission was changed from disabled to enabled"),
    ),
    Planted(
        "set assigned", _assign, ("user", COLLEAGUE, "permission set Courier Reader"),
        _of_user("PermSetAssign", "Permission set Courier Reader: assigned to user Dana Reyes (UserID: [{id}])"),
    ),
    Planted(
        "set approved for an app",
        _swap(_APP, "<profileName>", f"<permissionSetName>{BREAK_GLASS}</permissionSetName><profileName>"),
        ("app", APP_LABEL, "pre-approved permission set Break Glass"),
        _says(
            "SetupEntityAccessAudit_PermissionSet_ConnectedApplication_Enabled", "Manage Users",
            f"Changed permission set Break Glass: {APP_LABEL} connected app is enabled",
        ),
    ),
    Planted(
        "set put into a group",
        _put(
            f"permissionsetgroups/{GROUP}.permissionsetgroup",
            lambda: permission_group_xml("Support Team", [SALES, APPROVER, BREAK_GLASS], [MUTING]),
        ),
        ("permission set group", "Support Team", "member Break Glass"),
        _says(
            "PermissionSetGroupComponentAdd", "Permission Set Group",
            f"Changed permission set group {GROUP}: group member {BREAK_GLASS} was added",
        ),
    ),
    Planted(
        "user frozen", lambda org: _dana(org, is_frozen=True), ("user", COLLEAGUE, "frozen"),
        _of_user("frozeuser", "Froze user Dana Reyes (UserID: [{id}])"),
    ),
    Planted(
        "user created", _create,
        ("user", "eve@acme.example", "active user"),
        _says("createduser", "Manage Users", "Created new user Eve (eve@acme.example)"),
    ),
    Planted(
        "deployed",
        _put("settings/MyDomain.settings", lambda: settings_xml("MyDomain", canOnlyLoginWithMyDomainUrl=False, doesApiLoginRequireOrgDomain=True)),
        ("MyDomainSettings", "MyDomain", "canOnlyLoginWithMyDomainUrl"),
        _says("deployedMetadata", "Deploy", "Deployed settings/MyDomain.settings, package.xml"),
    ),
)  # fmt: skip

# What others did, or to others: longer names, other users, other properties, before and after.
DECOYS: Final = (
    ("changeIpRelaxationPolicy", "Application", f"Changed connected app {APP_LABEL} Legacy IP relaxation setting from Enforce IP restrictions to Relax IP restrictions"),
    ("changeIpRelaxationPolicy", "Application", f"Changed connected app My {APP_LABEL} IP relaxation setting from Enforce IP restrictions to Relax IP restrictions"),
    ("changeUserRuntimeAccessPolicy", "Application", "Changed connected app Azure Permitted Users setting from A to B"),
    ("loginIpRange", "Manage Users", f"Added Login Ip Range to Custom: {PROFILE} 2 from 192.0.2.0 to 192.0.2.255"),
    ("loginIpRange", "Manage Users", f"Added Login Ip Range to Custom: {PROFILE} from 10.0.0.0 to 10.0.0.255"),
    ("profilePermChangedCustom", "Manage Users", f"Changed profile {PROFILE}: general user permission Convert Leads was changed from disabled to enabled"),
    ("profileFlsChangedCustom", "Manage Users", f"Changed profile {PROFILE}: field-level security for Account: Rating was changed from Read Only to Read/Write"),
    ("PermSetAssign", "Manage Users", "Permission set Courier Reader: assigned to user Somebody Else (UserID: [005xx0000000zzz])"),
    ("PermSetAssign", "Manage Users", "Permission set Courier Reader Too: assigned to user Dana Reyes (UserID: [{dana}])"),
    ("PermSetUnassign", "Manage Users", "Permission set Courier Reader: unassigned from user Dana Reyes (UserID: [{dana}])"),
    ("changedprofileforuser", "Manage Users", f"Changed profile for user x{COLLEAGUE} from Standard User to System Administrator"),
    ("changedprofileforuser", "Manage Users", f"Changed profile for user {COLLEAGUE}.sandbox from Standard User to System Administrator"),
    ("frozeuser", "Manage Users", "Froze user Somebody Else (UserID: [005xx0000000zzz])"),
    ("insertConnectedApplication", "Connected Apps", "Installed Connected App Acme ETL Plus to Salesforce"),
    ("changedFlexiPage", "Lightning Pages", f"Changed Lightning Page: {APP_LABEL}"),
    ("addIpWhiteList", "Security Controls", "Added Ip AllowList from 10.0.0.0 to 10.0.0.255"),
    ("PermSetEnableUserPerm", "Manage Users", f"Changed permission set {SALES}_Old: Manage Users permission was changed from disabled to enabled"),
    ("deployedMetadata", "Deploy", "Deployed settings/MyDomain2.settings, profiles/My Domain.profile"),
)  # fmt: skip


def row_of(org: DemoOrg, said: tuple[str, str, str], at: datetime, who: str = CULPRIT) -> AuditEntry:
    """A row of the audit trail, `{dana}` filled in."""
    user, dana = org.user(who), org.user(COLLEAGUE)
    assert user
    assert dana
    action, section, display = said
    return AuditEntry(
        org.new_id("0Ym"), action, section, display.replace("{dana}", dana.id[:15]), at, user.id
    )


def two_states(
    planted: Iterable[Planted] = PLANTED, decoys: Iterable[tuple[str, str, str]] = DECOYS
) -> tuple[Snapshot, Snapshot]:
    """The healthy org, and the same a day later. Each row also stands before the first and after the second reading."""
    chosen = tuple(planted)
    org = healthy_org(NOW)
    old = read_snapshot(org)
    for one in chosen:
        one.make(org)
    sync(org)
    said = [one.row(org) for one in chosen if one.row]
    org.audit_trail.extend(row_of(org, one, AT + timedelta(seconds=at)) for at, one in enumerate(said))
    for at in (NOW - timedelta(hours=2), NOW, LATER + timedelta(hours=2)):
        org.audit_trail.extend(row_of(org, one, at, COLLEAGUE) for one in said)
    org.audit_trail.extend(row_of(org, one, AT, COLLEAGUE) for one in decoys)
    org.clock = fixed(LATER)
    return old, read_later(org)


def read_later(org: DemoOrg, caller: str = "auditor") -> Snapshot:
    """The org a day later, and when it says that it was read."""
    snapshot = read_snapshot(org, caller)
    tables = snapshot.org
    assert tables
    moved = tables.model_copy(update={"read_at": dict.fromkeys(tables.read_at, LATER)})
    return snapshot.model_copy(update={"taken_at": LATER, "org": moved})


def with_tables(snapshot: Snapshot, *gaps: Gap, **tables: Any) -> Snapshot:
    """A snapshot with some tables replaced, and gaps added."""
    assert snapshot.org
    org = snapshot.org.model_copy(update=tables)
    return snapshot.model_copy(update={"org": org, "gaps": (*snapshot.gaps, *gaps)})
