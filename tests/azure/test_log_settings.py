"""Diagnostic settings: what one is known to send, and what it may."""

from typing import Any

import pytest

from sfharden.azure.log_settings import SETTINGS, log_setting
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureForm, AzureResource
from tests.orgs.azure_side import WORKFLOW, resource

SPACE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/w"


def setting(*logs: dict[str, Any], form: AzureForm = AzureForm.REST, **more: Any) -> AzureResource:
    properties = {"logs": list(logs), "workspaceId": SPACE, **more}
    one = resource(f"{WORKFLOW}/{SETTINGS}/runs", {"properties": properties})
    return one.model_copy(update={"form": form})


def on(**names: Any) -> dict[str, Any]:
    return {"enabled": True, "retentionPolicy": {"enabled": True, "days": 3}, **names}


@pytest.mark.parametrize(
    ("row", "sure", "maybe"),
    [
        (setting(on(category="WorkflowRuntime")), True, False),
        (setting(on(category="workflowruntime", categoryGroup=None)), True, False),
        (setting(on(categoryGroup="AllLogs")), True, False),
        (setting(on(categoryGroup="audit")), False, True),
        (setting(on(category="AllLogs")), False, True),
        (setting({"category": "WorkflowRuntime", "enabled": False}), False, False),
        (setting(), False, False),
        (setting(on(category="WorkflowRuntime"), workspaceId=None), False, False),
        (
            setting({"category": "WorkflowRuntime", "enabled": "[parameters('x')]"}, form=AzureForm.TEMPLATE),
            False,
            True,
        ),
        (setting(on(category="[parameters('x')]"), form=AzureForm.TEMPLATE), False, True),
        (setting(on(category="WorkflowRuntime"), workspaceId="[x()]", form=AzureForm.TEMPLATE), True, False),
        (
            setting(on(category="WorkflowRuntime"), workspaceId=None, eventHubAuthorizationRuleId="/x"),
            True,
            False,
        ),
    ],
)
def test_what_a_setting_sends(row: AzureResource, sure: bool, maybe: bool) -> None:
    one = log_setting(row)
    assert (one.sends("WorkflowRuntime", audit=False), one.may_send("WorkflowRuntime")) == (sure, maybe)


def test_the_group_audit_counts_where_azure_says_that_it_holds_the_category() -> None:
    assert log_setting(setting(on(categoryGroup="audit"))).sends("WorkflowRuntime", audit=True)


@pytest.mark.parametrize("logs", ["[parameters('logs')]", {"category": "x"}])
def test_logs_that_are_not_told_are_no_setting(logs: Any) -> None:
    row = resource(f"{WORKFLOW}/{SETTINGS}/runs", {"properties": {"logs": logs}})
    with pytest.raises(CannotTell):
        log_setting(row.model_copy(update={"form": AzureForm.TEMPLATE}))
