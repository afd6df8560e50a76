"""Logs that go nowhere get a setting, tables that forget early keep longer; nothing is replaced or shortened."""

import json
from typing import Any

import pytest

from sfharden.azure.log_settings import SETTINGS
from sfharden.model.azure import AzureResource
from sfharden.plan.azure.records import CHANGES, RUNS, STORAGE, plan_changes, plan_runs, plan_storage
from sfharden.plan.azure.shell import WORKSPACE
from sfharden.plan.azure.wish import AzureWish
from tests.orgs import azure_side as az
from tests.plan.azure.kit import one_change, one_need, standing, wish

SPACE = f"{az.GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs"
ACCOUNT = f"{az.GROUP}/providers/Microsoft.Storage/storageAccounts/crmstore"


def setting(about: str, name: str = "own", **more: Any) -> AzureResource:
    properties = {"workspaceId": SPACE, "logs": [{"category": "WorkflowRuntime", "enabled": True}], **more}
    return az.resource(f"{about}/{SETTINGS}/{name}", {"properties": properties})


def table(name: str, **properties: Any) -> AzureResource:
    return az.resource(f"{SPACE}/tables/{name}", {"properties": properties})


def runs(*rows: AzureResource, resources: tuple[AzureResource, ...] = (), days: int = 365) -> AzureWish:
    lists = (az.listed(f"{az.WORKFLOW}/{SETTINGS}", *rows),)
    return wish(az.workflow(), standing(RUNS, least_days=days), lists=lists, resources=resources)


def test_a_setting_is_made_to_a_workspace_that_a_person_names() -> None:
    change = one_change(plan_runs(runs()))
    assert change.commands == (
        ("az", "monitor", "diagnostic-settings", "create", "--name", "sfharden", "--resource", az.WORKFLOW,
         "--workspace", WORKSPACE, "--logs", '[{"category":"WorkflowRuntime","enabled":true}]'),
    )  # fmt: skip
    assert change.asks == (WORKSPACE,)
    assert [(one.resource, one.question) for one in change.guards] == [
        (f"{az.WORKFLOW}/{SETTINGS}/sfharden", "")
    ]
    assert change.undo[0][3:6] == ("delete", "--name", "sfharden")


def test_a_name_that_is_taken_is_never_used_again() -> None:
    other = setting(az.WORKFLOW, "SFHARDEN", logs=[])
    second = setting(az.WORKFLOW, "sfharden-2", logs=[])
    assert "sfharden-3" in one_change(plan_runs(runs(other, second))).commands[0]


def test_settings_that_were_not_read_whole_are_a_need() -> None:
    assert "was not read" in one_need(plan_runs(wish(az.workflow(), standing(RUNS)))).text


def test_a_table_that_forgets_early_keeps_longer() -> None:
    found = (table("AzureDiagnostics", totalRetentionInDays=30),)
    change = one_change(plan_runs(runs(setting(az.WORKFLOW), resources=found)))
    assert json.loads(change.commands[0][-1]) == {"properties": {"totalRetentionInDays": 365}}
    assert change.guards[0].question == '"properties"."totalRetentionInDays" == `30`'
    assert json.loads(change.undo[0][-1]) == {"properties": {"totalRetentionInDays": 30}}


@pytest.mark.parametrize("days", [365, 730.0, -1, None, "30", True])
def test_what_is_kept_long_or_not_told_is_never_shortened(days: Any) -> None:
    found = (table("AzureDiagnostics", totalRetentionInDays=days),)
    one_need(plan_runs(runs(setting(az.WORKFLOW), resources=found)))


def test_no_table_keeps_for_longer_than_azure_lets_it() -> None:
    found = (table("AzureDiagnostics", totalRetentionInDays=30),)
    one_need(plan_runs(runs(setting(az.WORKFLOW), resources=found, days=5000)))


def test_the_activity_log_is_the_subscriptions() -> None:
    lists = (az.listed(f"{az.SUBSCRIPTION}/{SETTINGS}"),)
    failing = standing(CHANGES, subject="crm-rg/salesforce")
    change = one_change(plan_changes(wish(az.connection(), failing, lists=lists)))
    words = change.commands[0]
    assert words[2:5] == ("diagnostic-settings", "subscription", "create")
    assert words[words.index("--subscription") + 1] == az.SUBSCRIPTION.rpartition("/")[2]
    assert "Administrative" in words[-1]
    assert change.undo[0][-1] == "--yes"


def test_each_service_of_storage_that_is_used_is_logged() -> None:
    definition = {
        "actions": {
            "Put": {
                "type": "Http",
                "inputs": {"method": "PUT", "uri": "https://crmstore.blob.core.windows.net/a/b"},
            }
        }
    }
    flow = az.workflow(definition=definition)
    account = az.resource(ACCOUNT, {"properties": {}})
    lists = (az.listed(f"{ACCOUNT}/blobServices/default/{SETTINGS}"),)
    change = one_change(plan_storage(wish(flow, standing(STORAGE), lists=lists, resources=(account,))))
    words = change.commands[0]
    assert words[words.index("--resource") + 1] == f"{ACCOUNT}/blobServices/default"
    assert [one["category"] for one in json.loads(words[-1])] == [
        "StorageRead",
        "StorageWrite",
        "StorageDelete",
    ]


def test_storage_that_cant_be_told_is_a_need() -> None:
    assert (
        "can't be told" in one_need(plan_storage(wish(az.workflow(definition=None), standing(STORAGE)))).text
    )
    assert not list(plan_storage(wish(az.workflow(), standing(STORAGE))))


def test_a_strange_id_gets_no_command() -> None:
    flow = az.workflow().model_copy(update={"id": f"{az.WORKFLOW};id"})
    lists = (az.listed(f"{flow.id}/{SETTINGS}"),)
    change = one_change(plan_runs(wish(flow, standing(RUNS), lists=lists)))
    assert (change.commands, change.asks) == ((), ())
    assert change.by_hand
