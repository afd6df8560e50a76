"""A report on a file doesn't look like one on a running org; what is said of it fits the screen and is harmless."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sfharden.model.snapshot import Source
from sfharden.report.source_words import commit_words, snapshot_words, source_lines
from sfharden.text.wrapping import display_width

FILE = Source(
    kind="snapshot", origin="org", name="acme", file="s.json", age_days=1058, signed=False,
    taken_at=datetime(2024, 1, 5, 6, 7, tzinfo=UTC),
)  # fmt: skip


def test_a_snapshot_tells_file_time_age_and_that_nobody_signed_it() -> None:
    assert snapshot_words(FILE) == "file s.json, taken 2024-01-05 06:07 UTC, 1,058 days old, not signed"
    elsewhere = FILE.model_copy(
        update={"taken_at": datetime(2024, 1, 5, 6, 7, tzinfo=UTC).astimezone(timezone(timedelta(hours=9)))}
    )
    assert snapshot_words(elsewhere) == snapshot_words(FILE), "in UTC, as it says"
    undated = FILE.model_copy(update={"taken_at": None, "age_days": None})
    assert snapshot_words(undated) == "file s.json, it doesn't say when taken, of unknown age, not signed"


@pytest.mark.parametrize("kind", ["org", "demo", "files"])
def test_nothing_else_says_so(kind: str) -> None:
    source = Source.model_validate({"kind": kind, "name": "x"})
    assert snapshot_words(source) == commit_words(source) == ""
    assert list(source_lines(source, 10, 80)) == []


def test_a_commit_is_not_claimed_to_be_what_the_files_are() -> None:
    said = commit_words(Source(kind="files", name="x", commit="0123456789abcdef" * 4))
    assert said.startswith("0123456789ab is checked out")
    assert "isn't told" in said


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_and_hostile_names_do_nothing(width: int) -> None:
    source = FILE.model_copy(update={"file": "/a\x1b[2J\u202e" + "/long folder" * 12, "commit": "\x1b" * 40})
    lines = "\n".join(source_lines(source, 14, width)).splitlines()
    assert max(map(display_width, lines)) <= width
    assert "\x1b" not in "".join(lines)
    assert "\u202e" not in "".join(lines)
