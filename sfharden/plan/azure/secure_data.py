"""Secure inputs and outputs of the steps that call Salesforce: `runtimeConfiguration.secureData.properties` in the definition.

A masked definition is never put back: the command sets these parts of the live one; of a Standard app the files are changed, where
they are kept.
"""

from collections.abc import Iterator
from typing import Any, Final

from sfharden.azure.calls import Certainty, calls_of
from sfharden.azure.objects import get, has, mapping
from sfharden.azure.side import references_of, site_workflows
from sfharden.azure.workflows import Hosting, Workflow
from sfharden.facts.values import CannotTell
from sfharden.model.azure import SITES, AzureResource
from sfharden.model.azure_plan import AzureChange, AzureEdit
from sfharden.plan.azure.bicep import addition
from sfharden.plan.azure.pointers import body_of, edit_of
from sfharden.plan.azure.wish import AzureWish, Planned, need
from sfharden.plan.azure.workflow_update import with_update
from sfharden.text.wording import show_names

CHECK: Final = "azure_secure_data"
CONTROL: Final = "secure-inputs-outputs"
_BOTH: Final = ("inputs", "outputs")
_NONE_FOUND: Final = "no step was found to secure that a command could change; in the designer: the step's settings, Secure inputs and Secure outputs"
_RISKS: Final = (
    "The portal shows no inputs and outputs of these steps any more, and nor do the logs that are sent to a workspace: runs are harder to look into.",
    "A step that takes secured data as input is shown without it, too.",
)
_IN_FILES: Final = (
    "The workflow is a file of a Standard app: apply its part of definition.patch.json to `workflow.json` where the app's code is kept, "
    "and deploy it from there; or in the designer, in each step's settings: Secure inputs, Secure outputs."
)
_DESIGNER: Final = " In the designer it is each step's settings: Secure inputs, Secure outputs."


def plan_secure_data(wish: AzureWish) -> Planned:
    """One change for each workflow with a step that isn't secured."""
    try:
        flows = tuple(_flows(wish))
    except CannotTell as reason:
        yield need(wish, reason.reason)
        return
    found = [one for one in (_plan(wish, flow, path) for flow, path in flows) if one]
    yield from found
    if not found:
        yield need(wish, _NONE_FOUND)


def _flows(wish: AzureWish) -> Iterator[tuple[AzureResource, tuple[str, ...]]]:
    """Each workflow with the keys to its definition."""
    if wish.resource.type != SITES:
        yield wish.resource, ("properties", "definition")
        return
    for flow in site_workflows(wish.side, wish.resource):
        yield flow, ("properties", "files", "workflow.json", "definition")


def _plan(wish: AzureWish, flow: AzureResource, path: tuple[str, ...]) -> AzureChange | None:
    harmless = {one.casefold() for one in wish.side.entry.harmless_steps}
    calling = _calling(flow, get(flow.document, *path))
    steps = [
        (keys, body)
        for name, keys, body in _steps(get(flow.document, *path))
        if name in calling and not {name.casefold(), keys[-1].casefold()} & harmless and not _is_secured(body)
    ]
    edits = tuple(_edit(flow, (*path, *keys), body) for keys, body in steps)
    return _change(wish, flow, edits, [keys[-1] for keys, _ in steps]) if edits else None


def _calling(flow: AzureResource, definition: Any) -> set[str]:
    """The steps that surely call Salesforce, as `calls_of` names them."""
    connections = {one.key: {"id": one.api} for one in references_of(flow)}
    parameters = mapping(get(flow.document, "properties", "parameters"))
    workflow = Workflow(
        flow.name, Hosting.CONSUMPTION, definition=definition, connections=connections, parameters=parameters
    )
    return {one.step for one in calls_of(workflow) if one.certainty is Certainty.YES}


def _steps(definition: Any) -> Iterator[tuple[str, tuple[str, ...], dict[str, Any]]]:
    """Every step: its name as `azure.steps` makes it, the keys down to it, and itself."""
    waiting: list[tuple[str, tuple[str, ...], Any]] = [("", (), definition)]
    while waiting:
        label, keys, holder = waiting.pop()
        for group in ("triggers", "actions") if not keys else ("actions",):
            for name, body in mapping(get(holder, group)).items():
                if isinstance(body, dict):
                    shown = f"{label} / {name}" if label else name
                    yield shown, (*keys, group, name), body
                    waiting.extend(_branches(shown, (*keys, group, name), body))


def _branches(
    label: str, keys: tuple[str, ...], body: dict[str, Any]
) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    yield label, keys, body
    for key in ("else", "default"):
        if has(body, key):
            yield f"{label} / {key}", (*keys, key), get(body, key)
    for key in ("cases", "tools"):
        for name, branch in mapping(get(body, key)).items():
            yield f"{label} / {name}", (*keys, key, name), branch


def _secured(body: dict[str, Any]) -> list[str]:
    found = get(body, "runtimeConfiguration", "secureData", "properties")
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _is_secured(body: dict[str, Any]) -> bool:
    return set(_BOTH) <= {one.casefold() for one in _secured(body)}


def _edit(flow: AzureResource, keys: tuple[str, ...], body: dict[str, Any]) -> AzureEdit:
    there = [one for one in _secured(body) if one.casefold() not in _BOTH]
    return edit_of(flow, (*keys, "runtimeConfiguration", "secureData", "properties"), [*_BOTH, *there])


def _change(
    wish: AzureWish, flow: AzureResource, edits: tuple[AzureEdit, ...], names: list[str]
) -> AzureChange:
    change = AzureChange(
        control=wish.control,
        integration=wish.integration,
        what=f"secure inputs and outputs of {show_names(names)}",
        resource=flow.id,
        name=flow.shown if flow is wish.resource else f"{wish.resource.shown}/{flow.name}",
        today=tuple(f"{name}: not both" for name in names),
        after=tuple(f"{name}: inputs and outputs" for name in names),
        edits=edits,
        by_hand="" if flow is wish.resource else _IN_FILES,
        bicep=addition(flow, "properties", body_of(edits)["properties"]) if flow is wish.resource else "",
        risks=_RISKS,
    )
    return change if flow is not wish.resource else with_update(flow, change, _DESIGNER)
