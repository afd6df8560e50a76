"""The command line through its entry point: what a person types, what they see, every exit code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sfharden.checks import evaluate as evaluate_module
from tests.conftest import Run
from tests.orgs.constants import INTEGRATION_YAML as INTEGRATION
from tests.orgs.files import HEALTHY, write

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check"], "Give a source"),
        (["check", "--demo", "--source", "x"], "exactly one source"),
        (["check", "--source", "/nowhere/at/all"], "no folder, zip or file"),
        (["check", "--demo", "--policy", "logic-apps-salesforc"], "Did you mean"),
        (["check", "--demo", "-i", "/nowhere.yaml"], "no integration file"),
        (["check", "--snapshot", "/nowhere.json"], "no snapshot"),
        (["check", "--demo", "-f", "xls"], "xls"),
        (["chek"], "Did you mean 'check'"),
        (["controls", "app-admin-aproved"], "Did you mean 'app-admin-approved'"),
        (["snapshot", "--demo"], "--output"),
    ],
)
def test_wrong_usage_is_two_with_one_line_and_a_hint(run: Run, arguments: list[str], words: str) -> None:
    code, out, err = run(*arguments)
    assert code == 2
    assert out == ""
    assert words in err
    assert len(err.strip().splitlines()) <= 2
    assert "Traceback" not in err


def test_a_file_that_cannot_be_written_is_three(run: Run, tmp_path: Path) -> None:
    code, _, err = run("check", "--demo", "-o", tmp_path / "no" / "such" / "r.txt")
    assert code == 3
    assert "can't be written" in err


def test_a_bug_is_seventy_without_a_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("token=00Dxx!secret")

    monkeypatch.setattr(evaluate_module, "_order", broken)
    code, _, err = run("check", "--demo")
    assert code == 70
    assert "RuntimeError" in err
    assert "secret" not in err
    assert "Traceback" not in err


def test_interruption_is_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(evaluate_module, "_order", interrupted)
    assert run("check", "--demo")[0] == 130


def test_a_device_is_written_to_and_not_replaced(run: Run, tmp_path: Path) -> None:
    link = tmp_path / "sink"
    link.symlink_to("/dev/null")
    assert run("check", "--demo", "-o", link)[0] == 1
    assert link.is_symlink()
    assert not link.is_file()


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from sfharden.cli import main; main(['--help']);"
        "heavy = {'pydantic', 'requests', 'simple_salesforce', 'tabulate', 'lxml', 'yaml'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSTARTUP"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_command_has_an_example_in_its_help(run: Run) -> None:
    for name in ("check", "snapshot", "init", "controls", "demo"):
        code, out, _ = run(name, "--help")
        assert code == 0
        assert "Example" in out
    assert "Exit codes" in run("--help")[1]


def test_nothing_said_shows_the_help_and_not_an_error(run: Run) -> None:
    code, out, err = run()
    assert (code, err) == (0, "")
    assert out.startswith("Usage: sfharden")
    assert max(map(len, out.splitlines())) <= 80


def test_debug_may_stand_anywhere(run: Run) -> None:
    code, _, err = run("check", "--source", "/nowhere/at/all", "--debug")
    assert code == 2
    assert "Traceback" in err


def test_a_traceback_is_cleaned_like_every_other_text(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "Evil\x1b[2J\u202e https://u:hush@proxy/?access_token=hush\n  sid=00Dxx0000000001!AQEAQHhush"

    def broken(*_: object) -> None:
        raise RuntimeError(said)

    monkeypatch.setattr(evaluate_module, "_order", broken)
    code, _, err = run("check", "--demo", "--debug")
    assert code == 70
    assert "Traceback" in err
    assert "in broken" in err
    assert "Evil" in err
    assert not any(part in err for part in ("\x1b", "\u202e", "hush", "AQEAQH"))
    assert "Run again with --debug" not in err  # a hint never asks for what was given
    assert "Run again with --debug" in run("check", "--demo")[2]


def test_a_token_typed_where_none_belongs_is_not_repeated(run: Run) -> None:
    token = "00Dxx0000000001!AQEAQHmade.up_token"
    for words in (["check", token], [token], ["check", "--demo", "--fail-on", token], ["controls", token]):
        code, out, err = run(*words)
        assert code == 2
        assert "Error: " in err
        assert "AQEAQH" not in out + err


def test_what_stands_behind_two_dashes_is_no_option(run: Run) -> None:
    _, _, err = run("controls", "--", "--debug")
    assert "There is no control '--debug'" in err
    assert "Traceback" not in err


def test_a_full_disk_is_no_bug_and_no_verdict() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sfharden", "controls"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 3
    assert b"can't be written" in done.stderr


LONG = "x" * 300


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--source", LONG], ["check", "--snapshot", LONG], ["check", "--demo", "-i", LONG],
        ["check", "--demo", "--policy", f"{LONG}.yaml"], ["init", "--source", ".", "-o", LONG],
        ["simulate", "--source", ".", "-i", "i.yaml", "--with", LONG], ["egress", "--logic-app", LONG],
        ["egress", "--service-tags", LONG, "--tag", "x"], ["revoke", "--demo", "--app", "x", "--receipt", LONG],
        ["revoke", "--demo", "--resume", LONG], ["plan", "--source", ".", "-i", "i.yaml", "-o", LONG],
    ],
)  # fmt: skip
def test_a_path_that_can_not_be_looked_at_is_no_bug(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    write(HEALTHY, tmp_path)
    (tmp_path / "i.yaml").write_text(INTEGRATION, "utf-8")
    monkeypatch.chdir(tmp_path)
    code, _, err = run(*arguments)
    assert code in (2, 3)
    assert err.startswith("Error: ")
