"""AzSK 200: runs are recorded and kept."""

from typing import Any

import pytest

from sfharden.azure.log_settings import CATEGORIES, SETTINGS
from sfharden.checks.azure.diagnostics import Diagnostics, judge_diagnostics
from sfharden.model.azure import AzureEntry, AzureForm
from tests.orgs.azure_side import (
    GROUP,
    SITE,
    WORKFLOW,
    absent,
    connection,
    context,
    gap,
    listed,
    resource,
    site,
    snapshot,
    workflow,
)  # fmt: skip

SPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/w"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/logs"
POLICY = f"{ACCOUNT}/managementPolicies/default"
YEARS = [
    resource(f"{SPACE}/tables/{name}", {"properties": {"totalRetentionInDays": 730}})
    for name in ("AzureDiagnostics", "LogicAppWorkflowRuntime")
]
MONTH = [
    resource(f"{SPACE}/tables/{name}", {"properties": {"totalRetentionInDays": 30}})
    for name in ("AzureDiagnostics", "LogicAppWorkflowRuntime")
]
RUNS = {"logs": [{"category": "WorkflowRuntime", "enabled": True}]}
TO_SPACE = {**RUNS, "workspaceId": SPACE}


def setting(about: str, properties: dict[str, Any]) -> Any:
    # `type` is null, and ids come in any case (reference §0.3).
    return resource(f"{about}/{SETTINGS}/runs".lower(), {"type": None, "properties": properties})


def judged(about: str, rows: Any, *more: Any, whole: bool = True, days: int = 365, **rest: Any) -> str:
    app = workflow() if about == WORKFLOW else site()
    lists = (
        *rest.pop("lists", ()),
        *(() if rows is None else (listed(f"{about}/{SETTINGS}", *rows, whole=whole),)),
    )
    read = context(snapshot(app, connection(), *more, lists=lists, **rest), AzureEntry(workflows=(about,)))
    (one,) = judge_diagnostics(read, Diagnostics(least_days=days))
    return one.status.value


@pytest.mark.parametrize("about", [WORKFLOW, SITE])
def test_passes_fails_or_is_unknown_by_setting_and_retention(about: str) -> None:
    to_space = [setting(about, TO_SPACE)]
    assert judged(about, to_space, *YEARS) == "pass"
    assert judged(about, to_space, *MONTH) == "fail"
    assert judged(about, to_space) == "unknown"
    assert judged(about, []) == "fail"
    assert judged(about, [], whole=False) == "unknown"
    assert judged(about, None) == "unknown"
    assert judged(about, None, gaps=(gap(f"{about}/{SETTINGS}"),)) == "unknown"
    assert judged(about, to_space, *YEARS, whole=False) == "pass"


@pytest.mark.parametrize(
    ("properties", "status"),
    [
        ({"logs": [{"category": "WorkflowRuntime", "enabled": False}], "workspaceId": SPACE}, "fail"),
        ({"logs": [{"categoryGroup": "allLogs", "enabled": True}], "workspaceId": SPACE}, "pass"),
        ({"logs": [{"category": "AllLogs", "enabled": True}], "workspaceId": SPACE}, "unknown"),
        ({"logs": [{"categoryGroup": "audit", "enabled": True}], "workspaceId": SPACE}, "unknown"),
        ({**RUNS}, "fail"),
        ({**RUNS, "eventHubAuthorizationRuleId": "/x"}, "manual"),
        ({**RUNS, "marketplacePartnerId": "/x", "workspaceId": SPACE}, "pass"),
    ],
)
def test_what_a_setting_sends_decides(properties: dict[str, Any], status: str) -> None:
    assert judged(WORKFLOW, [setting(WORKFLOW, properties)], *YEARS) == status


def test_the_group_audit_passes_where_azure_says_that_runs_are_in_it() -> None:
    groups = resource(
        f"{WORKFLOW}/{CATEGORIES}/WorkflowRuntime", {"properties": {"categoryGroups": ["allLogs", "audit"]}}
    )
    audit = setting(WORKFLOW, {"logs": [{"categoryGroup": "audit", "enabled": True}], "workspaceId": SPACE})
    assert judged(WORKFLOW, [audit], *YEARS, lists=(listed(f"{WORKFLOW}/{CATEGORIES}", groups),)) == "pass"


def test_an_account_keeps_for_ever_only_where_azure_says_that_there_is_no_policy() -> None:
    rows = [setting(WORKFLOW, {**RUNS, "storageAccountId": ACCOUNT})]
    assert judged(WORKFLOW, rows, absent=(absent(POLICY, "ManagementPolicyNotFound"),)) == "pass"
    assert judged(WORKFLOW, rows, absent=(absent(POLICY, "ResourceNotFound"),)) == "unknown"
    assert judged(WORKFLOW, rows, gaps=(gap(POLICY),)) == "unknown"


def test_one_destination_that_keeps_is_enough_and_one_that_was_not_read_is_no_failure() -> None:
    both = [setting(WORKFLOW, {**TO_SPACE, "storageAccountId": ACCOUNT})]
    assert judged(WORKFLOW, both, *MONTH, absent=(absent(POLICY, "ManagementPolicyNotFound"),)) == "pass"
    assert judged(WORKFLOW, both, *MONTH) == "unknown"


def test_the_dedicated_table_decides_where_a_setting_says_so() -> None:
    dedicated = [setting(WORKFLOW, {**TO_SPACE, "logAnalyticsDestinationType": "Dedicated"})]
    assert judged(WORKFLOW, dedicated, YEARS[1], MONTH[0]) == "fail"
    assert (
        judged(WORKFLOW, dedicated, YEARS[1], absent=(absent(f"{SPACE}/tables/AzureDiagnostics"),)) == "pass"
    )
    assert judged(WORKFLOW, dedicated, YEARS[0]) == "unknown"


def test_a_setting_that_is_not_understood_takes_nothing_from_one_that_sends() -> None:
    odd = resource(f"{WORKFLOW}/{SETTINGS}/odd", {"properties": {"logs": "x", "workspaceId": SPACE}})
    assert judged(WORKFLOW, [odd, setting(WORKFLOW, TO_SPACE)], *YEARS) == "pass"
    assert judged(WORKFLOW, [odd], *YEARS) == "unknown"


def test_an_expression_in_a_template_is_unknown() -> None:
    for properties in (
        {"logs": "[parameters('logs')]", "workspaceId": SPACE},
        {**RUNS, "workspaceId": "[parameters('space')]"},
        {"logs": [{"category": "WorkflowRuntime", "enabled": "[parameters('on')]"}], "workspaceId": SPACE},
    ):
        row = setting(WORKFLOW, properties).model_copy(update={"form": AzureForm.TEMPLATE})
        assert judged(WORKFLOW, [row], *YEARS) == "unknown"
