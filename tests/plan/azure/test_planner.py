"""From failing controls to changes, by the judge that `check` has: what it accepts stays, and nothing that fails is passed over."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sfharden.checks.azure_planned import judge_azure
from sfharden.model.azure import AzureResource
from sfharden.model.azure_plan import AzureStanding
from sfharden.model.integration import Integration
from sfharden.model.results import Status, Waived
from sfharden.model.snapshot import Snapshot
from sfharden.plan.azure.access_control import CALLERS, READERS
from sfharden.plan.azure.applied import applied
from sfharden.plan.azure.planner import AzurePlanned, plan_azure
from tests.orgs import azure_side as az
from tests.orgs.constants import INTEGRATION, NOW
from tests.plan.azure.kit import ENTRY, snapshot, standing

SETTINGS = "providers/Microsoft.Insights/diagnosticSettings"
MINE = INTEGRATION.model_copy(update={"azure": ENTRY})


def untidy() -> Snapshot:
    """A workflow without records, and an app by plain HTTP."""
    lists = (az.listed(f"{az.WORKFLOW}/{SETTINGS}"), az.listed(f"{az.SITE}/{SETTINGS}"))
    return snapshot(az.snapshot(az.workflow(), az.connection(), az.site(httpsOnly=False), lists=lists))


def judged(integrations: list[Integration]) -> Any:
    return lambda one: judge_azure(one, (), integrations, (), NOW)


def failing(*standings: AzureStanding) -> Any:
    """A judge that has these fail whatever is planned."""
    return lambda _: standings


def plan(standings: Iterable[AzureStanding], *resources: AzureResource, **entry: Any) -> AzurePlanned:
    mine = INTEGRATION.model_copy(update={"azure": ENTRY.model_copy(update=entry)})
    named = [replace(one, standing=replace(one.standing, integration=mine.name)) for one in standings]
    return plan_azure(snapshot(az.snapshot(*resources)), [mine], failing(*named))


def test_what_check_fails_is_planned_records_first() -> None:
    found = plan_azure(untidy(), [MINE], judged([MINE]))
    assert [one.control for one in found.changes][:3] == [
        "logic-app-diagnostics-kept",
        "logic-app-diagnostics-kept",
        "standard-app-https-only",
    ]
    assert {one.integration for one in found.changes} == {MINE.name}


def test_a_role_that_many_resources_inherit_is_told_once_with_its_command() -> None:
    command = "`az role assignment delete --ids /x/roleAssignments/1`"
    held = tuple(
        replace(
            standing("azure_rights_least", "azure-rights-least", subject),
            observed=(f"User f647: Owner at rg: may {power}; {command}", "Group 12: Reader at rg: may read"),
        )
        for subject, power in (("crm-rg/crm-sync", "run it"), ("crm-rg/salesforce", "use, redirect it"))
    )
    told = [one for one in plan(held, az.workflow(), az.connection()).manual if "delete" in one]
    assert told == [f"azure-rights-least of 'User f647: Owner at rg': if nobody needs it, {command}"]


def test_each_failing_control_is_a_change_or_a_sentence() -> None:
    before = untidy()
    found = plan_azure(before, [MINE], judged([MINE]))
    said = "\n".join((*(one.control for one in found.changes), *found.manual, *found.conditions))
    for one in judged([MINE])(before):
        if one.standing.status in (Status.FAIL, Status.UNKNOWN):
            assert one.standing.control in said


def test_without_an_integration_all_that_uses_salesforce_is_planned() -> None:
    found = plan_azure(untidy(), [], judged([]))
    assert "standard-app-https-only" in [one.control for one in found.changes]


def test_what_passes_stays() -> None:
    good = snapshot(az.snapshot(az.site()))
    mine = INTEGRATION.model_copy(update={"azure": ENTRY.model_copy(update={"workflows": ("crm-standard",)})})
    found = plan_azure(good, [mine], judged([mine]))
    assert found.changes == ()


def test_what_somebody_answers_for_stays_and_is_told() -> None:
    one = standing(READERS)
    waived = replace(
        one,
        standing=replace(one.standing, waived=Waived(reason="known", owner="Ops", expires=date(2027, 1, 1))),
    )
    found = plan([waived], az.workflow(accessControl=None))
    assert found.changes == ()
    assert "known; Ops, until 2027-01-01" in found.notes[0]


def test_controls_of_one_workflow_are_mended_by_one_change() -> None:
    found = plan([standing(READERS, "r"), standing(CALLERS, "c")], az.workflow(accessControl=None))
    (change,) = [one for one in found.changes if one.commands]
    assert sorted(change.control.split(", ")) == ["c", "r"]


def test_what_would_fail_all_the_same_is_told() -> None:
    found = plan([standing(READERS, "r")], az.workflow(accessControl=None))
    assert len(found.changes) == 1
    assert found.manual == ("r of 'crm-rg/crm-sync' would still fail, which this plan can't mend: It fails.",)


@pytest.mark.parametrize("check", ["azure_keys_rotated", "azure_of_somebody_else"])
def test_what_no_planner_mends_is_told_with_the_way_to_mend_it(check: str) -> None:
    found = plan([standing(check, "k")], az.workflow())
    assert found.changes == ()
    assert found.manual == ("k of 'crm-rg/crm-sync': It fails. To mend it: Mend it.",)


def test_two_resources_of_one_name_get_no_change() -> None:
    other = az.workflow().model_copy(update={"id": az.WORKFLOW.replace("0001/", "0002/")})
    found = plan(
        [standing(READERS, "r")], az.workflow(), other, workflows=(az.WORKFLOW, other.id), connections=()
    )
    assert found.changes == ()
    assert "It fails" in found.manual[0]


def test_a_change_that_would_shut_the_operator_out_is_looked_at_first() -> None:
    found = plan([standing(READERS, "r")], az.workflow(), data_readers=("203.0.113.0/28",))
    assert found.changes == ()
    assert "shut out the operator" in found.conditions[0]


def test_two_integrations_that_want_a_workflow_otherwise_are_told() -> None:
    others = ENTRY.model_copy(update={"data_readers": ("198.51.100.0/28",)})
    second = MINE.model_copy(update={"name": "second", "azure": others})
    flow = az.workflow(accessControl=None)
    of_both = [
        replace(standing(READERS, "r"), standing=replace(standing(READERS, "r").standing, integration=name))
        for name in (MINE.name, "second")
    ]
    found = plan_azure(snapshot(az.snapshot(flow)), [MINE, second], failing(*of_both))
    assert len(found.changes) == 1
    assert f"planned for {MINE.name} already" in found.conditions[0]


def test_of_the_same_change_for_two_there_is_one() -> None:
    second = MINE.model_copy(update={"name": "second"})
    flow = az.workflow(accessControl=None)
    of_both = [
        replace(standing(READERS, "r"), standing=replace(standing(READERS, "r").standing, integration=name))
        for name in (MINE.name, "second")
    ]
    found = plan_azure(snapshot(az.snapshot(flow)), [MINE, second], failing(*of_both))
    assert len(found.changes) == 1
    assert not any("already" in one for one in found.conditions)


def test_where_azure_was_not_read_nothing_is_planned() -> None:
    org = untidy().model_copy(update={"azure": None})
    assert plan_azure(org, [MINE], judged([MINE])) == AzurePlanned()


def test_planning_on_the_planned_state_gives_nothing_more_for_properties() -> None:
    before = untidy()
    found = plan_azure(before, [MINE], judged([MINE]))
    again = plan_azure(applied(before, found.changes), [MINE], judged([MINE]))
    assert [one.control for one in again.changes] == [one.control for one in found.changes if not one.edits]


def open_side() -> Snapshot:
    """A workflow that anybody calls and reads, and an app that anybody reaches and publishes to."""
    flow = az.workflow(accessControl=None)
    flow.document["properties"]["definition"]["actions"]["Get_record"].pop("runtimeConfiguration")
    wide: list[Any] = [{"ipAddress": "Any", "action": "Allow", "priority": 2147483647, "name": "Allow all"}]
    config = az.resource(
        f"{az.SITE}/config/web",
        {
            "properties": {
                "ipSecurityRestrictions": wide,
                "scmIpSecurityRestrictions": wide,
                "scmIpSecurityRestrictionsUseMain": False,
                "minTlsVersion": "1.0",
                "scmMinTlsVersion": "1.2",
                "ftpsState": "AllAllowed",
                "remoteDebuggingEnabled": True,
            }
        },
    )
    ways = [
        az.resource(f"{az.SITE}/basicPublishingCredentialsPolicies/{way}", {"properties": {"allow": True}})
        for way in ("scm", "ftp")
    ]
    return snapshot(az.snapshot(flow, az.connection(), az.site(httpsOnly=False), config, *ways))


MENDED = (
    "logic-app-trigger-callers",
    "logic-app-content-readers",
    "trigger-signatures-off",
    "secure-inputs-outputs",
    "standard-app-https-only",
    "standard-app-tls",
    "standard-app-ftp-off",
    "standard-app-remote-debugging-off",
)


def test_the_changes_mend_what_they_are_for_by_the_judge_that_check_has() -> None:
    before = open_side()
    ask = judged([MINE])
    failed = {one.standing.control for one in ask(before) if one.standing.status is Status.FAIL}
    assert failed >= {*MENDED, "standard-app-scm-closed"}
    found = plan_azure(before, [MINE], ask)
    assert all(one.commands for one in found.changes)
    after = ask(applied(before, found.changes))
    left = {one.standing.control for one in after if one.standing.status is Status.FAIL}
    assert not left & set(MENDED)
    again = plan_azure(applied(before, found.changes), [MINE], ask)
    finished = ask(applied(applied(before, found.changes), again.changes))
    assert "standard-app-scm-closed" not in {
        one.standing.control for one in finished if one.standing.status is Status.FAIL
    }


def test_signatures_alone_are_switched_off_where_tokens_are_taken() -> None:
    control = az.workflow().document["properties"]["accessControl"]["triggers"]
    tokens = {"triggers": {"openAuthenticationPolicies": control["openAuthenticationPolicies"]}}
    before = snapshot(az.snapshot(az.workflow(accessControl=tokens), az.connection()))
    entry = ENTRY.model_copy(update={"allowed_callers": (), "workflows": ("crm-sync",)})
    mine = INTEGRATION.model_copy(update={"azure": entry})
    ask = judged([mine])
    found = plan_azure(before, [mine], ask)
    after = ask(applied(before, found.changes))
    for control_id in ("logic-app-trigger-callers", "trigger-signatures-off"):
        (one,) = [each for each in after if each.standing.control == control_id]
        assert one.standing.status is Status.PASS


def test_two_integrations_on_one_connection_take_nothing_away_from_each_other() -> None:
    """Each holds the other's app for a stranger; a third party's policy goes."""
    path = f"{az.CONNECTION}/accessPolicies"
    rows = [
        az.resource(f"{path}/{who}", {"properties": {"principal": {"identity": {"objectId": who}}}})
        for who in ("app-a", "app-b", "third")
    ]
    read = snapshot(az.snapshot(az.connection(), lists=(az.listed(path, *rows),)))
    both = [
        MINE.model_copy(
            update={"name": name, "azure": ENTRY.model_copy(update={"allowed_principals": (f"app-{name}",), "workflows": ()})}
        )
        for name in ("a", "b")
    ]  # fmt: skip
    found = plan_azure(read, both, judged(both))
    gone = {one.what for one in found.changes if one.control == "connection-access-policies"}
    assert gone == {"access policy third"}
    assert sum("may be an app of" in one for one in found.manual) == 2
