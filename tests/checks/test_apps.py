"""The app's controls, for a connected app and an external client app alike: fail, unknown, and the traps."""

from typing import NamedTuple

import pytest

from sfharden.emulator.derive import sync
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import external_app_files
from sfharden.model import kinds
from sfharden.model.snapshot import Snapshot, Value
from tests.orgs import healthy, served
from tests.orgs.constants import APP_NAME, PROFILE_NAME
from tests.orgs.healthy import CONNECTED, ECA, ECA_GLOBAL, ECA_OAUTH, ECA_OAUTH_POLICY, EXTERNAL, Files
from tests.orgs.metadata import APP, HEALTHY, PROFILE, RANGES, login_range

OIDC = "settings/OauthOidc.settings"
OWN_USER = healthy.integration().users[0]
FORMS = pytest.mark.parametrize("files", [CONNECTED, EXTERNAL], ids=["connected", "external"])


class Words(NamedTuple):
    """One change, by the file it is made in and the text it replaces."""

    files: Files
    path: str
    old: str
    new: str

    def applied(self) -> Files:
        return healthy.swapped(self.files, self.path, (self.old, self.new))


def both(connected: tuple[str, str], external: tuple[str, str], path: str = ECA_OAUTH_POLICY) -> list[Words]:
    """The same change in both forms of the app."""
    return [Words(CONNECTED, APP, *connected), Words(EXTERNAL, path, *external)]


def cases(*pairs: tuple[str, list[Words]]) -> list[tuple[str, Words]]:
    return [(control, change) for control, changes in pairs for change in changes]


@FORMS
@pytest.mark.parametrize(
    "control",
    [
        "app-admin-approved", "app-ip-enforced", "app-limited-to-integration-profile",
        "app-refresh-token-bounded", "app-pkce-required", "app-scopes-minimal",
    ],
)  # fmt: skip
def test_the_healthy_app_passes_and_says_where_it_was_read(control: str, files: Files) -> None:
    result = healthy.verdict(control, files)
    assert result.status.value == "pass"
    assert any(path in healthy.shown(result) for path in files)


RELAXED = [
    (("ENFORCE", connected), ("Enforce", external))
    for connected, external in (
        ("ENFORCE_RELAXREFRESH", "Enforce_RelaxRefresh"),
        ("BYPASS_2FACTOR", "Bypass_2factor"),
        ("BYPASS", "Bypass"),
    )
]
FAILING = cases(
    ("app-admin-approved", both((">true</isAdminApproved", ">false</isAdminApproved"),
                                ("AdminApprovedPreAuthorized", "AllSelfAuthorized"))),
    ("app-limited-to-integration-profile", both((">true</isAdminApproved", ">false</isAdminApproved"),
                                                ("AdminApprovedPreAuthorized", "AllSelfAuthorized"))),
    ("app-limited-to-integration-profile", both(("<profileName>", "<profileName>Sales</profileName><profileName>"),
                                                ("SeparatedProfile>Logic", "SeparatedProfile>Sales, Logic"))),
    ("app-limited-to-integration-profile", both(("<profileName>Logic Apps Integration</profileName>", ""),
                                                ("SeparatedProfile>Logic Apps Integration<", "SeparatedProfile>Admin<"))),
    *(("app-ip-enforced", both(*words)) for words in RELAXED),
    ("app-refresh-token-bounded", both(("specific_inactivity:30:DAYS", "infinite"), ("SpecificInactivity", "Infinite"))),
    ("app-refresh-token-bounded", both((":30:", ":91:"), ("Period>30", "Period>91"))),
    ("app-refresh-token-bounded", both(("30:DAYS", "30:MONTHS"), ("Unit>Days", "Unit>Months"))),
    ("app-scopes-minimal", both(("<scopes>Api", "<scopes>Full"), ("Scopes>Api", "Scopes>Full"), ECA_OAUTH)),
    ("app-scopes-minimal", both(("AllTokens>false", "AllTokens>true"), ("AllTokens>false", "AllTokens>true"), ECA_GLOBAL)),
    ("app-pkce-required", both(("Required>true", "Required>false"), ("Required>true", "Required>false"), ECA_GLOBAL)),
)  # fmt: skip


@pytest.mark.parametrize(("control", "change"), FAILING)
def test_one_change_fails(control: str, change: Words) -> None:
    assert healthy.status(control, change.applied()) == "fail"


UNKNOWN = cases(
    ("app-admin-approved", both(("<isAdminApproved>true</isAdminApproved>", ""),
                                ("AdminApprovedPreAuthorized", "AskTheBoss"))),
    ("app-admin-approved", both((">true</isAdminApproved", "></isAdminApproved"),
                                ("AdminApprovedPreAuthorized", ""))),
    ("app-limited-to-integration-profile", both(
        ("<profileName>", "<permissionSetName>Robots</permissionSetName><profileName>"),
        ("<commaSeparatedProfile>", "<commaSeparatedPermissionSet>Robots</commaSeparatedPermissionSet><commaSeparatedProfile>"))),
    ("app-limited-to-integration-profile", both(
        ("profileName>Logic Apps Integration<", "profileName>00e5g000001Ab2CAAS<"),
        ("SeparatedProfile>Logic", "SeparatedProfile>00e5g000001Ab2C, Logic"))),
    ("app-ip-enforced", both(("ENFORCE", "ENFORCE_SOMEWHAT"), ("Enforce", "Enforce_Somewhat"))),
    ("app-ip-enforced", both(("<ipRelaxation>ENFORCE</ipRelaxation>", ""), ("IpRelaxation", "IpRelaxation"))[:1]),
    ("app-refresh-token-bounded", both(("30:DAYS", "0:DAYS"), ("Period>30", "Period>0"))),
    ("app-refresh-token-bounded", both(("30:DAYS", "-30:DAYS"), ("Period>30", "Period>-30"))),
    ("app-refresh-token-bounded", both(("30:DAYS", "30:FORTNIGHTS"), ("Unit>Days", "Unit>Fortnights"))),
    ("app-refresh-token-bounded", both(("specific_inactivity", "sometimes"), ("SpecificInactivity", "Sometimes"))),
    ("app-scopes-minimal", both(("<scopes>Api</scopes>\n<scopes>RefreshToken</scopes>", ""),
                                ("Scopes>Api, RefreshToken<", "Scopes><"), ECA_OAUTH)),
    ("app-scopes-minimal", both(("AllTokens>false", "AllTokens>no"), ("AllTokens>false", "AllTokens>no"), ECA_GLOBAL)),
    ("app-pkce-required", both(("Required>true", "Required>TRUE"), ("Required>true", "Required>TRUE"), ECA_GLOBAL)),
)  # fmt: skip


@pytest.mark.parametrize(("control", "change"), UNKNOWN)
def test_what_cannot_be_read_is_unknown(control: str, change: Words) -> None:
    assert healthy.status(control, change.applied()) == "unknown"


NEEDED = {
    APP: None,
    ECA_OAUTH_POLICY: {
        "app-admin-approved", "app-ip-enforced", "app-limited-to-integration-profile", "app-refresh-token-bounded",
    },
    ECA_OAUTH: {"app-scopes-minimal"},
    ECA_GLOBAL: {"app-scopes-minimal", "app-pkce-required"},
    ECA: None,
}  # fmt: skip


@pytest.mark.parametrize("path", NEEDED)
@pytest.mark.parametrize("lost", ["missing", "cut off"])
def test_a_lost_file_leaves_what_rests_on_it_unknown(path: str, lost: str) -> None:
    files = CONNECTED if path == APP else EXTERNAL
    poorer = healthy.cut_off(files, path) if lost == "cut off" else {**files}
    if lost == "missing":
        del poorer[path]
    results = [one for one in healthy.report(poorer).results if one.control.startswith("app-")]
    rests = NEEDED[path]
    for result in results:
        if rests is None or result.control in rests:
            assert result.status.value == "unknown", result


@FORMS
def test_enforcing_without_ranges_to_enforce_is_no_protection(files: Files) -> None:
    result = healthy.verdict("app-ip-enforced", healthy.swapped(files, PROFILE, (RANGES, "")))
    assert result.status.value == "fail"
    assert "Logic Apps Integration" in result.message


@FORMS
@pytest.mark.parametrize(
    "ranges",
    [
        [("0.0.0.0", "255.255.255.255")],
        [("0.0.0.0", "127.255.255.255"), ("128.0.0.0", "255.255.255.255")],
        [("198.51.100.7", "198.51.100.7"), ("2000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")],
    ],
)
def test_enforcing_ranges_over_everything_is_no_protection(
    files: Files, ranges: list[tuple[str, str]]
) -> None:
    text = "".join(login_range(*pair) for pair in ranges)
    assert healthy.status("app-ip-enforced", healthy.swapped(files, PROFILE, (RANGES, text))) == "fail"


def running_as(files: Files, on: str, user: str) -> Files:
    """The app with its client credentials flow switched so, and run as that user."""
    if files is CONNECTED:
        path, before = APP, "<isClientCredentialEnabled>false</isClientCredentialEnabled>"
        text = f"<isClientCredentialEnabled>{on}</isClientCredentialEnabled>"
        run_as = f"<oauthClientCredentialUser>{user}</oauthClientCredentialUser>" if user else ""
        return healthy.swapped(files, path, (before, text + run_as))
    before = "<isClientCredentialsFlowEnabled>false</isClientCredentialsFlowEnabled>"
    text = f"<isClientCredentialsFlowEnabled>{on}</isClientCredentialsFlowEnabled>"
    run_as = f"<clientCredentialsFlowUser>{user}</clientCredentialsFlowUser>" if user else ""
    return healthy.swapped(files, ECA_OAUTH_POLICY, (before, text + run_as))


@FORMS
@pytest.mark.parametrize("control", ["app-limited-to-integration-profile", "app-ip-enforced"])
@pytest.mark.parametrize(
    ("on", "user", "words"),
    [
        ("true", "admin@acme.example", "the client credentials flow is on, and runs as admin@acme.example"),
        ("true", "", "runs as a user that the file doesn't name"),
        ("perhaps", OWN_USER, "Can't tell"),
        ("true", OWN_USER, ""),
        ("true", OWN_USER.upper(), ""),
        ("false", "admin@acme.example", ""),
    ],
)
def test_an_app_that_runs_as_somebody_else_is_kept_to_nobody(
    files: Files, control: str, on: str, user: str, words: str
) -> None:
    """The flow takes its user from the app, so who is approved and the profile's ranges bind somebody else."""
    result = healthy.verdict(control, running_as(files, on, user))
    assert result.status.value == ("unknown" if words else "pass")
    assert words in result.message


@FORMS
def test_running_as_somebody_else_hides_no_failure(files: Files) -> None:
    bare = healthy.swapped(running_as(files, "true", "admin@acme.example"), PROFILE, (RANGES, ""))
    assert healthy.status("app-ip-enforced", bare) == "fail"


@pytest.mark.parametrize("profile", ["Admin", "System Administrator", "system  administrator"])
@FORMS
def test_the_allowed_profile_may_be_assigned_by_label_or_api_name(files: Files, profile: str) -> None:
    path, old, new = (
        (APP, "<profileName>", f"<profileName>{profile}</profileName><profileName>")
        if files is CONNECTED
        else (ECA_OAUTH_POLICY, "SeparatedProfile>Logic", f"SeparatedProfile>{profile}, Logic")
    )
    changed = healthy.swapped(files, path, (old, new))
    assert healthy.status("app-limited-to-integration-profile", changed) == "pass"
    assert healthy.status("app-limited-to-integration-profile", changed, allowed_profiles=()) == "fail"


@pytest.mark.parametrize(
    ("flag", "version", "expected"),
    [
        ("true", None, "pass"), ("false", None, "fail"), ("", None, "fail"), ("", "66.0", "unknown"),
        ("", "67.0", "fail if external, else unknown"), ("", "68", "fail"), ("", "next", "unknown"),
        ("false", "66.0", "fail"),
    ],
)  # fmt: skip
@FORMS
def test_the_idle_limit_overrules_infinite(
    files: Files, flag: str, version: str | None, expected: str
) -> None:
    if "external" in expected:  # visible from API 67 on external client apps, from 68 on connected apps
        expected = "unknown" if files is CONNECTED else "fail"
    element = f"<isEnforceRefreshTokenTTL>{flag}</isEnforceRefreshTokenTTL>" if flag else ""
    if files is CONNECTED:
        changed = healthy.swapped(
            files, APP, ("specific_inactivity:30:DAYS", "infinite"), ("<isPkce", f"{element}<isPkce")
        )
    else:
        endless = healthy.swapped(files, ECA_OAUTH_POLICY, ("SpecificInactivity", "Infinite"))
        changed = healthy.swapped(endless, ECA_GLOBAL, ("<isPkce", f"{element}<isPkce"))
    assert healthy.status("app-refresh-token-bounded", changed, api_version=version) == expected


@pytest.mark.parametrize(("days", "expected"), [(29, "fail"), (30, "pass")])
@FORMS
def test_the_refresh_bound_itself_is_allowed(files: Files, days: int, expected: str) -> None:
    assert healthy.status("app-refresh-token-bounded", files, most_days=days) == expected


@FORMS
def test_the_orgs_pkce_serves_an_app_that_does_not_ask_but_not_an_app_that_was_not_read(files: Files) -> None:
    everywhere = healthy.swapped(files, OIDC, ("isPkceRequired>false", "isPkceRequired>true"))
    path = APP if files is CONNECTED else ECA_GLOBAL
    lax = healthy.swapped(everywhere, path, ("isPkceRequired>true", "isPkceRequired>false"))
    assert healthy.status("app-pkce-required", lax) == "pass"
    stranger = healthy.integration(app="Azure Logic Aps")
    assert healthy.status("app-pkce-required", lax, stranger) == "unknown"


def test_no_pkce_in_the_app_and_an_org_that_was_not_read_is_unknown() -> None:
    lax = healthy.swapped(CONNECTED, APP, ("isPkceRequired>true", "isPkceRequired>false"))
    assert healthy.status("app-pkce-required", healthy.cut_off(lax, OIDC)) == "unknown"


@pytest.mark.parametrize("name", ["Azure Logic Apps", "Azure_Logic_Apps", "azure  logic APPS"])
@FORMS
def test_the_app_is_found_by_label_and_api_name(files: Files, name: str) -> None:
    assert healthy.status("app-admin-approved", files, healthy.integration(app=name)) == "pass"


def test_a_mistyped_app_is_unknown_and_the_near_name_is_suggested() -> None:
    result = healthy.verdict("app-admin-approved", CONNECTED, healthy.integration(app="Azure Logik Apps"))
    assert result.status.value == "unknown"
    assert "Did you mean 'Azure Logic Apps'" in result.message


BOTH = {**EXTERNAL, APP: HEALTHY[APP]}  # a connected app, and the external client app that it was migrated to
OPENED = ("AdminApprovedPreAuthorized", "AllSelfAuthorized")


@pytest.mark.parametrize("name", ["Azure Logic Apps", "Azure_Logic_Apps"])
def test_a_migrated_app_is_one_and_both_sides_of_it_count(name: str) -> None:
    """Right, since a migration leaves the connected app (Help: Migrate a Connected App), and each side lets in by its
    own policy: all is well only if it is with both.
    """
    by = healthy.integration(app=name)
    result = healthy.verdict("app-admin-approved", BOTH, by)
    assert (result.status.value, result.subject.name) == ("pass", name)
    external = healthy.verdict(
        "app-admin-approved", healthy.swapped(BOTH, healthy.ECA_OAUTH_POLICY, OPENED), by
    )
    assert external.status.value == "fail"
    assert "external client app: Every user" in external.message
    connected = healthy.verdict(
        "app-admin-approved",
        healthy.swapped(BOTH, APP, ("isAdminApproved>true", "isAdminApproved>false")),
        by,
    )
    assert connected.status.value == "fail"
    assert "connected app: Every user" in connected.message


def test_one_side_that_cannot_be_told_leaves_a_migrated_app_unknown() -> None:
    files = healthy.swapped(BOTH, healthy.ECA_OAUTH_POLICY, ("AdminApprovedPreAuthorized", "NewWord"))
    assert healthy.status("app-admin-approved", files) == "unknown"


@pytest.mark.parametrize(("kind", "expected"), [("connected-app", "pass"), ("external-client-app", "fail")])
def test_a_kind_tells_which_of_two_apps_is_meant(kind: str, expected: str) -> None:
    files = healthy.swapped(BOTH, healthy.ECA_OAUTH_POLICY, OPENED)
    by = healthy.integration(app="Azure Logic Apps", app_kind=kind)
    assert healthy.status("app-admin-approved", files, by) == expected
    assert healthy.status("app-admin-approved", CONNECTED, by) == ("pass" if "conn" in kind else "unknown")


def test_two_files_of_one_app_that_disagree_give_no_verdict_on_that_fact_only() -> None:
    other = HEALTHY[APP].replace("ENFORCE", "BYPASS")
    files = {**CONNECTED, f"b/{APP}": other}
    assert healthy.status("app-ip-enforced", files) == "unknown"
    assert healthy.status("app-admin-approved", files) == "pass"


# A running org -----------------------------------------------------------------------------------


def test_a_whole_file_without_the_introspection_switch_has_it_off() -> None:
    path = "oauthConfig.isIntrospectAllTokens"
    unset = served.with_value(served.healthy(), kinds.CONNECTED_APP, APP_NAME, path, None)
    assert served.status(unset, "app-scopes-minimal") == "pass"
    on = served.with_value(served.healthy(), kinds.CONNECTED_APP, APP_NAME, path, "true")
    assert served.status(on, "app-scopes-minimal") == "fail"


def infinite(api_version: str, flag: str | None) -> Snapshot:
    snapshot = served.with_value(
        served.healthy(), kinds.CONNECTED_APP, APP_NAME, "oauthPolicy.refreshTokenPolicy", "infinite"
    )
    one = next(found for found in snapshot.of_kind(kinds.CONNECTED_APP))
    if flag is not None:
        values = {**one.values, "oauthConfig.isEnforceRefreshTokenTTL": (Value(text=flag, line=1),)}
        snapshot = served.replaced(snapshot, one, values=values)
    return snapshot.model_copy(
        update={"source": snapshot.source.model_copy(update={"api_version": api_version})}
    )


@pytest.mark.parametrize(
    ("version", "flag", "expected"),
    [
        ("66.0", None, "unknown"),
        ("67.0", None, "unknown"),
        ("68.0", None, "fail"),
        ("67.0", "true", "pass"),
        ("67.0", "false", "fail"),
        ("67.0", "perhaps", "unknown"),
    ],
)
def test_infinite_fails_only_if_the_idle_limit_is_visibly_off(
    version: str, flag: str | None, expected: str
) -> None:
    assert served.status(infinite(version, flag), "app-refresh-token-bounded") == expected


def test_an_external_client_app_s_idle_limit_stands_in_a_file_that_is_often_denied() -> None:
    def let_it_last(one: DemoOrg) -> None:
        policy = {"refreshTokenPolicyType": "Infinite", "commaSeparatedProfile": PROFILE_NAME}
        one.metadata.update(external_app_files("Reporting_Sync", "Reporting Sync", **policy))
        sync(one)

    result = served.verdict(served.org_with(let_it_last), "app-refresh-token-bounded", served.EXTERNAL)
    assert result.status.value == "unknown"
    assert "ExtlClntAppGlobalOauthSettings" in result.message


@pytest.mark.parametrize(
    ("listed", "others", "expected"),
    [
        ("Logic Apps Integration, System Administrator", (), "pass"),
        ("Logic Apps Integration, System Administrator", ("Logic Apps Integration%2C System Administrator",), "unknown"),
        ("logic apps  integration,Sales", ("Logic Apps Integration%2C Sales",), "unknown"),
        ("Logic Apps Integration, System Administrator", ("Sales%2C Robots",), "pass"),
        ("Logic Apps Integration, System Administrator, Guests",
         ("Logic Apps Integration%2C System Administrator",), "fail"),
    ],
)  # fmt: skip
def test_f041_a_name_with_a_comma_never_passes_by_its_parts(
    listed: str, others: tuple[str, ...], expected: str
) -> None:
    files = healthy.swapped(
        EXTERNAL,
        ECA_OAUTH_POLICY,
        ("SeparatedProfile>Logic Apps Integration<", f"SeparatedProfile>{listed}<"),
    )
    files |= {f"profiles/{one}.profile": EXTERNAL[PROFILE] for one in others}
    assert healthy.status("app-limited-to-integration-profile", files) == expected
