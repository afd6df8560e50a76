"""Secure inputs and outputs of steps: `runtimeConfiguration.secureData.properties` in the definition.

Which steps and what of them, the same judge says that `check` asks. A masked definition is never put back: the command sets these parts
of the live one; of a Standard app the files are changed, where they are kept.
"""

from typing import Final

from sfharden.azure.flow_code import FlowCode, flow_code
from sfharden.azure.objects import get
from sfharden.azure.secure_data import is_harmless, needed
from sfharden.facts.values import CannotTell
from sfharden.model.azure_plan import AzureChange, AzureEdit
from sfharden.plan.azure.bicep import addition
from sfharden.plan.azure.pointers import body_of, edit_of, keys_of
from sfharden.plan.azure.wish import AzureWish, Planned, need
from sfharden.plan.azure.workflow_update import with_update
from sfharden.text.wording import show_names

CHECK: Final = "azure_secure_data"
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
    """One change for the steps that surely must secure something, and don't."""
    try:
        code = flow_code(wish.resource)
        wanted = _wanted(wish, code)
    except CannotTell as reason:
        yield need(wish, reason.reason)
        return
    edits = tuple(_edit(code, pointer, sides) for pointer, (_, sides) in wanted.items())
    if edits:
        yield _change(wish, code, edits, [one[0] for one in wanted.values()], _today(code, wanted))
    else:
        yield need(wish, _NONE_FOUND)


def _wanted(wish: AzureWish, code: FlowCode) -> dict[str, tuple[str, list[str]]]:
    """By the step's pointer its name, and all that it will secure. Raises CannotTell."""
    found: dict[str, tuple[str, list[str]]] = {}
    for one in needed(code):
        if one.is_sure and not is_harmless(one.step, wish.side.entry.harmless_steps) and one.missing:
            there = get(one.step.body, "runtimeConfiguration", "secureData", "properties") or []
            before = found.get(one.step.pointer, ("", there))[1]
            more = [side for side in one.missing if side not in before]
            found[one.step.pointer] = (keys_of(one.step.pointer)[-1], [*before, *more])
    return found


def _today(code: FlowCode, wanted: dict[str, tuple[str, list[str]]]) -> list[tuple[str, str, str]]:
    """A step's name, what it secures, and what it will; a trigger and an action may have one name."""
    parts = ("runtimeConfiguration", "secureData", "properties")
    before = {one.step.pointer: get(one.step.body, *parts) or () for one in needed(code)}
    return [
        (name, ", ".join(map(str, before[pointer])) or "none", ", ".join(map(str, sides)))
        for pointer, (name, sides) in wanted.items()
    ]


def _edit(code: FlowCode, pointer: str, sides: list[str]) -> AzureEdit:
    keys = keys_of(f"{code.pointer}{pointer}")
    return edit_of(code.resource, (*keys, "runtimeConfiguration", "secureData", "properties"), sides)


def _change(
    wish: AzureWish,
    code: FlowCode,
    edits: tuple[AzureEdit, ...],
    names: list[str],
    told: list[tuple[str, str, str]],
) -> AzureChange:
    change = AzureChange(
        control=wish.control,
        integration=wish.integration,
        what=f"secure inputs and outputs of {show_names(names)}",
        resource=code.resource.id,
        name=wish.name,
        today=tuple(f"{name}: secureData {before}" for name, before, _ in told),
        after=tuple(f"{name}: secureData {after}" for name, _, after in told),
        edits=edits,
        by_hand=_IN_FILES if code.is_standard else "",
        bicep="" if code.is_standard else addition(code.resource, "properties", body_of(edits)["properties"]),
        risks=_RISKS,
    )
    return change if code.is_standard else with_update(code.resource, change, _DESIGNER)
