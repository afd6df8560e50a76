"""Finds the workflows in a document, whatever its shape.

Shapes: the answer of the REST API and `az resource show` (the workflow below `properties`), `az logic workflow
show` (flattened), lists of either, templates (also nested, also with symbolic names), a Standard project's
`workflow.json`, the portal's code view (a definition, alone or with parameters), gallery templates, Terraform's states
and plans, and flows of Power Automate (Azure Logic Apps documentation; ARM types Microsoft.Logic/workflows and Microsoft.Web/sites).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from sfharden.azure.expressions import UNKNOWN, is_expression, resource_path
from sfharden.azure.flows import holds_a_definition, is_flow
from sfharden.azure.objects import get, has, kind, mapping, text
from sfharden.azure.regions import region_of
from sfharden.azure.terraform import is_terraform, terraform_resources, workflow_addresses

WORKFLOW: Final = "microsoft.logic/workflows"
SITE: Final = "microsoft.web/sites"
SITE_WORKFLOW: Final = "microsoft.web/sites/workflows"
FLOW: Final = "microsoft.flow/flows"
DEPLOYMENT: Final = "microsoft.resources/deployments"
TERRAFORM_WORKFLOW: Final = "azurerm_logic_app_workflow"

_VARIABLE: Final = re.compile(r"\[\s*variables\('([^']+)'\)((?:\.\w+|\['[^']+'\])*)\s*\]")
_MEMBER: Final = re.compile(r"\.(\w+)|\['([^']+)'\]")


class Hosting(StrEnum):
    """What runs a workflow; it decides whose addresses a call comes from."""

    CONSUMPTION = "consumption"
    STANDARD = "standard"
    POWER_AUTOMATE = "power-automate"
    UNKNOWN = "unknown"  # code view and gallery templates don't tell


@dataclass(frozen=True, slots=True)
class Workflow:
    """One workflow as the document has it. Whatever could not be told is empty or None."""

    name: str
    hosting: Hosting
    region: str = ""
    definition: Any = None
    connections: Any = None  # by key, or None when the document doesn't carry them
    parameters: dict[str, Any] = field(default_factory=dict)
    endpoints: Any = None  # properties.endpointsConfiguration
    in_ise: bool = False  # in an Integration Service Environment, retired on 2024-08-31


@dataclass(frozen=True, slots=True)
class Site:
    """A Standard Logic App's own resource: its addresses, not its workflows."""

    name: str
    region: str
    outbound: tuple[str, ...]  # as listed: possible and current
    in_network: bool  # joined to a virtual network, so calls may leave elsewhere


@dataclass(slots=True)
class Found:
    """All that a document holds, and what it refers to without holding it."""

    workflows: list[Workflow] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def find_workflows(document: Any) -> Found:
    """Every workflow and Standard site of the document; nothing at all if it's another kind of document."""
    found = Found()
    if is_terraform(document):
        found.workflows.extend(_of_terraform(document))
        return found
    # A stack, not recursion: how deep a document nests is its author's choice.
    waiting: list[tuple[Any, dict[str, Any]]] = [(document, {})]
    while waiting:
        item, variables = waiting.pop()
        inner = list(_inside(item, variables, found))
        waiting.extend(reversed(inner))
        if not inner:
            _note(item, variables, found, whole=item is document)
        elif kind(item) == SITE:
            _note_site(item, found)
    return found


def _of_terraform(document: Any) -> Iterator[Workflow]:
    """Its workflows have no steps: those are resources of their own, beside steps that Terraform doesn't know."""
    for one in terraform_resources(document):
        if one.type == TERRAFORM_WORKFLOW:
            yield Workflow(
                name=text(one.values.get("name")) or one.address,
                hosting=Hosting.CONSUMPTION,
                region=region_of(text(one.values.get("location"))),
                endpoints=workflow_addresses(one.values),
            )


def _inside(item: Any, variables: dict[str, Any], found: Found) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The parts of a list, a template, a deployment or a resource with children."""
    if isinstance(item, list):
        yield from ((one, variables) for one in item)
    elif isinstance(get(item, "value"), list) and not has(item, "type"):
        if get(item, "nextLink"):
            found.missing.append("the file is one page of a longer list")
        yield from ((one, variables) for one in get(item, "value"))
    elif kind(item) == DEPLOYMENT:
        if has(get(item, "properties"), "templateLink"):
            found.missing.append("the template links to another, which is not in the file")
        yield from _resources(get(item, "properties", "template"))
    elif has(item, "resources") and kind(item) not in (WORKFLOW, SITE_WORKFLOW, FLOW):
        yield from _resources(item, variables)


def _resources(
    template: Any, variables: dict[str, Any] | None = None
) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Of a list, or of an object with symbolic names (template language version 2.0)."""
    own = mapping(get(template, "variables")) or variables or {}
    listed = get(template, "resources")
    resources = list(listed.values()) if isinstance(listed, dict) else listed
    for one in resources if isinstance(resources, list) else ():
        if get(one, "existing") is not True:  # a mere reference to what is deployed elsewhere
            yield one, own


def _note(item: Any, variables: dict[str, Any], found: Found, *, whole: bool) -> None:
    """Take an item for what it is. Among others one that isn't understood may be another workflow."""
    what = kind(item)
    if what == SITE:
        _note_site(item, found)
    elif what == SITE_WORKFLOW:
        found.workflows.append(_site_workflow(item))
    elif what == FLOW:
        found.workflows.append(_resource(item, Hosting.POWER_AUTOMATE, variables))
    elif what == WORKFLOW or (not what and _looks_like_resource(item)):
        found.workflows.append(_resource(item, _hosting(item), variables))
    elif what.startswith("microsoft.logic/galleries/"):
        found.workflows.append(_resource(item, Hosting.UNKNOWN, variables))
    elif not what and has(item, "clientdata"):  # a row of Dataverse; its text is not looked into
        found.workflows.append(Workflow(text(get(item, "name")), Hosting.POWER_AUTOMATE))
    elif not what and (has(item, "triggers") or has(item, "actions")):
        hosting = Hosting.POWER_AUTOMATE if is_flow(item, None) else Hosting.UNKNOWN
        found.workflows.append(Workflow("", hosting, definition=item))
    elif not whole and not what and holds_a_definition(item):
        found.missing.append("the file holds a workflow in a form that is not read")


def _looks_like_resource(item: Any) -> bool:
    return any(
        has(holder, key)
        for holder in (item, get(item, "properties"))
        for key in ("definition", "endpointsConfiguration")
    )


def _hosting(item: Any) -> Hosting:
    if text(get(item, "kind")).casefold() in ("stateful", "stateless", "agent"):
        return Hosting.STANDARD
    known = kind(item) == WORKFLOW or has(_body(item), "endpointsConfiguration")
    return Hosting.CONSUMPTION if known else Hosting.UNKNOWN


def _body(item: Any) -> Any:
    """The workflow's properties; `az logic workflow show` puts them beside `id` and `name`."""
    return get(item, "properties") if has(item, "properties") else item


def _resource(item: Any, hosting: Hosting, variables: dict[str, Any]) -> Workflow:
    body = _body(item)
    parameters = mapping(get(body, "parameters"))
    definition = _variable(get(body, "definition"), variables)
    connections = _connections(body, definition)
    return Workflow(
        name=text(get(item, "name")),
        hosting=Hosting.POWER_AUTOMATE if is_flow(definition, connections) else hosting,
        region=region_of(text(get(item, "location"))),
        definition=definition,
        connections=connections,
        parameters=parameters,
        endpoints=get(body, "endpointsConfiguration"),
        in_ise=_names_an_ise(get(body, "integrationServiceEnvironment")),
    )


def _names_an_ise(environment: Any) -> bool:
    """An expression in place of the object or of its id is usually null when it's deployed (optional in Bicep modules)."""
    path = resource_path(text(get(environment, "id")))
    named = text(get(environment, "name"))
    return bool(path.strip(UNKNOWN) or (named and not is_expression(named)))


def _connections(body: Any, definition: Any) -> Any:
    for holder in (
        get(body, "parameters", "$connections", "value"),
        get(body, "connectionReferences"),
        get(definition, "parameters", "$connections", "defaultValue"),
    ):
        if holder:
            return holder
    return None


def _variable(value: Any, variables: dict[str, Any]) -> Any:
    """The value of `[variables('name').member]`, the way Bicep hands over a definition loaded from a file."""
    reference = _VARIABLE.fullmatch(value) if isinstance(value, str) else None
    if not reference:
        return value
    members = [dotted or quoted for dotted, quoted in _MEMBER.findall(reference[2])]
    found = get(variables, reference[1], *members)
    return value if found is None else found


def _site_workflow(item: Any) -> Workflow:
    files = get(item, "properties", "files")
    name = text(get(item, "name")).rpartition("/")[2]
    return Workflow(
        name,
        Hosting.STANDARD,
        region_of(text(get(item, "location"))),
        get(files, "workflow.json", "definition"),
        get(files, "connections.json", "managedApiConnections"),
    )


def _note_site(item: Any, found: Found) -> None:
    """Other web apps are no Logic Apps: `kind` says so."""
    if "workflowapp" not in text(get(item, "kind")).casefold():
        return
    body = _body(item)
    lists = (text(get(body, key)) for key in ("possibleOutboundIpAddresses", "outboundIpAddresses"))
    found.sites.append(
        Site(
            name=text(get(item, "name")),
            region=region_of(text(get(item, "location"))),
            outbound=tuple(one.strip() for listed in lists for one in listed.split(",") if one.strip()),
            in_network=bool(get(body, "virtualNetworkSubnetId")),
        )
    )
