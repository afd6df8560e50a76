"""Places to write to: looked at before anything is read, written through where they are open, never a device replaced."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from sfharden.errors import InputError, NoVerdictError
from sfharden.files.output_file import write_private
from sfharden.files.output_place import OutputPlace, place_of, refuse_place, require_stdout

ROOT: Final = Path(__file__).resolve().parents[2]
POSIX: Final = pytest.mark.skipif(sys.platform == "win32", reason="descriptors have no names on Windows")
LINUX: Final = pytest.mark.skipif(sys.platform != "linux", reason="open files are named so on Linux only")
ROOT_USER: Final = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)


# Standard output by all its names ---------------------------------------------------------------


@POSIX
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "link", "links/to/it", "folder/stdout"])
def test_every_name_of_an_open_file_leads_to_its_number(tmp_path: Path, name: str) -> None:
    (tmp_path / "link").symlink_to("/dev/stdout")
    (tmp_path / "links").mkdir()
    (tmp_path / "links/to").symlink_to(tmp_path / "folder")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/it").symlink_to("../link")
    (tmp_path / "folder/stdout").symlink_to("/dev/fd/1")
    assert place_of(tmp_path / name) == OutputPlace(1, in_place=True)


@LINUX
@pytest.mark.parametrize(
    "name",
    ["/proc/self/fd/7", "/proc/thread-self/fd/7", "/proc/{me}/fd/7", "/proc/self/../self/fd/7"],
)
def test_linux_has_more_names(name: str) -> None:
    assert place_of(Path(name.format(me=os.getpid()))) == OutputPlace(7, in_place=True)


@LINUX
def test_what_another_process_has_open_is_no_file_to_replace() -> None:
    assert place_of(Path("/proc/1/fd/1")) == OutputPlace(None, in_place=True)


def test_a_file_of_its_own_is_replaced_and_so_is_a_link_to_one(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("x")
    assert place_of(tmp_path / "there") == place_of(tmp_path / "not-there") == OutputPlace()


@POSIX
def test_links_in_a_circle_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert place_of(tmp_path / "a") == OutputPlace()


# Looked at before anything is read --------------------------------------------------------------


def closed_number() -> int:
    first, second = os.pipe()
    os.close(first)
    os.close(second)
    return second


def read_only() -> int:
    return os.open(os.devnull, os.O_RDONLY)


@POSIX
@pytest.mark.parametrize("descriptor", [closed_number, read_only])
def test_an_open_file_that_takes_nothing_is_refused(descriptor: Callable[[], int]) -> None:
    with pytest.raises(NoVerdictError, match="can't be written"):
        refuse_place(Path(f"/dev/fd/{descriptor()}"))


@pytest.mark.parametrize("name", ["folder", "no/such/file", "file/below", "a\0b", "x" * 5000 + "/y"])
def test_a_place_that_could_not_be_written_to_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    with pytest.raises(NoVerdictError, match="can't be written"):
        refuse_place(tmp_path / name)
    with pytest.raises(NoVerdictError, match="can't be written"):
        write_private(tmp_path / name, "x")


@POSIX
@ROOT_USER
def test_a_folder_that_may_not_be_written_in_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(NoVerdictError):
        refuse_place(tmp_path / "file")


def test_a_file_that_must_stay_is_refused_and_one_that_may_go_is_not(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("x")
    refuse_place(there)
    refuse_place(tmp_path / "new", replace=False)
    with pytest.raises(InputError, match="is there already"):
        refuse_place(there, replace=False)
    assert [one.name for one in tmp_path.iterdir()] == ["there"]


@pytest.mark.parametrize("gone", [None, "closed"])
def test_standard_output_that_is_closed_is_refused(
    monkeypatch: pytest.MonkeyPatch, gone: str | None, tmp_path: Path
) -> None:
    stream = (tmp_path / "x").open("w")
    stream.close()
    monkeypatch.setattr(sys, "stdout", stream if gone else None)
    with pytest.raises(NoVerdictError, match="no standard output"):
        require_stdout()
    with pytest.raises(NoVerdictError, match="no standard output"):
        refuse_place(Path("-"))


@POSIX
def test_what_has_the_number_of_a_closed_standard_output_is_not_written_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(NoVerdictError):
        refuse_place(Path("/dev/fd/1"))
    with pytest.raises(NoVerdictError):
        write_private(Path("/dev/fd/1"), "secret")


# Full disks -------------------------------------------------------------------------------------
