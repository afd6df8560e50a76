"""The index: its lines, its moment, and what is no index."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sfharden.sources.azure.asked import AskedFile, asked_of
from sfharden.sources.azure.files import JsonFile

LINE = {
    "path": "/subscriptions/s",
    "query": "",
    "file": "x~1.json",
    "stderr_file": "x~1.err",
    "exit_status": 0,
}
INDEX: dict[str, Any] = {
    "sfharden_azure_answers": 1,
    "at": "2026-11-28T12:00:00+00:00",
    "cloud": "AzureCloud",
    "asked": [LINE],
}


def test_an_index_tells_what_was_asked_when_and_where() -> None:
    found = asked_of(JsonFile("answers/asked.json", INDEX))
    assert found
    assert found.entries == (AskedFile("/subscriptions/s", "", "x~1.json", "x~1.err", 0),)
    assert (found.at, found.cloud) == (datetime(2026, 11, 28, 12, tzinfo=UTC), "AzureCloud")
    assert found.named("x~1.json") == "answers/x~1.json"


@pytest.mark.parametrize("at", ["", "yesterday", None])
def test_a_moment_that_is_none_is_not_made_up(at: Any) -> None:
    found = asked_of(JsonFile("asked.json", {**INDEX, "at": at}))
    assert found
    assert found.at is None
    assert found.named("x") == "x"


@pytest.mark.parametrize(
    "line", [7, {}, {**LINE, "exit_status": "0"}, {**LINE, "path": ""}, {**LINE, "file": None}]
)
def test_a_line_that_says_nothing_is_passed_over(line: Any) -> None:
    found = asked_of(JsonFile("asked.json", {**INDEX, "asked": [line]}))
    assert found
    assert found.entries == ()


@pytest.mark.parametrize(
    "content", [None, [], {}, {"asked": [LINE]}, {"sfharden_azure_answers": 1, "asked": {}}]
)
def test_other_files_are_no_index_whatever_their_name(content: Any) -> None:
    assert asked_of(JsonFile("asked.json", content)) is None
