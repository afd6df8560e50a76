"""Secure inputs and outputs: of every step that calls Salesforce, wherever it's nested, and of no other."""

import copy
import json
from typing import Any

from sfharden.model.azure import AzureResource
from sfharden.plan.azure.pointers import edited
from sfharden.plan.azure.secure_data import CHECK, plan_secure_data
from tests.orgs import azure_side as az
from tests.plan.azure.kit import ENTRY, one_change, one_need, standing, wish

STEP = az.workflow().document["properties"]["definition"]["actions"]["Get_record"]
BOTH = ["inputs", "outputs"]


def step(**more: Any) -> dict[str, Any]:
    found: dict[str, Any] = copy.deepcopy(STEP)
    found.pop("runtimeConfiguration")
    return {**found, **more}


def flow_with(actions: dict[str, Any], **more: Any) -> AzureResource:
    return az.workflow(definition={"triggers": {}, "actions": actions}, **more)


def test_a_command_sets_the_part_of_the_live_definition() -> None:
    change = one_change(plan_secure_data(wish(flow_with({"Get": step()}), CHECK)))
    assert change.commands[0][10:] == (
        'properties.definition.actions.Get.runtimeConfiguration={"secureData":{"properties":["inputs","outputs"]}}',
    )
    assert change.undo[0][-2:] == ("--remove", "properties.definition.actions.Get.runtimeConfiguration")


def test_what_else_is_configured_stays() -> None:
    retry = {"paginationPolicy": {"minimumItemCount": 5}, "secureData": {"properties": ["outputs"]}}
    flow = flow_with({"Get": step(runtimeConfiguration=retry)})
    change = one_change(plan_secure_data(wish(flow, CHECK)))
    assert change.today == ("Get: secureData outputs",)
    assert change.after == ("Get: secureData outputs, inputs",)
    (edit,) = change.edits
    assert edit.pointer.endswith("/runtimeConfiguration/secureData/properties")
    assert (edit.before, sorted(edit.after)) == (["outputs"], BOTH)


def test_steps_are_found_however_deep() -> None:
    inner = {"a": step(), "b": {"type": "Compose", "inputs": 1}}
    flow = flow_with(
        {
            "Scope": {"type": "Scope", "actions": copy.deepcopy(inner)},
            "If": {"type": "If", "actions": {}, "else": {"actions": copy.deepcopy(inner)}},
            "Switch": {
                "type": "Switch",
                "cases": {"One": {"case": "1", "actions": copy.deepcopy(inner)}},
                "default": {"actions": copy.deepcopy(inner)},
            },
            "Each": {
                "type": "Foreach",
                "actions": {"In": {"type": "Until", "actions": copy.deepcopy(inner)}},
            },
        }
    )
    change = one_change(plan_secure_data(wish(flow, CHECK)))
    after = edited(flow.document, change.edits)["properties"]["definition"]["actions"]
    held = [
        after["Scope"]["actions"],
        after["If"]["else"]["actions"],
        after["Switch"]["cases"]["One"]["actions"],
        after["Switch"]["default"]["actions"],
        after["Each"]["actions"]["In"]["actions"],
    ]
    assert all(one["a"]["runtimeConfiguration"]["secureData"]["properties"] == BOTH for one in held)
    assert not any("runtimeConfiguration" in one["b"] for one in held)
    assert len(change.edits) == len(held)


def test_harmless_and_secured_steps_are_left() -> None:
    secured = step(runtimeConfiguration={"secureData": {"properties": ["Outputs", "inputs"]}})
    flow = flow_with({"Get": step(), "Fine": secured, "Harmless": step()})
    entry = ENTRY.model_copy(update={"harmless_steps": ("harmless",)})
    change = one_change(plan_secure_data(wish(flow, CHECK, entry=entry)))
    assert [one.pointer.split("/")[4] for one in change.edits] == ["Get"]


def test_nothing_that_calls_salesforce_is_said() -> None:
    flow = flow_with({"b": {"type": "Compose", "inputs": 1}})
    assert "no step was found" in one_need(plan_secure_data(wish(flow, CHECK))).text


def test_a_name_that_az_takes_apart_is_a_step_in_the_designer() -> None:
    change = one_change(plan_secure_data(wish(flow_with({"Get.it": step()}), CHECK)))
    assert change.commands == ()
    assert "Secure inputs" in change.by_hand
    assert change.edits[0].pointer.split("/")[4] == "Get.it"


def test_a_standard_workflow_is_changed_in_its_files() -> None:
    files = {
        "workflow.json": {"definition": {"actions": {"Get": step()}}},
        "connections.json": {
            "managedApiConnections": {
                "salesforce": {"api": {"id": az.API}, "connection": {"id": az.CONNECTION}}
            }
        },
    }
    files["workflow.json"]["definition"]["actions"]["Get"]["inputs"]["host"] = {
        "connection": {"referenceName": "salesforce"}
    }
    row = az.resource(f"{az.SITE}/workflows/nightly", {"properties": {"files": files}})
    failing = standing(CHECK, subject="crm-rg/crm-standard/nightly")
    change = one_change(plan_secure_data(wish(row, failing)))
    assert change.commands == ()
    assert change.name == "crm-rg/crm-standard/nightly"
    assert "workflow.json" in change.by_hand
    assert (
        change.edits[0].pointer
        == "/properties/files/workflow.json/definition/actions/Get/runtimeConfiguration"
    )


def test_a_workflow_whose_code_was_not_read_is_a_need() -> None:
    row = az.resource(f"{az.SITE}/workflows/nightly", {"properties": {}})
    assert "not read" in one_need(plan_secure_data(wish(row, CHECK))).text


def test_a_secret_is_secured_where_it_comes_from_and_where_it_goes() -> None:
    vault = {
        "type": "ApiConnection",
        "inputs": {"method": "get", "path": "/secrets/@{encodeURIComponent('x')}/value"},
    }
    call = {"type": "Http", "inputs": {"uri": "https://api.example", "body": "@body('Key')?['value']"}}
    change = one_change(plan_secure_data(wish(flow_with({"Key": vault, "Call": call}), CHECK)))
    assert {one.pointer.split("/")[4]: one.after["secureData"]["properties"] for one in change.edits} == {
        "Key": ["outputs"],
        "Call": ["inputs"],
    }


def test_the_command_never_holds_what_a_step_does() -> None:
    change = one_change(plan_secure_data(wish(flow_with({"Get": step()}), CHECK)))
    assert "datasets" not in json.dumps([*change.commands, *change.undo])
