"""Where each command writes: `-o -`, closed standard output, a place that can't be written to; before the first call."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from sfharden.cli import COMMANDS
from sfharden.emulator.http.server import DemoServer
from tests.orgs.reading import INTEGRATION_FILE, NOW
from tests.report.forms_kit import every_state, shown

from .kit import Run

ROOT: Final = Path(__file__).resolve().parents[2]
# Each command as it would write to standard output; `{url}` is an org's address.
ORG: Final = ("--instance-url", "{url}")
SPEAKING: Final[dict[str, tuple[str, ...]]] = {
    "check": ORG,
    "apps": ORG,
    "report": ("report.json",),
    "snapshot": (*ORG, "-o", "-"),
    "tokens": ORG,
    "revoke": (*ORG, "--all", "--dry-run"),
    "doctor": ORG,
    "plan": (*ORG, "-i", "i.yaml"),
    "init": (*ORG, "-o", "-"),
    "simulate": (*ORG, "-i", "i.yaml", "--with", "."),
    "verify": (*ORG, "-i", "i.yaml"),
    "egress": ("-i", "i.yaml"),
    "controls": (),
    "demo": (),
    "hunt": (*ORG, "--addresses", "addresses.txt"),
    "drift": ("old.json", *ORG),
    "send": ("report.json", "--to", "ocsf", "--dry-run"),
    "azure-exports": ("--script", "-i", "azure.yaml"),
    "verify-attestation": ("a.json", "--key", "k.pem"),
}
HERE: Final = ["i.yaml", "report.json"]
TO_A_FILE: Final = ("check", "apps", "report", "snapshot", "tokens", "init", "simulate", "verify", "egress")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, saved_report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("i.yaml").write_text(INTEGRATION_FILE, "utf-8")
    shutil.copy(saved_report, "report.json")


@pytest.fixture(scope="module")
def saved_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "report.json"
    path.write_text(shown(every_state(), "json"), "utf-8")
    return path


def command(name: str, url: str, *more: str) -> list[str]:
    return [name, *(word.format(url=url) for word in SPEAKING[name]), *more]


def process(arguments: list[str], wrapper: str) -> "subprocess.CompletedProcess[bytes]":
    words = ["/bin/sh", "-c", f'exec "$@" {wrapper}', "sh", sys.executable, "-m", "sfharden", *arguments]
    return subprocess.run(
        words, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )


def files() -> list[str]:
    return sorted(one.name for one in Path().iterdir())


def test_every_command_is_looked_at_here() -> None:
    assert {*SPEAKING, "sentinel"} == set(COMMANDS)  # that one writes a folder, and nothing but it


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes streams")
@pytest.mark.parametrize("name", SPEAKING)
@pytest.mark.parametrize("wrapper", [">&-", "1</dev/null"])
def test_without_standard_output_no_call_is_made(server: DemoServer, name: str, wrapper: str) -> None:
    ended = process(command(name, server.base_url), wrapper)
    assert (ended.returncode, ended.stdout) == (3, b"")
    assert b"There is no standard output to write to" in ended.stderr
    assert server.requests == []
    assert files() == HERE


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes streams")
@pytest.mark.parametrize("name", TO_A_FILE)
def test_who_writes_a_file_needs_no_standard_output(server: DemoServer, tmp_path: Path, name: str) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/My.profile").write_text('<Profile xmlns="http://soap.sforce.com/2006/04/metadata"/>')
    arguments = [
        word for word in command(name, server.base_url, "-o", "out") if word not in ("-", "-o", "out")
    ]
    arguments = ["src" if word == "." else word for word in arguments]
    ended = process([*arguments, "-o", "out"], ">&- 2>&-")
    assert ended.returncode in (0, 1, 4)
    assert Path("out").stat().st_size > 0


@pytest.mark.parametrize("name", TO_A_FILE)
@pytest.mark.parametrize("place", ["no/such/folder/out", "."])
def test_a_place_that_cannot_be_written_to_is_told_of_before_the_first_call(
    run: Run, server: DemoServer, name: str, place: str
) -> None:
    code, out, err = run(*command(name, server.base_url, "-o", place))
    assert (code, out, server.requests) == (3, "", [])
    assert "can't be written" in err


@pytest.mark.parametrize("name", ["check", "tokens", "egress"])
def test_a_dash_means_standard_output(run: Run, server: DemoServer, name: str) -> None:
    assert run(*command(name, server.base_url, "-o", "-"))[:2] == run(*command(name, server.base_url))[:2]
    assert files() == HERE


def test_a_snapshot_and_an_integration_file_may_go_through_a_pipe(run: Run, server: DemoServer) -> None:
    code, out, err = run(*command("snapshot", server.base_url))
    assert code == 0
    assert json.loads(out)["schema"].startswith("sfharden.snapshot/")
    assert "Wrote it: " in err
    code, out, err = run(*command("init", server.base_url))
    assert code == 0
    assert "integrations:" in out
    assert "Wrote" not in err
    assert files() == HERE


def test_a_plan_is_a_folder(run: Run, server: DemoServer) -> None:
    code, out, err = run(*command("plan", server.base_url, "-o", "-"))
    assert (code, out, server.requests) == (2, "", [])
    assert "-f diff" in err


def test_a_file_that_is_there_stays_and_nothing_is_asked(run: Run, server: DemoServer) -> None:
    code, _, err = run("init", "--instance-url", server.base_url, "-o", "i.yaml")
    assert (code, server.requests) == (2, [])
    assert "is there already" in err
    assert Path("i.yaml").read_text("utf-8") == INTEGRATION_FILE


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
@pytest.mark.parametrize("wrapper", [">/dev/full", "2>/dev/full"])
def test_a_full_disk_ends_in_three_whichever_stream_is_on_it(server: DemoServer, wrapper: str) -> None:
    ended = process(command("check", server.base_url), wrapper)
    assert ended.returncode == 3
    assert b"Traceback" not in ended.stderr
    assert wrapper[0] == "2" or b"the disk is full" in ended.stderr


def test_an_error_that_nobody_takes_keeps_its_exit_code() -> None:
    if sys.platform != "linux":
        pytest.skip("/dev/full is Linux's")
    assert process(["check"], "2>/dev/full").returncode == 2
    assert process(["check", "--source", str(NOW)], "2>&-").returncode == 2


# Several outputs -------------------------------------------------------------------------------

SEVERAL: Final = ("check", "apps", "report", "tokens", "simulate", "verify", "egress")


@pytest.mark.parametrize("name", SEVERAL)
def test_o_may_be_repeated_and_its_ending_names_the_form(run: Run, server: DemoServer, name: str) -> None:
    Path("src").mkdir()
    Path("src/My.profile").write_text('<Profile xmlns="http://soap.sforce.com/2006/04/metadata"/>')
    words = ["src" if word == "." else word for word in command(name, server.base_url)]
    code, out, err = run(*words, "-o", "a.json", "-o", "a.csv", "-o", "a.md", "-o", "-")
    assert [one for one in err.splitlines() if one.startswith("Wrote")] == [
        f"Wrote a.{one}." for one in ("json", "csv", "md")
    ]
    assert code in (0, 1, 4)
    assert out == run(*words)[1]
    assert json.loads(Path("a.json").read_text("utf-8"))["schema"].startswith("sfharden.")
    assert Path("a.md").read_text("utf-8").startswith("# ")
    assert "," in Path("a.csv").read_text("utf-8").splitlines()[0]


@pytest.mark.parametrize("name", SEVERAL)
def test_the_last_place_is_looked_at_before_the_first_call_too(
    run: Run, server: DemoServer, name: str
) -> None:
    code, out, err = run(*command(name, server.base_url), "-o", "a.json", "-o", "no/such/folder/a.csv")
    assert (code, out, server.requests) == (3, "", [])
    assert "can't be written" in err
    assert files() == HERE


def test_two_outputs_never_share_a_place(run: Run, server: DemoServer) -> None:
    for pair in (("a.json", "./a.json"), ("-", "-")):
        code, _, err = run(*command("check", server.base_url), "-o", pair[0], "-o", pair[1])
        assert (code, server.requests) == (2, [])
        assert "Two outputs go to" in err


def test_an_ending_that_a_command_has_no_form_for_is_no_table(run: Run, server: DemoServer) -> None:
    code, _, err = run(*command("tokens", server.base_url), "-o", "tokens.sarif")
    assert (code, server.requests) == (2, [])
    assert "no form sarif" in err
    assert files() == HERE
