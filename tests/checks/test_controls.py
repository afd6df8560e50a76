"""Every control that files can answer: passing on the healthy org, failing and unreadable by one change."""

import pytest

from sfharden.addresses import AddressSet
from sfharden.model.integration import Egress
from sfharden.model.snapshot import Gap
from tests.orgs.metadata import (
    APP,
    HEALTHY,
    INTEGRATION,
    PROFILE,
    RANGES,
    SECURITY,
    changed,
    judged,
    login_range,
    permission,
    snapshot_of,
    statuses,
    without,
    xml,
)

OIDC, MYDOMAIN = "settings/OauthOidc.settings", "settings/MyDomain.settings"
CASETTINGS, ECASETTINGS = "settings/ConnectedApp.settings", "settings/ExternalClientApp.settings"

PASSING = [
    "app-admin-approved", "app-ip-enforced", "app-limited-to-integration-profile", "app-pkce-required",
    "app-refresh-token-bounded", "app-scopes-minimal", "integration-profile-least-privilege",
    "login-ranges-bounded", "login-ranges-cover-egress", "login-ranges-everywhere",
    "login-ranges-keep-operator-way-in", "ip-enforced-on-every-request", "session-not-locked-to-ip", "trusted-ranges-bounded",
    "password-and-user-agent-flows-blocked", "mydomain-login-enforced", "api-access-control-on",
    "external-client-app-secrets-protected",
]  # fmt: skip


@pytest.mark.parametrize("control", PASSING)
def test_the_healthy_org_passes(control: str) -> None:
    assert statuses(HEALTHY, control) == {"pass"}


ADMIN = permission("ApiEnabled") + permission("ModifyAllData")
ALL = login_range("0.0.0.0", "255.255.255.255")
FAILING = [
    ("app-admin-approved", APP, "<isAdminApproved>true", "<isAdminApproved>false"),
    ("app-ip-enforced", APP, "ENFORCE", "BYPASS"),
    ("app-ip-enforced", APP, "ENFORCE", "BYPASS_2FACTOR"),
    ("app-ip-enforced", APP, "ENFORCE", "ENFORCE_RELAXREFRESH"),
    ("app-ip-enforced", PROFILE, RANGES, ""),
    ("app-ip-enforced", PROFILE, RANGES, ALL),
    ("app-limited-to-integration-profile", APP, "<profileName>Logic Apps Integration", "<profileName>Sales"),
    ("app-limited-to-integration-profile", APP, "<profileName>", "<profileName>Sales</profileName><profileName>"),
    ("app-limited-to-integration-profile", APP, "<isAdminApproved>true", "<isAdminApproved>false"),
    ("app-pkce-required", APP, "<isPkceRequired>true", "<isPkceRequired>false"),
    ("app-token-allowlist", APP, "<isIpBindingEnabled>true", "<isIpBindingEnabled>false"),
    ("app-refresh-token-bounded", APP, "specific_inactivity:30:DAYS", "infinite"),
    ("app-refresh-token-bounded", APP, "specific_inactivity:30:DAYS", "specific_lifetime:60:MONTHS"),
    ("app-scopes-minimal", APP, "<scopes>Api", "<scopes>Full"),
    ("app-scopes-minimal", APP, "<isIntrospectAllTokens>false", "<isIntrospectAllTokens>true"),
    ("integration-profile-dedicated", PROFILE, "<custom>true", "<custom>false"),
    ("integration-profile-least-privilege", PROFILE, permission("ApiEnabled"), ADMIN),
    ("login-ranges-bounded", PROFILE, "192.0.2.15", "192.0.255.255"),
    ("login-ranges-bounded", PROFILE, RANGES, ""),
    ("login-ranges-cover-egress", PROFILE, "192.0.2.15", "192.0.2.7"),
    ("login-ranges-cover-egress", PROFILE, RANGES, ""),
    ("login-ranges-everywhere", PROFILE, RANGES, ALL),
    ("login-ranges-keep-operator-way-in", PROFILE, login_range("198.51.100.7", "198.51.100.7"), ""),
    ("ip-enforced-on-every-request", SECURITY, "EveryRequest>true", "EveryRequest>false"),
    ("session-not-locked-to-ip", SECURITY, "lockSessionsToIp>false", "lockSessionsToIp>true"),
    ("session-timeout-bounded", SECURITY, "TwoHours", "TwelveHours"),
    ("password-and-user-agent-flows-blocked", OIDC, "UsrAgtFlow>true", "UsrAgtFlow>false"),
    ("mydomain-login-enforced", MYDOMAIN, "OrgDomain>true", "OrgDomain>false"),
    ("api-access-control-on", CASETTINGS, "AppsOnly>true", "AppsOnly>false"),
    ("external-client-app-secrets-protected", ECASETTINGS, "RestApiAccess>false", "RestApiAccess>true"),
    ("approve-uninstalled-apps-restricted", PROFILE, "ApiEnabled", "CanApproveUninstalledApps"),
    ("use-any-api-client-restricted", PROFILE, "ApiEnabled", "UseAnyApiClient"),
]  # fmt: skip


@pytest.mark.parametrize(("control", "path", "old", "new"), FAILING)
def test_one_change_fails(control: str, path: str, old: str, new: str) -> None:
    assert "fail" in statuses(changed(path, old, new), control)


UNREADABLE = [
    ("app-admin-approved", APP, "<isAdminApproved>true</isAdminApproved>", ""),
    ("app-admin-approved", APP, "<isAdminApproved>true", "<isAdminApproved>yes"),
    ("app-ip-enforced", APP, "ENFORCE", "ENFORCED_SOMEHOW"),
    ("app-ip-enforced", PROFILE, "192.0.2.15", "not-an-address"),
    ("app-limited-to-integration-profile", APP, "<profileName>", "<permissionSetName>Robots</permissionSetName><profileName>"),
    ("app-limited-to-integration-profile", APP, "<profileName>", "<profileNamx>Sales</profileNamx><profileName>"),
    ("app-pkce-required", APP, "<isPkceRequired>true</isPkceRequired>", ""),
    ("app-token-allowlist", APP, "<isIpBindingEnabled>true</isIpBindingEnabled>", ""),
    ("app-refresh-token-bounded", APP, "specific_inactivity:30:DAYS", "specific_inactivity:soon"),
    ("app-refresh-token-bounded", APP, "specific_inactivity:30:DAYS", f"specific_lifetime:{'9' * 5000}:DAYS"),
    ("app-scopes-minimal", APP, "<scopes>Api</scopes>", "<scopes><scope>Api</scope></scopes>"),
    ("integration-profile-dedicated", PROFILE, "<custom>true</custom>", ""),
    ("integration-profile-least-privilege", PROFILE, permission("ApiEnabled"), ""),
    ("integration-profile-least-privilege", PROFILE, "<enabled>true", "<enabled>maybe"),
    ("login-ranges-bounded", PROFILE, "<startAddress>198.51.100.7</startAddress>", ""),
    ("login-ranges-cover-egress", PROFILE, "<endAddress>192.0.2.15", "<endAddress>192.0.1.0"),
    ("ip-enforced-on-every-request", SECURITY, "<enforceIpRangesEveryRequest>true</enforceIpRangesEveryRequest>", ""),
    ("session-not-locked-to-ip", SECURITY, "<lockSessionsToIp>false</lockSessionsToIp>", ""),
    ("session-not-locked-to-ip", SECURITY, "lockSessionsToIp>false", "lockSessionsToIp>perhaps"),
    ("trusted-ranges-bounded", SECURITY, "<networkAccess/>", ""),
    ("trusted-ranges-bounded", SECURITY, "<networkAccess/>", "<networkAccess><ipRanges><start>192.0.2.1</start></ipRanges></networkAccess>"),
    ("mydomain-login-enforced", MYDOMAIN, "OrgDomain>true<", "OrgDomain><"),
]  # fmt: skip


@pytest.mark.parametrize(("control", "path", "old", "new"), UNREADABLE)
def test_what_cannot_be_read_is_unknown(control: str, path: str, old: str, new: str) -> None:
    found = statuses(changed(path, old, new), control)
    assert "unknown" in found
    assert "pass" not in found


@pytest.mark.parametrize("path", [PROFILE, APP, SECURITY, OIDC, MYDOMAIN, CASETTINGS, ECASETTINGS])
def test_a_missing_file_passes_nothing_that_rests_on_it(path: str) -> None:
    healthy, poorer = judged(snapshot_of(HEALTHY)), judged(snapshot_of(without(path)))
    for control, results in poorer.items():
        rests = any(path in evidence.source for result in healthy[control] for evidence in result.evidence)
        names = {result.subject.name for result in healthy[control]}
        if rests and control != "login-ranges-everywhere" and len(names) == 1:
            assert {result.status.value for result in results} != {"pass"}, control


@pytest.mark.parametrize(
    "gap",
    [
        Gap(what=PROFILE, reason="damaged", kind="Profile", name="Logic Apps Integration"),
        Gap(what=APP, reason="damaged", kind="ConnectedApp", name="Azure Logic Apps"),
        Gap(what=APP, reason="damaged", kind="ConnectedApp", name="Azure_Logic_Apps"),
        Gap(what=SECURITY, reason="damaged", kind="SecuritySettings", name="Security"),
    ],
)
def test_a_second_copy_that_is_broken_spoils_a_pass(gap: Gap) -> None:
    control = {"Profile": "login-ranges-cover-egress", "ConnectedApp": "app-admin-approved"}.get(
        gap.kind, "ip-enforced-on-every-request"
    )
    results = judged(snapshot_of(HEALTHY, gap))[control]
    assert {result.status.value for result in results} == {"unknown"}


@pytest.mark.parametrize(
    "ranges",
    [
        ALL,
        login_range("0.0.0.0", "127.255.255.255") + login_range("128.0.0.0", "255.255.255.255"),
        login_range("1.1.1.1", "254.254.254.254"),
        login_range("::ffff:0.0.0.0", "::ffff:255.255.255.255"),
    ],
)
@pytest.mark.parametrize("control", ["login-ranges-bounded", "login-ranges-everywhere"])
def test_ranges_over_everything_are_critical(ranges: str, control: str) -> None:
    results = judged(snapshot_of(changed(PROFILE, RANGES, ranges)))[control]
    worst = [result for result in results if result.subject.name == "Logic Apps Integration"]
    assert [(result.status.value, result.severity.value) for result in worst] == [("fail", "critical")]


def test_many_small_trusted_ranges_that_make_up_everything_are_found_out() -> None:
    parts = "".join(
        f"<ipRanges><end>{2 * n + 1}.255.255.255</end><start>{2 * n}.0.0.0</start></ipRanges>"
        for n in range(128)
    )
    files = changed(SECURITY, "<networkAccess/>", f"<networkAccess>{parts}</networkAccess>")
    (result,) = judged(snapshot_of(files))["trusted-ranges-bounded"]
    assert (result.status.value, result.severity.value) == ("fail", "critical")


def test_missing_egress_is_named_capped_and_counted() -> None:
    wanted = AddressSet.of([f"203.0.113.{2 * n}" for n in range(20)])
    integration = INTEGRATION.model_copy(update={"egress": Egress(addresses=wanted)})
    (result,) = judged(snapshot_of(HEALTHY), integration)["login-ranges-cover-egress"]
    assert "20 of 20 egress addresses" in result.message
    assert "203.0.113.0, 203.0.113.2" in result.evidence[0].observed
    assert result.evidence[0].observed.endswith("and 14 more")


def test_unknown_egress_never_passes_the_cover() -> None:
    egress = Egress(addresses=AddressSet.of(["192.0.2.1"]), gaps=(Gap(what="x.json", reason="gone"),))
    integration = INTEGRATION.model_copy(update={"egress": egress})
    assert statuses(HEALTHY, "login-ranges-cover-egress", integration) == {"unknown"}


def test_two_settings_files_of_which_one_fails_give_no_pass() -> None:
    other = HEALTHY[SECURITY].replace("EveryRequest>true", "EveryRequest>false")
    assert statuses({**HEALTHY, "b/Security.settings": other}, "ip-enforced-on-every-request") == {
        "fail",
        "unknown",
    }


def test_two_files_of_one_profile_that_differ_give_no_verdict() -> None:
    other = HEALTHY[PROFILE].replace("192.0.2.15", "192.0.2.99")
    files = {**HEALTHY, f"b/{PROFILE}": other}
    assert statuses(files, "login-ranges-cover-egress") == {"unknown"}


def test_two_apps_with_one_label_give_no_verdict() -> None:
    assert statuses({**HEALTHY, "connectedApps/Twin.connectedApp": HEALTHY[APP]}, "app-admin-approved") == {
        "unknown"
    }


@pytest.mark.parametrize("name", ["Admin", "System Administrator", "system administrator"])
def test_a_standard_profile_is_found_by_api_name_and_label(name: str) -> None:
    integration = INTEGRATION.model_copy(update={"profile": name})
    assert statuses(HEALTHY, "integration-profile-dedicated", integration) == {"fail"}


@pytest.mark.parametrize(("minutes", "expected"), [("0", "pass"), ("1440", "fail"), ("soon", "unknown")])
def test_a_profile_may_override_the_session_timeout(minutes: str, expected: str) -> None:
    override = xml(
        "ProfileSessionSetting", f"<profile>sales</profile><sessionTimeout>{minutes}</sessionTimeout>"
    )
    results = judged(snapshot_of({**HEALTHY, "p/sales.profileSessionSetting": override}))[
        "session-timeout-bounded"
    ]
    assert [result.status.value for result in results if result.subject.name == "sales"] == [expected]


@pytest.mark.parametrize(("flag", "expected"), [("true", "pass"), ("false", "fail")])
def test_the_idle_limit_overrules_infinite(flag: str, expected: str) -> None:
    files = changed(APP, "specific_inactivity:30:DAYS", "infinite")
    limit = f"<isEnforceRefreshTokenTTL>{flag}</isEnforceRefreshTokenTTL><isAdminApproved>"
    files[APP] = files[APP].replace("<isAdminApproved>", limit)
    assert statuses(files, "app-refresh-token-bounded") == {expected}


def test_an_external_client_app_is_judged_by_the_same_controls() -> None:
    parent = "<externalClientApplication>Ext</externalClientApplication>"
    files = {
        **without(APP),
        "a/Ext.eca": xml("ExternalClientApplication", "<label>Azure Logic Apps</label>"),
        "a/P.ecaOauthPlcy": xml(
            "ExtlClntAppOauthConfigurablePolicies",
            f"<commaSeparatedProfile>Logic Apps Integration</commaSeparatedProfile>{parent}"
            "<ipRelaxationPolicyType>Enforce</ipRelaxationPolicyType>"
            "<permittedUsersPolicyType>AdminApprovedPreAuthorized</permittedUsersPolicyType>"
            "<refreshTokenPolicyType>SpecificLifetime</refreshTokenPolicyType>"
            "<refreshTokenValidityPeriod>365</refreshTokenValidityPeriod>"
            "<refreshTokenValidityUnit>Days</refreshTokenValidityUnit>",
        ),
    }
    for control in ("app-admin-approved", "app-ip-enforced", "app-limited-to-integration-profile"):
        assert statuses(files, control) == {"pass"}
    assert statuses(files, "app-refresh-token-bounded") == {"fail"}
    assert statuses(files, "app-scopes-minimal") == {"unknown"}


@pytest.mark.parametrize(
    "control",
    [
        "tokens-issued-after-hardening", "tokens-held-by-integration-users", "failure-and-success-observed",
        "app-installed", "tokens-fresh", "login-outside-ranges-absent", "integration-profile-dedicated",
        "integration-user-can-call-api",
    ],
)  # fmt: skip
def test_what_only_an_org_knows_is_unknown_from_files(control: str) -> None:
    results = judged(snapshot_of(HEALTHY))[control]
    assert {result.status.value for result in results} == {"unknown"}
    assert all("needs a live org" in result.message for result in results)
