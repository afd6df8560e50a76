"""A vendor's command line is run by its full path, without a shell, without our secrets, and not for ever."""

import stat
import sys
from pathlib import Path

import pytest

from sfharden.files.cli_program import Finished, run_command
from sfharden.files.programs import PassedOverError


@pytest.mark.parametrize(
    "output", ["", "{", "[]", "7", "Please run 'az login'", "{" * 100_000, '{"a": 1' + "[" * 100_000]
)
def test_output_without_an_object_tells_nothing(output: str) -> None:
    assert Finished(0, output).told() is None


def test_an_object_is_found_among_warnings_and_colours() -> None:
    assert Finished(0, '\x1b[33mWARNING: old\x1b[0m\n{"a": 1}\nbye').told() == {"a": 1}


@pytest.fixture(name="fake_sf")
def _fake_sf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/sf"
    program.write_text(f"#!{sys.executable}\nimport sys\nprint(sys.argv[1:])\nsys.exit(3)\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return program


def test_the_real_runner_uses_no_shell(fake_sf: Path) -> None:
    assert run_command(["sf", "$(x)", "a b"], 30) == Finished(3, "['$(x)', 'a b']\n")


def test_the_real_runner_gives_no_secret_and_no_folder_of_a_stranger(
    fake_sf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PATH names the folder one stands in, as an empty entry does, and a stranger put an `sf` there."""
    (tmp_path / "repository").mkdir()
    monkeypatch.chdir(tmp_path / "repository")
    stranger = tmp_path / "repository/sf"
    stranger.write_text("#!/bin/sh\necho hijacked\n")
    stranger.chmod(0o755)
    for name in ("SF_CLIENT_SECRET", "SF_ACCESS_TOKEN"):
        monkeypatch.setenv(name, "made-up")
    monkeypatch.setenv("PATH", f":.:{fake_sf.parent}:")
    told = "import os\nprint(os.getcwd(), os.environ['PATH'], 'made-up' in os.environ.values())\n"
    fake_sf.write_text(f"#!{sys.executable}\n{told}")
    assert run_command(["sf"], 30).output == f"/ {fake_sf.parent} False\n"
    monkeypatch.setenv("PATH", ":.:")
    with pytest.raises(PassedOverError):
        run_command(["sf"], 30)


def test_the_real_runner_ends_a_program_that_hangs(fake_sf: Path) -> None:
    fake_sf.write_text(f"#!{sys.executable}\nimport threading\nthreading.Event().wait()\n")
    with pytest.raises(TimeoutError):
        run_command(["sf"], 0.1)


def test_the_real_runner_knows_what_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError):
        run_command(["sf"], 1)
