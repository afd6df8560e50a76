"""A plan that was written before: recognised by all it is made of, and its package believed only as it was written."""

import json
import shutil
from pathlib import Path

import pytest

from sfharden.errors import InputError
from sfharden.plan.package import all_files
from sfharden.plan.planner import PlanResult
from sfharden.plan.steps import Commands
from sfharden.sources.plan_folder import is_former_plan, load_package, load_plan
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
    package = load_package(folder, plan)
    assert set(package) == {"package.xml", *(one.member for one in plan.files)}
    assert package[plan.files[0].member] == (folder / "package" / plan.files[0].member).read_bytes()


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


def test_a_package_with_more_or_less_than_the_plan_wrote_is_refused(folder: Path) -> None:
    plan = load_plan(folder)
    extra = folder / "package" / "profiles" / "Extra.profile"
    extra.write_text("<Profile/>")
    with pytest.raises(InputError, match="not as the plan wrote it"):
        load_package(folder, plan)
    extra.unlink()
    (folder / "package" / plan.files[0].member).unlink()
    with pytest.raises(InputError, match="not as the plan wrote it"):
        load_package(folder, plan)
    shutil.rmtree(folder / "package")
    with pytest.raises(InputError):
        load_package(folder, plan)


@pytest.mark.parametrize("member", ["../outside", "profiles/../../outside", "/etc/hostname"])
def test_a_plan_that_names_a_file_outside_its_package_is_refused(folder: Path, member: str) -> None:
    told = json.loads((folder / "plan.json").read_text())
    told["files"][0]["member"] = member
    (folder / "plan.json").write_text(json.dumps(told))
    with pytest.raises(InputError, match="outside its package"):
        load_package(folder, load_plan(folder))
