"""What a planner is asked, and when a resource takes a command at all."""

import re
from dataclasses import replace

import pytest

from sfharden.addresses import AddressSet
from sfharden.checks.policy import AZURE_POLICY, Control, load_policy
from sfharden.model.azure import MASK, SITES, AzureForm
from sfharden.plan.azure.pointers import edit_of
from sfharden.plan.azure.wish import all_masked, declared, how_to_mend, is_masked, need, why_no_command
from tests.orgs import azure_side as az
from tests.plan.azure.kit import standing, wish


def test_controls_are_named_once_and_the_longest_time_counts() -> None:
    asked = wish(
        az.workflow(),
        standing("a", "one", least_days=30),
        standing("b", "two", least_days=90),
        standing("a", "one"),
    )
    assert asked.control == "one, two"
    assert asked.least_days(60) == 90
    assert asked.fails("b")
    assert not asked.fails("c")
    assert need(asked, "why").sentence == "one, two of 'crm-rg/crm-sync': why"


@pytest.mark.parametrize("form", AzureForm)
def test_only_what_was_read_of_something_that_runs_takes_a_command(form: AzureForm) -> None:
    one = az.workflow().model_copy(update={"form": form})
    assert bool(why_no_command(one)) == (form not in (AzureForm.REST, AzureForm.GRAPH, AzureForm.POWERSHELL))


def test_the_words_on_how_to_mend_have_the_resources_own_id() -> None:
    one = replace(standing("a"), remediation='`az rest --url "ID/x"`, --ids ID, --scope ID, --ids ID-2; ID')
    assert how_to_mend(one, az.workflow()) == (
        f' To mend it: `az rest --url "{az.WORKFLOW}/x"`, --ids {az.WORKFLOW}, --scope ID, --ids ID-2; ID'
    )
    strange = az.workflow().model_copy(update={"id": "/x; rm"})
    for resource in (None, strange):
        assert how_to_mend(one, resource).endswith("ID-2; ID")
    assert how_to_mend(replace(one, remediation=""), None) == ""
    of_connection = replace(one, remediation="`az resource show --ids CONNECTION-ID`")
    assert az.CONNECTION in how_to_mend(of_connection, az.connection())
    assert "CONNECTION-ID" in how_to_mend(of_connection, az.workflow())


def test_no_command_gets_the_id_of_a_resource_of_another_type() -> None:
    site = az.workflow().model_copy(update={"type": SITES})
    asked = '`az webapp config set --ids ID`; `az rest --url "ID/regenerateAccessKey"`; `az resource show --ids ID`'
    one = replace(standing("a"), remediation=asked)
    assert [how_to_mend(one, each).count(each.id) for each in (az.workflow(), site, az.connection())] == [
        2,
        2,
        1,
    ]


def test_only_the_half_for_its_hosting_plan_is_told() -> None:
    asked = "First this. Consumption: `az a`, so. Standard: `az b` then"
    one, site = replace(standing("a"), remediation=asked), az.workflow().model_copy(update={"type": SITES})
    assert how_to_mend(one, az.workflow()) == " To mend it: First this. `az a`, so."
    assert how_to_mend(one, site) == " To mend it: First this. `az b` then"
    assert how_to_mend(one, az.connection()).endswith(asked)
    assert how_to_mend(replace(one, remediation="Standard: `az b`"), az.workflow()).endswith(
        "Standard: `az b`"
    )


@pytest.mark.parametrize("control", load_policy(AZURE_POLICY).controls, ids=lambda one: one.id)
def test_no_shipped_remedy_hands_a_resource_to_a_command_for_another(control: Control) -> None:
    one = replace(standing("a"), remediation=control.remediation)
    for resource in (az.workflow(), az.connection()):
        told = how_to_mend(one, resource)
        assert f"--ids {resource.id}" not in told or "az webapp" not in told
        assert not re.search(f"move [^`]*{resource.id}", told)


def test_a_mask_is_seen_wherever_it_stands() -> None:
    assert is_masked({"a": [{"b": f"x{MASK}"}]})
    assert not is_masked({"a": [1, None, "x"]})
    flow = az.workflow(state=MASK)
    assert all_masked([edit_of(flow, ("properties", "state"), "Enabled")])
    assert not all_masked([edit_of(flow, ("properties", "accessControl"), {})])


def test_ranges_are_read_or_the_wrong_one_is_named() -> None:
    assert "'x'" in str(declared(["192.0.2.1", "x"]))
    assert declared([]) == AddressSet()
