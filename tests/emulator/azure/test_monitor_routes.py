"""What is logged, as it is asked of a scope."""

from datetime import timedelta

import pytest

from sfharden.emulator.azure import story
from sfharden.emulator.azure.tenant import Tenant
from tests.emulator.azure.kit import NOW, Asker, recorded

SETTINGS = "/providers/Microsoft.Insights/diagnosticSettings"
EVENTS = f"{story.SCOPE}/providers/Microsoft.Insights/eventtypes/management/values"
MONTHS = (NOW - timedelta(days=89)).isoformat()


def test_no_setting_is_an_empty_list(bad_arm: Asker) -> None:
    assert bad_arm.get(story.WORKFLOW + SETTINGS) == recorded("diagnostics-list-empty.json")


def test_a_setting_is_answered_by_its_name(arm: Asker) -> None:
    (one,) = arm.rows(story.WORKFLOW.lower() + SETTINGS)
    assert arm.get(f"{story.WORKFLOW}{SETTINGS}/SERVICE") == one
    assert arm.refusal(f"{story.WORKFLOW}{SETTINGS}/other") == (404, "ResourceNotFound")


def test_settings_of_what_is_not_there_are_not_found(arm: Asker) -> None:
    assert arm.refusal(story.WORKFLOW + "x" + SETTINGS) == (404, "ResourceNotFound")
    assert arm.refusal(f"{story.STORAGE}x/blobServices/default{SETTINGS}") == (404, "ResourceNotFound")


@pytest.mark.parametrize("version", ["2017-05-01-preview", "2021-05-01-preview"])
def test_groups_of_categories_came_with_a_version(arm: Asker, version: str) -> None:
    rows = arm.rows(f"{story.WORKFLOW}{SETTINGS}Categories", version=version)
    assert [one["name"] for one in rows] == ["WorkflowRuntime", "AllMetrics"]
    assert ("categoryGroups" in rows[0]["properties"]) is version.startswith("2021")


def test_what_cannot_be_logged_has_no_categories(arm: Asker) -> None:
    assert arm.rows(f"{story.CONNECTION}{SETTINGS}Categories") == []


def test_events_of_a_resource_come_newest_first(arm: Asker) -> None:
    about = f"eventTimestamp ge '{MONTHS}' and resourceUri eq '{story.WORKFLOW.upper()}'"
    names = [one["operationName"]["value"] for one in arm.rows(EVENTS, filter=about)]
    assert names == [
        "Microsoft.Logic/workflows/write",
        "Microsoft.Logic/workflows/regenerateAccessKey/action",
    ]


def test_events_are_filtered_by_time_group_and_provider(bad_arm: Asker) -> None:
    ten = (NOW - timedelta(days=10)).isoformat()
    assert len(bad_arm.rows(EVENTS, filter=f"eventTimestamp ge '{MONTHS}'")) == 3
    assert (
        len(bad_arm.rows(EVENTS, filter=f"eventTimestamp ge '{MONTHS}' and eventTimestamp le '{ten}'")) == 2
    )
    web = f"eventTimestamp ge '{MONTHS}' and resourceProvider eq 'microsoft.web'"
    assert len(bad_arm.rows(EVENTS, filter=web)) == 1
    assert bad_arm.rows(EVENTS, filter=f"eventTimestamp ge '{MONTHS}' and resourceGroupName eq 'none'") == []


def test_events_come_in_pages_with_the_columns_asked_for(bad: Tenant, bad_arm: Asker) -> None:
    bad.page_size = 1
    found = bad_arm.rows(EVENTS, filter=f"eventTimestamp ge '{MONTHS}'", select="operationName,status")
    assert [sorted(one) for one in found] == [["operationName", "status"]] * 3


@pytest.mark.parametrize(
    "condition", ["", "eventTimestamp ge 'yesterday'", f"eventTimestamp ge '{MONTHS}' or x", "status eq 'a'"]
)
def test_a_filter_that_is_not_understood_is_refused_in_capitals(arm: Asker, condition: str) -> None:
    answer = arm.ask(EVENTS, filter=condition)
    assert (answer.status, answer.json["Code"]) == (400, "BadRequest")


def test_what_is_older_than_90_days_is_refused_as_recorded(arm: Asker) -> None:
    old = (NOW - timedelta(days=91)).isoformat()
    answer = arm.ask(EVENTS, filter=f"eventTimestamp ge '{old}'")
    assert (answer.status, answer.json) == (400, recorded("activity-log-400-older-than-90-days.json"))
