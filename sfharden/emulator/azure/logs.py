"""What a tenant logs and where to: settings, workspaces, storage, alerts, events (reference 1.9, 1.10)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sfharden.emulator.azure.naming import guid, stamp
from sfharden.emulator.azure.paths import group_of, key, resource_kind, subscription_of
from sfharden.emulator.azure.story import REGION
from sfharden.emulator.azure.tenant import TENANT_ID, Body

_DEAD_RETENTION: Final = {"enabled": False, "days": 0}  # ignored by Azure since 2025-09-30
_ACTIVITY: Final = (
    *("Security", "Administrative", "ServiceHealth", "Alert", "Recommendation", "Policy", "Autoscale"),
    "ResourceHealth",
)
STORAGE_LOGS: Final = ("StorageRead", "StorageWrite", "StorageDelete")
_ALL: Final = ["allLogs"]
# What can be logged of a type. Whether `audit` holds WorkflowRuntime is unconfirmed (reference 1.9), so it is left out.
CATEGORIES: Final[dict[str, list[Body]]] = {
    "microsoft.logic/workflows": [
        {"name": "WorkflowRuntime", "categoryType": "Logs", "categoryGroups": _ALL},
        {"name": "AllMetrics", "categoryType": "Metrics"},
    ],
    "microsoft.web/sites": [
        {"name": "WorkflowRuntime", "categoryType": "Logs", "categoryGroups": _ALL},
        {"name": "FunctionAppLogs", "categoryType": "Logs", "categoryGroups": _ALL},
        {"name": "AppServiceAuthenticationLogs", "categoryType": "Logs", "categoryGroups": ["audit", *_ALL]},
        {"name": "AllMetrics", "categoryType": "Metrics"},
    ],
    **{
        f"microsoft.storage/storageaccounts/{service}services": [
            *(
                {"name": one, "categoryType": "Logs", "categoryGroups": ["audit", *_ALL]}
                for one in STORAGE_LOGS
            ),
            {"name": "Transaction", "categoryType": "Metrics"},
        ]
        for service in ("blob", "file", "queue", "table")
    },
}


def setting(
    scope: str,
    name: str = "service",
    *,
    logs: Sequence[str] = ("WorkflowRuntime",),
    groups: Sequence[str] = (),
    enabled: bool = True,
    workspace: str | None = None,
    storage: str | None = None,
    event_hub: str | None = None,
    dedicated: bool = False,
) -> Body:
    """A diagnostic setting of a resource: `type` is null, and the resource's id comes in lower case (reference 0.3)."""
    rows = [("category", one) for one in logs] + [("categoryGroup", one) for one in groups]
    return {
        "id": f"{key(scope)}/providers/microsoft.insights/diagnosticSettings/{name}",
        "type": None,
        "name": name,
        "location": None,
        "kind": None,
        "tags": None,
        "properties": {
            "storageAccountId": storage,
            "serviceBusRuleId": None,
            "workspaceId": workspace,
            "eventHubAuthorizationRuleId": event_hub,
            "eventHubName": "logs" if event_hub else None,
            "metrics": [{"category": "AllMetrics", "enabled": enabled, "retentionPolicy": _DEAD_RETENTION}],
            "logs": [
                {what: one, "enabled": enabled, "retentionPolicy": _DEAD_RETENTION} for what, one in rows
            ],
            "logAnalyticsDestinationType": "Dedicated" if dedicated else None,
        },
        "identity": None,
    }


def subscription_setting(
    scope: str, name: str = "activity", *, off: Sequence[str] = (), **where: str
) -> Body:
    """A diagnostic setting of a subscription: its id has no slash in front (reference 0.3).

    `where`: `workspaceId` or `storageAccountId`.
    """
    return {
        "id": f"{key(scope)[1:]}/providers/microsoft.insights/diagnosticSettings/{name}",
        "type": None,
        "name": name,
        "location": "global",
        "properties": {**where, "logs": [{"category": one, "enabled": one not in off} for one in _ACTIVITY]},
    }


def workspace(path: str, now: datetime, *, days: int = 30) -> Body:
    """A Log Analytics workspace; `days` is what its tables keep unless they say otherwise.

    Its id comes partly in lower case: corpus workspace-retention.json.
    """
    answered = path.replace("/resourceGroups/", "/resourcegroups/").replace(
        "/Microsoft.OperationalInsights/", "/microsoft.operationalinsights/"
    )
    return {
        "properties": {
            "source": "Azure",
            "customerId": guid("workspace", path),
            "provisioningState": "Succeeded",
            "sku": {"name": "PerGB2018", "lastSkuUpdate": stamp(now - timedelta(days=500))},
            "retentionInDays": days,
            "features": {
                "legacy": 0,
                "searchVersion": 1,
                "enableLogAccessUsingOnlyResourcePermissions": True,
            },
            "workspaceCapping": {"dailyQuotaGb": -1.0, "dataIngestionStatus": "RespectQuota"},
            "publicNetworkAccessForIngestion": "Enabled",
            "publicNetworkAccessForQuery": "Enabled",
            "createdDate": stamp(now - timedelta(days=500)),
            "modifiedDate": stamp(now - timedelta(days=500)),
        },
        "id": answered,
        "name": path.rpartition("/")[2],
        "type": "Microsoft.OperationalInsights/workspaces",
        "location": REGION,
    }


def table(path: str, name: str, *, days: int = 30, total: int | None = None) -> Body:
    """A table: `total` days in all where it was set, else as long as it is searchable (reference 1.9)."""
    return {
        "properties": {
            "totalRetentionInDays": days if total is None else total,
            "archiveRetentionInDays": 0 if total is None else total - days,
            "plan": "Analytics",
            "retentionInDaysAsDefault": total is None,
            "totalRetentionInDaysAsDefault": total is None,
            "schema": {"name": name, "tableType": "Microsoft", "tableSubType": "Any", "standardColumns": []},
            "provisioningState": "Succeeded",
            "retentionInDays": days,
        },
        "id": f"{path}/tables/{name}",
        "name": name,
    }


def storage_account(path: str, **more: Any) -> Body:
    """A storage account, as a new one is; `more` are properties beyond or other than that."""
    name = path.rpartition("/")[2]
    services = {one: f"https://{name}.{one}.core.windows.net/" for one in ("blob", "file", "queue", "table")}
    return {
        "sku": {"name": "Standard_LRS", "tier": "Standard"},
        "kind": "StorageV2",
        "id": path,
        "name": name,
        "type": "Microsoft.Storage/storageAccounts",
        "location": REGION,
        "tags": {},
        "properties": {
            "minimumTlsVersion": "TLS1_2",
            "allowBlobPublicAccess": False,
            "allowSharedKeyAccess": False,
            "supportsHttpsTrafficOnly": True,
            "publicNetworkAccess": "Enabled",
            "networkAcls": {
                "bypass": "AzureServices",
                "virtualNetworkRules": [],
                "ipRules": [],
                "defaultAction": "Deny",
            },
            "provisioningState": "Succeeded",
            "primaryEndpoints": services,
            "primaryLocation": REGION,
            **more,
        },
    }


def lifecycle(path: str, days: float, *, blobs: Sequence[str] = ("appendBlob",), prefix: str = "") -> Body:
    """A lifecycle policy that deletes; numbers are floats, and logs are append blobs (reference 1.9)."""
    filters: Body = {"blobTypes": list(blobs)}
    if prefix:
        filters["prefixMatch"] = [prefix]
    delete = {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": float(days)}}}
    rule = {
        "enabled": True,
        "name": "expire",
        "type": "Lifecycle",
        "definition": {"actions": delete, "filters": filters},
    }
    return {
        "id": f"{path}/managementPolicies/default",
        "name": "DefaultManagementPolicy",
        "type": "Microsoft.Storage/storageAccounts/managementPolicies",
        "properties": {"policy": {"rules": [rule]}, "lastModifiedTime": "2026-01-01T00:00:00.1234567Z"},
    }


def condition(field: str, equals: str | None = None, *any_of: str) -> Body:
    """One condition of an alert; `any_of` for a list of values."""
    return {"field": field, "equals": equals, "containsAny": list(any_of) or None, "odata.type": None}


def alert(group: str, name: str, scopes: Sequence[str], conditions: Sequence[Body], *receivers: str) -> Body:
    """An Activity Log alert; without receivers nobody is told (reference 1.10)."""
    return {
        "id": f"{group}/providers/microsoft.insights/activityLogAlerts/{name}",
        "type": "Microsoft.Insights/ActivityLogAlerts",
        "name": name,
        "location": "Global",
        "kind": None,
        "tags": {},
        "properties": {
            "scopes": list(scopes),
            "condition": {"allOf": list(conditions), "odata.type": None},
            "actions": {
                "actionGroups": [{"actionGroupId": one, "webhookProperties": {}} for one in receivers]
            },
            "enabled": True,
            "description": None,
        },
        "identity": None,
    }


def event(resource: str, operation: str, when: datetime, *, caller: str, status: str = "Succeeded") -> Body:
    """An event of the Activity Log (reference 1.12)."""
    name = guid("event", resource, operation, when)
    place = group_of(resource).rpartition("/")[2]
    provider = resource_kind(resource).partition("/")[0]
    return {
        "caller": caller,
        "channels": "Operation",
        "claims": {"name": caller},
        "correlationId": guid("correlation", name),
        "eventDataId": name,
        "eventName": {"value": "EndRequest", "localizedValue": "End request"},
        "category": {"value": "Administrative", "localizedValue": "Administrative"},
        "eventTimestamp": stamp(when),
        "id": f"{resource}/events/{name}/ticks/638000000000000000",
        "level": "Informational",
        "operationId": guid("operation", name),
        "operationName": {"value": operation, "localizedValue": operation.rpartition("/")[2]},
        "resourceGroupName": place,
        "resourceProviderName": {"value": provider, "localizedValue": provider},
        "resourceType": {"value": resource_kind(resource), "localizedValue": resource_kind(resource)},
        "resourceId": resource,
        "status": {"value": status, "localizedValue": status},
        "subStatus": {"value": "", "localizedValue": ""},
        "submissionTimestamp": stamp(when + timedelta(minutes=2)),
        "subscriptionId": subscription_of(resource),
        "tenantId": TENANT_ID,
    }
