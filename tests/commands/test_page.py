"""The page that `check` and `report` write: of the untidy embedded org whole, of a saved report without what needs the run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .kit import Run

OF_THE_RUN = ('id="addresses"', 'id="tokens"', 'id="apps"', "Calls made", "Why it matters", "To know it")


def test_check_writes_the_whole_page_and_the_same_each_time(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795500000")
    first, second = tmp_path / "a.html", tmp_path / "b.html"
    assert run("check", "--demo", "-o", first)[:2] == (1, "")
    assert run("check", "--demo", "-o", second)[0] == 1
    text = first.read_text("utf-8")
    assert text == second.read_text("utf-8")
    assert not [part for part in (*OF_THE_RUN, 'id="checklist"') if part not in text]
    assert "<h1>Not hardened</h1>" in text


def test_a_saved_report_gives_the_same_verdict_and_no_pictures(run: Run, tmp_path: Path) -> None:
    saved, whole, later = tmp_path / "r.json", tmp_path / "whole.html", tmp_path / "later.html"
    run("check", "--demo", "-o", saved, "-o", whole)
    assert run("report", saved, "-o", later)[0] == 0
    text = later.read_text("utf-8")
    assert not [part for part in OF_THE_RUN if part in text]
    head = re.compile("<header.*?</header>", re.S)
    assert head.findall(text) == head.findall(whole.read_text("utf-8"))


def test_other_forms_do_without_the_templates() -> None:
    words = "import sys; from sfharden.cli import main; main(['check', '--demo', '--quiet']); print('jinja2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("False\n")
