"""Terraform in the words of ARM: what its attributes tell, and nothing else; what they don't is unknown, never absent."""

import json
from typing import Any

import pytest

from sfharden.azure.pieces import AzurePiece, Pieces
from sfharden.azure.terraform_arm import pieces_of_terraform
from sfharden.model.azure import MASK, AzureForm

GROUP = "/subscriptions/s/resourceGroups/g"
FLOW = f"{GROUP}/providers/Microsoft.Logic/workflows/sync"
CONTROL = {
    "trigger": [{"allowed_caller_ip_address_range": ["203.0.113.0/28"],
                 "open_authentication_policy": [{"name": "own", "claim": [{"name": "iss", "value": "x"}]}]}],
    "content": [{"allowed_caller_ip_address_range": ["203.0.113.9"]}], "action": [], "workflow_management": [],
}  # fmt: skip
WORKFLOW = {"id": FLOW, "name": "sync", "location": "westeurope", "enabled": True, "access_control": [CONTROL],
            "identity": [{"type": "SystemAssigned"}], "parameters": {"$connections": json.dumps({"k": {"id": "/x"}})},
            "workflow_parameters": {"p": json.dumps({"type": "String"})},
            "connector_outbound_ip_addresses": ["192.0.2.1"]}  # fmt: skip


def state(*resources: tuple[str, dict[str, Any]], **more: Any) -> dict[str, Any]:
    listed = [{"mode": "managed", "type": f"azurerm_{kind}", "name": "x", "address": f"azurerm_{kind}.x", "values": values, **more}
              for kind, values in resources]  # fmt: skip
    return {"format_version": "1.0", "values": {"root_module": {"resources": listed}}}


def pieces(document: Any) -> Pieces:
    return pieces_of_terraform(document, "state.json")


def alone(kind: str, values: dict[str, Any]) -> AzurePiece:
    (found,) = [*pieces(state((kind, values))).resources]
    return found


def test_a_workflow_has_its_access_control_identity_connections_and_addresses() -> None:
    found = alone("logic_app_workflow", WORKFLOW)
    assert (found.id, found.type, found.form) == (FLOW, "microsoft.logic/workflows", AzureForm.TERRAFORM)
    properties = found.document["properties"]
    triggers = properties["accessControl"]["triggers"]
    assert triggers["allowedCallerIpAddresses"] == [{"addressRange": "203.0.113.0/28"}]
    claims = [{"name": "iss", "value": "x"}]
    assert triggers["openAuthenticationPolicies"] == {"policies": {"own": {"type": "AAD", "claims": claims}}}
    assert set(properties["accessControl"]) == {"triggers", "contents"}
    assert properties["parameters"] == {"$connections": {"value": {"k": {"id": "/x"}}}}
    assert found.document["identity"] == {"type": "SystemAssigned"}
    assert properties["state"] == "Enabled"
    assert found.unknown_paths == ("properties.definition",)  # steps that Terraform doesn't know


@pytest.mark.parametrize(
    ("changed", "unknown"),
    [
        ({"access_control": []}, None),
        ({"access_control": [{"trigger": [{"allowed_caller_ip_address_range": []}]}]}, "properties.accessControl.triggers"),
    ],
)  # fmt: skip
def test_no_block_is_none_set_and_an_empty_list_is_either(
    changed: dict[str, Any], unknown: str | None
) -> None:
    found = alone("logic_app_workflow", {**WORKFLOW, **changed})
    assert found.unknown_paths == ("properties.definition", *([unknown] if unknown else []))


def test_what_a_provider_of_old_does_not_tell_is_unknown() -> None:
    values = {name: one for name, one in WORKFLOW.items() if name != "access_control"}
    assert "properties.accessControl" in alone("logic_app_workflow", values).unknown_paths


def test_the_steps_are_put_together() -> None:
    found = pieces(
        state(
            ("logic_app_workflow", WORKFLOW),
            (
                "logic_app_trigger_http_request",
                {"name": "manual", "logic_app_id": FLOW.upper(), "schema": "{}"},
            ),
            (
                "logic_app_action_custom",
                {"name": "a", "logic_app_id": FLOW, "body": json.dumps({"type": "Http"})},
            ),
            (
                "logic_app_action_http",
                {"name": "b", "logic_app_id": FLOW, "method": "GET", "uri": "https://x"},
            ),
            (
                "logic_app_trigger_recurrence",
                {"name": "r", "logic_app_id": FLOW, "frequency": "Day", "interval": 1},
            ),
            ("logic_app_action_custom", {"name": "other", "logic_app_id": f"{FLOW}2", "body": "{}"}),
        )
    ).resources[0]
    definition = found.document["properties"]["definition"]
    assert set(definition["actions"]) == {"a", "b"}
    assert definition["actions"]["b"]["inputs"]["uri"] == "https://x"
    assert definition["triggers"]["manual"]["type"] == "Request"
    assert definition["parameters"] == {"p": {"type": "String"}}


def test_a_connection_tells_its_connector_and_not_who_signed_in() -> None:
    values = {
        "id": f"{GROUP}/providers/Microsoft.Web/connections/sf",
        "managed_api_id": "/x/managedApis/salesforce",
        "parameter_values": {"k": "v"},
    }
    found = alone("api_connection", values)
    assert found.document["properties"]["api"] == {"id": "/x/managedApis/salesforce"}
    assert "properties.authenticatedUser" in found.unknown_paths
    assert "properties.api" not in found.unknown_paths


def test_of_a_standard_app_nothing_is_sure() -> None:
    found = alone("logic_app_standard", {"name": "a", "https_only": True, "app_settings": {"K": "v"}})
    assert found.unknown_paths == ("properties", "identity")
    assert found.id == "state.json/providers/Microsoft.Web/sites/a"


@pytest.mark.parametrize(
    "logs",
    [{"enabled_log": [{"category": "WorkflowRuntime"}]}, {"log": [{"category": "WorkflowRuntime", "enabled": True}]}],
)  # fmt: skip
def test_a_setting_is_a_row_of_what_it_is_set_at(logs: dict[str, Any]) -> None:
    values = {
        "name": "logs",
        "id": f"{FLOW}|logs",
        "target_resource_id": FLOW,
        "log_analytics_workspace_id": "/w",
        **logs,
    }
    (listed,) = pieces(state(("monitor_diagnostic_setting", values))).lists
    assert (listed.path, listed.is_whole) == (
        f"{FLOW}/providers/microsoft.insights/diagnosticSettings",
        False,
    )
    (entry,) = listed.rows[0].document["properties"]["logs"]
    assert (entry["category"], entry["enabled"]) == ("WorkflowRuntime", True)


def test_a_plan_s_unknown_values_are_unknown() -> None:
    after = {"name": "sync", "access_control": [], "identity": []}
    unknown = {"id": True, "access_control": [{"trigger": True}], "identity": [{"principal_id": True}]}
    change = {"actions": ["create"], "after": after, "after_unknown": unknown}
    plan = {
        "format_version": "1.2",
        "resource_changes": [
            {"type": "azurerm_logic_app_workflow", "name": "x", "address": "a", "change": change}
        ],
    }
    (found,) = pieces(plan).resources
    assert found.id == "state.json/providers/Microsoft.Logic/workflows/sync"
    assert {"properties.accessControl", "identity"} <= set(found.unknown_paths)


def test_a_template_in_the_state_is_read_where_it_was_deployed() -> None:
    template = {"$schema": "https://x/deploymentTemplate.json#", "parameters": {"n": {}},
                "resources": [{"type": "Microsoft.Logic/workflows", "name": "[parameters('n')]", "properties": {}}]}  # fmt: skip
    values = {"id": f"{GROUP}/providers/Microsoft.Resources/deployments/d", "template_content": json.dumps(template),
              "parameters_content": json.dumps({"n": {"value": "sync"}})}  # fmt: skip
    found = pieces(state(("resource_group_template_deployment", values)))
    assert found.resources[-1].id == FLOW
    gone = pieces(state(("resource_group_template_deployment", {"template_content": None})))
    assert gone.notes


@pytest.mark.parametrize(
    "body", [{"properties": {"state": "Enabled"}}, '{"properties": {"state": "Enabled"}}']
)
def test_azapi_sends_a_body_of_arm_s_own(body: Any) -> None:
    values = {
        "id": FLOW,
        "name": "sync",
        "type": "Microsoft.Logic/workflows@2019-05-01",
        "body": body,
        "location": "westeurope",
    }
    listed = state(("x", values))
    listed["values"]["root_module"]["resources"][0]["type"] = "azapi_resource"
    (found,) = pieces(listed).resources
    assert (found.id, found.type, found.unknown_paths) == (FLOW, "microsoft.logic/workflows", ())
    assert found.document == {"location": "westeurope", "properties": {"state": "Enabled"}}
    listed["values"]["root_module"]["resources"][0]["values"]["body"] = None
    assert pieces(listed).resources[0].unknown_paths == ("properties",)


def test_what_terraform_hides_never_gets_in_and_data_is_no_resource() -> None:
    values = {"name": "c", "parameter_values": {"k": "canary"}, "managed_api_id": "/x"}
    hidden = state(("api_connection", values), sensitive_values={"parameter_values": {"k": True}})
    assert "canary" not in json.dumps(pieces(hidden).resources[0].document)
    assert MASK in json.dumps(pieces(hidden).resources[0].document)
    raw = {"terraform_version": "1", "resources": [{"type": "azurerm_api_connection", "name": "c", "instances": [
        {"attributes": values, "sensitive_attributes": [[{"type": "get_attr", "value": "parameter_values"}]]}]}]}  # fmt: skip
    assert "canary" not in json.dumps(pieces(raw).resources[0].document)
    assert pieces(state(("logic_app_workflow", WORKFLOW), mode="data")).resources == []
