"""A report on a file doesn't look like one on a running org; what is said of it fits the screen and is harmless."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sfharden.model.results import AzureOrigin
from sfharden.model.snapshot import Source
from sfharden.report.source_words import azure_words, commit_words, has_org, snapshot_words, source_lines
from sfharden.text.wrapping import display_width
from tests.orgs import healthy
from tests.orgs.files import CONNECTED

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


def test_the_azure_side_says_what_it_was_read_from_and_no_org_is_made_up() -> None:
    read = datetime(2026, 11, 28, 9, tzinfo=UTC)
    report = healthy.report(CONNECTED)
    live = report.model_copy(update={"azure": AzureOrigin(source="live", cloud="AzureCloud", taken_at=read)})
    assert azure_words(live) == "live, AzureCloud, read 2026-11-28 09:00 UTC"
    saved = report.model_copy(update={"azure": AzureOrigin(source="answers\x1b[2J/")})
    assert "\x1b" not in azure_words(saved)
    assert azure_words(saved).startswith("saved answers: answers")
    assert azure_words(report) == ""
    assert not has_org(Source(kind="azure", name="x"))
    assert not has_org(Source(kind="snapshot", name="x", origin="azure"))
    assert has_org(Source(kind="files", name="x"))
