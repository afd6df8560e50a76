"""The code of one workflow, Consumption or Standard, as checks look at it: its definition, and where that stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sfharden.azure.calls import connection_key
from sfharden.azure.index import given, require_agreed, value
from sfharden.azure.objects import get, kind, mapping
from sfharden.azure.salesforce_use import workflow_of
from sfharden.azure.side import SITE_WORKFLOWS, Reference, references_of
from sfharden.azure.steps import Step, steps_of
from sfharden.azure.workflows import Workflow
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureForm, AzureResource

_LISTED: Final = ("properties", "parameters", "$connections", "value")
_NESTED: Final = frozenset(["actions", "else", "default", "cases", "tools"])


@dataclass(frozen=True, slots=True)
class FlowCode:
    """A workflow's resource, its definition and the definition's JSON pointer from the resource."""

    resource: AzureResource
    definition: dict[str, Any]
    pointer: str

    @property
    def is_standard(self) -> bool:
        """Whether it's one of a Standard app's workflows."""
        return self.resource.type == SITE_WORKFLOWS

    @property
    def in_template(self) -> bool:
        """Whether it's what a deployment would set, where `[…]` is evaluated."""
        return self.resource.form is AzureForm.TEMPLATE

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every trigger and action."""
        return tuple(steps_of(self.definition))

    @property
    def files(self) -> dict[str, Any]:
        """The files of a Standard workflow and its app."""
        return mapping(get(self.resource.document, "properties", "files"))

    @property
    def workflow(self) -> Workflow:
        """The same as what tells which steps call Salesforce."""
        return workflow_of(self.resource)

    def where(self, inner: str = "") -> str:
        """The place of a part of the definition, for evidence."""
        return self.resource.where(f"{self.pointer}{inner}")


def flow_code(flow: AzureResource) -> FlowCode:
    """The code of a workflow. Raises CannotTell where it wasn't read, or is known only once deployed."""
    if flow.type == SITE_WORKFLOWS:
        pointer = "/properties/files/workflow.json/definition"
        require_agreed(flow, "properties.files")
        if flow.is_conditional:
            raise CannotTell("the template deploys it only under a condition", flow.where(pointer))
        definition = get(flow.document, "properties", "files", "workflow.json", "definition")
    else:
        pointer = "/properties/definition"
        definition = given(flow, "properties.definition").value
    if not isinstance(definition, dict):
        raise CannotTell("its definition was not read", flow.where(pointer))
    return FlowCode(flow, definition, pointer)


def own_texts(step: Step) -> Iterator[str]:
    """The texts of a step itself, without those of the steps in it."""
    waiting: list[Any] = [one for key, one in (step.body or {}).items() if key.casefold() not in _NESTED]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def told_references(flow: AzureResource) -> tuple[Reference, ...]:
    """The connections that a workflow uses. Raises CannotTell unless all of them are told."""
    if flow.type == SITE_WORKFLOWS:
        files = get(flow.document, "properties", "files")
        require_agreed(flow, "properties.files")
        definition, where = get(files, "workflow.json", "definition"), flow.where("/properties/files")
        if not isinstance(get(files, "connections.json"), dict) and any(_connector_steps(definition)):
            raise CannotTell("its app's connections.json was not read", where)
    else:
        definition, where = get(flow.document, "properties", "definition"), _where_told(flow)
    found = references_of(flow)
    keys = {one.key.casefold() for one in found}
    for step in _connector_steps(definition):
        if connection_key(get(step.body, "inputs", "host")).casefold() not in keys:
            raise CannotTell(f"which connection step '{step.path}' uses isn't told", where)
    return found


def _where_told(flow: AzureResource) -> str:
    """Where a Consumption workflow's connections stand. Raises CannotTell unless they are written out, each level of it."""
    where = value(flow, ".".join(_LISTED)).where
    for end in range(1, len(_LISTED) + 1):
        if not isinstance(get(flow.document, *_LISTED[:end]), dict | None):
            raise CannotTell("which connections it uses isn't written out", where)
    return where


def _connector_steps(definition: Any) -> Iterator[Step]:
    """The steps that use a connection."""
    for step in steps_of(definition):
        if kind(step.body).startswith(("apiconnection", "openapiconnection")):
            yield step
