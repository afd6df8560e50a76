"""The Azure side in a plan: beside what is planned for an org, or alone; its fingerprint is over both."""

import pytest

from sfharden.errors import NoVerdictError
from sfharden.plan.azure.access_control import READERS, plan_access
from sfharden.plan.azure.planner import AzurePlanned
from sfharden.plan.azure_side import with_azure_planned, without_an_org
from sfharden.plan.fingerprint import verify
from sfharden.plan.readme import readme
from sfharden.plan.steps import Commands
from tests.orgs import azure_side as az
from tests.plan.azure.kit import one_change, snapshot, wish
from tests.plan.kit import everything_bad, integration, planned

FLOW = az.workflow(accessControl=None)
READ = snapshot(az.snapshot(FLOW))
CHANGE = one_change(plan_access(wish(FLOW, READERS)))
FOUND = AzurePlanned((CHANGE,), ("By hand.",), ("First.",), ("Note.",))


def test_it_is_added_to_what_is_planned_for_an_org() -> None:
    before = planned(everything_bad())
    after = with_azure_planned(before, FOUND, READ)
    assert after.plan.azure == (CHANGE,)
    assert after.plan.changes == before.plan.changes
    assert after.plan.manual == (*before.plan.manual, "By hand.")
    assert after.plan.conditions == (*before.plan.conditions, "First.")
    assert after.plan.notes == (*before.plan.notes, "Note.")
    assert after.plan.fingerprint != before.plan.fingerprint
    assert b"accessControl" in after.azure_diff


def test_an_org_without_azure_is_planned_as_ever() -> None:
    before = planned(everything_bad())
    assert with_azure_planned(before, AzurePlanned(), READ.model_copy(update={"azure": None})) is before
    assert with_azure_planned(before, AzurePlanned(), READ).plan == before.plan


def test_alone_it_holds_nothing_of_an_org_and_still_holds_later() -> None:
    mine = [integration()]
    found = with_azure_planned(without_an_org(READ, mine, "66.0", "0"), FOUND, READ).plan
    assert (found.org, found.changes, found.files, found.is_empty) == (None, (), (), False)
    verify(found, "", mine, {}, [CHANGE])
    other = CHANGE.model_copy(update={"after": ("otherwise",)})
    for changes in ([], [other], [CHANGE, other]):
        with pytest.raises(NoVerdictError, match="Azure has changed"):
            verify(found, "", mine, {}, changes)
    with pytest.raises(NoVerdictError, match="out of date"):
        verify(found, "", [integration(profile="Another")], {}, [CHANGE])


def test_a_plan_of_azure_alone_has_its_steps_in_order_and_simulate_reads_both_sides() -> None:
    found = with_azure_planned(without_an_org(READ, [integration()], "66.0", "0"), FOUND, READ).plan
    commands = Commands("change", source="--org acme", azure="--azure")
    page = readme(found, commands)
    assert "## The steps, in this order" in page
    assert "sh change/azure/commands.sh 1" in page
    assert "sfharden simulate --org acme --azure -i" in commands.simulate()


def test_without_a_change_a_plan_is_empty() -> None:
    assert without_an_org(READ, (), "66.0", "0").plan.is_empty
