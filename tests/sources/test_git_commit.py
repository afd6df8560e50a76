"""Which commit is checked out: read from git's own files, never guessed, and no git is run."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sfharden.sources.git_commit import commit_of
from sfharden.sources.metadata_files import load_snapshot

HASH = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> Path:
    """A repository at a branch, with a folder of files in it."""
    (tmp_path / ".git/refs/heads").mkdir(parents=True)
    (tmp_path / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".git/refs/heads/main").write_text(f"{HASH}\n")
    (tmp_path / "force-app/profiles").mkdir(parents=True)
    (tmp_path / "force-app/a.zip").write_bytes(b"PK")
    return tmp_path


def test_it_is_found_from_any_folder_below(place: Path) -> None:
    for path in (place, place / "force-app", place / "force-app/profiles"):
        assert commit_of(path) == HASH
    assert load_snapshot(place / "force-app/profiles", "0").source.commit == HASH


def test_a_zip_is_not_what_is_checked_out(place: Path) -> None:
    assert commit_of(place / "force-app/a.zip") is None


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (HASH, HASH),
        ("a" * 64, "a" * 64),
        ("ref: refs/heads/gone", None),
        ("ref: refs/heads/../../../secret", None),
        ("ref: /etc/hostname", None),
        ("ref: refs/heads/a\nb", None),
        ("", None),
        ("x" * 40, None),
        ("\x00" * 40, None),
        ("ref: " + "refs/" + "y" * 300, None),
    ],
)
def test_what_names_no_commit_gives_none(place: Path, head: str, found: str | None) -> None:
    (place / "secret").write_text(HASH)
    (place / ".git/HEAD").write_text(head)
    assert commit_of(place) == found


def test_no_pipe_is_waited_for_and_nothing_large_or_odd_is_taken(place: Path) -> None:
    branch = place / ".git/refs/heads/main"
    branch.write_text(HASH + " " * 10_000)
    assert commit_of(place) is None
    branch.unlink()
    os.mkfifo(branch)
    assert commit_of(place) is None
    (place / ".git/HEAD").unlink()
    os.mkfifo(place / ".git/HEAD")
    assert commit_of(place) is None
    (place / ".git/HEAD").unlink()
    (place / ".git/HEAD").write_bytes(b"\xff\xfe")
    assert commit_of(place) is None


def test_branches_may_be_packed_and_shared(place: Path) -> None:
    (place / ".git/refs/heads/main").unlink()
    (place / ".git/packed-refs").write_text(
        f"# pack-refs\n{'b' * 40} refs/heads/mainly\n{HASH} refs/heads/main\n^{'c' * 40}\n"
    )
    assert commit_of(place) == HASH
    other = place / "worktree"
    other.mkdir()
    (place / ".git/worktrees/w").mkdir(parents=True)
    (place / ".git/worktrees/w/HEAD").write_text("ref: refs/heads/main\n")
    (place / ".git/worktrees/w/commondir").write_text("../..\n")
    (other / ".git").write_text("gitdir: ../.git/worktrees/w\n")
    assert commit_of(other) == HASH


def test_without_a_repository_there_is_none(tmp_path: Path) -> None:
    assert commit_of(tmp_path) is None
    assert commit_of(tmp_path / "gone") is None
    assert commit_of(Path("a\0b")) is None


@pytest.mark.skipif(not shutil.which("git"), reason="git is not here")
def test_git_says_the_same(tmp_path: Path) -> None:
    git = [str(shutil.which("git")), "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@x.example"]
    for words in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "x"]):
        subprocess.run(
            [*git, *words], check=True, env={"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}
        )
    said = subprocess.run(
        [*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()
    assert commit_of(tmp_path) == said
    subprocess.run([*git, "pack-refs", "--all"], check=True)
    assert commit_of(tmp_path) == said
