"""Files of ours: their owner's only, whole or not at all, and never in the place of a device."""

import errno
import io
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from sfharden.errors import InputError, NoVerdictError
from sfharden.files import output_file
from sfharden.files.output_file import append_text, write_output, write_private
from sfharden.files.output_folder import write_private_folder
from sfharden.files.output_place import OutputPlace, refuse_place

ROOT: Final = Path(__file__).resolve().parents[2]
POSIX: Final = pytest.mark.skipif(sys.platform == "win32", reason="descriptors have no names on Windows")
LINUX: Final = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")


def test_a_file_is_its_owner_s_only_and_in_utf_8(tmp_path: Path) -> None:
    write_private(tmp_path / "out", "Größe\n営業\n")
    assert (tmp_path / "out").read_bytes() == "Größe\n営業\n".encode()
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o600


def test_a_file_of_others_rights_is_replaced_by_one_of_its_owner_s(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("old")
    (tmp_path / "out").chmod(0o644)
    write_private(tmp_path / "out", "new")
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o600


@pytest.mark.parametrize("link", [False, True])
def test_what_is_there_stays_unless_it_may_be_replaced(tmp_path: Path, link: bool) -> None:
    path = tmp_path / "out"
    if link:
        path.symlink_to(tmp_path / "nowhere")
    else:
        path.write_text("old")
    with pytest.raises(InputError, match="is there already"):
        write_private(path, "new", replace=False)
    assert not (tmp_path / "nowhere").exists()
    assert link or path.read_text() == "old"


def test_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "out").symlink_to(tmp_path / "mine")
    write_private(tmp_path / "out", "new")
    assert (tmp_path / "mine").read_text() == "mine"
    assert (tmp_path / "out").read_text() == "new"


@pytest.mark.parametrize("name", ["gone/out", "bad\0name", "x" * 300])
def test_what_can_not_be_written_is_said_and_nothing_is_left(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoVerdictError, match="can't be written"):
        write_private(tmp_path / name, "text")
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_halfway_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "out").write_text("old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoVerdictError):
        write_private(tmp_path / "out", "new")
    assert [one.name for one in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_text() == "old"


def test_a_text_that_utf_8_can_not_hold_is_no_crash(tmp_path: Path) -> None:
    with pytest.raises(NoVerdictError):
        write_private(tmp_path / "out", "\ud800")
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    write_private(pipe, "text")
    reader.join()
    assert got == ["text"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_folder_is_no_place_for_a_file(tmp_path: Path) -> None:
    with pytest.raises(NoVerdictError, match="can't be written"):
        write_private(tmp_path, "text")


def test_a_hostile_name_speaks_to_no_terminal(tmp_path: Path) -> None:
    with pytest.raises(NoVerdictError) as refused:
        write_private(tmp_path / "gone" / "a\x1b[2J", "text")
    assert refused.value.message.isprintable()


# Standard output -------------------------------------------------------------------------------


def test_standard_output_takes_what_its_encoding_can(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    write_output("a\u55b6b", None)
    assert narrow.buffer.getvalue() == b"a?b"


def test_without_standard_output_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(NoVerdictError, match="no standard output"):
        write_output("text", None)
    write_output("text", tmp_path / "out")
    assert (tmp_path / "out").read_text() == "text"


# What is open already, and full disks ---------------------------------------------------------


@POSIX
def test_a_link_that_leads_to_an_open_file_is_written_through(tmp_path: Path) -> None:
    """A link of our own, made like /dev/stdout; the file behind it keeps what it has, and its end is where we go on."""
    link, target = tmp_path / "stdout", tmp_path / "out.txt"
    link.symlink_to("/dev/fd/1")
    code = (
        "import sys; from pathlib import Path; from sfharden.files.output_file import write_private;"
        "print('before'); write_private(Path(sys.argv[1]), 'report\\n'); print('after')"
    )
    with target.open("a") as stream:
        stream.write("kept\n")
        stream.flush()
        subprocess.run([sys.executable, "-c", code, str(link)], cwd=ROOT, stdout=stream, check=True)
    assert link.is_symlink()
    assert target.read_text() == "kept\nbefore\nreport\nafter\n"


@POSIX
def test_a_pipe_and_a_device_are_written_to_and_stay(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    refuse_place(pipe)
    write_private(pipe, "report")
    assert os.read(reader, 100) == b"report"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    write_private(Path("/dev/null"), "x")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_dash_is_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_private(Path("-"), "report\n")
    assert capsys.readouterr().out == "report\n"
    assert list(tmp_path.iterdir()) == []


@POSIX
def test_a_file_that_was_put_in_a_pipes_place_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("theirs")
    monkeypatch.setattr(output_file, "place_of", lambda _: OutputPlace(in_place=True))
    with pytest.raises(NoVerdictError, match="can't be written"):
        write_private(victim, "ours")
    assert victim.read_text() == "theirs"


@pytest.mark.parametrize(
    ("number", "told"),
    [(errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EIO, False), (errno.EACCES, False)],
)
def test_a_full_disk_is_called_full_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: bool
) -> None:
    def sync(_: int) -> None:
        raise OSError(number, "made up")

    monkeypatch.setattr(os, "fsync", sync)
    (tmp_path / "there").write_text("old")
    writes: tuple[Callable[[], None], ...] = (
        lambda: write_private(tmp_path / "there", "new"),
        lambda: write_private_folder(tmp_path / "plan", {"README.md": b"x"}, lambda _: False),
    )
    for write in writes:
        with pytest.raises(NoVerdictError) as caught:
            write()
        assert ("the disk is full" in caught.value.message) is told
    assert [one.name for one in tmp_path.iterdir()] == ["there"]
    assert (tmp_path / "there").read_text() == "old"


@LINUX
def test_a_device_that_is_full_is_called_full() -> None:
    refuse_place(Path("/dev/full"))
    with pytest.raises(NoVerdictError, match="the disk is full"):
        write_private(Path("/dev/full"), "x")


def test_a_text_is_added_behind_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    append_text(path, "a\n")
    append_text(path, "é\n")
    assert path.read_bytes() == "a\né\n".encode()
    with pytest.raises(NoVerdictError, match="can't be written"):
        append_text(tmp_path, "x")
