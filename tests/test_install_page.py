"""What docs/install.md shows is there, and works on the files of the embedded org."""

import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from sfharden import __version__
from sfharden.cli import group, main

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/install.md").read_text("utf-8")
SAMPLE = ROOT / "sfharden" / "demo" / "sample"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.S)


def lines() -> list[list[str]]:
    return [shlex.split(line, comments=True) for block in blocks("sh") for line in block.splitlines()]


def commands() -> list[list[str]]:
    """The words after each `sfharden`, wherever it's installed or contained."""
    found = [
        words[index + 1 :]
        for words in lines()
        for index, word in enumerate(words)
        if word.endswith("/sfharden") or (word == "sfharden" and "-t" not in words)
    ]
    return [words for words in found if words]


def test_every_command_shown_is_one() -> None:
    assert len(commands()) >= 3
    for name, *words in commands():
        command = group.get_command(click.Context(group), name)
        assert command, name
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= known


def test_a_check_shown_ends_in_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SAMPLE, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    (check,) = [words for words in commands() if words[0] == "check"]
    assert main(check) == 1
    assert "app-admin-approved" in capsys.readouterr().out


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def test_the_pipelines_shown_give_what_is_asked_for() -> None:
    action, azure, hooks = (yaml.safe_load(block) for block in blocks("yaml"))
    inputs = load("action.yml")["inputs"]
    needed = {name for name, one in inputs.items() if one.get("required")}
    assert needed <= set(action[0]["with"]) <= set(inputs)
    *_, checkout, template = azure["steps"]
    parameters = {one["name"]: one for one in load("tools/azure-steps.yml")["parameters"]}
    needed = {name for name, one in parameters.items() if "default" not in one}
    assert needed <= set(template["parameters"]) <= set(parameters)
    assert template["template"] == "tools/azure-steps.yml@sfharden"
    assert parameters["sfharden"]["default"].endswith(f"/{checkout['path']}")
    (hook,) = hooks["repos"][0]["hooks"]
    (offered,) = load(".pre-commit-hooks.yaml")
    assert (hook["id"], hook["args"]) == (offered["id"], offered["args"])


def test_the_files_shown_are_there() -> None:
    targets = (ROOT / "Makefile").read_text("utf-8")
    assert all(f"\n{words[1]}:" in targets for words in lines() if words and words[0] == "make")
    named = set(re.findall(r"(?:tools|docs|\.github)/[\w./-]*\w", PAGE))
    assert all((ROOT / one).exists() for one in named)
    assert set(re.findall(r"sfharden-(\d+\.\d+\.\d+)", PAGE)) == {__version__}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_shown_is_one(
    shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (line,) = [block for block in blocks("sh") if "_COMPLETE" in block]
    (variable,) = re.findall(r"(\w+)=bash_source", line)
    monkeypatch.setenv(variable, f"{shell}_source")
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 0
    assert "complete" in capsys.readouterr().out


def test_completing_knows_commands_and_options(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for typed, expected in (("sfharden rev", "revoke"), ("sfharden check --sn", "--snapshot")):
        words = shlex.split(typed)
        monkeypatch.setenv("_SFHARDEN_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", typed)
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        with pytest.raises(SystemExit):
            main([])
        assert expected in capsys.readouterr().out
