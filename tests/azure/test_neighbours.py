"""What else runs where the connection is, and whose it is."""

from typing import Any

import pytest

from sfharden.azure.index import AzureIndex
from sfharden.azure.neighbours import (
    group_of,
    is_own,
    require_group,
    require_references,
    seen_in_group,
    strangers,
    subscription_of,
    users_of,
)
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureEntry, AzureForm
from tests.orgs.azure_side import (
    CONNECTION,
    GROUP,
    SITE,
    SUBSCRIPTION,
    connection,
    context,
    listed,
    other_workflow,
    resource,
    site,
    site_workflow,
    snapshot,
    workflow,
)

FLOWS, SITES = "providers/Microsoft.Logic/workflows", "providers/Microsoft.Web/sites"
OTHER_GROUP = f"{SUBSCRIPTION}/resourceGroups/other-rg"


def test_group_and_subscription_of_a_resource() -> None:
    assert group_of(connection()) == GROUP
    assert subscription_of(connection()) == SUBSCRIPTION


def test_a_group_s_content_is_what_was_deployed_and_runs_workflows() -> None:
    plain = site().model_copy(update={"document": {"kind": "app"}})
    template = other_workflow("t").model_copy(update={"form": AzureForm.TEMPLATE})
    elsewhere = other_workflow("e", group=OTHER_GROUP)
    read = AzureIndex(snapshot(workflow(), plain, template, elsewhere, other_workflow("o")))
    assert [one.name for one in seen_in_group(read, GROUP.upper())] == ["crm-sync", "o"]


@pytest.mark.parametrize("place", [GROUP, SUBSCRIPTION])
def test_a_group_is_listed_by_itself_or_by_its_subscription(place: str) -> None:
    lists = (listed(f"{place}/{FLOWS}"), listed(f"{place}/{SITES}"))
    require_group(AzureIndex(snapshot(lists=lists)), GROUP, SUBSCRIPTION)
    for missing in (0, 1):
        with pytest.raises(CannotTell):
            require_group(AzureIndex(snapshot(lists=(lists[missing],))), GROUP, SUBSCRIPTION)


def test_a_site_that_does_not_say_what_it_is_cannot_be_told() -> None:
    odd = site().model_copy(update={"document": {}})
    lists = (listed(f"{GROUP}/{FLOWS}"), listed(f"{GROUP}/{SITES}", odd))
    with pytest.raises(CannotTell, match="Logic App"):
        require_group(AzureIndex(snapshot(lists=lists)), GROUP, SUBSCRIPTION)


@pytest.mark.parametrize(
    "change",
    [
        {"definition": None},
        {"parameters": {"$connections": {"value": "[x]"}}},
        {"parameters": {"$connections": {"value": []}}},
        {"parameters": {"$connections": "@x"}},
        {"parameters": "@x"},
        {"parameters": None},
        {"parameters": {"$connections": {"value": {"salesforce": {"id": "/managedApis/salesforce"}}}}},
    ],
)
def test_a_workflow_without_its_connections_cannot_be_told(change: dict[str, Any]) -> None:
    path = f"{SUBSCRIPTION}/{FLOWS}"
    require_references(
        AzureIndex(snapshot(lists=(listed(path, workflow(parameters=None, definition={"actions": {}})),))),
        SUBSCRIPTION,
    )
    with pytest.raises(CannotTell):
        require_references(AzureIndex(snapshot(lists=(listed(path, workflow(**change)),))), SUBSCRIPTION)


def test_a_short_row_of_a_list_is_no_matter_where_the_workflow_was_read_itself() -> None:
    lists = (listed(f"{SUBSCRIPTION}/{FLOWS}", workflow(definition=None)),)
    require_references(AzureIndex(snapshot(workflow(), lists=lists)), SUBSCRIPTION)


def test_users_are_found_by_the_connection_s_id_in_any_case() -> None:
    files = {"connections.json": {"managedApiConnections": {"s": {"connection": {"id": CONNECTION.upper()}}}}}
    child = site_workflow("Request", **files)
    read = AzureIndex(
        snapshot(workflow(), site(), other_workflow("o"), lists=(listed(f"{SITE}/workflows", child),))
    )
    assert [one.name for one in users_of(read, connection())] == ["crm-sync", "crm-standard"]


def test_whose_a_workflow_is() -> None:
    user, other = other_workflow("u", uses=CONNECTION), other_workflow("o")
    read = snapshot(workflow(), connection(), user, other)
    named = context(read, AzureEntry(workflows=("crm-sync",), neighbours=("o",))).azure
    assert [is_own(named, one) for one in (workflow(), user, other)] == [True, False, True]
    for entry in (None, AzureEntry(connections=("salesforce",))):
        by_use = context(read, entry).azure
        assert [is_own(by_use, one) for one in (workflow(), user, other)] == [True, True, False]


def test_whose_a_standard_app_is_takes_its_workflows_where_nobody_names_it() -> None:
    by_use = context(snapshot(connection(), site())).azure
    with pytest.raises(CannotTell):
        is_own(by_use, site())
    whole = context(
        snapshot(connection(), site(), lists=(listed(f"{SITE}/workflows", site_workflow("Request")),))
    ).azure
    assert not is_own(whole, site())


def test_strangers_are_told_beside_what_is_not_sure() -> None:
    side = context(snapshot(connection(), site(), other_workflow("o"))).azure
    others, unsure = strangers(side, [site(), other_workflow("o")])
    assert [one.name for one in others.values()] == ["o"]
    assert unsure
    child = resource(f"{SITE}/workflows/w", {})
    assert strangers(side, [child])[1]


@pytest.mark.parametrize("name", ["o", "O", "crm-rg/o", f"{GROUP.upper()}/{FLOWS}/o"])
def test_a_neighbour_by_id_by_group_and_name_or_by_name(name: str) -> None:
    side = context(snapshot(workflow()), AzureEntry(workflows=("crm-sync",), neighbours=(name,))).azure
    assert is_own(side, other_workflow("o"))
    assert not is_own(side, other_workflow("o2"))


def test_whose_a_workflow_is_that_may_call_salesforce_is_not_sure() -> None:
    side = context(snapshot(connection())).azure
    step = {"type": "Http", "inputs": {"uri": "@parameters('u')"}}
    other = other_workflow("o").model_copy(
        update={"document": {"properties": {"definition": {"actions": {"go": step}}}}}
    )
    others, unsure = strangers(side, [other])
    assert not others
    assert unsure
    assert "'go'" in unsure.reason
