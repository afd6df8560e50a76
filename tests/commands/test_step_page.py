"""The page of a GitHub step: written behind what is there, only for `-f github`, and looked at first."""

from pathlib import Path

import pytest

from sfharden.commands.step_page import VARIABLE
from tests.orgs.files import HEALTHY, write

from .kit import Run


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(HEALTHY, tmp_path / "org")


def test_the_page_is_added_to(
    run: Run, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text("Before.\n")
    monkeypatch.setenv(VARIABLE, str(page))
    run("check", "--source", source)
    assert page.read_text() == "Before.\n"
    _, out, _ = run("check", "--source", source, "-f", "github")
    assert page.read_text("utf-8").startswith("Before.\n# sfharden\n")
    assert "::notice title=sfharden::" in out
    run("apps", "--source", source, "-f", "github")
    assert page.read_text("utf-8").count("# sfharden\n") == 2


def test_a_page_that_cannot_be_written_is_told_before_anything_is_read(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none" / "page.md"))
    code, out, err = run("check", "--source", tmp_path / "no such folder", "-f", "github")
    assert (code, out) == (3, "")
    assert "can't be written" in err
