"""Workflows of both hostings with the steps that a test wants, as the border lets them through: secrets masked and noted."""

from collections.abc import Callable
from typing import Any, Final

from sfharden.azure.secrets import mask
from sfharden.checks.common import Context, NoParameters, Verdict
from sfharden.model.azure import AzureEntry, AzureForm, AzureResource
from tests.orgs.azure_side import (
    API,
    CONNECTION,
    GROUP,
    SITE,
    connection,
    context,
    listed,
    resource,
    site,
    snapshot,
    workflow,
)

BOTH: Final = {"runtimeConfiguration": {"secureData": {"properties": ["inputs", "outputs"]}}}
HOSTINGS: Final = ("consumption", "standard")


def read_as(one: AzureResource, form: AzureForm = AzureForm.REST, **more: Any) -> AzureResource:
    """A resource as a reader makes it."""
    document, secrets = mask(one.type, one.document, form=form)
    return one.model_copy(update={"document": document, "secrets": secrets, "form": form, **more})


def ask_salesforce(*, standard: bool = False, **more: Any) -> dict[str, Any]:
    """A step that asks Salesforce through the connection."""
    named = (
        {"referenceName": "salesforce"}
        if standard
        else {"name": "@parameters('$connections')['salesforce']['connectionId']"}
    )
    inputs = {
        "host": {"connection": named},
        "method": "get",
        "path": "/datasets/default/tables/Account/items",
    }
    return {"type": "ApiConnection", "inputs": inputs, **more}


def http(uri: str = "https://api.example/x", **inputs: Any) -> dict[str, Any]:
    """A step that calls by HTTP."""
    return {"type": "Http", "inputs": {"method": "POST", "uri": uri, **inputs}}


def code_of(steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A definition."""
    return {"triggers": {"manual": {"type": "Request", "inputs": {}}}, "actions": steps, **more}


def consumption(
    definition: dict[str, Any], form: AzureForm = AzureForm.REST, **properties: Any
) -> AzureResource:
    """The Consumption workflow with this code."""
    return read_as(workflow(definition=definition, **properties), form)


def standard(definition: dict[str, Any], form: AzureForm = AzureForm.REST, **files: Any) -> AzureResource:
    """A workflow of the Standard app with this code; `files` are further files, `connections_json` and the like."""
    salesforce = {
        "api": {"id": API},
        "connection": {"id": CONNECTION},
        "authentication": {"type": "ManagedServiceIdentity"},
    }
    listed_files: dict[str, Any] = {
        "workflow.json": {"definition": definition, "kind": "Stateful"},
        "connections.json": {"managedApiConnections": {"salesforce": salesforce}},
    }
    listed_files |= {name.replace("_json", ".json"): one for name, one in files.items()}
    return read_as(resource(f"{SITE}/workflows/sync", {"properties": {"files": listed_files}}), form)


def side_of(hosting: str, definition: dict[str, Any], *more: AzureResource, **rest: Any) -> Context:
    """The context of one workflow with this code, of either hosting."""
    entry = rest.pop("entry", {})
    lists = list(rest.pop("lists", ()))
    if hosting == "consumption":
        named, flow = (
            "crm-sync",
            consumption(definition, rest.pop("form", AzureForm.REST), **rest.pop("properties", {})),
        )
    else:
        named, flow = "crm-standard", site()
        files = rest.pop("files", {})
        lists.append(
            listed(f"{SITE}/workflows", standard(definition, rest.pop("form", AzureForm.REST), **files))
        )
    given = () if any(one.id == CONNECTION for one in more) else (connection(),)
    read = snapshot(flow, *given, *more, lists=tuple(lists), **rest)
    return context(read, AzureEntry(workflows=(named,), **entry))


def statuses(judge: Callable[[Context, Any], Any], read: Context) -> dict[str, str]:
    """The status of each subject, by its name without the group."""
    found: list[Verdict] = list(judge(read, NoParameters()))
    assert len({one.subject.name for one in found}) == len(found), found
    return {one.subject.name.removeprefix("crm-rg/"): one.status.value for one in found}


def api_connection(name: str, api: str, **properties: Any) -> AzureResource:
    """A connection of another connector."""
    path = f"{GROUP}/providers/Microsoft.Web/connections/{name}"
    place = API.rpartition("/")[0]
    return read_as(resource(path, {"properties": {"api": {"id": f"{place}/{api}"}, **properties}}))


def uses(*connections: AzureResource) -> dict[str, Any]:
    """The parameters of a Consumption workflow that uses these connections."""
    value = {
        one.name: {"connectionId": one.id, "id": one.document["properties"]["api"]["id"]}
        for one in connections
    }
    return {"$connections": {"value": value}}
