"""What is logged and where it's kept: diagnostic settings, their destinations, and the activity log of a workflow."""

from datetime import datetime, timedelta
from typing import Any, Final

from sfharden.azure.log_settings import AUDIT
from sfharden.azure.objects import get, text
from sfharden.azure.questions import SERVICES, AzureQuestion, question_called
from sfharden.model.azure import AzureList, AzureResource
from sfharden.sources.azure.asking import Asking

_SETTINGS: Final = question_called("workflow-diagnostics")
_CATEGORIES: Final = question_called("workflow-log-categories")
# Resource logs of one kind are in a table of their own or in the common one, by a switch of each setting.
_COMMON: Final = "AzureDiagnostics"
_OF_RUNS: Final = ("LogicAppWorkflowRuntime", _COMMON)
_OF_ACTIVITY: Final = ("AzureActivity",)
# The activity log refuses a start that is 90 days ago or more (reference §0.10); asking takes its time, too.
_OLDEST_EVENT: Final = timedelta(days=90) - timedelta(minutes=10)
# Who did it, from where and with which claims is nobody's business here.
_SELECTED: Final = "eventDataId,eventTimestamp,operationName,resourceId,status"


class LogQuestions:
    """Asks for settings, then for what they lead to."""

    def __init__(self, asking: Asking, now: datetime) -> None:
        self._asking = asking
        self._since = now - _OLDEST_EVENT

    def of_app(self, app: str) -> None:
        """Of a workflow or a Standard app."""
        self._ask(_SETTINGS, app, app, _OF_RUNS)

    def of_subscription(self, subscription: str) -> None:
        """Of a subscription's activity log; and the alerts on it."""
        self._ask(question_called("subscription-diagnostics"), subscription, subscription, _OF_ACTIVITY)
        self._asking.many(question_called("subscription-alerts"), subscription)

    def of_management_group(self, group: str) -> None:
        """Of the activity logs below a management group."""
        self._ask(question_called("management-group-diagnostics"), group, group, _OF_ACTIVITY)

    def of_account(self, account: str) -> None:
        """Of each of the four services of a storage account; the account itself has no logs of access."""
        for service, table in SERVICES.items():
            question = question_called(f"storage-{service}-diagnostics")
            self._ask(question, account, f"{account}/{service}Services/default", (table, _COMMON))

    def events_of(self, workflow: str) -> None:
        """What happened to a workflow, as far back as the activity log tells."""
        quoted = workflow.replace("'", "''")
        since = f"eventTimestamp ge '{self._since:%Y-%m-%dT%H:%M:%SZ}'"
        query = {"$filter": f"{since} and resourceUri eq '{quoted}'", "$select": _SELECTED}
        self._asking.many(question_called("workflow-events"), workflow, query=query)

    def _ask(self, question: AzureQuestion, about: str, scope: str, tables: tuple[str, ...]) -> None:
        self._asking.many(question, about, lambda found: self._lead_on(scope, found, tables))

    def _lead_on(self, scope: str, found: AzureList, tables: tuple[str, ...]) -> None:
        for row in found.rows:
            self._destinations(row, tables)
        if any(_sends_group(row, AUDIT) for row in found.rows):
            self._asking.many(_CATEGORIES, scope)

    def _destinations(self, row: AzureResource, tables: tuple[str, ...]) -> None:
        """Where a setting sends to; it may be in another subscription."""
        workspace = text(get(row.document, "properties", "workspaceId"))
        if workspace:
            self._asking.one(question_called("workspace"), workspace)
            for table in tables:
                self._asking.one(question_called(f"workspace-{table}"), workspace)
        account = text(get(row.document, "properties", "storageAccountId"))
        if account:
            self._asking.one(question_called("storage"), account)
            self._asking.one(question_called("storage-lifecycle"), account)


def _sends_group(row: AzureResource, group: str) -> bool:
    logs: Any = get(row.document, "properties", "logs")
    entries = logs if isinstance(logs, list) else []
    return any(text(get(entry, "categoryGroup")).casefold() == group for entry in entries)
