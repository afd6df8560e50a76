"""The policy of an app of either kind: only ever tightened, and left to a person where it isn't understood."""

import pytest

from sfharden.errors import InputError, NoVerdictError
from sfharden.model.integration import Integration
from sfharden.model.org import OrgTables, ProfileRow
from sfharden.plan.planner import PlanResult
from tests.orgs.files import APP, PROFILE, xml

from .kit import (
    PROFILE_NAME,
    Files,
    after,
    healthy,
    integration,
    on,
    only,
    org,
    outcome,
    planned,
)

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


def test_an_external_app_without_policy() -> None:
    app = {
        **healthy(),
        "externalClientApps/Ext.eca": xml("ExternalClientApplication", "<label>Ext</label>").encode(),
    }
    assert "was not read" in planned(app, ON_EXTERNAL).plan.conditions[0]


# Changes that need each other ---------------------------------------------------------------------

COMMA = "A, B"
SELF = EXTERNAL.replace("AdminApprovedPreAuthorized", "AllSelfAuthorized")
OWN_LINE = "<profileName>Logic Apps Integration</profileName>"


def named_with_comma(policy: str, tables: OrgTables | None = None) -> PlanResult:
    files = {**healthy(), POLICY: policy.encode(), "profiles/A%2C B.profile": healthy()[PROFILE]}
    asked = ON_EXTERNAL.model_copy(update={"profile": COMMA})
    return outcome(Files(files, org=tables), asked).planned


def settings(result: PlanResult) -> set[str]:
    return {change.setting for change in result.plan.changes}


def test_f041_a_name_with_a_comma_stops_the_approval_too() -> None:
    result = named_with_comma(SELF.replace(">Enforce<", ">Bypass<"))
    assert settings(result) == {"IP relaxation"}
    (told,) = result.plan.conditions
    for words in (
        "'A, B' has a comma",
        "permitted users aren't planned either",
        "permission set",
        "record id",
    ):
        assert words in told


def test_f041_with_the_approval_there_the_comma_is_told_and_nothing_else() -> None:
    result = named_with_comma(EXTERNAL)
    assert result.plan.changes == ()
    assert "comma" in result.plan.conditions[0]
    assert "permitted users" not in result.plan.conditions[0]


def test_f041_the_ways_that_are_told_end_the_complaint() -> None:
    tables = org(profiles=(ProfileRow("00e000000000001AAA", COMMA, COMMA),))
    assert "00e000000000001AAA" in " ".join(named_with_comma(SELF, tables).plan.conditions)
    by_id = SELF.replace("Logic Apps Integration", "00e000000000001")
    assert settings(named_with_comma(by_id, tables)) == {"permitted users"}
    by_set = EXTERNAL.replace(
        "<commaSeparatedProfile>Logic Apps Integration</commaSeparatedProfile>",
        "<commaSeparatedPermissionSet>Callers</commaSeparatedPermissionSet>",
    )
    result = named_with_comma(by_set)
    assert (result.plan.changes, result.plan.conditions) == ((), ())
    assert "Callers" in result.plan.manual[0]
    assert "permitted users" not in settings(named_with_comma(by_set.replace("AdminApprovedPre", "AllSelf")))


def test_a_list_that_may_mean_another_profile_is_no_assignment() -> None:
    policy = SELF.replace(">Logic Apps Integration<", ">Logic Apps Integration, System Administrator<")
    files = {**healthy(), POLICY: policy.encode()}
    assert settings(planned(files, ON_EXTERNAL)) == {"permitted users"}
    twin = "profiles/Logic Apps Integration%2C System Administrator.profile"
    result = planned({**files, twin: healthy()[PROFILE]}, ON_EXTERNAL)
    assert result.plan.changes == ()
    assert "may mean the profile" in result.plan.conditions[0]


APPROVED = "<isAdminApproved>true</isAdminApproved>"
DAMAGED_APPROVED = "<isAdminAproved>true</isAdminAproved>"


@pytest.mark.parametrize(
    "broken",
    ["<profileNme>Logic Apps Integration</profileNme>", f"{OWN_LINE}\n<profileName><b>x</b></profileName>"],
)
def test_no_approval_without_a_list_that_can_be_read(broken: str) -> None:
    files = on(APP, OWN_LINE, broken)
    files[APP] = files[APP].replace(b"Approved>true", b"Approved>false")
    result = planned(files)
    assert result.plan.changes == ()
    assert "permitted users aren't planned either" in result.plan.conditions[0]


def test_no_new_list_without_an_approval_that_can_be_read() -> None:
    files = on(APP, APPROVED, DAMAGED_APPROVED)
    files[APP] = files[APP].replace(b"<profileName>Logic Apps Integration", b"<profileName>Standard User")
    result = planned(files)
    assert result.plan.changes == ()
    assert "list of profiles isn't planned either" in result.plan.conditions[0]


def test_a_half_that_cannot_be_edited_refuses_the_plan() -> None:
    files = on(APP, APPROVED, "<isAdminApproved><b>true</b></isAdminApproved>")
    files[APP] = files[APP].replace(b"<profileName>Logic Apps Integration", b"<profileName>Standard User")
    with pytest.raises(InputError, match="has elements where its text should be"):
        planned(files)
