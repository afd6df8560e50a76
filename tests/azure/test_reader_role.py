"""The least role: what it allows is all that is asked, it changes nothing, and it can be given where the integration is."""

import json
from typing import Any

import pytest

from sfharden.azure.question_rights import right_of
from sfharden.azure.questions import QUESTIONS
from sfharden.azure.reader_role import EDIT_SUBSCRIPTION, reader_role
from sfharden.emulator.azure import story
from sfharden.emulator.azure.healthy import healthy_tenant
from sfharden.emulator.azure.tenant import Right
from sfharden.emulator.azure.untidy import untidy_tenant
from sfharden.model.azure import AzureEntry
from tests.sources.azure.live_kit import NOW, reading


def role(*entries: AzureEntry) -> dict[str, Any]:
    told = json.loads(reader_role(entries))
    assert isinstance(told, dict)
    return told


def test_it_reads_and_does_nothing_else() -> None:
    told = role()
    assert all(action.endswith("/read") for action in told["Actions"])
    assert [told[key] for key in ("NotActions", "DataActions", "NotDataActions")] == [[], [], []]
    assert told["IsCustom"] is True


def test_it_allows_every_question() -> None:
    right = Right("/", tuple(role()["Actions"]))
    assert [one.name for one in QUESTIONS if not right.allows(right_of(one))] == []


@pytest.mark.parametrize("make", [healthy_tenant, untidy_tenant])
def test_whoever_has_it_reads_what_a_reader_does(make: Any) -> None:
    tenant = make(NOW)
    with reading(tenant, story.SUBSCRIPTION) as one:
        by_reader = one.read([])
        tenant.rights[:] = [Right(story.SCOPE, tuple(role()["Actions"]))]
        by_role = one.read([])
    for what in ("resources", "lists", "absent", "gaps"):
        assert getattr(by_role, what) == getattr(by_reader, what)


def test_it_is_given_in_the_subscriptions_that_are_named() -> None:
    entries = (
        AzureEntry(workflows=(story.WORKFLOW, "sync"), connections=(story.CONNECTION.upper(),)),
        AzureEntry(subscription=f"/subscriptions/{story.LOG_SUBSCRIPTION}"),
    )
    assert role(*entries)["AssignableScopes"] == [story.SCOPE, f"/subscriptions/{story.LOG_SUBSCRIPTION}"]
    assert role(AzureEntry(workflows=("sync",)))["AssignableScopes"] == [EDIT_SUBSCRIPTION]
