"""The steps of a workflow, which Terraform keeps as resources of their own, put together to a definition.

Provider azurerm: `logic_app_trigger_*` and `logic_app_action_*` name their workflow by `logic_app_id`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sfharden.azure.objects import mapping, text
from sfharden.azure.terraform import TerraformResource
from sfharden.model.azure import key_of

_TRIGGER: Final = "azurerm_logic_app_trigger_"
_ACTION: Final = "azurerm_logic_app_action_"


def from_json(value: Any) -> Any:
    """What a text of JSON holds, else the value itself."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return value


def definition_of(
    workflow: TerraformResource, every: Sequence[TerraformResource], parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """The steps that name the workflow by its id; there may be others that Terraform doesn't know.

    Before a plan is applied there may be no id; then all steps are taken for those of the only workflow.
    """
    own = text(workflow.values.get("id"))
    is_only = sum(one.type == workflow.type for one in every) == 1
    found: dict[str, Any] = {"parameters": dict(parameters), "triggers": {}, "actions": {}}
    for one in every:
        its = text(one.values.get("logic_app_id"))
        where = (
            "triggers" if one.type.startswith(_TRIGGER) else "actions" if one.type.startswith(_ACTION) else ""
        )
        if where and ((own and key_of(its) == key_of(own)) or (is_only and not (own and its))):
            found[where][text(one.values.get("name")) or one.address] = _step(one)
    return found


def _step(one: TerraformResource) -> Any:
    values = one.values
    if one.type.endswith("_custom"):
        return from_json(values.get("body"))
    if one.type.endswith("_http_request"):
        inputs = {"schema": from_json(values.get("schema")), "method": values.get("method")}
        return {"type": "Request", "kind": "Http", "inputs": inputs}
    if one.type.endswith("_recurrence"):
        recurrence = {key: values.get(key) for key in ("frequency", "interval")}
        return {"type": "Recurrence", "recurrence": recurrence}
    if one.type.endswith("_action_http"):
        inputs = {key: values.get(key) for key in ("method", "uri", "body")}
        maps = {key: mapping(values.get(key)) for key in ("headers", "queries")}
        return {"type": "Http", "inputs": {**inputs, **maps}}
    return {}
