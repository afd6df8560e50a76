"""The healthy tenant: what every control asks for is there to be read."""

import json
from typing import Any

import pytest

from sfharden.emulator.azure import people, story
from sfharden.emulator.azure.healthy import GATEWAY, YEARS, backup_of, empty_tenant
from sfharden.emulator.azure.tenant import Tenant
from sfharden.emulator.azure.untidy import PLANTED
from tests.emulator.azure.kit import NOW, PATHS, Asker

SETTINGS = "/providers/Microsoft.Insights/diagnosticSettings"


def steps(definition: dict[str, Any]) -> list[dict[str, Any]]:
    return [*definition["triggers"].values(), *definition["actions"].values()]


def test_every_step_keeps_its_inputs_and_outputs(arm: Asker) -> None:
    flow = arm.get(story.WORKFLOW)["properties"]["definition"]
    files = arm.get(f"{story.SITE}/workflows/orders")["properties"]["files"]
    for one in steps(flow) + steps(files["workflow.json"]["definition"]):
        assert one["runtimeConfiguration"]["secureData"]["properties"] == ["inputs", "outputs"]


def test_the_workflow_uses_the_connections_of_its_group_alone(arm: Asker) -> None:
    used = arm.get(story.WORKFLOW)["properties"]["parameters"]["$connections"]["value"]
    assert {one["connectionId"] for one in used.values()} == {
        one["id"] for one in arm.rows(f"{story.GROUP_SCOPE}/providers/Microsoft.Web/connections")
    }


def test_logs_are_kept_for_years(arm: Asker) -> None:
    for scope in (story.WORKFLOW, story.SITE):
        (setting,) = arm.rows(scope + SETTINGS)
        assert setting["properties"]["workspaceId"] == story.WORKSPACE
        assert any(one["enabled"] for one in setting["properties"]["logs"])
    for one in arm.rows(f"{story.WORKSPACE}/tables"):
        assert one["properties"]["totalRetentionInDays"] == YEARS
    assert arm.refusal(f"{story.ARCHIVE}/managementPolicies/default") == (404, "ManagementPolicyNotFound")


def test_changes_are_recorded_and_someone_is_told(arm: Asker) -> None:
    (setting,) = arm.rows(story.SCOPE + SETTINGS)
    assert {"category": "Administrative", "enabled": True} in setting["properties"]["logs"]
    (alert,) = arm.rows(f"{story.SCOPE}/providers/Microsoft.Insights/activityLogAlerts")
    assert alert["properties"]["actions"]["actionGroups"]


def test_nobody_but_the_allowed_may_more_than_read(tenant: Tenant) -> None:
    for one in tenant.assignments:
        properties = one["properties"]
        reader = properties["roleDefinitionId"].endswith(people.READER)
        assert reader or properties["principalId"] in story.ALLOWED_PRINCIPALS
        assert properties["principalType"] != "User"


def test_the_standard_app_is_closed(arm: Asker) -> None:
    assert arm.get(story.SITE)["properties"]["httpsOnly"] is True
    for name in ("scm", "ftp"):
        policy = arm.get(f"{story.SITE}/basicPublishingCredentialsPolicies/{name}")
        assert policy["properties"] == {"allow": False}
    (policy,) = arm.rows(f"{story.STANDARD_CONNECTION}/accessPolicies")
    assert policy["properties"]["principal"]["identity"]["objectId"] == story.SITE_IDENTITY


def test_every_storage_service_is_logged(arm: Asker) -> None:
    for account in (story.STORAGE, story.STANDARD_STORAGE):
        for service in ("blob", "file", "queue", "table"):
            (setting,) = arm.rows(f"{account}/{service}Services/default{SETTINGS}")
            assert len(setting["properties"]["logs"]) == 3


def test_the_gateway_stands_before_a_private_app(arm: Asker) -> None:
    listener = arm.get(GATEWAY)["properties"]
    policy = arm.get(listener["firewallPolicy"]["id"])["properties"]["policySettings"]
    assert (policy["state"], policy["mode"]) == ("Enabled", "Prevention")


def test_the_backup_is_what_is_live(tenant: Tenant) -> None:
    files = backup_of(tenant)
    assert sorted(files) == [
        "crm-sync-standard/connections.json",
        "crm-sync-standard/orders/workflow.json",
        "crm-sync.json",
    ]
    flow = tenant.find(story.WORKFLOW)
    assert flow is not None
    assert json.loads(files["crm-sync.json"])["definition"] == flow["properties"]["definition"]


def test_no_secret_is_planted_here(tenant: Tenant) -> None:
    assert not any(one in repr(tenant) for one in PLANTED)


def test_an_empty_tenant_has_groups_and_roles_alone() -> None:
    tenant = empty_tenant(NOW)
    assert (len(tenant.groups), tenant.resources, tenant.assignments) == (3, {}, [])
    assert tenant.role_definitions


@pytest.mark.parametrize("name", sorted(PATHS))
def test_every_call_is_answered(arm: Asker, name: str) -> None:
    status = {
        "lifecycle policy": 404,  # kept for ever
        "management group diagnostics": 403,
        "eligible assignments": 403,
        "activity log": 400,  # without a filter
    }
    assert arm.ask(PATHS[name]).status == status.get(name, 200)
