"""`sfharden snapshot`: a private file that gives the same verdicts later."""

import json
import stat
from pathlib import Path

import pytest

from tests.orgs.constants import INTEGRATION_YAML as INTEGRATION
from tests.orgs.files import HEALTHY, write

from .kit import Run


@pytest.fixture
def org(tmp_path: Path) -> Path:
    return write(HEALTHY, tmp_path / "org")


@pytest.fixture
def integration(tmp_path: Path) -> Path:
    path = tmp_path / "integration.yaml"
    path.write_text(INTEGRATION, "utf-8")
    return path


def test_a_snapshot_gives_the_same_verdicts_and_is_private(
    run: Run, org: Path, integration: Path, tmp_path: Path
) -> None:
    path = tmp_path / "s.json"
    assert run("snapshot", "--source", org, "-o", path)[0] == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    direct = json.loads(run("check", "--source", org, "-i", integration, "-f", "json")[1])
    stored = json.loads(run("check", "--snapshot", path, "-i", integration, "-f", "json")[1])
    assert (direct.pop("source")["kind"], stored["source"]["kind"]) == ("files", "snapshot")
    source = stored.pop("source")
    assert (source["origin"], source["file"], source["signed"]) == ("files", str(path), False)
    assert direct == stored


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"schema":"sfharden.snapshot/9"}', "\x00"])
def test_what_is_no_snapshot_is_refused(run: Run, tmp_path: Path, content: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(content, "utf-8")
    assert run("check", "--snapshot", path)[0] == 2


def test_a_snapshot_of_which_something_was_not_read_is_incomplete(
    run: Run, org: Path, tmp_path: Path
) -> None:
    (org / "broken.profile").write_text("<Profile>", "utf-8")
    code, out, err = run("snapshot", "--source", org, "-o", tmp_path / "s.json")
    assert (code, out) == (4, "")
    assert "1 not read" in err
    assert "broken.profile" in (tmp_path / "s.json").read_text("utf-8")


def test_a_snapshot_holds_no_secret_of_the_files(run: Run, org: Path, tmp_path: Path) -> None:
    run("snapshot", "--source", org, "-o", tmp_path / "s.json")
    kept = (tmp_path / "s.json").read_text("utf-8")
    assert not any(secret in kept for secret in ("HUSH-HUSH", "3MVG9SECRETLIKE"))


def test_a_snapshot_of_a_snapshot_is_the_same(run: Run, org: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    run("snapshot", "--source", org, "-o", first)
    assert run("snapshot", "--snapshot", first, "-o", second)[0] == 0
    assert first.read_bytes() == second.read_bytes()
