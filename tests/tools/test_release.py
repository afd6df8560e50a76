"""A release: whole, the same bytes from the same files wherever they lie, and nobody's leftovers in it."""

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from tools.lock import ROOT
from tools.release import EPOCH, SUMS, NoRelease, digest, epoch_of, release, unpacked

pytest.importorskip("hatchling")
WHEN = {EPOCH: "1790000000"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return release(ROOT, tmp_path_factory.mktemp("dist"), WHEN)


@pytest.fixture(scope="module")
def source(made: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(made[0], tmp_path_factory.mktemp("unpacked"))


def test_a_release_of_the_sdist_is_the_same_bytes(made: list[Path], source: Path, tmp_path: Path) -> None:
    again = release(source, tmp_path, WHEN)
    assert [one.name for one in again] == [one.name for one in made]
    assert [digest(one) for one in again] == [digest(one) for one in made]


def test_the_sdist_holds_every_file_of_the_repository(source: Path) -> None:
    git = shutil.which("git")
    if not git or not (ROOT / ".git").exists():
        pytest.skip("there is no git checkout here")
    held = {one.relative_to(source).as_posix() for one in source.rglob("*") if one.is_file()} - {"PKG-INFO"}
    assert listed(git) <= held <= listed(git, "--others")


def listed(git: str, *flags: str) -> set[str]:
    words = [git, "ls-files", "-z", "--cached", "--exclude-standard", *flags]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in done.stdout.split("\0") if name and (ROOT / name).exists()}


def test_the_wheel_holds_the_program_and_nothing_of_its_workshop(made: list[Path]) -> None:
    names = zipfile.ZipFile(made[1]).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {one.partition("-")[0] for one in tops} == {"sfharden"}
    assert any(name.endswith("data/share/man/man1/sfharden.1") for name in names)
    assert not any("__pycache__" in name or name.endswith(".pyc") for name in names)


def test_the_sums_are_those_of_the_files(made: list[Path]) -> None:
    *files, sums = made
    assert sums.name == SUMS
    lines = dict(line.split("  ")[::-1] for line in sums.read_text().splitlines())
    assert lines == {one.name: digest(one) for one in files}


def test_nothing_else_is_deleted_for_a_release(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(NoRelease, match=r"thesis\.txt"):
        release(ROOT, tmp_path, WHEN)
    assert (tmp_path / "thesis.txt").exists()


def test_without_a_commit_the_time_must_be_given(tmp_path: Path) -> None:
    with pytest.raises(NoRelease, match=EPOCH):
        epoch_of(tmp_path, {})
    assert epoch_of(tmp_path, WHEN) == 1790000000


@pytest.mark.skipif(not shutil.which("git"), reason="git is not here")
def test_a_checkout_that_differs_from_its_commit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [one for one in os.environ if one.startswith("GIT_")]:
        monkeypatch.delenv(name)
    git = [str(shutil.which("git")), "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@x.example"]
    subprocess.run([*git, "init", "-q"], check=True)
    (tmp_path / "file").write_text("one")
    subprocess.run([*git, "add", "file"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "x", "--date", "2026-01-01T00:00:00Z"], check=True)
    assert epoch_of(tmp_path, {}) > 1_700_000_000
    (tmp_path / "stray").touch()
    with pytest.raises(NoRelease, match="differs from its commit"):
        epoch_of(tmp_path, {})
