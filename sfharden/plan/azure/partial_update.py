"""A resource whose type takes a PATCH of properties: only what is named changes, and nothing is read first.

Named is what stands right below `properties`: whether an object further down is merged or replaced as a whole differs by type,
and isn't documented (the rules beside `networkAcls.defaultAction`, other tags, other identities), so what has one gets no command.

Microsoft.Web/sites and its `config/web` (REST, Web Apps: Update, Update Configuration), storage accounts (REST, Storage Accounts:
Update) and tables of a workspace (REST, Tables: Update).
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sfharden.model.azure import AzureResource
from sfharden.model.azure_plan import AzureChange, AzureEdit, AzureGuard, Words
from sfharden.plan.azure.bicep import addition
from sfharden.plan.azure.pointers import body_of, keys_of, one_line, question, question_after
from sfharden.plan.azure.wish import AzureWish, all_masked, why_no_command

VERSIONS: Final = {
    "microsoft.web/sites": "2022-09-01",
    "microsoft.web/sites/config": "2022-09-01",
    "microsoft.storage/storageaccounts": "2023-05-01",
    "microsoft.operationalinsights/workspaces/tables": "2022-10-01",
}
_MASKED: Final = "What stands there holds what may be a secret, so what was read is not what is there; do it in the portal."
_BESIDE: Final = (
    "It stands in an object that such a command may replace as a whole, and what stands beside it would be lost; do it in the portal, "
    "or by the template that deploys it."
)
_NO_PATCH: Final = "No command is known that changes this type in part; do it in the portal, or by the template that deploys it."


def partial_change(
    wish: AzureWish,
    holder: AzureResource,
    edits: tuple[AzureEdit, ...],
    words: tuple[str, str, str],
    *risks: str,
) -> AzureChange:
    """The change of parts of `holder`, the resource or a child of it; `words` are what it is, today and after."""
    what, today, after = words
    change = AzureChange(
        control=wish.control,
        integration=wish.integration,
        what=what,
        resource=holder.id,
        name=wish.resource.shown,
        today=(today,),
        after=(after,),
        edits=edits,
        bicep="\n".join(addition(holder, key, found, wish.name) for key, found in body_of(edits).items()),
        risks=risks,
    )
    if why := _why_not(holder, edits):
        return change.model_copy(update={"by_hand": why})
    return change.model_copy(
        update={
            "guards": tuple(_guard(holder, question(one)) for one in edits),
            "commands": (_patch(holder, edits),),
            **_way_back(holder, edits),
        }
    )


def _way_back(holder: AzureResource, edits: Sequence[AzureEdit]) -> dict[str, Any]:
    """Nothing where something was not set: a PATCH can't take a property away."""
    if any(one.before is None for one in edits):
        return {}
    guards = tuple(_guard(holder, question_after(one)) for one in edits)
    return {"undo": (_patch(holder, map(_back, edits)),), "undo_guards": guards}


def _why_not(holder: AzureResource, edits: Iterable[AzureEdit]) -> str:
    if holder.type not in VERSIONS:
        return _NO_PATCH
    listed = list(edits)
    told = _MASKED if all_masked(listed) else "" if all(map(_loses_nothing, listed)) else _BESIDE
    return why_no_command(holder) or told


def _loses_nothing(edit: AzureEdit) -> bool:
    """A property, what wasn't there at all, or the first identity."""
    keys = [one.casefold() for one in keys_of(edit.pointer)]
    if len(keys) == 1:
        return edit.before is None
    if keys == ["identity", "type"]:
        return str(edit.before or "none").casefold() == "none"
    return len(keys) == 2 and keys[0] == "properties"


def _guard(holder: AzureResource, asked: str) -> AzureGuard:
    return AzureGuard(resource=holder.id, api_version=VERSIONS[holder.type], question=asked)


def _patch(holder: AzureResource, edits: Iterable[AzureEdit]) -> Words:
    """The command. A path without a host goes to the Resource Manager of the cloud that `az` is signed in to."""
    url = f"{holder.id}?api-version={VERSIONS[holder.type]}"
    return (
        "az", "rest", "--output", "none", "--method", "patch", "--url", url, "--body", one_line(body_of(edits)),
    )  # fmt: skip


def _back(edit: AzureEdit) -> AzureEdit:
    return edit.model_copy(update={"before": edit.after, "after": edit.before})
