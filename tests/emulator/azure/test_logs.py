"""What a tenant logs and where to."""

import pytest

from sfharden.emulator.azure import logs, story
from tests.emulator.azure.kit import NOW, keys, recorded


@pytest.mark.parametrize(
    "name", ["diagnostics-list-retention-3-days.json", "diagnostics-list-lowercase-ids.json"]
)
def test_a_setting_has_what_a_real_one_has(name: str) -> None:
    (real,) = recorded(name)["value"]
    ours = logs.setting(story.WORKFLOW, workspace=story.WORKSPACE)
    assert {one for one in keys(real) - keys(ours) if "/timeGrain" not in one} == set()
    assert ours["type"] is real["type"] is None
    assert ours["id"].startswith(story.WORKFLOW.lower() + "/providers/microsoft.insights/diagnosticSettings/")


def test_a_setting_of_a_subscription_has_no_slash_in_front_and_no_type() -> None:
    real = recorded("subscription-diagnostics-list.json")["value"][0]
    ours = logs.subscription_setting(story.SCOPE, storageAccountId=story.ARCHIVE)
    assert keys(real) == keys(ours)
    assert not ours["id"].startswith("/")
    assert (ours["type"], ours["location"]) == (real["type"], real["location"]) == (None, "global")
    assert [one["category"] for one in ours["properties"]["logs"]] == [
        one["category"] for one in real["properties"]["logs"]
    ]


def test_a_category_of_a_subscription_may_be_off() -> None:
    ours = logs.subscription_setting(story.SCOPE, off=["Administrative"], workspaceId=story.WORKSPACE)
    assert {"category": "Administrative", "enabled": False} in ours["properties"]["logs"]


def test_a_setting_may_name_groups_instead_of_categories() -> None:
    rows = logs.setting(story.SITE, logs=(), groups=["allLogs"], event_hub="/x")["properties"]["logs"]
    assert [(one.get("category"), one.get("categoryGroup")) for one in rows] == [(None, "allLogs")]


def test_a_workspace_has_what_a_real_one_has_and_an_id_partly_in_lower_case() -> None:
    real = recorded("workspace-retention.json")
    ours = logs.workspace(story.WORKSPACE, NOW, days=30)
    assert set(real) - {"tags"} <= set(ours)
    odd = {"workspaceCapping", "maxCapacityReservationLevel", "enableFailover"}
    assert {one for one in keys(real) - keys(ours) if not any(part in one for part in odd)} - {
        "/tags",
        "/tags/clitest",
    } == set()
    assert "/resourcegroups/" in ours["id"]
    assert "/microsoft.operationalinsights/" in ours["id"]


def test_a_table_tells_whether_its_days_were_set() -> None:
    given = logs.table(story.WORKSPACE, "AzureActivity", days=90, total=730)["properties"]
    assert (given["totalRetentionInDays"], given["totalRetentionInDaysAsDefault"]) == (730, False)
    left = logs.table(story.WORKSPACE, "AzureActivity", days=30)["properties"]
    assert (left["totalRetentionInDays"], left["totalRetentionInDaysAsDefault"]) == (30, True)


def test_a_lifecycle_policy_has_floats_as_a_real_one() -> None:
    real = recorded("storage-management-policy.json")
    ours = logs.lifecycle(story.ARCHIVE, 30, prefix="insights-logs-workflowruntime")
    other = ("/tierTo", "/snapshot")
    assert {one for one in keys(real) - keys(ours) if not any(part in one for part in other)} == set()
    rule = ours["properties"]["policy"]["rules"][0]["definition"]
    days = rule["actions"]["baseBlob"]["delete"]["daysAfterModificationGreaterThan"]
    assert isinstance(days, float)
    assert rule["filters"] == {
        "blobTypes": ["appendBlob"],
        "prefixMatch": ["insights-logs-workflowruntime"],
    }


def test_an_alert_has_what_a_real_one_has() -> None:
    real = recorded("activity-log-alert.json")
    ours = logs.alert(story.LOG_SCOPE, "a", [story.SCOPE], [logs.condition("category", "Administrative")])
    assert keys(real) == keys(ours)
    assert ours["properties"]["actions"] == {"actionGroups": []}


def test_an_event_tells_who_did_what_to_what() -> None:
    one = logs.event(story.CONNECTION, "Microsoft.Web/connections/write", NOW, caller="x@acme.example")
    assert one["operationName"]["value"] == "Microsoft.Web/connections/write"
    assert one["resourceProviderName"]["value"] == "microsoft.web"
    assert (one["resourceGroupName"], one["subscriptionId"]) == ("rg-integration", story.SUBSCRIPTION)
    assert one["eventTimestamp"].endswith("Z")


def test_storage_can_log_three_things() -> None:
    rows = logs.CATEGORIES["microsoft.storage/storageaccounts/blobservices"]
    assert [one["name"] for one in rows if one["categoryType"] == "Logs"] == list(logs.STORAGE_LOGS)
