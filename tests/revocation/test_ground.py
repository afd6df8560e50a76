"""What a journal rests on is looked at first: the system, the folder, and that no other journal is there."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from sfharden.errors import InputError, NoVerdictError
from sfharden.revocation.ground import refuse_ground, refuse_system


def test_a_folder_that_keeps_what_it_is_told_is_left_as_it_was(tmp_path: Path) -> None:
    refuse_ground(tmp_path / "journal", None)
    assert list(tmp_path.iterdir()) == []


def test_without_a_name_it_is_the_folder_one_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    refuse_ground(None, None)
    refuse_ground(Path("journal"), None)


@pytest.mark.parametrize("name", ["no/such/journal", "file/journal", "a" * 300 + "/journal"])
def test_a_folder_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(NoVerdictError, match="No journal can be kept in"):
        refuse_ground(tmp_path / name, None)


def test_a_journal_that_is_there_is_refused_at_once_and_stays(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("precious")
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("there", "link"):
        with pytest.raises(InputError, match="is there already"):
            refuse_ground(tmp_path / name, None)
    assert (tmp_path / "there").read_text() == "precious"


def test_one_that_is_taken_up_is_looked_at_by_who_takes_it_up(tmp_path: Path) -> None:
    refuse_ground(None, tmp_path / "no/such/journal")


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOLCK, "on a local disk"), (errno.ENOTSUP, "on a local disk"), (errno.ENOSPC, "Make room")],
)
@pytest.mark.parametrize("call", ["flock", "fsync"])
def test_a_disk_that_does_not_lock_or_keep_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, words: str
) -> None:
    def fails(*_: object) -> None:
        raise OSError(number, "made up")

    monkeypatch.setattr(fcntl if call == "flock" else os, call, fails)
    with pytest.raises(NoVerdictError, match="nothing was read and nothing revoked") as caught:
        refuse_ground(tmp_path / "journal", None)
    assert words in caught.value.hint
    assert ("the disk is full" in caught.value.message) is (number == errno.ENOSPC)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["fchmod", "fsync", "pread", "ftruncate"])
def test_a_system_without_what_it_takes_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    refuse_system()
    monkeypatch.delattr(os, name)
    with pytest.raises(NoVerdictError, match="can't lock a journal"):
        refuse_system()
