"""What Azure is asked: at which path, by which version, for what, and with which right.

Versions: reference azure-controls §1.3. Rights: §1.12 and the permissions lists of the resource providers; Reader's `*/read`
holds them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_WEB: Final = "2022-09-01"
_CONNECTIONS: Final = "2018-07-01-preview"
_ROLES: Final = "2022-04-01"
_STORAGE: Final = "2023-05-01"
_WORKSPACES: Final = "2022-10-01"
_SETTINGS: Final = "2021-05-01-preview"


@dataclass(frozen=True, slots=True)
class AzureQuestion:
    """A kind of question. `words` name the answer; `below` is its path below what it's about, if it has one of its own.

    `query` is asked with it each time.
    """

    words: str
    version: str
    action: str
    below: str = ""
    query: tuple[tuple[str, str], ...] = ()

    def at(self, about: str) -> str:
        """The path of the question about a scope or a resource."""
        return f"{about.rstrip('/')}{self.below}" if self.below else about

    def asked_with(self) -> Mapping[str, str]:
        """The query besides the version."""
        return dict(self.query)


SUBSCRIPTIONS: Final = AzureQuestion(
    "the subscriptions", "2022-12-01", "Microsoft.Resources/subscriptions/read"
)
# Definitions are long: of a few rows a page stays within the bounds of an answer.
WORKFLOWS_OF: Final = AzureQuestion(
    "the workflows",
    "2019-05-01",
    "Microsoft.Logic/workflows/read",
    "/providers/Microsoft.Logic/workflows",
    (("$top", "50"),),
)
CONNECTIONS_OF: Final = AzureQuestion(
    "the connections", _CONNECTIONS, "Microsoft.Web/connections/read", "/providers/Microsoft.Web/connections"
)
SITES_OF: Final = AzureQuestion(
    "the Standard apps", _WEB, "Microsoft.Web/sites/read", "/providers/Microsoft.Web/sites"
)
WORKFLOW: Final = AzureQuestion("the workflow", "2019-05-01", "Microsoft.Logic/workflows/read")
CONNECTION: Final = AzureQuestion("the connection", _CONNECTIONS, "Microsoft.Web/connections/read")
POLICIES: Final = AzureQuestion(
    "the access policies", _CONNECTIONS, "Microsoft.Web/connections/accessPolicies/read", "/accessPolicies"
)
SITE: Final = AzureQuestion("the Standard app", _WEB, "Microsoft.Web/sites/read")
SITE_CONFIG: Final = AzureQuestion(
    "the configuration", _WEB, "Microsoft.Web/sites/config/read", "/config/web"
)
SITE_SIGN_IN: Final = AzureQuestion(
    "the authentication settings", _WEB, "Microsoft.Web/sites/config/read", "/config/authsettingsV2"
)
_PUBLISHING: Final = "Microsoft.Web/sites/basicPublishingCredentialsPolicies/read"
SCM_PUBLISHING: Final = AzureQuestion(
    "the publishing policy (scm)", _WEB, _PUBLISHING, "/basicPublishingCredentialsPolicies/scm"
)
FTP_PUBLISHING: Final = AzureQuestion(
    "the publishing policy (ftp)", _WEB, _PUBLISHING, "/basicPublishingCredentialsPolicies/ftp"
)
SITE_WORKFLOWS_OF: Final = AzureQuestion(
    "the workflows", _WEB, "Microsoft.Web/sites/workflows/read", "/workflows"
)
SITE_WORKFLOW: Final = AzureQuestion("the workflow's code", _WEB, "Microsoft.Web/sites/workflows/read")
DIAGNOSTICS: Final = AzureQuestion(
    "the diagnostic settings",
    _SETTINGS,
    "Microsoft.Insights/diagnosticSettings/read",
    "/providers/Microsoft.Insights/diagnosticSettings",
)
GROUP_DIAGNOSTICS: Final = AzureQuestion(
    "the diagnostic settings",
    "2020-01-01-preview",
    "Microsoft.Insights/diagnosticSettings/read",
    "/providers/Microsoft.Insights/diagnosticSettings",
)
CATEGORIES: Final = AzureQuestion(
    "the categories of logs",
    _SETTINGS,
    "Microsoft.Insights/diagnosticSettingsCategories/read",
    "/providers/Microsoft.Insights/diagnosticSettingsCategories",
)
ALERTS: Final = AzureQuestion(
    "the activity log alerts",
    "2020-10-01",
    "Microsoft.Insights/activityLogAlerts/read",
    "/providers/Microsoft.Insights/activityLogAlerts",
)
EVENTS: Final = AzureQuestion(
    "the activity log",
    "2015-04-01",
    "Microsoft.Insights/eventtypes/values/read",
    "/providers/Microsoft.Insights/eventtypes/management/values",
    # Who did it, from where and with which claims is nobody's business here.
    (("$select", "eventDataId,eventTimestamp,operationName,resourceId,status"),),
)
WORKSPACE: Final = AzureQuestion(
    "the workspace", _WORKSPACES, "Microsoft.OperationalInsights/workspaces/read"
)
TABLE: Final = AzureQuestion("the table", _WORKSPACES, "Microsoft.OperationalInsights/workspaces/tables/read")
ACCOUNTS_OF: Final = AzureQuestion(
    "the storage accounts",
    _STORAGE,
    "Microsoft.Storage/storageAccounts/read",
    "/providers/Microsoft.Storage/storageAccounts",
)
ACCOUNT: Final = AzureQuestion("the storage account", _STORAGE, "Microsoft.Storage/storageAccounts/read")
LIFECYCLE: Final = AzureQuestion(
    "the lifecycle policy",
    _STORAGE,
    "Microsoft.Storage/storageAccounts/managementPolicies/read",
    "/managementPolicies/default",
)
ASSIGNMENTS: Final = AzureQuestion(
    "the role assignments",
    _ROLES,
    "Microsoft.Authorization/roleAssignments/read",
    "/providers/Microsoft.Authorization/roleAssignments",
)
DENIALS: Final = AzureQuestion(
    "the deny assignments",
    _ROLES,
    "Microsoft.Authorization/denyAssignments/read",
    "/providers/Microsoft.Authorization/denyAssignments",
)
ELIGIBLE: Final = AzureQuestion(
    "the eligible assignments",
    "2020-10-01",
    "Microsoft.Authorization/roleEligibilityScheduleInstances/read",
    "/providers/Microsoft.Authorization/roleEligibilityScheduleInstances",
)
ROLE: Final = AzureQuestion("the role", _ROLES, "Microsoft.Authorization/roleDefinitions/read")
