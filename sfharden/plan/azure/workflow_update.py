"""A Consumption workflow is changed by reading it whole and putting it back whole; when that is safe, and how it's typed.

`PATCH` on a workflow takes tags, SKU tier and identity only (`InvalidPatchWorkflowRequest`; Azure/azure-rest-api-specs issue 8743).
So `az resource update --set` it is: it gets the live workflow, sets the parts that it's told, and puts that. What a GET doesn't answer
is lost by that: the values of secure parameters. A workflow that has any gets no command.
"""

from collections.abc import Iterable
from typing import Any, Final

from sfharden.azure.index import given
from sfharden.azure.objects import get, has, text
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource
from sfharden.model.azure_plan import AzureChange, AzureEdit, AzureGuard, Words
from sfharden.plan.azure.pointers import keys_of, one_line, question, question_after
from sfharden.plan.azure.wish import all_masked, why_no_command

API: Final = "2019-05-01"
_SIGNATURES: Final = "sasAuthenticationPolicy"
_TYPES: Final = "sort(values(not_null(properties.definition.parameters, `{}`))[].type)"
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
# Whether a GET answers that signed addresses were switched off is documented nowhere; what it leaves out, a PUT leaves out.
_RISK: Final = (
    "The command reads the workflow and puts it back whole: don't save it in the designer meanwhile. It shows the access control "
    "afterwards: if signed addresses had been switched off and that isn't in it, switch them off again."
)
_PORTAL: Final = (
    "Make the change in the portal or by the template that deploys it; main.bicep has what to add."
)


def why_not_updated(flow: AzureResource, edits: Iterable[AzureEdit]) -> str:
    """Why a workflow can't be changed by a command; empty where it can."""
    listed = list(edits)
    if why := why_no_command(flow):
        return why
    if all_masked(listed):
        return (
            f"What stands there holds what may be a secret, so what was read is not what is there. {_PORTAL}"
        )
    if not all(set(key) <= _PLAIN for one in listed for key in keys_of(one.pointer)):
        return f"A name on the way there holds characters that `az --set` takes for its own. {_PORTAL}"
    try:
        types = parameter_types(flow)
    except CannotTell as reason:
        return f"Whether it has secure parameters can't be told: {reason.reason}. {_PORTAL}"
    if any(one.casefold().startswith("secure") for one in types):
        return f"It has secure parameters, whose values nobody can read: a command would put it back without them. {_PORTAL}"
    return ""


def parameter_types(flow: AzureResource) -> list[str]:
    """The types of the parameters of its definition. Raises CannotTell."""
    definition = given(flow, "properties.definition")
    declared = get(definition.value, "parameters")
    if declared is None:
        return []
    if not isinstance(declared, dict) or not all(text(get(one, "type")) for one in declared.values()):
        raise CannotTell("a parameter has no type", definition.where)
    return sorted(text(get(one, "type")) for one in declared.values())


def with_update(flow: AzureResource, change: AzureChange, instead: str = "") -> AzureChange:
    """The change with the command that makes its edits, and the one that takes them back; or why there is none, and what to do `instead`."""
    if why := why_not_updated(flow, change.edits):
        return change.model_copy(update={"by_hand": why + instead})
    types = _guard(flow, f"{_TYPES} == `{one_line(parameter_types(flow))}`")
    return change.model_copy(
        update={
            "guards": (*(_guard(flow, question(one)) for one in change.edits), types),
            "commands": (_update(flow, change.edits), _look(flow)),
            "undo": (_take_back(flow, change.edits), _look(flow)),
            "undo_guards": (*(_guard(flow, _left(one)) for one in change.edits), types),
            "risks": (*change.risks, _RISK),
        }
    )


def _guard(flow: AzureResource, asked: str) -> AzureGuard:
    return AzureGuard(resource=flow.id, api_version=API, question=asked)


def _left(edit: AzureEdit) -> str:
    """Whether a part is as the change left it; with or without what a GET may not answer, see `_RISK`."""
    asked = question_after(edit)
    if not has(get(edit.after, "triggers"), _SIGNATURES):
        return asked
    triggers = {
        key: one
        for key, one in get(edit.after, "triggers").items()
        if key.casefold() != _SIGNATURES.casefold()
    }
    shorter = {**edit.after, _key(edit.after, "triggers"): triggers}
    return f"{asked} || {question_after(edit.model_copy(update={'after': shorter}))}"


def _key(holder: dict[str, Any], wanted: str) -> str:
    return next(one for one in holder if one.casefold() == wanted)


def _head(flow: AzureResource) -> Words:
    """It would show the whole workflow, with what stands in it in plain text; that is for nobody's terminal or log."""
    return ("az", "resource", "update", "--output", "none", "--ids", flow.id, "--api-version", API)


def _update(flow: AzureResource, edits: Iterable[AzureEdit]) -> Words:
    parts = (f"{_path(one)}={one_line(one.after)}" for one in edits)
    return (*_head(flow), "--set", *parts)


def _look(flow: AzureResource) -> Words:
    asked = ("--query", "properties.accessControl", "--output", "json")
    return ("az", "resource", "show", "--ids", flow.id, "--api-version", API, *asked)


def _take_back(flow: AzureResource, edits: Iterable[AzureEdit]) -> Words:
    """What stood there is put back; what was not there, or null, is removed."""
    listed = list(edits)
    put = [f"{_path(one)}={one_line(one.before)}" for one in listed if one.before is not None]
    gone = [word for one in listed if one.before is None for word in ("--remove", _path(one))]
    return (*_head(flow), *(("--set", *put) if put else ()), *gone)


def _path(edit: AzureEdit) -> str:
    return ".".join(keys_of(edit.pointer))
