"""The code of one workflow, Consumption or Standard, as checks look at it: its definition, and where that stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sfharden.azure.index import given, value
from sfharden.azure.objects import get, kind, mapping
from sfharden.azure.side import SITE_WORKFLOWS, Reference, references_of
from sfharden.azure.steps import Step, steps_of
from sfharden.azure.workflows import Hosting, Workflow
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureForm, AzureResource

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
        if self.is_standard:
            connections = get(self.files, "connections.json", "managedApiConnections")
            parameters, hosting = mapping(get(self.files, "parameters.json")), Hosting.STANDARD
        else:
            parameters = mapping(get(self.resource.document, "properties", "parameters"))
            connections = get(parameters, "$connections", "value")
            hosting = Hosting.UNKNOWN if self.resource.form is AzureForm.CODE_VIEW else Hosting.CONSUMPTION
        return Workflow(
            self.resource.name,
            hosting,
            definition=self.definition,
            connections=connections,
            parameters=parameters,
        )

    def where(self, inner: str = "") -> str:
        """The place of a part of the definition, for evidence."""
        return self.resource.where(f"{self.pointer}{inner}")


def flow_code(flow: AzureResource) -> FlowCode:
    """The code of a workflow. Raises CannotTell where it wasn't read, or is known only once deployed."""
    if flow.type == SITE_WORKFLOWS:
        pointer = "/properties/files/workflow.json/definition"
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
        if not isinstance(get(files, "connections.json"), dict) and _uses_some(files):
            raise CannotTell("its app's connections.json was not read", flow.where("/properties/files"))
        return references_of(flow)
    found = value(flow, "properties.parameters.$connections.value")
    if not (found.is_absent or isinstance(found.value, dict)):
        raise CannotTell("which connections it uses isn't written out", found.where)
    return references_of(flow)


def _uses_some(files: Any) -> bool:
    steps = steps_of(get(files, "workflow.json", "definition"))
    return any(kind(step.body).startswith(("apiconnection", "openapiconnection")) for step in steps)
