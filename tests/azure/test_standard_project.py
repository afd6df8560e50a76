"""A Standard project: one site with its workflows, each with the files that it rests on."""

from typing import Any

from sfharden.azure.standard_project import StandardProject, pieces_of_project
from sfharden.model.azure import AzureForm

FLOW = {"kind": "Stateful", "definition": {"triggers": {}}}


def test_a_project_is_a_site_and_the_rows_of_its_workflows() -> None:
    beside: dict[str, Any] = {
        "connections.json": {"managedApiConnections": {}},
        "local.settings.json": {"Values": {}},
    }
    found = pieces_of_project(StandardProject("apps/crm", {"b": FLOW, "a": FLOW}, beside))
    (site,) = found.resources
    assert (site.id, site.name, site.form) == (
        "apps/crm/providers/Microsoft.Web/sites/crm",
        "crm",
        AzureForm.PROJECT,
    )
    assert site.document["properties"]["files"] == beside
    assert "workflowapp" in site.document["kind"].split(",")
    (listed,) = found.lists
    assert (listed.path, listed.is_whole) == (f"{site.id}/workflows", True)
    assert [one.name for one in listed.rows] == ["a", "b"]
    files = listed.rows[0].document["properties"]["files"]
    assert files == {"workflow.json": FLOW, "connections.json": beside["connections.json"]}
    assert listed.rows[0].type == "microsoft.web/sites/workflows"
