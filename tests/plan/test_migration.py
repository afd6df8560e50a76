"""A migrated app has two sides, and either lets in; a new integration gets an external client app."""

import pytest

from sfharden.addresses import AddressSet
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.server import serve
from sfharden.errors import NoVerdictError
from sfharden.model import kinds
from sfharden.model.integration import Egress
from sfharden.plan.package import package_files
from sfharden.plan.planner import PlanResult
from tests.emulator.kit import NOW, client
from tests.orgs.files import APP, ECA, ECA_GLOBAL, ECA_OAUTH_POLICY, EXTERNAL, HEALTHY, PROFILE
from tests.orgs.served import INTEGRATION
from tests.plan.test_plan_deploy import PLANNED_CONTROLS, connected, planned_on, verdicts

from .kit import addresses, everything_bad, healthy, integration, planned

BOTH = {path: text.encode() for path, text in {**EXTERNAL, APP: HEALTHY[APP]}.items()}
BAD = {
    **BOTH,
    APP: BOTH[APP].replace(b"ENFORCE", b"BYPASS").replace(b"Approved>true", b"Approved>false"),
    ECA_OAUTH_POLICY: BOTH[ECA_OAUTH_POLICY].replace(b"Enforce<", b"Bypass<").replace(
        b"AdminApprovedPreAuthorized", b"AllSelfAuthorized"
    ),
}  # fmt: skip
SIDES = (kinds.CONNECTED_APP, kinds.EXTERNAL_OAUTH_POLICY)


def about(result: PlanResult, *words: str) -> list[str]:
    return [one for one in result.plan.notes if all(word in one for word in words)]


@pytest.mark.parametrize("name", ["Azure Logic Apps", "Azure_Logic_Apps"])
def test_both_sides_get_the_same_policy_and_what_a_migration_loses_is_said(name: str) -> None:
    result = planned(BAD, integration(app=name))
    settings = {kind: {one.setting for one in result.plan.changes if one.kind == kind} for kind in SIDES}
    assert settings[SIDES[0]] == settings[SIDES[1]] == {"permitted users", "IP relaxation"}
    (note,) = about(result, "connected app 'Azure_Logic_Apps' and external client app 'Azure_Logic_Apps'")
    assert "Help 005387022" in note
    assert not about(result, "announced to end")  # it's migrated
    again = {**BAD, **{one.path: one.after for one in result.files}}
    assert planned(again, integration(app=name)).plan.changes == ()
    assert planned(BOTH).plan.changes == ()


def test_a_side_that_can_not_be_planned_is_told_and_the_other_one_is_planned() -> None:
    result = planned({path: data for path, data in BAD.items() if path != ECA_OAUTH_POLICY})
    assert {one.kind for one in result.plan.changes} == {kinds.CONNECTED_APP}
    assert any(
        "OAuth policy of the app 'Azure_Logic_Apps' was not read" in one for one in result.plan.conditions
    )


@pytest.mark.parametrize(("kind", "planned_kind"), [("connected-app", 0), ("external-client-app", 1)])
def test_a_kind_plans_one_side_and_tells_of_the_other(kind: str, planned_kind: int) -> None:
    result = planned(BAD, integration(app_kind=kind))
    assert {one.kind for one in result.plan.changes} == {SIDES[planned_kind]}
    assert about(result, "Nothing is planned for that side")


def test_an_app_that_only_bears_the_same_label_is_not_opened_to_the_integration() -> None:
    """Whoever may make an app may copy a label."""
    other = {path: data.replace(b"Azure_Logic_Apps<", b"Copy<") for path, data in BAD.items()}
    copy = {path.replace("Azure_Logic_Apps", "Copy") if "xtl" in path or "eca" in path else path: data
            for path, data in other.items()}  # fmt: skip
    assert ECA not in copy
    with pytest.raises(NoVerdictError, match="say which is meant"):
        planned(copy, integration(app="Azure Logic Apps"))
    assert {one.kind for one in planned(copy, integration(app="Azure_Logic_Apps")).plan.changes} == {SIDES[0]}
    key = b"<consumerKey>3MVG9SECRETLIKE</consumerKey>\n<callbackUrl>"
    path = ECA_GLOBAL.replace("Azure_Logic_Apps", "Copy")
    same = {**copy, path: copy[path].replace(b"<callbackUrl>", key)}
    assert {one.kind for one in planned(same, integration(app="Azure Logic Apps")).plan.changes} == set(SIDES)


def test_a_binding_that_was_on_is_named() -> None:
    free = BAD[APP].replace(b"isIpBindingEnabled>true", b"isIpBindingEnabled>false")
    assert about(planned(BAD), "binds its refresh tokens to addresses, and a migration loses")
    assert about(planned({**BAD, APP: free}), "If the connected app had one, a migration loses")


def test_a_connected_app_that_changes_is_told_of_the_announced_end() -> None:
    (note,) = about(planned(everything_bad()), "announced to end with Summer '27")
    assert "By one account" in note
    assert "Help 005387022" in note
    assert not planned(healthy()).plan.notes


# A new integration --------------------------------------------------------------------------------


def test_a_new_integration_gets_an_external_client_app() -> None:
    new = integration(app="Not There Yet", profile="New", clone_from="Logic Apps Integration")
    (step,) = [one for one in planned(healthy(), new).plan.manual if "external client app" in one]
    for word in (
        "There is no app 'Not There Yet' yet.",
        "the profile 'New'",
        "192.0.2.0-192.0.2.15",
        "Then plan again",
    ):
        assert word in step


def test_an_app_that_is_not_there_is_refused_with_the_proposal_where_the_profile_is() -> None:
    with pytest.raises(NoVerdictError, match="no app named 'Nobody'") as told:
        planned(healthy(), integration(app="Nobody"))
    assert "make an external client app" in told.value.hint


@pytest.mark.parametrize(
    ("egress", "fits"),
    [(addresses("192.0.2.0/28"), True), (addresses("192.0.0.0/24", "192.0.2.0/24"), False)],
)
def test_the_allowlist_is_proposed_only_where_it_holds_the_addresses(egress: Egress, fits: bool) -> None:
    new = integration(app="Not There Yet", profile="New", clone_from="Logic Apps Integration", egress=egress,
                      operator_ranges=AddressSet.of(["198.51.100.7"]))  # fmt: skip
    (step,) = [one for one in planned(healthy(), new).plan.manual if "Allowlist" in one]
    assert ("no Refresh Token IP Allowlist" in step) == (not fits)


# On a running org ---------------------------------------------------------------------------------


def test_both_sides_are_mended_on_a_running_org() -> None:
    org = healthy_org(NOW)
    name = APP.partition("/")[2].partition(".")[0]
    for path in [one for one in org.metadata if "Reporting_Sync" in one]:
        twin = org.metadata[path].replace(b"Reporting_Sync", name.encode())
        org.metadata[path.replace("Reporting_Sync", name)] = twin
    policy = f"extlClntAppOauthPolicies/{name}_oauthPlcy.ecaOauthPlcy"
    org.metadata[policy] = org.metadata[policy].replace(b">Enforce<", b">Bypass<")
    org.metadata[APP] = org.metadata[APP].replace(b"ENFORCE", b"BYPASS")
    sync(org)
    wanted = INTEGRATION.model_copy(update={"app": name})
    with serve(org) as server, client(server) as auditor, connected(server) as connection:
        before = verdicts(connection, wanted)
        assert before["app-ip-enforced"] == {"fail"}
        result = planned_on(connection, wanted)
        assert {one.kind for one in result.plan.changes} == set(SIDES)
        assert PROFILE not in package_files(result)
        answer = auditor.deploy(package_files(result))
        assert answer["success"], answer["details"]
        after = verdicts(connection, wanted)
        assert {one: after[one] for one in PLANNED_CONTROLS} == {one: {"pass"} for one in PLANNED_CONTROLS}
        assert planned_on(connection, wanted).plan.changes == ()
