"""Whether a workflow that was read calls Salesforce."""

from typing import Any

import pytest

from sfharden.azure.index import AzureIndex
from sfharden.azure.readings import disputed
from sfharden.azure.salesforce_use import api_of, salesforce_use, tells_connector, workflow_of
from sfharden.azure.workflows import Hosting
from sfharden.model.azure import AzureForm
from tests.orgs.azure_side import API, CONNECTION, connection, site_workflow, snapshot, workflow


def test_a_workflow_is_hosted_as_its_form_tells() -> None:
    assert workflow_of(workflow()).hosting is Hosting.CONSUMPTION
    assert workflow_of(workflow().model_copy(update={"form": AzureForm.CODE_VIEW})).hosting is Hosting.UNKNOWN
    assert workflow_of(site_workflow("Request")).hosting is Hosting.STANDARD


def test_what_the_connection_tells_of_itself_goes_before_what_the_workflow_leaves_out() -> None:
    used = {"$connections": {"value": {"other": {"connectionId": CONNECTION}}}}
    name = {"name": "@parameters('$connections')['other']['connectionId']"}
    step = {"type": "ApiConnection", "inputs": {"host": {"connection": name}}}
    flow = workflow(parameters=used, definition={"actions": {"go": step}})
    assert not salesforce_use(flow).is_sure
    assert "'go'" in salesforce_use(flow).why
    assert salesforce_use(flow, {"other": API}).is_sure
    assert not salesforce_use(flow, {"other": API.replace("salesforce", "teams")}).why


def test_what_was_not_read_or_was_read_in_two_ways_may_use_it() -> None:
    assert salesforce_use(workflow(definition=None)).why == "its definition was not read"
    assert "more than once" in salesforce_use(disputed(workflow(), "properties.definition.actions")).why
    assert salesforce_use(workflow()).is_sure


def test_the_api_of_a_connection_is_told_by_the_connection_that_was_read() -> None:
    index = AzureIndex(snapshot(connection()))
    assert api_of(index, CONNECTION.upper()) == API
    assert api_of(index, "") == api_of(index, "/gone") == ""


@pytest.mark.parametrize(
    ("api", "tells"),
    [
        (API, True),
        ("[subscriptionResourceId('Microsoft.Web/locations/managedApis', 'x', 'teams')]", True),
        ("[parameters('api')]", False),
        ("/subscriptions/s/providers/Microsoft.Web/locations/x/managedApis/(not told)", False),
        ("", False),
    ],
)
def test_an_api_tells_its_connector_where_its_name_is_certain(api: str, tells: Any) -> None:
    assert tells_connector(api) is tells
