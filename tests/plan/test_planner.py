"""What is planned for profiles, apps and sessions, and what is refused."""

from collections.abc import Callable

import pytest

from sfharden.addresses import AddressSet
from sfharden.errors import NoVerdictError, UsageError
from sfharden.model.integration import Egress, Integration
from sfharden.model.plan import PlannedChange
from sfharden.model.snapshot import Gap
from sfharden.plan.planner import PlanResult
from tests.orgs.metadata import APP, PROFILE, SECURITY, login_range, xml

from .kit import PROFILE_NAME, SERVICE, Files, healthy, integration, org, outcome, planned, user

Editor = Callable[[str], str]


def text(path: str) -> str:
    return healthy()[path].decode()


def on(path: str, old: str, new: str) -> dict[str, bytes]:
    """The healthy files with one text of one file replaced."""
    assert old in text(path)
    return {**healthy(), path: text(path).replace(old, new).encode()}


def only(result: PlanResult) -> PlannedChange:
    (change,) = result.plan.changes
    return change


def after(result: PlanResult, path: str) -> str:
    return next(one.after for one in result.files if one.path == path).decode()


def addresses(*ranges: str) -> Egress:
    return Egress(addresses=AddressSet.of(ranges))


def test_what_is_as_it_should_be_is_left_alone() -> None:
    result = planned(healthy())
    assert result.files == ()
    assert result.plan.changes == ()
    assert result.plan.conditions == ()


# Profiles ----------------------------------------------------------------------------------------


def test_ranges_are_those_of_egress_and_operator_and_nothing_else() -> None:
    wanted = integration(egress=addresses("192.0.2.0/28", "2001:db8::/126"))
    result = planned(
        on(PROFILE, login_range("192.0.2.0", "192.0.2.15"), login_range("0.0.0.0", "255.255.255.255")), wanted
    )
    change = only(result)
    assert (change.setting, change.control) == ("login ranges", "login-ranges-cover-egress")
    assert change.before == ("0.0.0.0-255.255.255.255",)
    assert change.after == ("192.0.2.0-192.0.2.15", "198.51.100.7", "2001:db8::-2001:db8::3")
    edited = after(result, PROFILE)
    assert login_range("198.51.100.7", "198.51.100.7") in edited  # what was right stays as it was
    assert "0.0.0.0<" not in edited


def test_the_same_addresses_in_other_ranges_are_no_change() -> None:
    halves = login_range("192.0.2.0", "192.0.2.7") + "\n" + login_range("192.0.2.8", "192.0.2.15")
    files = on(PROFILE, login_range("192.0.2.0", "192.0.2.15"), halves)
    assert planned(files).plan.changes == ()
    assert only(planned(files, fit=2)).after == ("192.0.2.0-192.0.2.15", "198.51.100.7")


def test_a_range_that_cannot_be_read_is_replaced() -> None:
    files = on(PROFILE, login_range("192.0.2.0", "192.0.2.15"), login_range("192.0.2.0", "banana"))
    assert "banana" not in after(planned(files), PROFILE)


def test_an_element_that_looks_damaged_is_not_guessed_at() -> None:
    files = on(
        PROFILE,
        login_range("192.0.2.0", "192.0.2.15"),
        "<loginIpRange><endAddress>1.2.3.4</endAddress></loginIpRange>",
    )
    with pytest.raises(NoVerdictError, match="can't be edited so that its login ranges"):
        planned(files)


def test_fit_admits_more_and_says_how_much() -> None:
    wanted = integration(egress=addresses("192.0.2.1", "192.0.2.4", "192.0.2.9"))
    result = planned(healthy(), wanted, fit=3)
    assert only(result).after == ("192.0.2.1-192.0.2.4", "192.0.2.9", "198.51.100.7")
    assert any("also admits 2 addresses that nobody needs" in note for note in result.plan.notes)


def test_fit_that_cannot_be_met_or_keeps_nobody_out() -> None:
    mixed = integration(egress=addresses("192.0.2.1", "2001:db8::1"))
    with pytest.raises(UsageError, match="--fit can't be met"):
        planned(healthy(), mixed, fit=1)
    far = integration(egress=addresses("1.1.1.1", "223.1.1.1"))
    with pytest.raises(NoVerdictError, match="keep nobody out"):
        planned(healthy(), far, fit=1)
    with pytest.raises(NoVerdictError, match="keep nobody out"):
        planned(healthy(), integration(egress=addresses("0.0.0.0/1", "192.0.2.1")))


def test_more_than_five_ranges_are_told() -> None:
    wanted = integration(egress=addresses(*(f"192.0.2.{number}" for number in range(1, 60, 2))))
    assert any("--fit 5" in note for note in planned(healthy(), wanted).plan.notes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"egress": Egress(addresses=AddressSet.of(["192.0.2.1"]), gaps=(Gap(what="egress of x: f.json", reason="gone"),))},
         "not all known"),
        ({"egress": Egress(addresses=AddressSet())}, "no egress address that can reach"),
        ({"egress": addresses("10.0.0.0/8", "127.0.0.1")}, "no egress address that can reach"),
        ({"operator_ranges": AddressSet.of(["0.0.0.0"])}, "shut the operator out"),
        ({"operator_ranges": AddressSet.of(["192.168.1.7", "fe80::1"])}, "shut the operator out"),
        ({"operator_ranges": AddressSet()}, "shut the operator out"),
    ],
)  # fmt: skip
def test_lists_that_would_lock_somebody_out_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(NoVerdictError, match=message):
        planned(healthy(), integration(**changes))


def test_integrations_that_share_a_profile_and_an_app_get_both_their_ranges() -> None:
    other = integration(
        name="second",
        egress=addresses("203.0.113.1"),
        profile="logic apps  INTEGRATION",
        app="azure_logic_apps",
    )
    result = planned(healthy(), integration(), other)
    assert only(result).after == ("192.0.2.0-192.0.2.15", "198.51.100.7", "203.0.113.1")


def two_profiles() -> dict[str, bytes]:
    return {**healthy(), "profiles/Second.profile": healthy()[PROFILE]}


def test_an_app_of_two_profiles_is_assigned_to_both() -> None:
    result = planned(two_profiles(), integration(), integration(name="second", profile="Second"))
    assert only(result).after == (PROFILE_NAME, "Second")


def test_several_files_of_one_profile_are_refused() -> None:
    with pytest.raises(NoVerdictError, match="2 files describe the profile"):
        planned({**healthy(), "other/Logic Apps Integration.profile": healthy()[PROFILE]})


def test_who_has_the_profile_is_asked_of_the_org() -> None:
    files = on(PROFILE, "192.0.2.15", "192.0.2.14")
    good = outcome(Files(files, org=org(user("SVC@acme.example")))).planned
    assert (good.plan.conditions, good.plan.lockouts, good.plan.manual) == ((), (), ())
    idle = org(user(SERVICE), user("gone@acme.example", active=False), user("admin@acme.example", "00e2"))
    assert outcome(Files(files, org=idle)).planned.plan.conditions == ()
    with pytest.raises(NoVerdictError, match=r"also that of eve@acme\.example"):
        outcome(Files(files, org=org(user(SERVICE), user("eve@acme.example"))))


def test_who_has_the_profile_may_not_be_told() -> None:
    files = on(PROFILE, "192.0.2.15", "192.0.2.14")
    assert "can't be told" in planned(files).plan.conditions[0]
    partial = Files(files, (Gap(what="Users", reason="cut off", kind="User"),), org(user(SERVICE)))
    assert "cut off" in outcome(partial).planned.plan.conditions[0]
    stranger = Files(
        files, (Gap(what="Users", reason="cut off", kind="User"),), org(user("eve@acme.example"))
    )
    with pytest.raises(NoVerdictError, match=r"eve@acme\.example"):
        outcome(stranger)


def test_a_standard_profile_of_unknown_users_is_a_lockout() -> None:
    result = planned(healthy(), integration(profile="System Administrator"))
    assert "standard profile" in result.plan.lockouts[0]
    assert any("a profile of its own" in note for note in result.plan.notes)
    assert any(
        one.after == (PROFILE_NAME, "System Administrator") or "System Administrator" in one.after
        for one in result.plan.changes
    )


def test_users_of_another_profile_would_be_refused_by_the_app() -> None:
    files = on(APP, "ENFORCE", "BYPASS")
    result = outcome(Files(files, org=org(user(SERVICE, "00e2"), user("x@acme.example", "00e2")))).planned
    assert result.plan.lockouts == (
        f"The app would refuse {SERVICE}, who has another profile than '{PROFILE_NAME}'.",
    )
    assert "Setup, Users" in result.plan.manual[0]
    nobody = outcome(Files(files, org=org(user("x@acme.example", "00e2")))).planned
    assert "no active user" in nobody.plan.conditions[0]


def test_an_app_is_not_limited_in_silence_to_a_profile_that_its_users_may_not_have() -> None:
    gap = Gap(what="Users", reason="cut off", kind="User")
    files = Files(on(APP, "ENFORCE", "BYPASS"), (gap,), org(user("x@acme.example", "00e2")))
    (condition,) = outcome(files).planned.plan.conditions
    assert f"Whether {SERVICE} has the profile" in condition


# New profiles ------------------------------------------------------------------------------------

TEMPLATE = "profiles/Minimum Access - Salesforce.profile-meta.xml"


def with_template(
    body: str = "<custom>false</custom>\n<userLicense>Salesforce</userLicense>",
) -> dict[str, bytes]:
    return {**healthy(), TEMPLATE: xml("Profile", body).encode()}


NEW = integration(profile="CRM (new), 2", clone_from="Minimum Access - Salesforce")


def test_a_new_profile_is_a_clone_and_comes_alone() -> None:
    result = planned(with_template(), NEW)
    (file,) = result.files
    assert file.before is None
    assert file.member == "profiles/CRM %28new%29%2C 2.profile"
    assert file.path == "profiles/CRM %28new%29%2C 2.profile-meta.xml"
    assert "<custom>true</custom>" in file.after.decode()
    assert "<userLicense>Salesforce</userLicense>" in file.after.decode()
    assert [one.setting for one in result.plan.changes] == ["new profile", "login ranges"]
    assert any("plan again" in step for step in result.plan.manual)
    assert any(NEW.profile in condition and "already" in condition for condition in result.plan.conditions)


def test_in_a_known_org_a_new_profile_needs_no_condition() -> None:
    result = outcome(Files(with_template(), org=org(user(SERVICE, "00e2"))), NEW).planned
    assert result.plan.conditions == ()


def test_a_clone_of_a_mighty_profile_is_warned_of_and_its_name_replaced() -> None:
    body = (
        "<fullName>Minimum Access - Salesforce</fullName>\n<userPermissions><enabled>true</enabled>"
        "<name>ModifyAllData</name></userPermissions>"
    )
    result = planned(with_template(body), NEW)
    assert any("ModifyAllData" in note for note in result.plan.notes)
    assert any("no user license" in condition for condition in result.plan.conditions)
    made = result.files[0].after.decode()
    assert "<fullName>CRM %28new%29%2C 2</fullName>" in made
    assert made.index("<fullName>") < made.index("<custom>")


@pytest.mark.parametrize("clone_from", [None, "No Such Profile"])
def test_without_a_template_nothing_is_planned_but_a_step_named(clone_from: str | None) -> None:
    result = planned(on(APP, "ENFORCE", "BYPASS"), integration(profile="New", clone_from=clone_from))
    assert result.plan.changes == ()
    assert "clone a minimal one" in result.plan.manual[0]
    assert "There is no profile 'New'" in result.plan.conditions[0]


@pytest.mark.parametrize(
    "gap",
    [
        Gap(what="profiles/New.profile", reason="broken", kind="Profile", name="new"),
        Gap(what="Profile (all)", reason="denied", kind="Profile"),
        Gap(what="folder", reason="the folder can't be listed"),
    ],
)
def test_a_profile_that_may_be_there_unread_is_not_made(gap: Gap) -> None:
    with pytest.raises(NoVerdictError, match="can't be told"):
        outcome(
            Files(with_template(), (gap,)),
            integration(profile="New", clone_from="Minimum Access - Salesforce"),
        )


@pytest.mark.parametrize("name", ["bad\x07bell", "line\nbreak"])
def test_a_name_that_no_profile_can_have(name: str) -> None:
    with pytest.raises(Exception, match="can't be the name"):
        planned(with_template(), integration(profile=name, clone_from="Minimum Access - Salesforce"))


# Connected apps ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "setting", "before"),
    [
        ("<isAdminApproved>true", "<isAdminApproved>false", "permitted users", ("false",)),
        ("<isAdminApproved>true</isAdminApproved>\n", "", "permitted users", ()),
        ("ENFORCE", "BYPASS", "IP relaxation", ("BYPASS",)),
        ("ENFORCE", "ENFORCE_RELAXREFRESH", "IP relaxation", ("ENFORCE_RELAXREFRESH",)),
        ("ENFORCE", "SOMETHING_NEW", "IP relaxation", ("SOMETHING_NEW",)),
        ("<ipRelaxation>ENFORCE</ipRelaxation>\n", "", "IP relaxation", ()),
        ("specific_inactivity:30:DAYS", "infinite", "refresh token policy", ("infinite",)),
        ("specific_inactivity:30:DAYS", "specific_lifetime:365:DAYS", "refresh token policy", ("specific_lifetime:365:DAYS",)),
        ("<profileName>Logic Apps Integration</profileName>", "", "assigned profiles", ()),
        ("<profileName>Logic Apps Integration", "<profileName>Standard User", "assigned profiles", ("Standard User",)),
        ("<profileName>Logic Apps Integration</profileName>", "<profileName/>", "assigned profiles", ()),
    ],
)  # fmt: skip
def test_an_apps_policy(old: str, new: str, setting: str, before: tuple[str, ...]) -> None:
    result = planned(on(APP, old, new))
    change = only(result)
    assert (change.setting, change.before) == (setting, before)
    assert change.after == (PROFILE_NAME,) if setting == "assigned profiles" else change.after
    assert bool(result.plan.undo) == (not before)
    assert "HUSH" not in repr(result.plan)


@pytest.mark.parametrize(
    "kept", ["zero", "specific_lifetime:12:HOURS", "specific_inactivity:7:DAYS", "specific_lifetime:90:DAYS"]
)
def test_a_bounded_refresh_policy_stays(kept: str) -> None:
    assert planned(on(APP, "specific_inactivity:30:DAYS", kept)).plan.changes == ()


@pytest.mark.parametrize("odd", ["specific_lifetime:0:HOURS", "forever", "specific_lifetime:12:FORTNIGHTS"])
def test_a_refresh_policy_that_is_not_understood_is_left_to_a_person(odd: str) -> None:
    result = planned(on(APP, "specific_inactivity:30:DAYS", odd))
    assert result.plan.changes == ()
    assert "refresh token policy" in result.plan.conditions[0]


@pytest.mark.parametrize("admin", ["System Administrator", "Admin"])
def test_system_administrator_may_stay_but_is_not_added(admin: str) -> None:
    own = "<profileName>Logic Apps Integration</profileName>"
    both = planned(on(APP, own, f"<profileName>{admin}</profileName>\n{own}"))
    assert both.plan.changes == ()
    change = only(
        planned(on(APP, own, f"<profileName>{admin}</profileName>\n<profileName>Standard User</profileName>"))
    )
    assert change.after == (admin, PROFILE_NAME)


def test_permission_sets_are_for_a_person() -> None:
    held = "<permissionSetName>Callers</permissionSetName>\n<profileName>"
    result = planned(on(APP, "<profileName>", held))
    assert result.plan.changes == ()
    assert "Callers" in result.plan.manual[0]


def test_a_damaged_name_is_not_written_beside_its_right_form() -> None:
    result = planned(on(APP, "<ipRelaxation>ENFORCE</ipRelaxation>", "<ipRelaxtion>ENFORCE</ipRelaxtion>"))
    assert result.plan.changes == ()
    assert "damaged ipRelaxation" in result.plan.conditions[0]


def test_an_app_without_oauth_or_without_a_file() -> None:
    plain = {**healthy(), APP: xml("ConnectedApp", "<label>Azure Logic Apps</label>").encode()}
    result = planned(plain)
    assert result.plan.changes == ()
    assert "was not read" in result.plan.conditions[0]
    with pytest.raises(NoVerdictError, match="can't be planned"):
        planned(healthy(), integration(app="No Such App"))
    with pytest.raises(NoVerdictError, match="2 files describe the app"):
        planned({**healthy(), "more/Azure_Logic_Apps.connectedApp": healthy()[APP]})


# External client apps ----------------------------------------------------------------------------

POLICY = "extlClntAppOauthPolicies/Ext_plcy.ecaOauthPlcy"
EXTERNAL = xml(
    "ExtlClntAppOauthConfigurablePolicies",
    "<commaSeparatedProfile>Logic Apps Integration</commaSeparatedProfile>\n"
    "<externalClientApplication>Ext</externalClientApplication>\n"
    "<ipRelaxationPolicyType>Enforce</ipRelaxationPolicyType>\n<label>Ext_plcy</label>\n"
    "<permittedUsersPolicyType>AdminApprovedPreAuthorized</permittedUsersPolicyType>\n"
    "<refreshTokenPolicyType>SpecificInactivity</refreshTokenPolicyType>\n"
    "<refreshTokenValidityPeriod>30</refreshTokenValidityPeriod>\n"
    "<refreshTokenValidityUnit>Days</refreshTokenValidityUnit>",
)


def external(old: str = "", new: str = "") -> PlanResult:
    return planned(
        {**healthy(), POLICY: EXTERNAL.replace(old, new).encode() if old else EXTERNAL.encode()}, ON_EXTERNAL
    )


ON_EXTERNAL: Integration = integration(app="Ext")


def test_an_external_client_app_in_its_own_spelling() -> None:
    assert external().plan.changes == ()
    assert only(external("Enforce", "Bypass")).after == ("Enforce",)
    assert only(external("AdminApprovedPreAuthorized", "AllSelfAuthorized")).after == (
        "AdminApprovedPreAuthorized",
    )
    assert only(external("Logic Apps Integration", "Standard, System Administrator")).after == (
        "System Administrator", PROFILE_NAME)  # fmt: skip
    listed = external("Logic Apps Integration", "System Administrator")
    assert ">System Administrator,Logic Apps Integration<" in after(listed, POLICY)
    assert only(external("Logic Apps Integration", "00e000000000001")).after == (PROFILE_NAME,)


def test_an_external_refresh_policy_has_three_parts() -> None:
    result = external("SpecificInactivity", "Infinite")
    assert only(result).after == ("SpecificInactivity 30 Days",)
    bare = EXTERNAL.replace(
        "<refreshTokenPolicyType>SpecificInactivity</refreshTokenPolicyType>\n", "<refreshTokenPolicyType/>\n"
    )
    bare = bare.replace("<refreshTokenValidityPeriod>30</refreshTokenValidityPeriod>\n", "")
    made = after(planned({**healthy(), POLICY: bare.encode()}, ON_EXTERNAL), POLICY)
    assert made == EXTERNAL
    assert external(">30<", ">12<").plan.changes == ()


def test_an_external_app_without_policy_or_with_a_name_that_a_list_cannot_hold() -> None:
    app = {
        **healthy(),
        "externalClientApps/Ext.eca": xml("ExternalClientApplication", "<label>Ext</label>").encode(),
    }
    assert "was not read" in planned(app, ON_EXTERNAL).plan.conditions[0]
    comma = {**healthy(), POLICY: EXTERNAL.encode(), "profiles/A%2C B.profile": healthy()[PROFILE]}
    result = planned(comma, ON_EXTERNAL.model_copy(update={"profile": "A, B"}))
    assert "comma" in result.plan.conditions[0]


# Session settings --------------------------------------------------------------------------------


def test_every_request_enforcement_is_turned_on() -> None:
    result = planned(on(SECURITY, "Request>true", "Request>false"))
    assert only(result).after == ("true",)
    assert any("every profile with login ranges" in note for note in result.plan.notes)
    absent = planned(on(SECURITY, "<enforceIpRangesEveryRequest>true</enforceIpRangesEveryRequest>\n", ""))
    assert "turn it off by hand" in absent.plan.undo[0]


def test_session_settings_that_are_not_one_clear_file_are_left_to_a_person() -> None:
    none = {path: data for path, data in healthy().items() if path != SECURITY}
    two = {**healthy(), "other/Security.settings": healthy()[SECURITY]}
    odd = on(SECURITY, "Request>true", "Request>perhaps")
    for files in (none, two, odd):
        result = planned(files)
        assert result.plan.changes == ()
        assert "Session Settings" in result.plan.conditions[0]
    gap = Gap(what="settings/Security.settings", reason="broken", kind="SecuritySettings")
    assert "broken" in outcome(Files(none, (gap,))).planned.plan.conditions[0]


# Secrets -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["00Dxx0000000001!AQ0AQabc.def", "-----BEGIN RSA PRIVATE KEY-----"])
def test_a_file_with_a_credential_is_refused_without_showing_it(secret: str) -> None:
    files = on(
        APP, "<label>Azure Logic Apps", f"<description>{secret}</description>\n<label>Azure Logic Apps"
    )
    files[APP] = files[APP].replace(b"ENFORCE", b"BYPASS")
    with pytest.raises(
        NoVerdictError, match=r"Azure_Logic_Apps\.connectedApp:3 holds what looks like"
    ) as caught:
        planned(files)
    assert secret not in caught.value.message + caught.value.hint
