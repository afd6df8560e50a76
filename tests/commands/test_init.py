"""`sfharden init`: an integration file from what was found, which passes nothing by itself."""

import json
from pathlib import Path

import pytest

from tests.orgs.files import HEALTHY, write

from .kit import Run


@pytest.fixture
def org(tmp_path: Path) -> Path:
    return write(HEALTHY, tmp_path / "org")


def test_init_writes_a_file_that_check_accepts_and_that_passes_nothing_by_its_placeholders(
    run: Run, org: Path, tmp_path: Path
) -> None:
    path = tmp_path / "i.yaml"
    code, _, err = run("init", "--source", org, "-o", path)
    assert code == 0
    first, second = err.splitlines()
    assert first.endswith("Edit what is marked, then:")
    assert second.startswith("  sfharden check --source ")
    code, out, _ = run("check", "--source", org, "-i", path, "-f", "json")
    assert code == 1
    results = {one["control"]: one["status"] for one in json.loads(out)["results"]}
    assert results["login-ranges-cover-egress"] != "pass"
    assert results["login-ranges-keep-operator-way-in"] == "fail"
    assert run("init", "--source", org, "-o", path)[0] == 2
    assert run("init", "--source", org, "-o", path, "--force")[0] == 0


def test_a_file_that_is_there_is_not_replaced_unless_told_to(run: Run, org: Path, tmp_path: Path) -> None:
    path = tmp_path / "i.yaml"
    path.write_text("mine", "utf-8")
    code, out, err = run("init", "--source", org, "-o", path)
    assert (code, out) == (2, "")
    assert "--force" in err
    assert path.read_text("utf-8") == "mine"
    assert run("init", "--source", org, "-o", path, "--force")[0] == 0
    assert path.read_text("utf-8") != "mine"


def test_of_an_org_without_apps_a_start_is_written_all_the_same(run: Run, tmp_path: Path) -> None:
    path, empty = tmp_path / "i.yaml", tmp_path / "empty"
    empty.mkdir()
    assert run("init", "--source", empty, "-o", path)[0] == 0
    assert "integrations:" in path.read_text("utf-8")
