"""What is asked of Azure about each kind of resource: one list for whoever asks, live or by a script of commands.

Versions and paths: reference azure-controls §1.3, §1.9 to §1.12. Each is a GET that Reader may do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.azure.arm_ids import type_of
from sfharden.model.azure import CONNECTIONS, SITES, WORKFLOWS, key_of, segment_after

SUBSCRIPTION: Final = "microsoft.resources/subscriptions"
GROUP: Final = "microsoft.resources/resourcegroups"
WORKSPACE: Final = "microsoft.operationalinsights/workspaces"
STORAGE: Final = "microsoft.storage/storageaccounts"
_SETTINGS: Final = "/providers/Microsoft.Insights/diagnosticSettings"
_SETTINGS_VERSION: Final = "2021-05-01-preview"
EVENTS: Final = "/providers/Microsoft.Insights/eventtypes/management/values"
_ROLES: Final = "/providers/Microsoft.Authorization/roleAssignments"
MANAGEMENT_GROUP: Final = "microsoft.management/managementgroups"
SITE_WORKFLOW: Final = f"{SITES}/workflows"
ROLE: Final = "microsoft.authorization/roledefinitions"
_DENIALS: Final = "/providers/Microsoft.Authorization/denyAssignments"
_ELIGIBLE: Final = "/providers/Microsoft.Authorization/roleEligibilityScheduleInstances"
_AT_SCOPE: Final = "$filter=atScope()"
SERVICES: Final = {
    "blob": "StorageBlobLogs",
    "queue": "StorageQueueLogs",
    "table": "StorageTableLogs",
    "file": "StorageFileLogs",
}
_TABLES: Final = ("AzureDiagnostics", "LogicAppWorkflowRuntime", "AzureActivity", *SERVICES.values())


@dataclass(frozen=True, slots=True)
class AzureQuestion:
    """One GET: how it's called, of what type, what stands after the id, and in words what it asks for.

    `events`: the activity log of one resource, which is asked at its subscription and kept under `?resource=`.
    """

    name: str
    about: str
    below: str
    version: str
    words: str
    is_list: bool = False
    query: str = ""
    events: bool = False

    def path(self, about: str) -> str:
        """Where the answer is kept, and where it's asked but for events' filter."""
        if self.events:
            return f"/subscriptions/{segment_after(about, 'subscriptions')}{EVENTS}?resource={key_of(about)}"
        return f"{about.rstrip('/')}{self.below}"

    def what(self, about: str) -> str:
        """What it asks for, in words, such as `diagnostic settings of rg/sync`."""
        group = segment_after(about, "resourcegroups")
        name = about.rstrip("/").rpartition("/")[2]
        return f"{self.words} {group}/{name}" if group and group != name else f"{self.words} {name}"


def _of(about: str, *rows: tuple[str, str, str, str, bool, str]) -> Iterator[AzureQuestion]:
    for name, below, version, words, is_list, query in rows:
        yield AzureQuestion(name, about, below, version, words, is_list, query)


def _all() -> Iterator[AzureQuestion]:
    yield from _apps()
    yield from _of_apps()
    yield from _lists()
    yield from _of_subscriptions()
    yield from _of(ROLE, ("role", "", "2022-04-01", "the role", False, ""))
    yield from _destinations()


def _apps() -> Iterator[AzureQuestion]:
    """Workflows, connections and Standard apps themselves."""
    yield from _of(WORKFLOWS, ("workflow", "", "2019-05-01", "the workflow", False, ""))
    yield from _of(CONNECTIONS, ("connection", "", "2018-07-01-preview", "the connection", False, ""))
    yield from _of(
        SITES,
        ("site", "", "2022-09-01", "the Standard app", False, ""),
        ("site-config", "/config/web", "2022-09-01", "the settings of", False, ""),
        ("site-sign-in", "/config/authsettingsV2", "2022-09-01", "the sign-in settings of", False, ""),
        *(
            (
                f"site-publishing-{name}",
                f"/basicPublishingCredentialsPolicies/{name}",
                "2022-09-01",
                f"the policy of publishing credentials ({name}) of",
                False,
                "",
            )
            for name in ("scm", "ftp")
        ),
        ("site-workflows", "/workflows", "2022-09-01", "the workflows of", True, ""),
    )
    yield from _of(SITE_WORKFLOW, ("site-workflow", "", "2022-09-01", "the code of", False, ""))


def _of_apps() -> Iterator[AzureQuestion]:
    """Their records, and who has rights at them."""
    for kind, name in ((WORKFLOWS, "workflow"), (SITES, "site")):
        yield AzureQuestion(
            f"{name}-diagnostics", kind, _SETTINGS, _SETTINGS_VERSION, "diagnostic settings of", True
        )
        yield AzureQuestion(
            f"{name}-log-categories",
            kind,
            f"{_SETTINGS}Categories",
            _SETTINGS_VERSION,
            "log categories of",
            True,
        )
    for kind, name in ((WORKFLOWS, "workflow"), (CONNECTIONS, "connection"), (SITES, "site")):
        yield from _of(
            kind,
            (f"{name}-roles", _ROLES, "2022-04-01", "role assignments of", True, _AT_SCOPE),
            (f"{name}-denials", _DENIALS, "2022-04-01", "deny assignments of", True, _AT_SCOPE),
            (f"{name}-eligible", _ELIGIBLE, "2020-10-01", "eligible assignments of", True, _AT_SCOPE),
        )
    yield AzureQuestion(
        "workflow-events", WORKFLOWS, "", "2015-04-01", "the activity log of", True, events=True
    )
    yield from _of(
        CONNECTIONS,
        ("connection-access", "/accessPolicies", "2018-07-01-preview", "the access policies of", True, ""),
    )


def _lists() -> Iterator[AzureQuestion]:
    """What stands in a resource group, and in a subscription."""
    for kind, name, place in ((GROUP, "group", "in"), (SUBSCRIPTION, "subscription", "in subscription")):
        yield from _of(
            kind,
            # Definitions are long: of a few rows a page stays within the bounds of an answer.
            (
                f"{name}-workflows",
                "/providers/Microsoft.Logic/workflows",
                "2019-05-01",
                f"the workflows {place}",
                True,
                "$top=50",
            ),
            (
                f"{name}-sites",
                "/providers/Microsoft.Web/sites",
                "2022-09-01",
                f"the web apps {place}",
                True,
                "",
            ),
            (
                f"{name}-connections",
                "/providers/Microsoft.Web/connections",
                "2018-07-01-preview",
                f"the connections {place}",
                True,
                "",
            ),
        )


def _of_subscriptions() -> Iterator[AzureQuestion]:
    """What concerns all of a subscription, and what stands above it."""
    yield from _of(
        SUBSCRIPTION,
        (
            "subscription-diagnostics",
            _SETTINGS,
            _SETTINGS_VERSION,
            "diagnostic settings of the subscription",
            True,
            "",
        ),
        (
            "subscription-alerts",
            "/providers/Microsoft.Insights/activityLogAlerts",
            "2020-10-01",
            "activity log alerts of the subscription",
            True,
            "",
        ),
        (
            "subscription-role-definitions",
            "/providers/Microsoft.Authorization/roleDefinitions",
            "2022-04-01",
            "role definitions of the subscription",
            True,
            "",
        ),
    )
    yield from _of(
        MANAGEMENT_GROUP,
        (
            "management-group-diagnostics",
            _SETTINGS,
            "2020-01-01-preview",
            "diagnostic settings of the management group",
            True,
            "",
        ),
    )
    # To find accounts by name; about none of the others, so no script asks it.
    yield AzureQuestion(
        "subscription-storage",
        "",
        "/providers/Microsoft.Storage/storageAccounts",
        "2023-05-01",
        "storage accounts in subscription",
        is_list=True,
    )


def _destinations() -> Iterator[AzureQuestion]:
    """Where logs go, and the accounts that flows use."""
    yield from _of(WORKSPACE, ("workspace", "", "2022-10-01", "the workspace", False, ""))
    for table in _TABLES:
        yield AzureQuestion(
            f"workspace-{table}", WORKSPACE, f"/tables/{table}", "2022-10-01", f"the table {table} of", False
        )
    yield from _of(
        STORAGE,
        ("storage", "", "2023-05-01", "the storage account", False, ""),
        (
            "storage-lifecycle",
            "/managementPolicies/default",
            "2023-05-01",
            "the lifecycle policy of",
            False,
            "",
        ),
    )
    for service in SERVICES:
        below = f"/{service}Services/default{_SETTINGS}"
        yield AzureQuestion(
            f"storage-{service}-diagnostics",
            STORAGE,
            below,
            _SETTINGS_VERSION,
            f"diagnostic settings of the {service} service of",
            True,
        )


QUESTIONS: Final = tuple(_all())
_BY_NAME: Final = {one.name: one for one in QUESTIONS}


def question_named(name: str) -> AzureQuestion | None:
    """The question of that name."""
    return _BY_NAME.get(name)


def question_called(name: str) -> AzureQuestion:
    """The question of a name that this program has itself."""
    return _BY_NAME[name]


def questions_about(path: str) -> tuple[AzureQuestion, ...]:
    """All that is asked about the resource of that id."""
    kind = type_of(path)
    return tuple(one for one in QUESTIONS if kind and one.about == kind)
