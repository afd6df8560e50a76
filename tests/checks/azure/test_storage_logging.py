"""Storage that a workflow uses records who reads, writes and deletes."""

from typing import Any

import pytest

from sfharden.azure.log_settings import SETTINGS
from sfharden.checks.azure.storage_logging import StorageLogging, judge_storage_logging
from sfharden.model.azure import AzureEntry
from tests.orgs.azure_side import (
    API,
    GROUP,
    SITE,
    absent,
    connection,
    context,
    gap,
    listed,
    resource,
    site,
    snapshot,
    workflow,
)  # fmt: skip

ACCOUNT = resource(f"{GROUP}/providers/Microsoft.Storage/storageAccounts/acmedata", {})
SERVICE = f"{ACCOUNT.id}/blobServices/default"
SPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/w"
TABLES = [
    resource(f"{SPACE}/tables/{name}", {"properties": {"totalRetentionInDays": 400}})
    for name in ("StorageBlobLogs", "AzureDiagnostics")
]
BLOB = resource(
    f"{GROUP}/providers/Microsoft.Web/connections/blob",
    {"properties": {"nonSecretParameterValues": {"accountName": "AcmeData"}}},
)
USING = {
    "$connections": {
        "value": {"blob": {"connectionId": BLOB.id, "id": API.replace("salesforce", "azureblob")}}
    }
}
ENTRY = AzureEntry(workflows=("crm-sync",))


def on(*categories: str) -> Any:
    logs = [{"category": one, "enabled": True} for one in categories]
    return resource(f"{SERVICE}/{SETTINGS}/x", {"properties": {"logs": logs, "workspaceId": SPACE}})


ALL = ("StorageRead", "StorageWrite", "StorageDelete")


def judged(
    *rows: Any, more: tuple[Any, ...] = (ACCOUNT, BLOB, *TABLES), asked: bool = True, **rest: Any
) -> str:
    lists = (listed(f"{SERVICE}/{SETTINGS}", *rows),) if asked else ()
    read = context(
        snapshot(workflow(parameters=USING, definition={}), connection(), *more, lists=lists, **rest), ENTRY
    )
    (one,) = judge_storage_logging(read, StorageLogging())
    return one.status.value


@pytest.mark.parametrize(("rows", "status"), [([on(*ALL)], "pass"), ([on(*ALL[:2])], "fail"), ([], "fail")])
def test_reads_writes_and_deletes_of_the_service_are_recorded(rows: list[Any], status: str) -> None:
    assert judged(*rows) == status


def test_what_was_not_read_is_unknown() -> None:
    assert judged(asked=False) == "unknown"
    assert judged(asked=False, gaps=(gap(f"{SERVICE}/{SETTINGS}"),)) == "unknown"
    assert judged(on(*ALL), more=(BLOB, *TABLES)) == "unknown"
    assert judged(on(*ALL), more=(ACCOUNT, *TABLES)) == "unknown"
    assert judged(on(*ALL), more=(ACCOUNT, BLOB)) == "unknown"


def test_another_table_says_nothing_of_one_that_is_not_there() -> None:
    dedicated = on(*ALL).model_copy(deep=True)
    dedicated.document["properties"]["logAnalyticsDestinationType"] = "Dedicated"
    assert judged(dedicated) == "pass"
    gone = (absent(f"{SPACE}/tables/StorageBlobLogs"),)
    assert judged(dedicated, more=(ACCOUNT, BLOB, TABLES[1]), absent=gone) == "unknown"


def test_a_workflow_without_storage_has_nothing_to_record() -> None:
    read = context(snapshot(workflow(), connection()), ENTRY)
    assert [one.status.value for one in judge_storage_logging(read, StorageLogging())] == ["not-applicable"]


def test_a_standard_app_keeps_its_own_state_where_a_reader_is_not_told() -> None:
    read = context(snapshot(site(), lists=(listed(f"{SITE}/workflows"),)), AzureEntry(workflows=(SITE,)))
    assert [one.status.value for one in judge_storage_logging(read, StorageLogging())] == ["unknown"]
