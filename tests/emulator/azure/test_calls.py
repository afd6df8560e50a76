"""Every call by its name."""

import re

import pytest

from sfharden.emulator.azure import healthy, story
from sfharden.emulator.azure.calls import CALLS
from tests.emulator.azure.kit import target

SETTINGS = "/providers/Microsoft.Insights/diagnosticSettings"
ACCESS = "/providers/Microsoft.Authorization"
# One path for each call.
PATHS = {
    "subscriptions": "/subscriptions",
    "subscription": story.SCOPE,
    "groups": f"{story.SCOPE}/resourcegroups",
    "resources": f"{story.GROUP_SCOPE}/resources",
    "workflows": f"{story.SCOPE}/providers/Microsoft.Logic/workflows",
    "workflow": story.WORKFLOW,
    "connections": f"{story.GROUP_SCOPE}/providers/Microsoft.Web/connections",
    "connection": story.CONNECTION.lower(),
    "access policies": f"{story.STANDARD_CONNECTION}/accessPolicies",
    "sites": f"{story.SCOPE}/providers/Microsoft.Web/sites",
    "site": story.SITE,
    "site config": f"{story.SITE}/config/web",
    "site authentication": f"{story.SITE}/config/authsettingsV2",
    "scm publishing": f"{story.SITE}/basicPublishingCredentialsPolicies/scm",
    "ftp publishing": f"{story.SITE}/basicPublishingCredentialsPolicies/ftp",
    "site workflows": f"{story.SITE}/workflows",
    "site workflow": f"{story.SITE}/workflows/orders",
    "workflow diagnostics": story.WORKFLOW + SETTINGS,
    "site diagnostics": story.SITE + SETTINGS,
    "storage diagnostics": f"{story.STORAGE}/blobServices/default{SETTINGS}",
    "subscription diagnostics": story.SCOPE + SETTINGS,
    "management group diagnostics": f"/providers/Microsoft.Management/managementGroups/acme{SETTINGS}",
    "diagnostic categories": f"{story.WORKFLOW}{SETTINGS}Categories",
    "alerts": f"{story.SCOPE}/providers/Microsoft.Insights/activityLogAlerts",
    "activity log": f"{story.SCOPE}/providers/Microsoft.Insights/eventtypes/management/values",
    "role assignments": f"{story.CONNECTION}{ACCESS}/roleAssignments",
    "role definitions": f"{story.SCOPE}{ACCESS}/roleDefinitions",
    "role definition": f"{ACCESS}/roleDefinitions/x",
    "deny assignments": f"{story.CONNECTION}{ACCESS}/denyAssignments",
    "eligible assignments": f"{story.CONNECTION}{ACCESS}/roleEligibilityScheduleInstances",
    "workspaces": f"{story.SCOPE}/providers/Microsoft.OperationalInsights/workspaces",
    "workspace": story.WORKSPACE,
    "table": f"{story.WORKSPACE}/tables/AzureActivity",
    "tables": f"{story.WORKSPACE}/tables",
    "storage accounts": f"{story.SCOPE}/providers/Microsoft.Storage/storageAccounts",
    "storage account": story.STORAGE,
    "lifecycle policy": f"{story.STORAGE}/managementPolicies/default",
    "deployments": f"{story.GROUP_SCOPE}/providers/Microsoft.Resources/deployments",
    "gateways": f"{story.SCOPE}/providers/Microsoft.Network/applicationGateways",
    "gateway": healthy.GATEWAY,
    "firewall policies": healthy.FIREWALL.rpartition("/")[0],
    "firewall policy": healthy.FIREWALL,
    "service tags": f"{story.SCOPE}/providers/Microsoft.Network/locations/westeurope/serviceTags",
}


def test_every_call_has_a_path_here() -> None:
    assert sorted(PATHS) == sorted(CALLS)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_call_is_found_by_its_own_pattern_alone(name: str) -> None:
    for path in (PATHS[name], PATHS[name] + "/"):
        asked = f"GET {target(path, filter=f'resourceUri eq {story.WORKFLOW}')}"
        assert [one for one, pattern in CALLS.items() if re.search(pattern, asked)] == [name]
