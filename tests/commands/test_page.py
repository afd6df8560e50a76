"""The page that `check` and `report` write: of the untidy embedded org whole, of a saved report without what needs the run."""

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from sfharden.demo.sample import integration_path
from sfharden.report.simulate_table import WORDS

from .kit import Run

OF_THE_RUN = (
    'id="addresses"',
    'id="ways"',
    'id="tokens"',
    'id="apps"',
    "Calls made",
    "Why it matters",
    "To know it",
)


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


def test_who_gets_in_today_is_what_simulate_says(run: Run, tmp_path: Path) -> None:
    page, saved = tmp_path / "r.html", tmp_path / "s.json"
    run("check", "--demo", "-o", page)
    run("simulate", "--demo", "-i", integration_path(), "-o", saved)
    (simulated,) = json.loads(saved.read_text("utf-8"))["integrations"]
    words = {outcome.value: said for outcome, said in WORDS.items()}
    wanted = {row["id"]: words[row["before"]["outcome"]] for row in simulated["matrix"]}
    cells = re.findall(
        r'<td><a href="#way1-(.*?)">.*?</td><td><span class="chip .*?">(.*?)</span>', page.read_text("utf-8")
    )
    assert {name: unescape(said).lower() for name, said in cells} == wanted
    assert len(wanted) == 10


def test_apps_say_on_the_page_what_mending_would_break(run: Run, tmp_path: Path) -> None:
    page, saved = tmp_path / "apps.html", tmp_path / "apps.json"
    run("apps", "--demo", "-o", page, "-o", saved)
    text, apps = unescape(page.read_text("utf-8")), json.loads(saved.read_text("utf-8"))["apps"]
    told = [
        one["if_mended"]["text"] for app in apps for one in app["controls"].values() if "if_mended" in one
    ]
    assert told
    assert not [one for one in told if one not in text]
    assert text.count("<p>If mended: ") == len(told)


def test_other_forms_do_without_the_templates() -> None:
    words = "import sys; from sfharden.cli import main; main(['check', '--demo', '--quiet']); print('jinja2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("False\n")
