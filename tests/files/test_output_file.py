"""Files that are written whole or not at all, and what is open or no file, which is written to where it is."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from sfharden.errors import NoVerdictError
from sfharden.files import output_file
from sfharden.files.output_file import write_private
from sfharden.files.output_folder import write_private_folder
from sfharden.files.output_place import OutputPlace, refuse_place

ROOT: Final = Path(__file__).resolve().parents[2]
POSIX: Final = pytest.mark.skipif(sys.platform == "win32", reason="descriptors have no names on Windows")
LINUX: Final = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")


@POSIX
def test_a_file_is_its_owners_alone_and_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "Zürich 🔒\n")
    assert path.read_bytes() == "Zürich 🔒\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["report"]


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
