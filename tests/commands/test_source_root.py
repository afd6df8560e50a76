"""Where files stand in their repository: below `.git`, or below what was said; a zip's stand in none."""

from pathlib import Path

import pytest

from sfharden.commands.source_root import folder_of
from sfharden.errors import UsageError


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "repo" / "sub" / "force-app"
    folder.mkdir(parents=True)
    return folder


def test_the_root_is_where_git_is(source: Path, tmp_path: Path) -> None:
    (tmp_path / "repo" / ".git").mkdir()
    assert folder_of(source, None) == "sub/force-app"
    assert folder_of(tmp_path / "repo", None) == ""
    (source / "a.profile").write_text("x")
    assert folder_of(source / "a.profile", None) == "sub/force-app"


def test_a_worktree_has_a_file_there(source: Path) -> None:
    (source.parent / ".git").write_text("gitdir: elsewhere")
    assert folder_of(source, None) == "force-app"


def test_what_was_said_wins(source: Path, tmp_path: Path) -> None:
    (tmp_path / "repo" / ".git").mkdir()
    assert folder_of(source, source.parent) == "force-app"
    assert folder_of(source, source) == ""
    with pytest.raises(UsageError, match="not below"):
        folder_of(source.parent, source)


def test_without_git_the_working_folder_is_the_root(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert folder_of(Path("repo/sub/force-app"), None) == "repo/sub/force-app"
    monkeypatch.chdir(source)
    assert folder_of(source.parent, None) == ""


def test_a_zip_and_an_org_stand_in_no_repository(tmp_path: Path) -> None:
    assert folder_of(tmp_path / "a.zip", None) is None
    assert folder_of(None, None) is None
    assert folder_of(tmp_path / ("x" * 5000), None) is None
    with pytest.raises(UsageError, match="goes with --source"):
        folder_of(None, tmp_path)
