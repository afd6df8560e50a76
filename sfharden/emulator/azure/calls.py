"""Every call that is served, by name, as what a fault's `path` finds: `GET /path?query`.

A test of all faults on all calls goes through these names.
"""

from typing import Final

_END: Final = r"/?(\?|$)"
_SUBSCRIPTION: Final = r"^GET /subscriptions/[^/?]+"
_ANY: Final = r"^GET (/[^?]*?)?"
_NAME: Final = r"/[^/?]+"


def _list(kind: str) -> str:
    return rf"(?i){_ANY}/providers/{kind}{_END}"


def _single(kind: str) -> str:
    return rf"(?i){_ANY}/providers/{kind}{_NAME}{_END}"


def _scoped(before: str, kind: str) -> str:
    return rf"(?i)^GET {before}/providers/{kind}{_END}"


_GROUP: Final = r"/subscriptions/[^/?]+(/resourceGroups/[^/?]+)?"
_SETTINGS: Final = r"Microsoft\.Insights/diagnosticSettings"
_SITE: Final = r"Microsoft\.Web/sites/[^/?]+"
_ACCOUNT: Final = r"Microsoft\.Storage/storageAccounts"

CALLS: Final = {
    "subscriptions": rf"(?i)^GET /subscriptions{_END}",
    "subscription": rf"(?i){_SUBSCRIPTION}{_END}",
    "groups": rf"(?i){_SUBSCRIPTION}/resourceGroups{_END}",
    "resources": rf"(?i)^GET {_GROUP}/resources{_END}",
    "workflows": _list(r"Microsoft\.Logic/workflows"),
    "workflow": _single(r"Microsoft\.Logic/workflows"),
    "connections": _list(r"Microsoft\.Web/connections"),
    "connection": _single(r"Microsoft\.Web/connections"),
    "access policies": _list(rf"Microsoft\.Web/connections{_NAME}/accessPolicies"),
    "sites": _list(r"Microsoft\.Web/sites"),
    "site": _single(r"Microsoft\.Web/sites"),
    "site config": _list(rf"{_SITE}/config/web"),
    "site authentication": _list(rf"{_SITE}/config/authsettingsV2"),
    "scm publishing": _list(rf"{_SITE}/basicPublishingCredentialsPolicies/scm"),
    "ftp publishing": _list(rf"{_SITE}/basicPublishingCredentialsPolicies/ftp"),
    "site workflows": _list(rf"{_SITE}/workflows"),
    "site workflow": _single(rf"{_SITE}/workflows"),
    "workflow diagnostics": _scoped(rf"{_GROUP}/providers/Microsoft\.Logic/workflows{_NAME}", _SETTINGS),
    "site diagnostics": _scoped(rf"{_GROUP}/providers/Microsoft\.Web/sites{_NAME}", _SETTINGS),
    "storage diagnostics": _scoped(rf"{_GROUP}/providers/{_ACCOUNT}{_NAME}{_NAME}/default", _SETTINGS),
    "subscription diagnostics": _scoped(r"/subscriptions/[^/?]+", _SETTINGS),
    "management group diagnostics": _scoped(
        rf"/providers/Microsoft\.Management/managementGroups{_NAME}", _SETTINGS
    ),
    "diagnostic categories": _list(r"Microsoft\.Insights/diagnosticSettingsCategories"),
    "alerts": _list(r"Microsoft\.Insights/activityLogAlerts"),
    "activity log": _list(r"Microsoft\.Insights/eventtypes/management/values"),
    "role assignments": _list(r"Microsoft\.Authorization/roleAssignments"),
    "role definitions": _list(r"Microsoft\.Authorization/roleDefinitions"),
    "role definition": _single(r"Microsoft\.Authorization/roleDefinitions"),
    "deny assignments": _list(r"Microsoft\.Authorization/denyAssignments"),
    "eligible assignments": _list(r"Microsoft\.Authorization/roleEligibilityScheduleInstances"),
    "workspaces": _list(r"Microsoft\.OperationalInsights/workspaces"),
    "workspace": _single(r"Microsoft\.OperationalInsights/workspaces"),
    "table": _single(rf"Microsoft\.OperationalInsights/workspaces{_NAME}/tables"),
    "tables": _list(rf"Microsoft\.OperationalInsights/workspaces{_NAME}/tables"),
    "storage accounts": _list(_ACCOUNT),
    "storage account": _single(_ACCOUNT),
    "lifecycle policy": _list(rf"{_ACCOUNT}{_NAME}/managementPolicies/default"),
    "deployments": _list(r"Microsoft\.Resources/deployments"),
    "gateways": _list(r"Microsoft\.Network/applicationGateways"),
    "gateway": _single(r"Microsoft\.Network/applicationGateways"),
    "firewall policies": _list(r"Microsoft\.Network/ApplicationGatewayWebApplicationFirewallPolicies"),
    "firewall policy": _single(r"Microsoft\.Network/ApplicationGatewayWebApplicationFirewallPolicies"),
    "service tags": _list(rf"Microsoft\.Network/locations{_NAME}/serviceTags"),
}
