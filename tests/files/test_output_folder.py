"""Folders that are written whole or not at all, for their owner only, and over nothing of anybody's."""

import stat
from pathlib import Path

import pytest

from sfharden.errors import InputError, NoVerdictError
from sfharden.files.output_folder import refuse_folder, write_private_folder

FILES = {"a": b"1", "sub/b": b"\xff"}


def never(_: Path) -> bool:
    return False


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_written_is_the_owners_only(tmp_path: Path) -> None:
    write_private_folder(tmp_path / "out", FILES, never)
    assert (tmp_path / "out/sub/b").read_bytes() == b"\xff"
    assert [mode(tmp_path / one) for one in ("out", "out/sub", "out/a", "out/sub/b")] == [
        0o700,
        0o700,
        0o600,
        0o600,
    ]
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_and_one_of_ours_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write_private_folder(tmp_path / "out", FILES, never)
    write_private_folder(tmp_path / "out", {"c": b"2"}, lambda _: True)
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["c"]
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_what_is_somebody_elses_stays(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine").write_bytes(b"x")
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "out")
    for name in ("out", "file", "link"):
        with pytest.raises(InputError, match="is no former plan"):
            write_private_folder(tmp_path / name, FILES, never)
    with pytest.raises(InputError):  # a link is refused even to a former plan
        write_private_folder(tmp_path / "link", FILES, lambda _: True)
    assert (tmp_path / "out/mine").read_bytes() == b"x"


@pytest.mark.parametrize("name", ["missing/out", "bad\0name"])
def test_what_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoVerdictError, match="can't be written"):
        write_private_folder(tmp_path / name, FILES, never)
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_halfway_leaves_the_old_folder(tmp_path: Path) -> None:
    write_private_folder(tmp_path / "out", FILES, never)
    with pytest.raises(NoVerdictError):
        write_private_folder(tmp_path / "out", {"x": b"", "x/y": b""}, lambda _: True)
    assert (tmp_path / "out/a").read_bytes() == b"1"
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_whose_folder_it_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine", "utf-8")
    with pytest.raises(InputError, match="is no former folder of `sentinel`"):
        refuse_folder(tmp_path, never, "folder of `sentinel`")
