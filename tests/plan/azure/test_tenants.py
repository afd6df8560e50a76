"""Plans on a tenant as it is read from a running Resource Manager: one with every mistake, and one with none."""

from typing import Final

from sfharden.checks.azure_planned import judge_azure
from sfharden.emulator.azure import story
from sfharden.emulator.azure.healthy import healthy_tenant
from sfharden.emulator.azure.tenant import Tenant
from sfharden.emulator.azure.untidy import bad_tenant
from sfharden.model.azure import MASK, AzureEntry
from sfharden.model.integration import Integration
from sfharden.model.results import Status
from sfharden.model.snapshot import Snapshot
from sfharden.plan.azure.applied import applied
from sfharden.plan.azure.papers import azure_files
from sfharden.plan.azure.planner import plan_azure
from tests.orgs.constants import INTEGRATION
from tests.plan.azure.kit import snapshot
from tests.sources.azure.live_kit import NOW, reading

RANGES: Final = {
    "allowed_callers": ("203.0.113.0/28", "198.51.100.7"),
    "data_readers": ("198.51.100.0/24",),
}


def read(tenant: Tenant, entry: AzureEntry) -> Snapshot:
    with reading(tenant, story.SUBSCRIPTION) as one:
        return snapshot(one.read([entry] if entry.workflows else []))


def mine(entry: AzureEntry) -> Integration:
    return INTEGRATION.model_copy(update={"azure": entry})


def test_a_hardened_tenant_gets_no_change() -> None:
    entry = AzureEntry(workflows=(story.WORKFLOW, story.SITE))
    one = mine(entry)
    found = plan_azure(
        read(healthy_tenant(NOW), entry), [one], lambda it: judge_azure(it, (), [one], (), NOW)
    )
    assert found.changes == ()


def test_every_mistake_is_a_change_that_mends_it_or_a_sentence() -> None:
    entry = AzureEntry(workflows=(), **RANGES)
    one, before = mine(entry), read(bad_tenant(NOW), entry)

    def ask(it: Snapshot) -> dict[tuple[str, str], Status]:
        standings = judge_azure(it, (), [one], (), NOW)
        return {(each.standing.control, each.standing.subject): each.standing.status for each in standings}

    found = plan_azure(before, [one], lambda it: judge_azure(it, (), [one], (), NOW))
    said = "\n".join((*found.manual, *found.conditions))
    after = ask(applied(before, found.changes))
    changed = {control for change in found.changes for control in change.control.split(", ")}
    failed = [key for key, status in ask(before).items() if status is Status.FAIL]
    assert len(failed) > 30
    assert len(found.changes) > 15
    for control, subject in failed:
        told = f"{control} of '{subject}'" in said
        by_edit = after[control, subject] is not Status.FAIL
        by_record = control in changed and not by_edit
        assert told or by_edit or by_record, (control, subject)


def test_nothing_that_was_masked_is_in_what_is_run_or_deployed() -> None:
    entry = AzureEntry(workflows=(), **RANGES)
    one, before = mine(entry), read(bad_tenant(NOW), entry)
    assert before.azure is not None
    assert MASK in before.azure.model_dump_json()
    found = plan_azure(before, [one], lambda it: judge_azure(it, (), [one], (), NOW))
    files = azure_files(found.changes, b"")
    for name in ("azure/commands.sh", "azure/main.bicep", "azure/definition.patch.json", "azure/README.md"):
        text = files[name].decode().replace("secrets are `***` in them", "")
        assert MASK not in text
