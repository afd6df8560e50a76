"""The script, run by a real shell with an `az` that writes down what it was given: every word arrives as it is."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfharden.errors import NoVerdictError
from sfharden.model.azure_plan import AzureChange, AzureGuard
from sfharden.plan.azure.shell import WORKSPACE, command, script, word

AZ = """\
#!/bin/sh
for one in "$@"; do printf '%s\\0' "$one"; done >> "$AZ_LOG"
printf '\\1' >> "$AZ_LOG"
case "$*" in
*"--method get"*"--query"*) printf '%s\\n' "$AZ_ANSWER" ;;
*"--method get"*) [ "$AZ_ANSWER" = there ] || { printf '%s\\n' "$AZ_ANSWER" >&2; exit 1; } ;;
esac
"""
GONE = 'WARNING: x\nERROR: Not Found({"error": {"code": "ResourceNotFound", "message": "not there"}})'
HOSTILE = (
    "; rm -rf /",
    "$(touch pwned)",
    "`id`",
    "'\"\\",
    "-o",
    "@file",
    "* ?",
    "~",
    "#",
    "a b",
    "",
    "{PATH}",
    "größe",
    "!x",
)


def change(**more: object) -> AzureChange:
    base: dict[str, object] = {
        "control": "a-control", "integration": "", "what": "a thing", "resource": "/r", "name": "g/w",
        "today": ("a",), "after": ("b",),
    }  # fmt: skip
    return AzureChange.model_validate({**base, **more})


class Shell:
    """A folder with the script, and the words of each call."""

    def __init__(self, folder: Path, *changes: AzureChange) -> None:
        self.folder = folder
        (folder / "bin").mkdir(exist_ok=True)
        (folder / "bin" / "az").write_text(AZ)
        (folder / "bin" / "az").chmod(0o700)
        (folder / "commands.sh").write_text(script(changes))

    def run(
        self, *arguments: str, answer: str = "true", **variables: str
    ) -> tuple[subprocess.CompletedProcess[str], list[list[str]]]:
        log = self.folder / "log"
        log.unlink(missing_ok=True)
        environment = {
            "PATH": f"{self.folder / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin",
            "AZ_LOG": str(log),
            "AZ_ANSWER": answer,
            **variables,
        }
        done = subprocess.run(
            ["/bin/sh", self.folder / "commands.sh", *arguments],
            env=environment, cwd=self.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        calls = log.read_text().split("\1")[:-1] if log.exists() else []
        return done, [call.split("\0")[:-1] for call in calls]


def test_words_arrive_exactly_and_nothing_else_is_run(tmp_path: Path) -> None:
    shell = Shell(tmp_path, change(commands=(("az", "x", *HOSTILE),), undo=(("az", "y", *HOSTILE),)))
    done, calls = shell.run("1")
    assert (done.returncode, calls) == (0, [["x", *HOSTILE]])
    assert shell.run("undo", "1")[1] == [["y", *HOSTILE]]
    assert {one.name for one in tmp_path.iterdir()} == {"bin", "commands.sh", "log"}


@settings(max_examples=20)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20).filter(str.isprintable), max_size=8))
def test_any_words_that_print_arrive_exactly(
    tmp_path_factory: pytest.TempPathFactory, words: list[str]
) -> None:
    shell = Shell(tmp_path_factory.mktemp("shell"), change(commands=(("az", *words, "end"),)))
    assert shell.run("1")[1] == [[*words, "end"]]


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\0b", "\x1b[2J", "a\u202eb", "\u2028"])
def test_a_word_with_a_line_end_or_a_control_character_is_refused(text: str) -> None:
    with pytest.raises(NoVerdictError):
        word(text)


def test_names_in_comments_and_titles_cant_become_commands(tmp_path: Path) -> None:
    evil = "w'\ntouch pwned\n`touch pwned` $(touch pwned) %s \\n"
    one = change(name=evil, what=evil, risks=(evil,), commands=(("az", "x"),))
    shell = Shell(tmp_path, one)
    assert shell.run()[0].returncode == 0
    assert shell.run("1")[1] == [["x"]]
    assert not (tmp_path / "pwned").exists()


def test_without_a_number_it_lists_and_makes_nothing(tmp_path: Path) -> None:
    shell = Shell(
        tmp_path, change(commands=(("az", "x"),)), change(what="by hand"), change(commands=(("az", "z"),))
    )
    done, calls = shell.run()
    assert (done.returncode, calls) == (0, [])
    assert [line[0] for line in done.stdout.splitlines()] == ["1", "3"]
    assert shell.run("3", "1")[1] == [["z"], ["x"]]


@pytest.mark.parametrize("number", ["2", "9", "1;id", "", "undo", "-1"])
def test_a_number_that_is_no_change_does_nothing_at_all(tmp_path: Path, number: str) -> None:
    shell = Shell(tmp_path, change(commands=(("az", "x"),)), change())
    done, calls = shell.run("1", number)
    assert (done.returncode, calls) == (2, [])


def test_a_resource_that_has_changed_since_stops_it_before_anything_is_changed(tmp_path: Path) -> None:
    guard = AzureGuard(resource="/r", api_version="1", question="a == `'`")
    shell = Shell(tmp_path, change(guards=(guard,), commands=(("az", "x"),)), change(commands=(("az", "z"),)))
    asked = [
        "rest",
        "--method",
        "get",
        "--url",
        "/r?api-version=1",
        "--query",
        "a == `'`",
        "--output",
        "json",
    ]
    done, calls = shell.run("1", "2", answer="false")
    assert (done.returncode, calls) == (3, [asked])
    assert "Plan again" in done.stderr
    assert shell.run("1")[1] == [asked, ["x"]]


def test_what_would_be_replaced_by_now_stops_it(tmp_path: Path) -> None:
    guard = AzureGuard(resource="/r", api_version="1")
    shell = Shell(tmp_path, change(guards=(guard,), commands=(("az", "x"),)))
    asked = ["rest", "--method", "get", "--url", "/r?api-version=1", "--output", "none"]
    done, calls = shell.run("1", answer="there")
    assert (done.returncode, calls) == (3, [asked])
    assert shell.run("1", answer=GONE)[1] == [asked, ["x"]]


@pytest.mark.parametrize(
    "answer",
    [
        'ERROR: Too Many Requests({"error": {"code": "429", "message": "Not Found"}})',
        'ERROR: Forbidden({"error": {"code": "AuthorizationFailed", "message": "\\"ResourceNotFound\\""}})',
        "ERROR: Not Found(<html>a proxy's page</html>)",
        "ERROR: Please run 'az login' to setup account.",
        "",
    ],
)
def test_whether_something_is_there_must_be_answered(tmp_path: Path, answer: str) -> None:
    guard = AzureGuard(resource="/r", api_version="1")
    shell = Shell(tmp_path, change(guards=(guard,), commands=(("az", "x"),)))
    done, calls = shell.run("1", answer=answer)
    assert (done.returncode, [one[0] for one in calls]) == (3, ["rest"])
    assert answer in done.stderr
    assert "could not be asked" in done.stderr


def test_a_failing_look_stops_it_too(tmp_path: Path) -> None:
    guard = AzureGuard(resource="/r", api_version="1", question="q")
    shell = Shell(tmp_path, change(guards=(guard,), commands=(("az", "x"),)))
    (tmp_path / "bin" / "az").write_text(AZ + "exit 1\n")
    done, calls = shell.run("1")
    assert done.returncode != 0
    assert [one[:3] for one in calls] == [["rest", "--method", "get"]]


def test_what_a_person_must_set_is_asked_for_and_one_word(tmp_path: Path) -> None:
    shell = Shell(tmp_path, change(asks=(WORKSPACE,), commands=(("az", "--workspace", WORKSPACE),)))
    done, calls = shell.run("1")
    assert done.returncode != 0
    assert calls == []
    assert "Log Analytics" in done.stderr
    assert shell.run("1", WORKSPACE_ID="/a b; id")[1] == [["--workspace", "/a b; id"]]


def test_what_has_no_way_back_says_so(tmp_path: Path) -> None:
    done, calls = Shell(tmp_path, change(commands=(("az", "x"),))).run("undo", "1")
    assert (done.returncode, calls) == (2, [])
    assert "README.md" in done.stderr


def test_a_plan_without_commands_is_a_script_that_does_nothing(tmp_path: Path) -> None:
    shell = Shell(tmp_path, change())
    assert shell.run()[0].returncode == 0
    assert shell.run("1")[0].returncode == 2


def test_a_command_reads_as_it_is_typed() -> None:
    assert command(("az", "x", "a b", json.dumps({"a": 1}))) == """az x 'a b' '{"a": 1}'"""
