"""Documents: each shape is recognised by what stands in it, and whatever is none is called by its name."""

from typing import Any

import pytest

from sfharden.azure.documents import is_standard_workflow, other_document, pieces_of, too_deep
from sfharden.model.azure import AzureForm
from tests.orgs.azure_side import GROUP, SITE, WORKFLOW

FLOW: dict[str, Any] = {
    "id": WORKFLOW,
    "name": "crm-sync",
    "type": "Microsoft.Logic/workflows",
    "properties": {"definition": {"triggers": {}, "actions": {}}},
}
SETTINGS = f"{WORKFLOW}/providers/microsoft.insights/diagnosticSettings"
SETTING: dict[str, Any] = {"id": f"{SETTINGS}/logs", "name": "logs", "type": None, "properties": {"logs": []}}
ROLE = {"id": f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/r", "properties": {"scope": GROUP}}
TEMPLATE = {
    "$schema": "https://x/deploymentTemplate.json#",
    "resources": [{"type": "Microsoft.Logic/workflows", "name": "x"}],
}


@pytest.mark.parametrize(
    ("document", "pointers"),
    [
        (FLOW, [""]),
        ([FLOW], ["/0"]),
        ({"value": [FLOW, FLOW]}, ["/value/0", "/value/1"]),
        ({"Value": [FLOW]}, ["/value/0"]),
        ({"count": 1, "total_records": 1, "data": [FLOW]}, ["/data/0"]),
    ],
    ids=["object", "array", "value", "Value", "Resource Graph"],
)
def test_resources_alone_and_in_lists(document: Any, pointers: list[str]) -> None:
    found = pieces_of(document, "f.json")
    assert [one.pointer for one in found.resources] == pointers
    assert {one.type for one in found.resources} == {"microsoft.logic/workflows"}
    assert (found.lists, found.notes, found.is_page) == ([], [], False)


def test_rows_of_one_parent_are_its_list_and_only_an_answer_is_whole() -> None:
    whole, bare, mixed = (
        pieces_of(one, "f").lists for one in ({"value": [SETTING]}, [SETTING], {"value": [SETTING, FLOW]})
    )
    assert [(one.path, one.is_whole) for one in (*whole, *bare, *mixed)] == [
        (SETTINGS, True),
        (SETTINGS, False),
        (SETTINGS, False),
    ]


@pytest.mark.parametrize(
    "link", [{"nextLink": "https://x"}, {"nextlink": "x"}, {"nextLink": 0}, {"nextLink": []}]
)
def test_a_page_is_not_the_whole(link: dict[str, str]) -> None:
    found = pieces_of({"value": [SETTING], **link}, "f")
    assert found.is_page
    assert not found.lists[0].is_whole
    assert "one page" in found.notes[0]
    assert not pieces_of({"value": [SETTING], "nextLink": None}, "f").is_page


def test_a_list_of_roles_never_tells_at_which_scope_it_was_asked() -> None:
    found = pieces_of({"value": [ROLE]}, "f")
    assert (len(found.resources), found.lists) == (1, [])


@pytest.mark.parametrize("document", [[], {"value": []}, {"count": 0, "total_records": 0, "data": []}])
def test_an_empty_list_names_nothing(document: Any) -> None:
    found = pieces_of(document, "f")
    assert (found.resources, found.lists) == ([], [])
    assert "empty list" in found.notes[0]


@pytest.mark.parametrize(
    "document",
    [
        {"definition": {"triggers": {}, "actions": {}}},
        {"triggers": {}, "actions": {}},
        {"definition": {"triggers": {}}, "parameters": {"$connections": {}}},
        {"id": "x", "name": "sync", "type": "Microsoft.Logic/galleries/templates", "properties": {"definition": {"actions": {}}}},
    ],
)  # fmt: skip
def test_code_view_is_a_definition_and_no_more(document: Any) -> None:
    (found,) = pieces_of(document, "folder/sync.json").resources
    assert (found.form, found.name) == (AzureForm.CODE_VIEW, "sync")
    assert found.id == "folder/sync.json/providers/Microsoft.Logic/workflows/sync"


@pytest.mark.parametrize(
    "document",
    [
        TEMPLATE,
        {"template": TEMPLATE},
        {"type": "Microsoft.Logic/workflows", "apiVersion": "2019-05-01", "name": "x", "properties": {}},
    ],
    ids=["template", "export of a group", "one resource of a template"],
)
def test_templates_in_whatever_wrapping(document: Any) -> None:
    assert "t/providers/Microsoft.Logic/workflows/x" in [one.id for one in pieces_of(document, "t").resources]


def test_lists_of_other_documents_are_gone_through() -> None:
    found = pieces_of([FLOW, [{"value": [SETTING]}], TEMPLATE, 7], "f")
    assert {one.form for one in found.resources} == {AzureForm.REST, AzureForm.TEMPLATE}
    assert len(found.lists) == 1
    assert "a list of something else than resources" in found.notes


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ({"cloud": "Public", "values": []}, "a file of service tags"),
        ({"$schema": "https://x/deploymentParameters.json#", "parameters": {}}, "parameters of a deployment"),
        ({"managedApiConnections": {}}, "connections of a Standard project"),
        ({"IsEncrypted": False, "Values": {}}, "local settings"),
        ({"name": "K", "value": "v", "slotSetting": False}, "settings of an app that don't name it"),
        ({"accessToken": "x", "tenant": "y"}, "an access token"),
        ({"results": [], "summary": {}}, "a report of sfharden"),
        ({"environmentName": "AzureCloud"}, "the account of the Azure CLI"),
        ({"planned_values": {}}, "a plan without its changes"),
        ({}, "none of the forms"),
        (
            {"error": {"code": "ManagementPolicyNotFound", "message": "x"}},
            "an error of Azure's (ManagementPolicyNotFound)",
        ),
        ({"clientdata": "{}"}, "a flow of Power Automate"),
        ("text", "no object"),
        (7, "no object"),
    ],
)
def test_what_is_none_is_called_by_its_name(document: Any, name: str) -> None:
    found = pieces_of(document, "f")
    assert found.resources == []
    assert found.notes[0].startswith(name)
    if name.startswith("none"):
        assert "az resource show" in other_document(document)


def test_a_document_that_nests_without_end_is_refused() -> None:
    deep: Any = FLOW
    for _ in range(500):
        deep = [deep]
    assert too_deep(deep)
    assert "nests deeper" in pieces_of(deep, "f").notes[0]
    assert not too_deep(FLOW)


def test_a_standard_workflow_is_told_by_its_kind() -> None:
    assert is_standard_workflow({"kind": "Stateful", "definition": {}})
    assert not is_standard_workflow({"definition": {}})
    assert not is_standard_workflow({"kind": "Stateful"})


def test_a_site_of_a_generic_list_tells_nothing_of_its_properties() -> None:
    row = {
        "id": SITE,
        "name": "crm-standard",
        "type": "Microsoft.Web/sites",
        "kind": "functionapp,workflowapp",
    }
    (found,) = pieces_of([row], "f").resources
    assert found.unknown_paths == ("properties",)
