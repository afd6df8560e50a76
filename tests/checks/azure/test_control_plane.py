"""Changes of the connection are recorded."""

from typing import Any

import pytest

from sfharden.azure.assignments import ASSIGNMENTS
from sfharden.azure.log_settings import SETTINGS
from sfharden.checks.azure.control_plane import ControlPlane, judge_control_plane
from sfharden.checks.common import Verdict
from sfharden.model.results import Severity
from tests.orgs.azure_side import (
    CONNECTION,
    GROUP,
    SUBSCRIPTION,
    absent,
    connection,
    context,
    gap,
    listed,
    resource,
    snapshot,
    workflow,
)  # fmt: skip

HERE = f"{SUBSCRIPTION}/{SETTINGS}"
ABOVE = f"/providers/Microsoft.Management/managementGroups/acme/{SETTINGS}"
OTHER = f"/providers/Microsoft.Management/managementGroups/other/{SETTINGS}"
HELD_ABOVE = listed(
    f"{CONNECTION}/{ASSIGNMENTS}",
    resource(
        "/providers/Microsoft.Management/managementGroups/acme/providers/Microsoft.Authorization/roleAssignments/a",
        {"properties": {"scope": "/providers/microsoft.management/managementGroups/ACME"}},
    ),
)
ALERTS = f"{SUBSCRIPTION}/providers/Microsoft.Insights/activityLogAlerts"
SPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/w"
KEPT = resource(f"{SPACE}/tables/AzureActivity", {"properties": {"totalRetentionInDays": 90}})
ALERT = resource(
    f"{GROUP}/providers/Microsoft.Insights/activityLogAlerts/a",
    {"properties": {"enabled": True, "scopes": [SUBSCRIPTION], "actions": {"actionGroups": [{}]},
                    "condition": {"allOf": [{"field": "category", "equals": "Administrative"}]}}},
)  # fmt: skip


def sends(path: str, category: str = "Administrative") -> Any:
    # Such an id comes without the leading slash, and `type` is null (reference §0.3).
    row = resource(
        f"{path}/all",
        {
            "type": None,
            "properties": {"logs": [{"category": category, "enabled": True}], "workspaceId": SPACE},
        },
    )
    return row.model_copy(update={"id": row.id.lstrip("/")})


def judged(*lists: Any, more: tuple[Any, ...] = (KEPT,), **rest: Any) -> Verdict:
    (one,) = judge_control_plane(
        context(snapshot(workflow(), connection(), *more, lists=lists, **rest)), ControlPlane()
    )
    return one


@pytest.mark.parametrize(
    ("lists", "status"),
    [
        ([listed(HERE, sends(HERE))], "pass"),
        ([listed(HERE), listed(ABOVE, sends(ABOVE)), HELD_ABOVE], "pass"),
        ([listed(HERE), listed(ABOVE, sends(ABOVE))], "unknown"),
        ([listed(HERE), listed(ABOVE, sends(ABOVE, "Security"))], "unknown"),
        ([listed(HERE), listed(ABOVE, sends(ABOVE, "Security")), HELD_ABOVE], "fail"),
        ([listed(HERE), listed(OTHER, sends(OTHER)), listed(ABOVE), HELD_ABOVE], "unknown"),
        ([listed(HERE, sends(HERE, "Security")), listed(ABOVE)], "fail"),
        ([listed(HERE), listed(ABOVE)], "fail"),
        ([listed(HERE)], "unknown"),
        ([listed(HERE), listed(ABOVE, whole=False)], "unknown"),
        ([listed(HERE, whole=False), listed(ABOVE)], "unknown"),
        ([], "unknown"),
    ],
)
def test_recorded_here_or_above_or_not_at_all(lists: list[Any], status: str) -> None:
    assert judged(*lists).status.value == status


def test_what_could_not_be_read_above_may_hold_it() -> None:
    assert judged(listed(HERE), gaps=(gap(ABOVE),)).status.value == "unknown"


def test_a_setting_that_is_not_understood_takes_nothing_from_one_that_sends() -> None:
    odd = resource(f"{HERE}/odd", {"properties": {"logs": "x", "workspaceId": SPACE}})
    assert judged(listed(HERE, odd, sends(HERE))).status.value == "pass"
    assert judged(listed(HERE, odd), listed(ABOVE)).status.value == "unknown"


def test_how_long_it_is_kept_decides_too() -> None:
    assert judged(listed(HERE, sends(HERE)), more=()).status.value == "unknown"
    short = resource(KEPT.id, {"properties": {"totalRetentionInDays": 30}})
    assert judged(listed(HERE, sends(HERE)), more=(short,)).status.value == "fail"


def test_a_pass_says_whether_somebody_is_told() -> None:
    recorded = listed(HERE, sends(HERE))
    assert "An alert tells somebody" in judged(recorded, listed(ALERTS, ALERT)).message
    assert "No alert" in judged(recorded, listed(ALERTS)).message
    assert "was not read" in judged(recorded).message


def test_a_connection_of_a_template_has_no_subscription() -> None:
    one = connection().model_copy(update={"id": "salesforce"})
    (found,) = judge_control_plane(context(snapshot(one)), ControlPlane())
    assert found.status.value == "unknown"
    assert CONNECTION not in found.message


ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/logs"
FOR_EVER = absent(f"{ACCOUNT}/managementPolicies/default", "ManagementPolicyNotFound")


def stored(**log: Any) -> Any:
    logs = [{"category": "Administrative", "enabled": True, **log}]
    return resource(f"{HERE}/all", {"type": None, "properties": {"logs": logs, "storageAccountId": ACCOUNT}})


def test_in_storage_alone_nobody_looks_which_is_a_warning_unless_an_alert_tells() -> None:
    kept = {"absent": (FOR_EVER,)}
    alone = judged(listed(HERE, stored()), listed(ALERTS), **kept)
    assert (alone.status.value, alone.severity) == ("fail", Severity.LOW)
    assert judged(listed(HERE, stored()), listed(ALERTS, ALERT), **kept).status.value == "pass"
    assert judged(listed(HERE, stored()), **kept).status.value == "unknown"


def test_a_setting_whose_switch_is_not_told_may_send_it() -> None:
    assert judged(listed(HERE, stored(enabled=None)), listed(ABOVE)).status.value == "unknown"
