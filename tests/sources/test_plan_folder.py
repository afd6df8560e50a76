"""A plan that was written before: recognised by all it is made of, and its package believed only as it was written."""

import os
from pathlib import Path

import pytest

from sfharden.errors import InputError, NoVerdictError
from sfharden.plan.package import all_files
from sfharden.plan.planner import PlanResult
from sfharden.plan.steps import Commands
from sfharden.sources.plan_folder import is_former_plan, load_plan, read_plan_folder
from tests.plan.kit import everything_bad, planned, write


@pytest.fixture(name="result")
def _result() -> PlanResult:
    return planned(everything_bad())


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, result: PlanResult) -> Path:
    return write(tmp_path / "plan", all_files(result, Commands("plan")))


def test_a_plan_is_read_again_as_it_was_written(folder: Path, result: PlanResult) -> None:
    assert is_former_plan(folder)
    plan = load_plan(folder)
    assert plan == result.plan
    assert read_plan_folder(folder) == all_files(result, Commands("plan"))


def test_a_folder_with_anything_of_somebody_s_is_no_plan_of_ours(folder: Path) -> None:
    (folder / "notes.txt").write_text("mine")
    assert not is_former_plan(folder)


def test_an_empty_folder_is_no_plan(tmp_path: Path) -> None:
    assert not is_former_plan(tmp_path)


@pytest.mark.parametrize("content", ["", "{}", "[]", "[" * 100_000, '{"schema": "sfharden.plan/2"}', "\x00"])
def test_what_is_no_plan_is_refused(folder: Path, content: str) -> None:
    (folder / "plan.json").write_text(content)
    assert not is_former_plan(folder)
    with pytest.raises(InputError, match="There is no plan in"):
        load_plan(folder)


def test_a_folder_that_is_not_there_or_can_not_be_looked_at_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "gone", tmp_path / ("x" * 300), tmp_path / "a\0b"):
        with pytest.raises(InputError):
            load_plan(path)


@pytest.mark.parametrize("name", ["package.xml", "README.md", "plan.json", "rollback/package.xml"])
@pytest.mark.parametrize("swap", ["link", "pipe", "loose link", "folder", "link to a folder"])
def test_what_is_no_regular_file_is_refused_and_not_waited_for(folder: Path, name: str, swap: str) -> None:
    path = folder / name if (folder / name).exists() else folder / "package" / name
    elsewhere = path.rename(folder.parent / "elsewhere")
    if swap == "link":
        path.symlink_to(elsewhere)
    elif swap == "loose link":
        path.symlink_to(folder.parent / "gone")
    elif swap == "link to a folder":
        path.symlink_to(folder.parent, target_is_directory=True)
    elif swap == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    with pytest.raises(NoVerdictError, match="The plan was changed"):
        read_plan_folder(folder)


def test_a_folder_that_is_a_link_itself_or_gone_is_refused(folder: Path) -> None:
    link = folder.with_name("link")
    link.symlink_to(folder, target_is_directory=True)
    for path in (link, folder.with_name("gone"), Path("a\0b")):
        with pytest.raises(NoVerdictError):
            read_plan_folder(path)


def test_a_folder_within_that_is_a_link_is_refused(folder: Path) -> None:
    moved = (folder / "package").rename(folder.parent / "moved")
    (folder / "package").symlink_to(moved, target_is_directory=True)
    with pytest.raises(NoVerdictError, match="a link"):
        read_plan_folder(folder)
