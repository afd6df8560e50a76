"""What the program does to its own process: no dump, no key log, no closed descriptor, an orderly end."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from sfharden.doors.process import ASKED_KEY_LOG, KEY_LOG

resource = pytest.importorskip("resource")  # Windows has none, and writes no dump by itself

ROOT: Final = Path(__file__).resolve().parents[2]
SETTLE: Final = "import os; from sfharden.doors.process import settle; said = settle(os.environ);"


def python(
    code: str,
    folder: Path,
    wrapper: str = "",
    before: str = "",
    environment: Mapping[str, str] | None = None,
) -> "subprocess.CompletedProcess[str]":
    command = ["/bin/sh", "-c", f'{before} exec "$@" {wrapper}', "sh", sys.executable, "-c", code]
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_crash_leaves_no_dump(tmp_path: Path) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    if hard == 0:
        pytest.skip("nothing may dump here anyhow")
    allow = f"ulimit -c {'unlimited' if hard == resource.RLIM_INFINITY else hard};"
    code = SETTLE + "os.kill(os.getpid(), 11)"
    done = python(code, tmp_path, before=allow)
    assert done.returncode == -signal.SIGSEGV
    assert list(tmp_path.iterdir()) == []


def test_a_dump_is_not_even_fed_to_a_program(tmp_path: Path) -> None:
    code = SETTLE + "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"
    assert python(code, tmp_path).stdout.strip() in ("(1, 1)", "(0, 0)")


@pytest.mark.parametrize("wrapper", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_no_later_file_gets_the_number_of_a_closed_stream(tmp_path: Path, wrapper: str) -> None:
    code = SETTLE + "open('seen', 'w').write(str(os.open('x', os.O_CREAT | os.O_WRONLY) > 2))"
    python(code, tmp_path, wrapper)
    assert (tmp_path / "seen").read_text() == "True"


TLS: Final = (
    "import ssl; ssl.create_default_context(); import urllib3; urllib3.util.ssl_.create_urllib3_context()"
)


def test_keys_are_not_logged_by_a_variable_that_somebody_left_set(tmp_path: Path) -> None:
    done = python(SETTLE + TLS, tmp_path, environment={KEY_LOG: str(tmp_path / "keys")})
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_keys_are_logged_where_this_program_is_asked_to_and_it_says_so(tmp_path: Path) -> None:
    where = {ASKED_KEY_LOG: str(tmp_path / "keys")}
    done = python(SETTLE + TLS + "; print(said)", tmp_path, environment=where)
    assert (tmp_path / "keys").exists()
    assert str(tmp_path / "keys") in done.stdout
    done = python("from sfharden.cli import run; run()", tmp_path, environment=where)
    assert done.stderr.startswith("Warning: The TLS keys of this run are written to ")


def test_the_program_settles_before_its_first_word(tmp_path: Path) -> None:
    """The installed program and `python -m sfharden` alike: both call `run`."""
    code = (
        "import sys; sys.argv[1:] = ['--version']; from sfharden import cli\n"
        "try: cli.run()\n"
        "except SystemExit: pass\n"
        "import os, signal; print(os.environ.get('SSLKEYLOGFILE'), signal.getsignal(signal.SIGTERM).__module__)"
    )
    done = python(code, tmp_path, environment={KEY_LOG: "keys"})
    assert done.stdout.splitlines()[-1] == "None sfharden.doors.process"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_interrupts_once_and_ends_the_second_time(tmp_path: Path, name: str) -> None:
    number = getattr(signal, name)
    free = f"import signal; signal.signal({int(number)}, signal.SIG_DFL);"
    kill = f"os.kill(os.getpid(), {int(number)})"
    code = f"{free}{SETTLE}\ntry: {kill}\nexcept KeyboardInterrupt: print('hint', flush=True)\n{kill}"
    done = python(code, tmp_path)
    assert (done.returncode, done.stdout) == (-number, "hint\n")


def test_a_signal_that_was_ignored_stays_ignored(tmp_path: Path) -> None:
    code = f"import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN);{SETTLE}print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)"
    assert python(code, tmp_path).stdout == "True\n"
