"""Terraform's JSON: states of both shapes and plans give the same resources, and what apply will tell is marked."""

from typing import Any

import pytest

from sfharden.azure.terraform import is_plan, is_terraform, terraform_resources, workflow_addresses

VALUES = {
    "name": "sync",
    "connector_outbound_ip_addresses": ["192.0.2.0/28"],
    "workflow_outbound_ip_addresses": ["198.51.100.7"],
}
ONE = {"mode": "managed", "type": "azurerm_logic_app_workflow", "name": "sync"}
SHOWN = {
    "format_version": "1.0",
    "values": {
        "root_module": {
            "child_modules": [
                {
                    "resources": [
                        {**ONE, "address": "module.m.azurerm_logic_app_workflow.sync", "values": VALUES}
                    ]
                }
            ]
        }
    },
}
STATE = {
    "version": 4,
    "terraform_version": "1.9.0",
    "resources": [{**ONE, "module": "module.m", "instances": [{"attributes": VALUES}]}],
}
PLAN = {
    "format_version": "1.2",
    "resource_changes": [
        {
            **ONE,
            "address": "module.m.azurerm_logic_app_workflow.sync",
            "change": {"actions": ["update"], "after": VALUES, "after_unknown": {"access_endpoint": True}},
        },
        {**ONE, "address": "gone", "change": {"actions": ["delete"], "after": None}},
    ],
}


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        (SHOWN, "/values/root_module/child_modules/0/resources/0"),
        (STATE, "/resources/0/instances/0"),
        (PLAN, "/resource_changes/0"),
    ],
    ids=["show -json", "state file", "plan"],
)
def test_each_shape_gives_the_same_resource(document: Any, pointer: str) -> None:
    assert is_terraform(document)
    (found,) = terraform_resources(document)
    assert (found.address, found.type) == (
        "module.m.azurerm_logic_app_workflow.sync",
        "azurerm_logic_app_workflow",
    )
    assert (found.values, found.pointer) == (VALUES, pointer)


def test_a_plan_marks_what_only_apply_will_tell_and_leaves_out_what_it_deletes() -> None:
    (found,) = terraform_resources(PLAN)
    assert found.unknown == {"access_endpoint": True}
    assert is_plan(PLAN)
    assert not is_plan(STATE)
    assert not is_plan([])


@pytest.mark.parametrize("document", [None, [], {}, {"values": [1]}, {"resources": []}, {"value": []}])
def test_other_documents_are_none_of_terraform_s(document: Any) -> None:
    assert not is_terraform(document)


@pytest.mark.parametrize("odd", [7, None, [], {}, {"resources": 1, "child_modules": {"a": 1}}, "x"])
def test_odd_parts_are_passed_over(odd: Any) -> None:
    shown = {"values": {"root_module": {"child_modules": [odd]}}, "format_version": "1"}
    assert list(terraform_resources(shown)) == []
    for document in (
        {"terraform_version": "1", "resources": [odd]},
        {"format_version": "1", "resource_changes": [odd]},
    ):
        assert [one.values for one in terraform_resources(document)] in ([], [{}])


def test_outgoing_lists_are_those_of_a_workflow_s_answer() -> None:
    assert workflow_addresses(VALUES) == {
        "connector": {"outgoingIpAddresses": [{"address": "192.0.2.0/28"}]},
        "workflow": {"outgoingIpAddresses": [{"address": "198.51.100.7"}]},
    }
    assert workflow_addresses({"connector_outbound_ip_addresses": None}) == {}
