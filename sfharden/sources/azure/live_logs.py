"""What is logged and where it's kept: diagnostic settings, their destinations, and the activity log of a workflow."""

from datetime import datetime, timedelta
from typing import Any, Final

from sfharden.azure.objects import get, text
from sfharden.model.azure import AzureList, AzureResource, key_of, segment_after
from sfharden.sources.azure import questions as asked
from sfharden.sources.azure.asking import Asking

SERVICES: Final = {
    "blobServices": "StorageBlobLogs",
    "queueServices": "StorageQueueLogs",
    "tableServices": "StorageTableLogs",
    "fileServices": "StorageFileLogs",
}
# Resource logs of one kind are in a table of their own or in the common one, by a switch of each setting.
_COMMON: Final = "AzureDiagnostics"
_OF_RUNS: Final = ("LogicAppWorkflowRuntime", _COMMON)
_OF_ACTIVITY: Final = ("AzureActivity",)
_AUDIT: Final = "audit"
# The activity log refuses a start that is 90 days ago or more (reference §0.10); asking takes its time, too.
_OLDEST_EVENT: Final = timedelta(days=90) - timedelta(minutes=10)


class LogQuestions:
    """Asks for settings, then for what they lead to."""

    def __init__(self, asking: Asking, now: datetime) -> None:
        self._asking = asking
        self._since = now - _OLDEST_EVENT

    def of_app(self, app: str) -> None:
        """Of a workflow or a Standard app."""
        self._settings(asked.DIAGNOSTICS, app, _OF_RUNS)

    def of_subscription(self, subscription: str) -> None:
        """Of a subscription's activity log; and the alerts on it."""
        self._settings(asked.DIAGNOSTICS, subscription, _OF_ACTIVITY)
        self._asking.many(asked.ALERTS, subscription)

    def of_management_group(self, group: str) -> None:
        """Of the activity logs below a management group."""
        self._settings(asked.GROUP_DIAGNOSTICS, group, _OF_ACTIVITY)

    def of_account(self, account: str) -> None:
        """Of each of the four services of a storage account; the account itself has no logs of access."""
        for service, table in SERVICES.items():
            self._settings(asked.DIAGNOSTICS, f"{account}/{service}/default", (table, _COMMON))

    def events_of(self, workflow: str) -> None:
        """What happened to a workflow, as far back as the activity log tells."""
        scope = f"/subscriptions/{segment_after(workflow, 'subscriptions')}"
        quoted = workflow.replace("'", "''")
        since = f"{self._since:%Y-%m-%dT%H:%M:%SZ}"
        self._asking.many(
            asked.EVENTS,
            scope,
            query={"$filter": f"eventTimestamp ge '{since}' and resourceUri eq '{quoted}'"},
            key=f"{asked.EVENTS.at(scope)}?resource={key_of(workflow)}",
        )

    def _settings(self, question: asked.AzureQuestion, about: str, tables: tuple[str, ...]) -> None:
        self._asking.many(question, about, lambda found: self._lead_on(about, found, tables))

    def _lead_on(self, about: str, found: AzureList, tables: tuple[str, ...]) -> None:
        for row in found.rows:
            self._destinations(row, tables)
        if any(_sends_group(row, _AUDIT) for row in found.rows):
            self._asking.many(asked.CATEGORIES, about)

    def _destinations(self, row: AzureResource, tables: tuple[str, ...]) -> None:
        """Where a setting sends to; it may be in another subscription."""
        workspace = text(get(row.document, "properties", "workspaceId"))
        if workspace:
            self._asking.one(asked.WORKSPACE, workspace)
            for table in tables:
                self._asking.one(asked.TABLE, f"{workspace}/tables/{table}")
        account = text(get(row.document, "properties", "storageAccountId"))
        if account:
            self._asking.one(asked.ACCOUNT, account)
            self._asking.one(asked.LIFECYCLE, account)


def _sends_group(row: AzureResource, group: str) -> bool:
    logs: Any = get(row.document, "properties", "logs")
    entries = logs if isinstance(logs, list) else []
    return any(text(get(entry, "categoryGroup")).casefold() == group for entry in entries)
