"""Steps of Terraform: each kind becomes a step of a definition, and before a plan is applied they are the only workflow's."""

from typing import Any

from sfharden.azure.terraform import TerraformResource
from sfharden.azure.terraform_steps import definition_of, from_json

FLOW = TerraformResource("w", "azurerm_logic_app_workflow", {"name": "sync"})


def step(name: str, **values: Any) -> TerraformResource:
    return TerraformResource(
        "s", "azurerm_logic_app_action_custom", {"name": name, "body": '{"type": "Http"}', **values}
    )


def test_without_ids_the_steps_are_those_of_the_only_workflow() -> None:
    assert definition_of(FLOW, [FLOW, step("a")], {})["actions"] == {"a": {"type": "Http"}}
    assert definition_of(FLOW, [FLOW, FLOW, step("a")], {})["actions"] == {}
    assert definition_of(FLOW, [FLOW, step("a", logic_app_id="/x")], {})["actions"] == {"a": {"type": "Http"}}


def test_other_kinds_are_there_without_a_body() -> None:
    odd = TerraformResource("t", "azurerm_logic_app_trigger_new", {})
    assert definition_of(FLOW, [FLOW, odd], {"p": 1}) == {
        "parameters": {"p": 1},
        "triggers": {"t": {}},
        "actions": {},
    }


def test_a_text_that_is_no_json_stays_a_text() -> None:
    assert from_json("{") == "{"
    assert from_json("[" * 200_000) == "[" * 200_000
    assert from_json(7) == 7
