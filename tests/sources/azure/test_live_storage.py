"""Accounts that a workflow uses are found by name; of the others in the subscription nothing is kept."""

from sfharden.emulator.azure import logs, story
from sfharden.emulator.azure.calls import CALLS
from sfharden.emulator.azure.faults import AzureFault, AzureFaultKind
from sfharden.emulator.azure.healthy import healthy_tenant
from sfharden.model.azure import AzureEntry

from .live_kit import NOW, index, reading

OTHER = f"{story.LOG_SCOPE}/providers/Microsoft.Storage/storageAccounts/stpayroll"
SETTINGS = "/providers/Microsoft.Insights/diagnosticSettings"


def test_the_account_in_use_is_read_with_the_logs_of_its_four_services() -> None:
    tenant = healthy_tenant(NOW)
    tenant.add(logs.storage_account(OTHER))
    with reading(tenant) as one:
        snapshot = one.read()
    found = index(snapshot)
    assert found.resource(story.STORAGE).document
    for service in ("blob", "queue", "table", "file"):
        found.whole(f"{story.STORAGE}/{service}Services/default{SETTINGS}")
    assert "stpayroll" not in snapshot.model_dump_json()


def test_where_no_workflow_uses_any_no_account_is_looked_for() -> None:
    with reading() as one:
        one.read([AzureEntry(workflows=(story.SITE,))])
        assert one.asked("storageAccounts") == []


def test_accounts_that_may_not_be_listed_are_a_gap() -> None:
    with reading() as one:
        one.server.faults.append(AzureFault(AzureFaultKind.FORBIDDEN, path=CALLS["storage accounts"]))
        snapshot = one.read()
    assert [gap.what for gap in snapshot.gaps if gap.path.endswith("storageAccounts")] == [
        f"storage accounts in subscription {story.SUBSCRIPTION}"
    ]
