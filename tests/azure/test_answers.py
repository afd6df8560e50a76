"""One object in whatever form: the same resource in the shape of ARM, and never more than the form tells."""

import json
from typing import Any

import pytest

from sfharden.azure.answers import EVENTS, error_code, is_answer, is_cut_graph, piece_of, rows_of_graph
from sfharden.model.azure import AzureForm

ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Logic/workflows/sync"
PROPERTIES = {"state": "Enabled", "definition": {"triggers": {}}, "accessControl": {"contents": {}}}
REST = {
    "id": ID,
    "name": "sync",
    "type": "Microsoft.Logic/workflows",
    "location": "westeurope",
    "tags": {},
    "properties": PROPERTIES,
}
FLAT = {
    "id": ID,
    "name": "sync",
    "type": "Microsoft.Logic/workflows",
    "location": "westeurope",
    "tags": {},
    "resourceGroup": "g",
    **PROPERTIES,
}
POWERSHELL = {"ResourceId": ID, "Id": ID, "Name": "sync", "ResourceType": "Microsoft.Logic/workflows", "Location": "westeurope",
              "Tags": {}, "Properties": PROPERTIES, "ResourceGroupName": "g", "Sku": None}  # fmt: skip


@pytest.mark.parametrize(
    ("item", "form"),
    [
        (REST, AzureForm.REST),
        (FLAT, AzureForm.REST),
        (POWERSHELL, AzureForm.POWERSHELL),
        ({**REST, "id": ID.upper(), "type": None}, AzureForm.REST),
        ({**REST, "properties": json.dumps(PROPERTIES)}, AzureForm.REST),
    ],
    ids=["REST", "flattened by az", "PowerShell", "ids in another case", "properties as text"],
)
def test_each_form_gives_the_same_resource(item: dict[str, Any], form: AzureForm) -> None:
    found = piece_of(item, "/0")
    assert (found.id.casefold(), found.type, found.name) == (
        ID.casefold(),
        "microsoft.logic/workflows",
        "sync",
    )
    assert found.document == {"location": "westeurope", "tags": {}, "properties": PROPERTIES}
    assert (found.form, found.pointer, found.unknown_paths) == (form, "/0", ())


@pytest.mark.parametrize(
    "item",
    [
        {"id": ID, "name": "sync", "type": "Microsoft.Logic/workflows", "kind": None, "properties": None},
        {"id": ID, "name": "sync", "createdTime": "x", "changedTime": "x", "provisioningState": "Succeeded"},
        {"id": ID, "name": "sync", "resourceGroup": "g", "subscriptionId": "s"},
        {"id": ID, "name": "sync", "state": "Enabled"},  # columns that somebody chose
        {"Id": ID, "Name": "sync", "State": 1, "Definition": {"$schema": []}},
    ],
    ids=["null", "az resource list", "Resource Graph, projected", "az --query", "Get-AzLogicApp"],
)
def test_a_row_without_properties_tells_none(item: dict[str, Any]) -> None:
    found = piece_of(item, "")
    assert found.unknown_paths == ("properties",)
    assert "properties" not in found.document


def test_a_workflow_without_its_definition_is_not_whole() -> None:
    found = piece_of({**REST, "properties": {"state": "Enabled"}}, "")
    assert found.unknown_paths == ("properties.definition", "properties.accessControl")


def test_what_powershell_cut_off_is_unknown() -> None:
    cut = {
        "definition": {"triggers": "@{manual=}", "actions": {"x": "@{body('y')}"}},
        "accessControl": "System.Collections.Hashtable",
    }
    found = piece_of({**POWERSHELL, "Properties": cut, "Identity": {"Type": 0}}, "")
    assert set(found.unknown_paths) == {
        "properties.definition.triggers",
        "properties.accessControl",
        "identity.type",
    }


def test_an_assignment_of_powershell_has_words_of_its_own() -> None:
    role = "b24988ac-6180-42a0-ab88-20f7382dd24c"
    id_ = f"{ID}/providers/Microsoft.Authorization/roleAssignments/r"
    item = {
        "RoleAssignmentId": id_,
        "Scope": ID,
        "RoleDefinitionId": role,
        "ObjectId": "o",
        "ObjectType": "User",
        "SignInName": "a@b",
    }
    properties = piece_of(item, "").document["properties"]
    assert properties["roleDefinitionId"].endswith(f"/roleDefinitions/{role}")
    assert (properties["principalId"], properties["principalType"], properties["scope"]) == ("o", "User", ID)


def test_the_settings_of_an_app_are_not_the_app() -> None:
    site = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/a"
    item = {"id": site, "name": "a", "type": "Microsoft.Web/sites/config", "minTlsVersion": "1.2"}
    found = piece_of(item, "")
    assert (found.id, found.type) == (f"{site}/config/web", "microsoft.web/sites/config")
    assert found.document["properties"] == {"minTlsVersion": "1.2"}


def test_an_event_of_the_activity_log_stays_as_it_is() -> None:
    event = {
        "id": f"{ID}/events/e/ticks/1",
        "eventTimestamp": "2026-11-01T00:00:00Z",
        "operationName": {"value": "x"},
    }
    found = piece_of(event, "")
    assert (found.type, found.document) == (EVENTS, event)


@pytest.mark.parametrize(
    "item", [None, 7, [], {}, {"id": "x"}, {"id": 7}, {"name": "sync"}, {"id": "/subscriptions"}]
)
def test_what_has_no_id_of_azure_s_is_no_resource(item: Any) -> None:
    assert not is_answer(item)


@pytest.mark.parametrize(
    ("document", "is_cut"),
    [
        ({"totalRecords": 1, "count": 1, "data": [REST], "resultTruncated": "false"}, False),
        ({"totalRecords": 2, "count": 1, "data": [REST], "resultTruncated": "false"}, True),
        ({"totalRecords": 1, "count": 1, "data": [REST], "resultTruncated": "true"}, True),
        ({"total_records": 1, "count": 1, "data": [REST], "skip_token": None}, False),
        ({"total_records": 1, "count": 1, "data": [REST], "skip_token": "x"}, True),
        ({"count": 1, "data": [REST], "$skipToken": "x"}, True),
    ],
)
def test_resource_graph_says_whether_there_is_more(document: Any, is_cut: bool) -> None:
    assert rows_of_graph(document) == [REST]
    assert is_cut_graph(document) is is_cut


def test_resource_graph_may_answer_a_table() -> None:
    table = {"columns": [{"name": "id"}, {"name": "name"}], "rows": [[ID, "sync"]]}
    assert rows_of_graph({"count": 1, "data": table}) == [{"id": ID, "name": "sync"}]
    assert rows_of_graph({"data": [REST]}) is None
    assert rows_of_graph({"count": 1, "data": {"columns": 1, "rows": []}}) is None


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"error": {"code": "ManagementPolicyNotFound", "message": "x"}}, "ManagementPolicyNotFound"),
        ({"Code": "BadRequest", "Message": "x"}, "BadRequest"),
        (REST, ""),
        ({"error": "x"}, ""),
        (None, ""),
    ],
)
def test_both_shapes_of_an_error(document: Any, code: str) -> None:
    assert error_code(document) == code
