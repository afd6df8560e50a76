"""Event logs given by hand."""

from pathlib import Path

import pytest

from sfharden.errors import InputError
from sfharden.model import org
from sfharden.sources.events import files
from sfharden.sources.events.files import read_event_files
from tests.sources.events.kit import total, total_csv


def written(folder: Path, data: bytes, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_files_are_counted_together_and_one_given_twice_once(tmp_path: Path) -> None:
    one, other = written(tmp_path, total_csv(total())), written(tmp_path, total_csv(total()), "b.bin")
    events, gaps = read_event_files([one, other, one])
    assert [group.times for group in events.groups] == [2]
    assert {period.kind for period in events.periods} == {org.REQUESTS}
    assert len(events.periods) == 2
    assert gaps == ()


def test_a_log_that_breaks_off_is_kept_with_a_gap(tmp_path: Path) -> None:
    events, gaps = read_event_files([written(tmp_path, total_csv(total()) + b"\xff\n")])
    assert [group.times for group in events.groups] == [1]
    assert {gap.kind for gap in gaps} == {org.REQUESTS, org.LOGIN_EVENTS}
    assert gaps[0].reason == "from line 3 on it can't be read"


def test_a_large_file_is_grouped_on_disk_where_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_LARGE", 0)
    events, gaps = read_event_files([written(tmp_path, total_csv(total(), total()))])
    assert [group.times for group in events.groups] == [2]
    assert gaps == ()


@pytest.mark.parametrize(("name", "words"), [("gone", "no event log at"), (".", "no regular file")])
def test_what_is_no_file_is_named(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_event_files([tmp_path / name])
