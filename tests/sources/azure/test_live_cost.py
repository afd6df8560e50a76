"""What a run will ask is told before it asks, and it's never less than it says."""

from sfharden.azure.question_rights import least_rights
from sfharden.emulator.azure import story
from sfharden.model.azure import AzureEntry
from sfharden.report.calls_table import render_azure_calls
from sfharden.sources.azure.live_cost import calls_of_azure

from .live_kit import reading

ENTRY = AzureEntry(workflows=(story.WORKFLOW,), connections=(story.CONNECTION,))


def test_a_run_makes_at_least_the_calls_that_were_told() -> None:
    with reading() as one:
        made = one.read([ENTRY]).calls or 0
    assert 10 <= sum(line.least for line in calls_of_azure([ENTRY])) <= made


def test_every_right_that_may_be_needed_is_named() -> None:
    shown = render_azure_calls(list(calls_of_azure([])))
    assert [right for right in least_rights() if right not in shown] == []
    assert "None was made." in shown


def test_more_resources_cost_more() -> None:
    def least(*workflows: str) -> int:
        return sum(line.least for line in calls_of_azure([AzureEntry(workflows=workflows)]))

    assert least(story.WORKFLOW) < least(story.WORKFLOW, story.WORKFLOW.replace("crm", "erp"))
