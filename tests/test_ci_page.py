"""What docs/ci.md shows is a file of its forge, and its commands run on the files of the embedded org."""

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sfharden.report.form_registry import FORMS
from tests.conftest import Run
from tests.published import against_junit, against_ocsf, against_sarif

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/ci.md").read_text("utf-8")
SAMPLE = ROOT / "sfharden" / "demo" / "sample"


def block(title: str, language: str) -> str:
    found = re.search(rf"^## {title}\n(?:(?!^## ).*\n)*?```{language}\n((?:.*\n)*?)```", PAGE, re.MULTILINE)
    assert found, title
    return found[1]


def texts(value: Any) -> Iterator[str]:
    """Every text of a YAML file, wherever it stands."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)


def commands_of(title: str) -> list[list[str]]:
    """The words after `sfharden` of each command that a forge would run."""
    found = [
        shlex.split(one)[1:]
        for one in texts(yaml.safe_load(block(title, "yaml")))
        if one.startswith("sfharden ")
    ]
    assert found
    return found


def shell(title: str) -> list[list[str]]:
    return [shlex.split(line)[1:] for line in block(title, "sh").splitlines()]


@pytest.fixture
def baseline(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The embedded org's files with the baseline that the page makes of them."""
    shutil.copytree(SAMPLE, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    (words,) = shell("What is there already")
    assert run(*words)[0] == 1
    return tmp_path


def said_beside_files(err: str) -> list[str]:
    """What standard error says, but for which files were written, and the verdict beside them."""
    told = re.sub(r"(?:NOTHING NEW|HARDENED|NOT KNOWN|NOTHING FOUND)\b[^.]*\.[^.]*\.\n", "", err)
    return [line for line in told.splitlines() if not re.fullmatch(r"Wrote [\w.]+\.", line)]


@pytest.mark.parametrize("forge", ["GitHub Actions", "Azure Pipelines", "GitLab", "pre-commit"])
def test_a_pipeline_is_green_until_a_change_is_bad(run: Run, baseline: Path, forge: str) -> None:
    for words in commands_of(forge):
        code, _, err = run(*words)
        assert (code, said_beside_files(err)) == (0, [])
        flows = next(Path("force-app").rglob("OauthOidc.settings*"))
        good = flows.read_text("utf-8")
        flows.write_text(good.replace("UsrAgtFlow>true", "UsrAgtFlow>false"), "utf-8")
        assert run(*words)[0] == 1
        flows.write_text(good, "utf-8")


def test_what_a_pipeline_takes_up_is_what_the_command_wrote(run: Run, baseline: Path) -> None:
    for forge in ("GitHub Actions", "Azure Pipelines", "GitLab"):
        for words in commands_of(forge):
            run(*words)
        named = [
            word
            for one in texts(yaml.safe_load(block(forge, "yaml")))
            for word in re.findall(r"sfharden\.[\w.]+", one)
        ]
        named = [one for one in named if not one.endswith((".git", ".whl"))]
        assert named
        assert all((baseline / one).is_file() for one in named)
    assert against_sarif((baseline / "sfharden.sarif").read_text("utf-8")) == []
    assert against_junit((baseline / "sfharden.junit.xml").read_text("utf-8")) == []


def test_the_night_s_commands_write_every_form(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    check, convert = shell("The org, once a night")
    assert run(*check)[0] == 1
    code, out, err = run(*convert)
    assert (code, out, said_beside_files(err)) == (0, "", [])
    assert against_ocsf(Path("report.ocsf.json").read_text("utf-8")) == []
    assert against_sarif(Path("report.sarif").read_text("utf-8")) == []
    assert against_junit(Path("report.junit.xml").read_text("utf-8")) == []


def test_the_page_has_every_form_with_its_endings() -> None:
    for form in FORMS:
        (row,) = re.findall(rf"^\| `{form.name}` \| (.*) \| .* \|$", PAGE, re.MULTILINE) or [""]
        own = [
            one
            for one in form.endings
            if (one == ".json" and form.name == "json") or one not in (".json", ".markdown")
        ]
        assert all(f"`{one}`" in row for one in own), form.name
