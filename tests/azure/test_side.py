"""Which resources are an integration's."""

from typing import Any

import pytest

from sfharden.azure.index import AzureIndex
from sfharden.azure.side import azure_side, is_salesforce_api, references_of, site_workflows
from sfharden.model.azure import AzureEntry, AzureForm, AzureResource
from tests.orgs.azure_side import (
    API,
    CONNECTION,
    GROUP,
    SITE,
    WORKFLOW,
    connection,
    gap,
    listed,
    other_workflow,
    resource,
    site,
    site_workflow,
    snapshot,
    workflow,
)

EVERYTHING = AzureIndex(snapshot(workflow(), connection(), site()))


@pytest.mark.parametrize("name", ["crm-sync", "CRM-RG/crm-sync", WORKFLOW, WORKFLOW.lower()])
def test_a_workflow_is_named_by_id_or_name_and_brings_its_connection(name: str) -> None:
    side = azure_side(EVERYTHING, AzureEntry(workflows=(name,)))
    assert [one.id for one in side.workflows] == [WORKFLOW]
    assert [one.id for one in side.connections] == [CONNECTION]
    assert side.not_found == ()


def test_a_workflow_within_a_site_means_the_site() -> None:
    side = azure_side(EVERYTHING, AzureEntry(workflows=(f"{SITE}/workflows/one",)))
    assert [one.id for one in side.sites] == [SITE]


def test_a_name_that_nothing_or_more_than_one_bears_is_told() -> None:
    twin = workflow().model_copy(update={"id": WORKFLOW.replace("crm-rg", "other")})
    side = azure_side(
        AzureIndex(snapshot(workflow(), twin, connection())), AzureEntry(workflows=("crm-sync", "x"))
    )
    assert [(one.name, one.reason) for one in side.not_found] == [
        ("crm-sync", "2 resources are called so; give its id"),
        ("x", "nothing of that name was read"),
    ]


def test_a_connection_that_was_not_read_is_not_passed_over() -> None:
    side = azure_side(AzureIndex(snapshot(workflow())), AzureEntry(workflows=("crm-sync",)))
    assert [one.kind for one in side.not_found] == ["azure-connection"]


def test_without_names_all_that_uses_salesforce_is_meant_and_what_was_not_read_may_be_it() -> None:
    other = other_workflow("other")
    lost = gap(f"{GROUP}/providers/Microsoft.Logic/workflows/lost")
    side = azure_side(AzureIndex(snapshot(workflow(), other, connection(), gaps=(lost,))), None)
    assert [one.name for one in side.workflows] == ["crm-sync"]
    assert [one.name for one in side.not_found] == [lost.path]


def calling(step: dict[str, Any], parameters: Any = None, name: str = "other") -> AzureResource:
    """A workflow with one step, beside the other one."""
    flow = workflow(definition={"actions": {"go": step}}, parameters=parameters or {})
    path = f"{GROUP}/providers/Microsoft.Logic/workflows/{name}"
    return flow.model_copy(update={"id": path, "name": name})


def by_http(uri: Any) -> dict[str, Any]:
    return {"type": "Http", "inputs": {"method": "GET", "uri": uri}}


CUSTOM = {"$connections": {"value": {"sf": {"connectionId": "/x", "id": "/y/customApis/Salesforce-custom"}}}}
STEP = {
    "type": "ApiConnection",
    "inputs": {"host": {"connection": {"name": "@parameters('$connections')['sf']['connectionId']"}}},
}


@pytest.mark.parametrize(
    ("flow", "is_sure", "may"),
    [
        (calling(by_http("https://acme.my.salesforce.com/services/data/v60.0")), True, False),
        (calling(by_http("https://crm.acme.example/services/oauth2/token")), False, True),
        (calling(by_http("@parameters('u')")), False, True),
        (calling(by_http("https://api.acme.example/x")), False, False),
        (calling(STEP, CUSTOM), False, True),
        (calling(STEP, {"$connections": {"value": {"sf": {"connectionId": CONNECTION}}}}), True, False),
        (calling(STEP, {"$connections": {"value": {"sf": {"connectionId": "/gone"}}}}), False, True),
        (calling(STEP, {"$connections": "@x"}), False, True),
        (calling(STEP).model_copy(update={"document": {"properties": {}}}), False, True),
    ],
)
def test_without_names_whatever_calls_salesforce_is_meant_and_what_may_is_told(
    flow: AzureResource, is_sure: bool, may: bool
) -> None:
    side = azure_side(AzureIndex(snapshot(flow, connection())), None)
    assert [one.name for one in side.workflows] == ["other"] * is_sure
    assert [one.kind for one in side.not_found] == ["azure-workflow"] * may
    assert all(one.reason.startswith("it may use Salesforce: ") for one in side.not_found)


@pytest.mark.parametrize(
    ("api", "known"),
    [
        ("/subscriptions/s/providers/Microsoft.Web/locations/x/managedApis/salesforce", True),
        ("/subscriptions/s/providers/Microsoft.Web/locations/x/managedApis/SALESFORCE", True),
        ("[concat(subscription().id, '/providers/Microsoft.Web/locations/x/managedApis/salesforce')]", True),
        ("[subscriptionResourceId('Microsoft.Web/locations/managedApis', 'x', 'salesforce')]", True),
        ("/subscriptions/s/providers/Microsoft.Web/locations/x/managedApis/salesforcemarketing", False),
        ("", False),
    ],
)
def test_the_salesforce_connector_is_known_by_the_end_of_its_api(api: str, known: bool) -> None:
    assert is_salesforce_api(api) is known


@pytest.mark.parametrize(
    ("api", "is_one", "may_be_one"),
    [
        (API, True, False),
        (
            "[concat(subscription().id, '/providers/Microsoft.Web/locations/l/managedApis/salesforce')]",
            True,
            False,
        ),
        ("[subscriptionResourceId('Microsoft.Web/locations/managedApis', 'l', 'salesforce')]", True, False),
        ("[subscriptionResourceId('Microsoft.Web/locations/managedApis', 'l', 'slack')]", False, False),
        ("[parameters('api')]", False, True),
        (None, False, True),
        (f"{GROUP}/providers/Microsoft.Web/customApis/Own", False, False),
    ],
)
def test_without_names_a_connection_that_nobody_uses_is_meant_too(
    api: str | None, is_one: bool, may_be_one: bool
) -> None:
    path = f"{GROUP}/providers/Microsoft.Web/connections/unused"
    one = resource(path, {"properties": {"api": {"id": api}}})
    read = snapshot(one.model_copy(update={"form": AzureForm.TEMPLATE}))
    side = azure_side(AzureIndex(read), None)
    assert [each.name for each in side.connections] == ["unused"] * is_one
    assert [each.name for each in side.not_found] == ["unused"] * may_be_one


def test_the_references_of_a_workflow() -> None:
    (one,) = references_of(workflow())
    assert (one.key, one.connection, one.is_salesforce) == ("salesforce", CONNECTION, True)


def test_a_standard_app_s_connections_are_those_that_its_code_names() -> None:
    used = {
        "connections.json": {
            "managedApiConnections": {"s": {"connection": {"id": CONNECTION}, "api": {"id": API}}}
        }
    }
    code = (listed(f"{SITE}/workflows", site_workflow("Request", **used)),)
    for entry in (None, AzureEntry(workflows=("crm-standard",))):
        assert azure_side(AzureIndex(snapshot(site(), connection(), lists=code)), entry).connections
        unread = azure_side(AzureIndex(snapshot(site(), lists=code)), entry)
        assert [one.kind for one in unread.not_found] == ["azure-connection"]


def test_a_standard_app_s_code_comes_with_each_workflow_not_with_the_list() -> None:
    whole = site_workflow("Request")
    short = whole.model_copy(update={"document": {"properties": {"files": None}}})
    side = azure_side(AzureIndex(snapshot(site(), whole, lists=(listed(f"{SITE}/workflows", short),))), None)
    assert [one.document for one in site_workflows(side, side.sites[0])] == [whole.document]


def test_while_not_all_code_of_a_standard_app_was_read_it_may_use_a_connection() -> None:
    short = site_workflow("Request").model_copy(update={"document": {"properties": {"files": None}}})
    path = f"{SITE}/workflows"
    for lists in ((), (listed(path, whole=False),), (listed(path, short),)):
        read = AzureIndex(snapshot(site(), connection(), lists=lists))
        for entry in (None, AzureEntry(workflows=("crm-standard",))):
            assert [one.kind for one in azure_side(read, entry).not_found] == ["azure-connection"]
        named = AzureEntry(workflows=("crm-standard",), connections=("salesforce",))
        assert azure_side(read, named).not_found == ()
