"""Exports: every shape of one Azure side gives the same resources, nothing is surer than its form, and nothing secret gets out."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfharden.azure.index import AzureIndex
from sfharden.azure.side import azure_side
from sfharden.errors import InputError
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureEntry, AzureForm, AzureSnapshot
from sfharden.sources.azure.exports import read_exports
from tests.orgs.azure_side import CONNECTION, WORKFLOW
from tests.sources.azure.kit import (
    connection_answer,
    read,
    setting_answer,
    site_answer,
    workflow_answer,
    written,
)
from tests.sources.test_corpus import CORPUS

FLAT = {
    **{key: one for key, one in workflow_answer().items() if key != "properties"},
    **workflow_answer()["properties"],
    "resourceGroup": "crm-rg",
}
POWERSHELL = {
    "ResourceId": WORKFLOW, "ResourceType": "Microsoft.Logic/workflows", "Name": "crm-sync", "Location": "westeurope",
    "Properties": workflow_answer()["properties"],
}  # fmt: skip
GRAPH = {"count": 1, "total_records": 1, "data": [workflow_answer()], "skip_token": None}


@pytest.mark.parametrize(
    ("document", "form"),
    [
        (workflow_answer(), AzureForm.REST),
        ({"value": [workflow_answer()]}, AzureForm.REST),
        ([workflow_answer()], AzureForm.REST),
        (FLAT, AzureForm.REST),
        ([POWERSHELL], AzureForm.POWERSHELL),
        (GRAPH, AzureForm.GRAPH),
        (
            b"\xef\xbb\xbf" + json.dumps(workflow_answer(), indent=1).replace("\n", "\r\n").encode(),
            AzureForm.REST,
        ),
    ],
    ids=["REST", "list", "array", "az, flattened", "PowerShell", "Resource Graph", "BOM and CRLF"],
)
def test_every_shape_gives_the_same_workflow(document: Any, form: AzureForm, tmp_path: Path) -> None:
    (found,) = read(tmp_path, {"any name.json": document}).resources
    (plain,) = read(tmp_path / "plain", {"w.json": workflow_answer()}).resources
    assert (found.key, found.type, found.form, found.unknown_paths) == (plain.key, plain.type, form, ())
    assert found.document == plain.document
    assert found.definition_digest == plain.definition_digest


def test_a_folder_tells_of_the_whole_side(tmp_path: Path) -> None:
    documents = {
        "a.json": workflow_answer(),
        "b.json": [connection_answer()],
        "c.json": {"value": [setting_answer()]},
        "d.json": site_answer(),
    }
    index = AzureIndex(read(tmp_path, documents))
    side = azure_side(index, AzureEntry(workflows=("crm-sync",)))
    assert [one.key for one in side.connections] == [CONNECTION.lower()]
    assert [
        row.name for row in index.whole(f"{WORKFLOW}/providers/Microsoft.Insights/diagnosticSettings")
    ] == ["logs"]
    assert side.not_found == ()


def test_slots_are_named_where_there_is_a_standard_app(tmp_path: Path) -> None:
    assert any("slots" in one for one in read(tmp_path, {"d.json": site_answer()}).warnings)


def test_the_fuller_of_two_readings_counts_and_a_difference_is_said(tmp_path: Path) -> None:
    bare = {"id": WORKFLOW, "name": "crm-sync", "type": "Microsoft.Logic/workflows", "properties": None}
    older = workflow_answer(state="Disabled")
    found = read(tmp_path, {"a.json": [bare], "b.json": workflow_answer(), "c.json": older})
    assert AzureIndex(found).resource(WORKFLOW).file == "exports/b.json"
    assert (
        "crm-rg/crm-sync is not the same in exports/b.json and exports/c.json; nothing passes by what differs"
        in found.warnings
    )


def test_a_role_list_without_its_scope_tells_rows_and_never_that_they_are_all(tmp_path: Path) -> None:
    group = WORKFLOW.partition("/providers/")[0]
    rows = [
        {
            "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{number}",
            "properties": {"scope": scope},
        }
        for number, scope in enumerate((group, f"{group}2", "/subscriptions/other"))
    ]
    index = AzureIndex(read(tmp_path, {"a.json": workflow_answer(), "b.json": {"value": rows}}))
    path = f"{WORKFLOW}/providers/Microsoft.Authorization/roleAssignments"
    assert [one.name for one in index.rows(path)] == ["0"]
    with pytest.raises(CannotTell, match="in part only"):
        index.whole(path)


def test_one_page_of_a_list_and_what_can_not_be_read_are_gaps(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {"a.json": {"value": [setting_answer()], "nextLink": "https://x"}, "b.tf": "terraform {\n}\n"},
    )
    assert [(gap.what, gap.reason) for gap in found.gaps] == [
        ("exports/a.json", "it is one page of a longer list")
    ]
    assert any("b.tf is Terraform source" in one for one in found.warnings)
    assert not found.lists[0].is_whole


@pytest.mark.parametrize(
    ("documents", "told"),
    [
        ({"a.json": {"value": []}}, "an empty list, which doesn't tell what was asked"),
        ({"a.json": {"error": {"code": "ManagementPolicyNotFound", "message": "x"}}}, "an error of Azure's"),
        ({"a.json": {"cloud": "Public", "values": []}}, "sfharden egress --service-tags"),
        ({"a.bicep": "param x string\n"}, "Bicep source"),
        ({"a.json": {}, "b.json": {}}, "holds no export of Azure's"),
        ({"readme.md": "x"}, "holds no export of Azure's"),
    ],
)
def test_where_nothing_is_an_export_it_is_said_what_it_is(
    documents: dict[str, Any], told: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, documents)
    assert told in refused.value.message
    assert refused.value.hint


def test_a_template_is_resolved_by_the_parameters_file_beside_it(tmp_path: Path) -> None:
    control = {"contents": {"allowedCallerIpAddresses": [{"addressRange": "203.0.113.0/28"}]}}
    flow = {
        "type": "Microsoft.Logic/workflows",
        "apiVersion": "1",
        "name": "sync",
        "properties": {"accessControl": "[parameters('control')]"},
    }
    template = {
        "$schema": "https://x/deploymentTemplate.json#",
        "parameters": {"control": {"type": "object"}},
        "resources": [flow],
    }
    values = {
        "$schema": "https://x/deploymentParameters.json#",
        "parameters": {"control": {"value": control}},
    }
    found = read(tmp_path, {"t.json": template, "t.parameters.json": values})
    assert (
        AzureIndex(found).of_type("microsoft.logic/workflows")[0].document["properties"]["accessControl"]
        == control
    )


def test_a_project_is_a_site_with_its_workflows(tmp_path: Path) -> None:
    flow = {"kind": "Stateful", "definition": {"triggers": {}, "actions": {}}}
    found = read(
        tmp_path,
        {
            "crm/a/workflow.json": flow,
            "crm/connections.json": {"managedApiConnections": {}},
            "crm/host.json": {},
        },
    )
    (site,) = azure_side(AzureIndex(found), None).sites
    assert site.form is AzureForm.PROJECT
    assert [row.name for row in AzureIndex(found).whole(f"{site.id}/workflows")] == ["a"]


# Secrets --------------------------------------------------------------------------------------

CANARY = "Zx81kLm2QpW93rTb6Yc0"
TRIGGER = {"type": "Http", "inputs": {"uri": f"https://x.example/?sig={CANARY}&sp=x", "headers": {"Authorization": f"Bearer {CANARY}"},
           "body": f"AccountKey={CANARY}", "authentication": {"type": "Basic", "password": CANARY}}}  # fmt: skip
DEFINITION = {
    "triggers": {"t": TRIGGER},
    "actions": {"a": TRIGGER},
    "parameters": {"p": {"type": "securestring", "defaultValue": CANARY}},
}
SITE_CONFIG = {"appSettings": [{"name": "KEY", "value": f"SharedAccessKey={CANARY}"}]}


@pytest.mark.parametrize(
    "documents",
    [
        {"a.json": workflow_answer(definition=DEFINITION, parameters={"p": {"value": CANARY}})},
        {"a.json": {"definition": DEFINITION}},
        {"a.json": [{**POWERSHELL, "Properties": {"definition": DEFINITION}}]},
        {"a.json": connection_answer(parameterValues={"k": CANARY})},
        {
            "a.json": {
                "$schema": "https://x/deploymentTemplate.json#",
                "parameters": {"p": {"type": "string", "defaultValue": f"AccountKey={CANARY}"}},
                "variables": {"v": f"Password={CANARY}"},
                "resources": [
                    {"type": "Microsoft.Logic/workflows", "name": "x", "properties": {"definition": DEFINITION}},
                    {"type": "Microsoft.Web/sites", "name": "s", "properties": {"siteConfig": SITE_CONFIG}},
                ],
                "outputs": {"o": {"type": "string", "value": f"https://x/?sig={CANARY}"}},
            }
        },
        {
            "a.json": {
                "format_version": "1.0",
                "values": {
                    "root_module": {
                        "resources": [
                            {"type": "azurerm_api_connection", "name": "c", "address": "c", "values": {"name": "c", "parameter_values": {"k": CANARY}}},
                            {"type": "azurerm_logic_app_standard", "name": "s", "address": "s", "values": {"name": "s", "app_settings": {"K": CANARY}, "storage_account_access_key": CANARY}},
                        ]
                    }
                },
            }
        },
        {
            "crm/a/workflow.json": {"kind": "Stateful", "definition": DEFINITION},
            "crm/connections.json": {"managedApiConnections": {"k": {"authentication": {"type": "Raw", "parameter": CANARY}}}},
            "crm/parameters.json": {"p": {"type": "String", "value": CANARY}},
            "crm/local.settings.json": {"IsEncrypted": False, "Values": {"KEY": CANARY}},
        },
    ],
    ids=["REST", "code view", "PowerShell", "connection", "template", "Terraform", "project"],
)  # fmt: skip
def test_no_secret_gets_out_whatever_the_shape(documents: dict[str, Any], tmp_path: Path) -> None:
    found = read(tmp_path, documents)
    assert CANARY not in found.model_dump_json()


# The corpus, and what nobody foresaw ----------------------------------------------------------


def same(path: Path) -> AzureSnapshot | str:
    """What a path tells, twice the same; or why it's refused."""
    outcomes: list[AzureSnapshot | str] = []
    for _ in range(2):
        try:
            outcomes.append(read_exports([path], []))
        except InputError as error:
            outcomes.append(f"{error.message} {error.hint}")
    assert outcomes[0] == outcomes[1]
    return outcomes[0]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
@pytest.mark.parametrize("name", ["azure", "azure-controls"])
def test_every_file_of_the_corpus_alone_together_and_in_a_zip(name: str, tmp_path: Path) -> None:
    folder = CORPUS / name
    alone = {
        one.name: same(one) for one in sorted(folder.iterdir()) if not one.name.startswith("ServiceTags")
    }
    assert all(isinstance(one, AzureSnapshot) or one for one in alone.values())
    archive = tmp_path / f"{name}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as stream:
        for one in sorted(folder.iterdir()):
            stream.write(one, one.name)
    together, zipped = same(folder), same(archive)
    assert isinstance(together, AzureSnapshot)
    assert isinstance(zipped, AzureSnapshot)
    assert [one.type for one in together.resources] == [one.type for one in zipped.resources]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "[x]", WORKFLOW, "Microsoft.Logic/workflows", "Stateful", "Http"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["id", "type", "name", "properties", "value", "resources", "definition", "triggers", "actions", "kind", "data", "count",
             "parameters", "$connections", "values", "root_module", "format_version", "resource_changes", "change", "after", "instances",
             "$schema", "contentVersion", "condition", "scope", "template", "ResourceId", "error", "code", "apiVersion", "copy"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=30,
)  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(document=JSON)
def test_no_document_breaks_it(document: Any, tmp_path: Path) -> None:
    path = written(tmp_path, {"x.json": document}) / "x.json"
    same(path)
