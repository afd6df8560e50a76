"""Whether a workflow that was read calls Salesforce, by its connector, by HTTP or otherwise; for sure, or maybe."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sfharden.azure.calls import Certainty, api_name, calls_of
from sfharden.azure.expressions import resource_path
from sfharden.azure.index import AzureIndex, require_agreed, value
from sfharden.azure.objects import get, mapping, text
from sfharden.azure.workflows import SITE_WORKFLOW, Hosting, Workflow
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureForm, AzureResource

MAY_USE: Final = "it may use Salesforce"


@dataclass(frozen=True, slots=True)
class SalesforceUse:
    """Whether a workflow surely calls Salesforce; `why` it may where that isn't told, empty where it surely doesn't."""

    is_sure: bool
    why: str = ""


def workflow_of(flow: AzureResource, apis: Mapping[str, str] | None = None) -> Workflow:
    """A workflow as what tells its calls; `apis` are those of its connections by key, where it doesn't name them itself."""
    if flow.type == SITE_WORKFLOW:
        files = mapping(get(flow.document, "properties", "files"))
        return Workflow(
            flow.name,
            Hosting.STANDARD,
            definition=get(files, "workflow.json", "definition"),
            connections=get(files, "connections.json", "managedApiConnections"),
            parameters=mapping(get(files, "parameters.json")),
        )
    parameters = mapping(get(flow.document, "properties", "parameters"))
    return Workflow(
        flow.name,
        Hosting.UNKNOWN if flow.form is AzureForm.CODE_VIEW else Hosting.CONSUMPTION,
        definition=get(flow.document, "properties", "definition"),
        connections=_with_apis(get(parameters, "$connections", "value"), apis or {}),
        parameters=parameters,
    )


def _with_apis(connections: Any, apis: Mapping[str, str]) -> Any:
    if not isinstance(connections, dict):
        return connections
    return {
        key: {**mapping(entry), "id": apis[key]} if apis.get(key) else entry
        for key, entry in connections.items()
    }


def salesforce_use(flow: AzureResource, apis: Mapping[str, str] | None = None) -> SalesforceUse:
    """Of a Consumption workflow that was read."""
    try:
        for path in ("properties.definition", "properties.parameters"):
            require_agreed(flow, path)
    except CannotTell as reason:
        return SalesforceUse(is_sure=False, why=reason.reason)
    workflow = workflow_of(flow, apis)
    if not isinstance(workflow.definition, dict):
        return SalesforceUse(is_sure=False, why="its definition was not read")
    why = ""
    for call in calls_of(workflow):
        if call.certainty is Certainty.YES:
            return SalesforceUse(is_sure=True)
        if call.certainty is Certainty.MAYBE:
            why = why or f"of step '{call.step}' {call.why}"
    return SalesforceUse(is_sure=False, why=why)


def api_of(index: AzureIndex, connection: str) -> str:
    """The API of a connection that was read; empty where it isn't told."""
    found = index.find(connection) if connection else None
    try:
        return text(value(found, "properties.api.id").value) if found else ""
    except CannotTell:
        return ""


def tells_connector(api: str) -> bool:
    """Whether an API's id, or an expression for it, tells which connector it is."""
    name = api_name(resource_path(api))
    return bool(name) and "(" not in name  # a part that only a deployment can tell stands in brackets
