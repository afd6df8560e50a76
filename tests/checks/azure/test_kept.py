"""Which table decides."""

from sfharden.azure.log_settings import log_setting
from sfharden.checks.azure.kept import Tables
from tests.orgs.azure_side import WORKFLOW, resource


def test_the_table_that_a_setting_writes_to_comes_first() -> None:
    tables = Tables("AzureDiagnostics", "c", "LogicAppWorkflowRuntime")
    one = resource(f"{WORKFLOW}/x", {"properties": {}})
    other = resource(f"{WORKFLOW}/x", {"properties": {"logAnalyticsDestinationType": "Dedicated"}})
    assert tables.of(log_setting(one)) == ("AzureDiagnostics", "LogicAppWorkflowRuntime")
    assert tables.of(log_setting(other)) == ("LogicAppWorkflowRuntime", "AzureDiagnostics")
    assert Tables("AzureActivity", "c").of(log_setting(other)) == ("AzureActivity",)
    storage = Tables("StorageBlobLogs", "c", beside="AzureDiagnostics")
    assert {storage.of(log_setting(row)) for row in (one, other)} == {("StorageBlobLogs", "AzureDiagnostics")}
