"""The resource types that are served: how they are spelt, and the api-versions they have (reference 1.3)."""

from typing import Final

_LOGIC: Final = ("2016-06-01", "2018-07-01-preview", "2019-05-01")
_CONNECTIONS: Final = ("2015-08-01-preview", "2016-06-01", "2018-07-01-preview")
_SITES: Final = (
    *("2016-08-01", "2018-02-01", "2018-11-01", "2019-08-01", "2020-06-01", "2020-09-01", "2020-12-01"),
    *("2021-01-15", "2021-02-01", "2021-03-01", "2022-03-01", "2022-09-01", "2023-01-01", "2023-12-01"),
    *("2024-04-01", "2024-11-01", "2025-03-01"),
)
_SETTINGS: Final = ("2017-05-01-preview", "2021-05-01-preview")
_MANAGEMENT_SETTINGS: Final = ("2020-01-01-preview",)
_ACCESS: Final = ("2018-01-01-preview", "2018-07-01-preview", "2020-04-01-preview", "2022-04-01")
_ELIGIBLE: Final = ("2020-10-01",)
_WORKSPACES: Final = ("2021-06-01", "2022-10-01", "2023-09-01", "2025-02-01", "2025-07-01", "2026-03-01")
_STORAGE: Final = (
    *("2019-06-01", "2021-09-01", "2022-09-01", "2023-01-01", "2023-05-01", "2024-01-01", "2025-01-01"),
    "2026-04-01",
)
_NETWORK: Final = ("2020-05-01", "2021-08-01", "2022-09-01", "2023-11-01", "2024-05-01", "2025-09-01")
_TAGS: Final = (*_NETWORK, "2026-03-01")
_DEPLOYMENTS: Final = ("2020-06-01", "2021-04-01", "2022-09-01", "2024-03-01", "2025-04-01")
_SUBSCRIPTIONS: Final = ("2016-06-01", "2020-01-01", "2021-01-01", "2022-12-01")

# Spelt as their providers spell them, with the api-versions that answer.
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "Microsoft.Authorization/denyAssignments": _ACCESS,
    "Microsoft.Authorization/roleAssignments": _ACCESS,
    "Microsoft.Authorization/roleDefinitions": _ACCESS,
    "Microsoft.Authorization/roleEligibilityScheduleInstances": _ELIGIBLE,
    "Microsoft.Insights/activityLogAlerts": ("2017-04-01", "2020-10-01", "2026-01-01"),
    "Microsoft.Insights/diagnosticSettings": _SETTINGS,
    "Microsoft.Insights/diagnosticSettingsCategories": _SETTINGS,
    "Microsoft.Insights/eventtypes/values": ("2015-04-01",),
    "Microsoft.Logic/workflows": _LOGIC,
    "Microsoft.Management/managementGroups": ("2020-05-01", "2021-04-01"),
    "Microsoft.Network/applicationGateways": _NETWORK,
    "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies": _NETWORK,
    "Microsoft.Network/locations/serviceTags": _TAGS,
    "Microsoft.OperationalInsights/workspaces": _WORKSPACES,
    "Microsoft.OperationalInsights/workspaces/tables": _WORKSPACES,
    "Microsoft.Resources/deployments": _DEPLOYMENTS,
    "Microsoft.Storage/storageAccounts": _STORAGE,
    "Microsoft.Storage/storageAccounts/managementPolicies": _STORAGE,
    "Microsoft.Web/connections": _CONNECTIONS,
    "Microsoft.Web/connections/accessPolicies": _CONNECTIONS,
    "Microsoft.Web/serverfarms": _SITES,
    "Microsoft.Web/sites": _SITES,
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": _SITES,
    "Microsoft.Web/sites/config": _SITES,
    "Microsoft.Web/sites/workflows": _SITES,
    "resourcegroups": _DEPLOYMENTS,
    "resources": _DEPLOYMENTS,
    "subscriptions": _SUBSCRIPTIONS,
}
SERVICES: Final = ("blobServices", "fileServices", "queueServices", "tableServices")
KINDS.update((f"Microsoft.Storage/storageAccounts/{one}", _STORAGE) for one in SERVICES)

# A right has another name than the type's own `read` where the provider says so.
_ACTIONS: Final = {
    "resourcegroups": "Microsoft.Resources/subscriptions/resourceGroups/read",
    "resources": "Microsoft.Resources/subscriptions/resources/read",
    "subscriptions": "Microsoft.Resources/subscriptions/read",
}
_SPELT: Final = {name.lower(): name for name in KINDS}


def spelt(kind: str) -> str | None:
    """A type as its provider spells it; None if it isn't served."""
    return _SPELT.get(kind.lower())


def versions(kind: str, scope: str = "") -> tuple[str, ...]:
    """The api-versions of a type; management groups have another one for their diagnostic settings."""
    name = spelt(kind) or ""
    if name.endswith("/diagnosticSettings") and "/managementgroups/" in scope.lower():
        return _MANAGEMENT_SETTINGS
    return KINDS[name]


def read_action(kind: str) -> str:
    """The right to read a type."""
    return _ACTIONS.get(kind.lower()) or f"{spelt(kind) or kind}/read"
