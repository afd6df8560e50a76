"""Storage that a workflow uses records who reads, writes and deletes (the checklist's storage logging)."""

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from sfharden.azure.index import AzureIndex, given
from sfharden.azure.objects import get
from sfharden.azure.retention import is_storage
from sfharden.azure.side import AzureSide, site_workflows
from sfharden.azure.storage_use import StorageUse, storage_uses
from sfharden.checks.azure.common import azure_check, judge_each
from sfharden.checks.azure.diagnostics import judge_sent
from sfharden.checks.azure.kept import Tables
from sfharden.checks.common import Context, Verdict, attempt, not_applicable, unknown
from sfharden.facts.values import CannotTell
from sfharden.model.azure import SITES, AzureResource
from sfharden.model.base import Model
from sfharden.model.results import Status, Subject

# Categories of the four services, never of the account itself (Azure Monitor, supported resource log categories).
_CATEGORIES: Final = ("StorageRead", "StorageWrite", "StorageDelete")
_TABLES: Final = {
    "blobServices": "StorageBlobLogs",
    "queueServices": "StorageQueueLogs",
    "tableServices": "StorageTableLogs",
    "fileServices": "StorageFileLogs",
}
_WORST: Final = (Status.FAIL, Status.UNKNOWN, Status.MANUAL, Status.PASS, Status.NOT_APPLICABLE)


class StorageLogging(Model):
    """For at least so many days."""

    least_days: int = Field(default=365, ge=1)


def judge_storage_logging(context: Context, parameters: StorageLogging) -> Iterator[Verdict]:
    """Each storage service that the workflows use sends reads, writes and deletes to where they are kept."""
    side = context.azure
    yield from judge_each(
        side,
        side.apps,
        lambda one, subject: _judge(side, one, subject, parameters.least_days),
        "azure-workflow",
    )


def _judge(side: AzureSide, one: AzureResource, subject: Subject, least: int) -> Verdict:
    uses = list(dict.fromkeys(_uses(side, one)))
    if not uses:
        return not_applicable(subject, "No step of it and no connection uses a storage account.")
    found = [_judge_use(side.index, subject, use, least) for use in uses]
    return min(found, key=lambda verdict: _WORST.index(verdict.status))


def _uses(side: AzureSide, one: AzureResource) -> Iterator[StorageUse]:
    if one.type != SITES:
        yield from storage_uses(side.index, one, given(one, "properties.definition").value)
        return
    for flow in site_workflows(side, one):
        definition = get(flow.document, "properties", "files", "workflow.json", "definition")
        yield from storage_uses(side.index, flow, definition)
    # What a Standard app keeps its own state in is named in its settings, which a Reader isn't shown (reference §1.12).
    why = "the account of AzureWebJobsStorage is in its settings, which aren't read"
    yield StorageUse("", "", one.where(), why)


def _judge_use(index: AzureIndex, subject: Subject, use: StorageUse, least: int) -> Verdict:
    if not use.account:
        return unknown(subject, use.why, use.where)
    return attempt(subject, lambda: _judge_service(index, subject, _account(index, use), use, least))


def _account(index: AzureIndex, use: StorageUse) -> AzureResource:
    """Names of accounts are unique in a cloud."""
    for one in index.of_type("microsoft.storage/storageaccounts"):
        if is_storage(one) and one.name.casefold() == use.account.casefold():
            return one
    raise CannotTell(f"the storage account {use.account} was not found among what was read", use.where)


def _judge_service(
    index: AzureIndex, subject: Subject, account: AzureResource, use: StorageUse, least: int
) -> Verdict:
    about = f"{account.id}/{use.service}/default"
    found = [
        judge_sent(
            index,
            about,
            subject,
            f"{category} of {account.name} ({use.service}) is",
            category,
            Tables(_TABLES[use.service], f"insights-logs-{category.lower()}", beside="AzureDiagnostics"),
            least,
        )
        for category in _CATEGORIES
    ]
    return min(found, key=lambda verdict: _WORST.index(verdict.status))


CHECKS = {"azure_storage_logged": azure_check(StorageLogging, judge_storage_logging)}
