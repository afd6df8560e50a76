"""What a proposal changes and nobody judges: no setting can be overlooked, and only a listed one is passed over."""

import pytest

from sfharden.access.facts import Flow, Outcome
from sfharden.model.org import Assignment, PermissionSetRow
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.matrix import matrix
from sfharden.simulation.proposal import overlay
from sfharden.simulation.rows import Row, Standing
from sfharden.simulation.unjudged import Changes, unjudged
from tests.orgs.constants import INTEGRATION, SVC
from tests.orgs.files import APP, PROFILE, SECURITY, permission, snapshot_of, xml
from tests.orgs.tables import FILES, SETS, changed, running
from tests.simulation.kit import simulated

ADMIN = "profiles/Admin.profile"
DOMAIN = "settings/MyDomain.settings"
OIDC = "settings/OauthOidc.settings"
SIGN_ON = "<singleSignOnSettings><isLoginWithSalesforceCredentialsDisabled>true</isLoginWithSalesforceCredentialsDisabled></singleSignOnSettings>"


def with_more(path: str, more: str, end: str = "") -> dict[str, str]:
    """One file with something more before an end tag, by default that of the root."""
    mark = end or FILES[path][FILES[path].rindex("</") :].strip()
    assert mark in FILES[path]
    return {path: FILES[path].replace(mark, more + mark)}


def found(files: dict[str, str], before: Snapshot | None = None) -> list[str]:
    first = before or running()
    return [one.element for one in unjudged(first, overlay(first, snapshot_of(files)))]


def rows(files: dict[str, str], before: Snapshot | None = None) -> dict[str, Row]:
    first = before or running()
    return {one.id: one for one in matrix(overlay(first, snapshot_of(files)), INTEGRATION, first)}


def in_session(more: str) -> dict[str, str]:
    return with_more(SECURITY, more, "</sessionSettings>")


def in_oauth(more: str) -> dict[str, str]:
    return with_more(APP, more, "</oauthConfig>")


UNLISTED = {
    "sign-on only": with_more(SECURITY, SIGN_ON),
    "domain lock": in_session("<lockSessionsToDomain>true</lockSessionsToDomain>"),
    "a setting of tomorrow": in_session("<neverHeardOf>true</neverHeardOf>"),
    "a section of tomorrow": with_more(SECURITY, "<neverHeardOf><deep>1</deep></neverHeardOf>"),
    "my domain": {DOMAIN: FILES[DOMAIN].replace("canOnlyLoginWithMyDomainUrl>true", "canOnlyLoginWithMyDomainUrl>1")},
    "PKCE of the org": {OIDC: FILES[OIDC].replace("isPkceRequired>false", "isPkceRequired>true")},
    "rotation": in_oauth("<isRefreshTokenRotationEnabled>true</isRefreshTokenRotationEnabled>"),
    "callback": in_oauth("<callbackUrl>https://elsewhere.example</callbackUrl>"),
    "plug-in": with_more(APP, "<plugin>Handler</plugin>"),
    "an app's setting of tomorrow": in_oauth("<neverHeardOf>true</neverHeardOf>"),
    "sign-on only, by profile": with_more(PROFILE, permission("IsSsoEnabled")),
    "API only": with_more(PROFILE, permission("ApiUserOnly")),
    "login flow": with_more(PROFILE, "<loginFlows><flow>Ask</flow></loginFlows>"),
    "a profile's section of tomorrow": with_more(PROFILE, "<neverHeardOf>true</neverHeardOf>"),
}  # fmt: skip
LISTED = {
    "timeout": {SECURITY: FILES[SECURITY].replace("TwoHours", "FifteenMinutes")},
    "browser": in_session("<enableCSRFOnGet>true</enableCSRFOnGet>"),
    "password": with_more(SECURITY, "<passwordPolicies><complexity>AlphaNumeric</complexity></passwordPolicies>"),
    "description": with_more(APP, "<description>Nightly</description>"),
    "introspection": changed(APP, ("IntrospectAllTokens>false", "IntrospectAllTokens>true")),
    "an ability": with_more(PROFILE, permission("ViewSetup")),
    "visible tabs": with_more(PROFILE, "<tabVisibilities><tab>x</tab></tabVisibilities>"),
    "without its key": changed(APP, ("<consumerKey>3MVG9SECRETLIKE</consumerKey>", "")),
    "my domain opened": {DOMAIN: FILES[DOMAIN].replace("true", "false")},
}  # fmt: skip


@pytest.mark.parametrize("files", UNLISTED.values(), ids=UNLISTED)
def test_what_is_on_no_list_withholds_a_yes_and_is_never_green(files: dict[str, str]) -> None:
    assert len(found(files)) == 1
    after = rows(files)
    needed = [after[name] for name in ("refreshing", "calling", "operator")]
    assert any(row.outcome is Outcome.CANNOT_TELL for row in needed)
    assert not any(row.standing is Standing.BAD for row in after.values())
    outcome = simulated(files)
    assert not outcome.safe
    assert outcome.unknown


@pytest.mark.parametrize("files", LISTED.values(), ids=LISTED)
def test_what_is_listed_as_harmless_changes_no_row(files: dict[str, str]) -> None:
    chosen = {path: text for path, text in files.items() if text != FILES[path]}
    assert found(chosen) == []
    outcomes = {name: row.outcome for name, row in rows(chosen).items()}
    assert outcomes == {name: row.outcome for name, row in rows({}).items()}


def test_a_refusal_stays_a_refusal_whatever_else_changes() -> None:
    for files in UNLISTED.values():
        assert rows(files)["stolen-refresh-token"].outcome is Outcome.REFUSED


def test_what_an_app_leaves_out_is_a_change_and_what_settings_leave_out_stays() -> None:
    blocked = changed(
        APP,
        ("<profileName>", "<sessionPolicy><policyAction>Block</policyAction></sessionPolicy><profileName>"),
    )
    assert found({APP: FILES[APP]}, running(blocked)) == ["sessionPolicy.policyAction"]
    assert rows({APP: FILES[APP]}, running(blocked))["refreshing"].outcome is Outcome.CANNOT_TELL
    locked = {**FILES, **in_session("<lockSessionsToDomain>true</lockSessionsToDomain>")}
    assert found({SECURITY: FILES[SECURITY]}, running(locked)) == []


def test_a_list_that_an_app_leaves_out_is_read_as_not_known_and_that_is_enough() -> None:
    by_set = changed(
        APP, ("<profileName>", "<permissionSetName>Sync_Access</permissionSetName>\n<profileName>")
    )
    assert found({APP: FILES[APP]}, running(by_set)) == []


def test_what_bears_on_one_flow_leaves_the_others_alone() -> None:
    after = rows(UNLISTED["PKCE of the org"])
    assert after["operator"].outcome is Outcome.CANNOT_TELL
    assert after["refreshing"].outcome is Outcome.ALLOWED
    (rotation,) = Changes(running(), overlay(running(), snapshot_of(UNLISTED["rotation"]))).found
    assert rotation.flows == frozenset({Flow.REFRESH})


def test_a_permission_set_concerns_only_those_who_have_it() -> None:
    path = "permissionsets/Sync_Access.permissionset"
    files = {path: xml("PermissionSet", "<label>Sync</label>" + permission("IsSsoEnabled"))}
    assert rows(files)["operator"].outcome is Outcome.ALLOWED
    had = running(assignments=(Assignment(SVC, "0PS000000000004AAA", ""),))
    assert rows(files, had)["operator"].outcome is Outcome.CANNOT_TELL
    group = PermissionSetRow("0PS000000000007AAA", "Group", "", "", "0PG000000000001AAA", ())
    grouped = running(
        permission_sets=(*SETS, group), assignments=(Assignment(SVC, group.id, group.group_id),)
    )
    assert rows(files, grouped)["operator"].outcome is Outcome.CANNOT_TELL  # it may be in the group


def test_another_app_and_another_profile_are_none_of_the_integrations_business() -> None:
    other = {"connectedApps/Other.connectedApp": FILES[APP].replace("Azure Logic Apps<", "Other<")}
    both = {**other, "profiles/Standard.profile": xml("Profile", permission("IsSsoEnabled"))}
    after = rows(both)
    assert {after[name].outcome for name in ("refreshing", "calling", "operator")} == {Outcome.ALLOWED}


def test_the_guard_is_not_sure_of_a_manager_whose_way_in_nobody_judges() -> None:
    (one,) = simulated(with_more(ADMIN, permission("IsSsoEnabled"))).integrations
    assert any("you ('ada@acme.example')" in text for text in one.guard.unknown)
    assert any("manage profiles" in text for text in one.guard.unknown)
    (one,) = simulated(UNLISTED["sign-on only"]).integrations
    assert any("you ('ada@acme.example')" in text for text in one.guard.unknown)


def test_of_two_files_for_one_permission_set_which_one_counts_can_not_be_told() -> None:
    had = running(assignments=(Assignment(SVC, "0PS000000000004AAA", ""),))
    one = xml("PermissionSet", "<label>Sync</label>" + permission("ApiEnabled"))
    path, other = (f"permissionsets/{name}.permissionset" for name in ("Sync_Access", "sync_access"))
    assert simulated({path: one}, had).safe
    assert not simulated({path: one, other: xml("PermissionSet", "<label>Sync</label>")}, had).safe


# Settings of a profile ---------------------------------------------------------------------------

SESSION, PASSWORD = (
    "profileSessionSettings/x.profileSessionSetting",
    "profilePasswordPolicies/x.profilePasswordPolicy",
)
STRICT = "<requiredSessionLevel>HIGH_ASSURANCE</requiredSessionLevel><sessionTimeout>30</sessionTimeout>"
LOCKING = "<lockoutInterval>0</lockoutInterval><maxLoginAttempts>3</maxLoginAttempts>"


def setting(path: str, profile: str, more: str) -> dict[str, str]:
    kind = "ProfileSessionSetting" if path == SESSION else "ProfilePasswordPolicy"
    named = f"<profile>{profile}</profile>" if profile else ""
    return {path: xml(kind, f"{more}{named}")}


@pytest.mark.parametrize("profile", ["Admin", "Logic Apps Integration", "logic apps integration", ""])
@pytest.mark.parametrize(("path", "more"), [(SESSION, STRICT), (PASSWORD, LOCKING)])
def test_a_setting_that_is_given_to_another_profile_is_new_to_it(path: str, more: str, profile: str) -> None:
    first = running({**FILES, **setting(path, "Contract Manager", more)})
    assert found(setting(path, profile, more), first)
    outcome = simulated(setting(path, profile, more), first)
    assert (outcome.safe, outcome.unknown) == (False, True)


def test_a_setting_that_keeps_its_profile_however_that_is_spelt_or_only_ends_sessions_is_harmless() -> None:
    first = running({**FILES, **setting(SESSION, "Contract Manager", STRICT)})
    assert found(setting(SESSION, "contract manager", STRICT), first) == []
    ending = "<sessionTimeout>30</sessionTimeout>"
    first = running({**FILES, **setting(SESSION, "Contract Manager", ending)})
    assert found(setting(SESSION, "Logic Apps Integration", ending), first) == []


# Given and taken in one file ------------------------------------------------------------------


def enabled(name: str, value: str) -> str:
    return f"<userPermissions><enabled>{value}</enabled><name>{name}</name></userPermissions>"


@pytest.mark.parametrize("order", [("true", "false"), ("false", "true"), ("true", "false", "true")])
@pytest.mark.parametrize(
    ("path", "name"),
    [
        (PROFILE, "ApiEnabled"),
        (ADMIN, "ManageProfilesPermissionsets"),
        ("profiles/Standard.profile", "UseAnyApiClient"),
        ("profiles/Standard.profile", "CanApproveUninstalledApps"),
    ],
)
def test_a_permission_that_one_file_gives_and_takes_is_never_green(
    path: str, name: str, order: tuple[str, ...]
) -> None:
    outcome = simulated(with_more(path, "".join(enabled(name, value) for value in order)))
    assert not outcome.safe
    assert outcome.unknown


def test_a_set_that_gives_and_takes_what_calls_need_counts_for_who_has_it() -> None:
    path = "permissionsets/Sync_Access.permissionset"
    files = {
        path: xml(
            "PermissionSet",
            "<label>Sync</label>" + enabled("ApiEnabled", "true") + enabled("ApiEnabled", "false"),
        )
    }
    had = running(assignments=(Assignment(SVC, "0PS000000000004AAA", ""),))
    assert rows(files, had)["calling"].outcome is Outcome.CANNOT_TELL
    assert not simulated(files, had).safe


def test_an_ability_that_one_file_gives_and_takes_keeps_nobody_out() -> None:
    assert found(with_more(PROFILE, enabled("ViewSetup", "true") + enabled("ViewSetup", "false"))) == []


# What may be done with objects, fields and code ------------------------------------------------

ALL_OF_ACCOUNT = "".join(
    f"<{one}>true</{one}>"
    for one in ("allowCreate", "allowDelete", "allowEdit", "allowRead", "modifyAllRecords", "viewAllRecords")
)
NO_ACCOUNT = f"<objectPermissions>{ALL_OF_ACCOUNT.replace('true', 'false')}<object>Account</object></objectPermissions>"
TAKING = {
    "an object": NO_ACCOUNT,
    "a part of an object": NO_ACCOUNT.replace("allowRead>false", "allowRead>true"),
    "a field": "<fieldPermissions><editable>false</editable><field>Account.X</field><readable>true</readable></fieldPermissions>",
    "a class": "<classAccesses><apexClass>Sync</apexClass><enabled>false</enabled></classAccesses>",
    "a custom permission": "<customPermissions><enabled>false</enabled><name>Sync</name></customPermissions>",
    "a damaged entry": "<objectPermissions><object>Account<b/></object></objectPermissions>",
}


@pytest.mark.parametrize("more", TAKING.values(), ids=TAKING)
def test_what_the_integration_may_lose_of_objects_fields_and_code_can_not_be_told(more: str) -> None:
    outcome = simulated(with_more(PROFILE, more))
    assert (outcome.safe, outcome.unknown, outcome.breaks) == (False, True, False)


@pytest.mark.parametrize("more", [NO_ACCOUNT, TAKING["a class"]])
def test_of_another_profile_it_is_none_of_the_integrations_business(more: str) -> None:
    assert simulated(with_more(ADMIN, more)).safe
    assert simulated(with_more("profiles/Standard.profile", more)).safe


def test_what_permits_everything_takes_nothing() -> None:
    whole = f"<objectPermissions>{ALL_OF_ACCOUNT}<object>Account</object></objectPermissions>"
    assert simulated(with_more(PROFILE, whole)).safe


def test_of_a_set_it_counts_if_the_integration_has_it() -> None:
    files = {
        "permissionsets/Sync_Access.permissionset": xml("PermissionSet", "<label>Sync</label>" + NO_ACCOUNT)
    }
    had = running(assignments=(Assignment(SVC, "0PS000000000004AAA", ""),))
    assert not simulated(files, had).safe
    assert simulated(files).safe
