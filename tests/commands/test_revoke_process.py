"""`sfharden revoke` as a process of its own: killed, interrupted, at a real terminal, with a full disk."""

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from sfharden.emulator.http.faults import Fault, FaultKind
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.emulator.untidy import add_untidiness
from sfharden.errors import Exit
from sfharden.revocation.history import read_history
from sfharden.revocation.records import State
from tests.orgs.reading import NOW, secrets_of
from tests.orgs.sized import Spread, sized_org

REVOKE: Final = "POST /services/oauth2/revoke"
TOKENS: Final = 60
WANTED: Final = ("--app", "App 000")  # each app has half of the tokens
LIMITED: Final = (
    "import resource, sys; size = int(sys.argv.pop(1)); resource.setrlimit(resource.RLIMIT_FSIZE, (size, size));"
    "from sfharden.cli import run; run()"
)

# Whatever ran the tests may have ignored a signal.
UNIGNORED: Final = (
    "import signal; [signal.signal(one, signal.SIG_DFL) for one in (signal.SIGTERM, signal.SIGHUP)];"
    "from sfharden.cli import run; run()"
)


class Run:
    """One process, its output, and what its org's server does when it calls."""

    def __init__(self, server: DemoServer, folder: Path, *before: str) -> None:
        self.server = server
        self.folder = folder
        self._before = before or ("-m", "sfharden")
        self.process: subprocess.Popen[bytes] | None = None
        self.seen_arguments = b""

    def start(self, *arguments: str | Path, stdin: int = subprocess.DEVNULL, wrapper: str = "") -> "Run":
        command = [sys.executable, *self._before, "revoke", "--instance-url", self.server.base_url]
        command += [str(one) for one in arguments]
        if wrapper:
            command = ["/bin/sh", "-c", f'exec "$@" {wrapper}', "sh", *command]
        self.process = subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env=self._environment(),
        )
        return self

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SF_", "COVERAGE"))}
        root = str(Path(__file__).parents[2])
        token = self.server.tokens["auditor"]
        return {
            **kept,
            "PYTHONPATH": root,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8:strict",
            "SF_ACCESS_TOKEN": token,
        }

    def end(self) -> tuple[int, str, str]:
        assert self.process
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out.decode(), err.decode()

    def send(self, number: int) -> None:
        assert self.process
        self.seen_arguments = Path(f"/proc/{self.process.pid}/cmdline").read_bytes()
        self.process.send_signal(number)


class AtCall(Fault):
    """Does something to the process when its nth revocation arrives; the call is answered all the same."""

    def __init__(self, nth: int, act: Callable[[], object]) -> None:
        super().__init__(FaultKind.STATUS)
        self._left = nth
        self._act = act

    def hits_request(self, ordinal: int, label: str) -> bool:  # noqa: ARG002 - the base class's signature
        if label.startswith(REVOKE):
            self._left -= 1
            if self._left == 0:
                self._act()
        return False


@pytest.fixture
def server() -> Iterator[DemoServer]:
    org = sized_org(NOW, profiles=8, apps=2, users=TOKENS // 2, tokens=TOKENS, spread=Spread(per_moment=7))
    add_untidiness(org, NOW)
    with serve(org) as running:
        secrets = secrets_of(org)
        yield running
        assert org.leaks == []
        for one in running.requests:
            assert not [secret for secret in secrets if secret in one.target]


def held(server: DemoServer, app: str = "App 000") -> int:
    return sum(one.app_name == app for one in server.org.tokens)


def events(path: Path) -> list[tuple[str, str]]:
    """(handle, what became of it) of every line about a token that was begun."""
    content = path.read_bytes()
    told = [json.loads(line) for line in content[: content.rfind(b"\n")].splitlines()]
    return [(line["handle"], line["record"]) for line in told if "handle" in line]


def left(path: Path) -> Counter[State]:
    """How many tokens are in which state."""
    return Counter(read_history(path.read_bytes()).counts())


def resumed(server: DemoServer, journal: str | Path) -> tuple[str | Path, ...]:
    """Finish a journal, of which all that is left of the app is left."""
    return "--resume", journal, "--expect", str(held(server)), "--yes"


def test_killed_twice_in_the_middle_and_resumed_none_is_left_and_none_told_twice(
    server: DemoServer, tmp_path: Path
) -> None:
    count, secrets = held(server), secrets_of(server.org)
    journal = tmp_path / "j"
    trouble = [
        Fault(FaultKind.LOST, path=REVOKE, share=0.05, seed=3),
        Fault(FaultKind.STATUS, path=REVOKE, share=0.05, seed=4),
    ]
    first = (*WANTED, "--expect", str(count), "--yes", "--journal", journal)
    outputs = ""
    for again, nth in ((False, 9), (True, 7)):
        code = int(Exit.DECLINED)
        while (
            code == Exit.DECLINED
        ):  # a call that was under way at the kill may have come through since we counted
            arguments = resumed(server, journal) if again else first
            run = Run(server, tmp_path)
            server.faults[:] = [AtCall(nth, lambda run=run: run.send(signal.SIGKILL)), *trouble]  # type: ignore[misc]
            code, out, err = run.start(*arguments).end()
        assert code == -signal.SIGKILL
        assert 0 < held(server) < count
        assert not [secret for secret in secrets if secret.encode() in run.seen_arguments]
        outputs += out + err
    server.faults[:] = trouble
    code = int(Exit.DECLINED)
    while code == Exit.DECLINED:
        code, out, err = Run(server, tmp_path).start(*resumed(server, journal), "--receipt", "r.json").end()
    assert code == 0, err
    assert held(server) == 0
    assert held(server, "App 001") == TOKENS - count
    found = events(journal)
    done = Counter(handle for handle, event in found if event in ("revoked", "already-gone"))
    assert len(done) == count
    assert set(done.values()) == {1}
    assert {handle for handle, _ in found} == set(done)
    told = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert told["counts"]["revoked"] + told["counts"]["already-gone"] == count
    outputs += out + err + journal.read_text("utf-8") + (tmp_path / "r.json").read_text("utf-8")
    assert not [secret for secret in secrets if secret in outputs]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_in_the_middle_the_journal_is_right_and_the_way_on_is_told(
    server: DemoServer, tmp_path: Path, number: int
) -> None:
    count = held(server)
    run = Run(server, tmp_path, "-c", UNIGNORED)
    server.faults.append(AtCall(5, lambda: run.send(number)))
    server.latency = 0.02
    code, _, err = run.start(
        *WANTED, "--expect", str(count), "--yes", "--journal", "j", "--workers", "2"
    ).end()
    assert code == 130
    assert f"Finish it with: sfharden revoke --instance-url {server.base_url} --resume j" in err
    states = left(tmp_path / "j")
    assert 5 <= states[State.REVOKED] < count
    assert held(server) == count - states[State.REVOKED]
    assert states[State.UNKNOWN] == states[State.FAILED] == 0
    server.faults.clear()
    assert Run(server, tmp_path).start(*resumed(server, "j")).end()[0] == 0


def test_what_is_to_outlive_its_terminal_does(server: DemoServer, tmp_path: Path) -> None:
    """As under nohup, which ignores HUP."""
    run = Run(server, tmp_path, "-c", UNIGNORED.replace("SIG_DFL", "SIG_IGN"))
    server.faults.append(AtCall(5, lambda: run.send(signal.SIGHUP)))
    code, _, _ = run.start(*WANTED, "--expect", str(held(server)), "--yes", "--journal", "j").end()
    assert (code, held(server)) == (0, 0)


def test_interrupted_again_it_does_not_wait_for_an_org_that_is_silent(
    server: DemoServer, tmp_path: Path
) -> None:
    """A first ^C waits for answers, and none will come for a minute."""
    run, called = Run(server, tmp_path), threading.Event()
    server.faults += [AtCall(1, called.set), Fault(FaultKind.SILENCE, path=REVOKE)]
    run.start(*WANTED, "--expect", str(held(server)), "--yes", "--journal", "j")
    assert called.wait(30)
    assert run.process
    for _ in range(20):
        run.process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            run.process.wait(1)
            break
    assert run.end()[0] == 130
    states = left(tmp_path / "j")
    assert states[State.ATTEMPTED] >= 1
    assert states[State.ATTEMPTED] + states[State.PLANNED] == held(server)


def test_a_disk_that_fills_up_in_the_middle_ends_in_six_and_can_be_resumed(
    server: DemoServer, tmp_path: Path
) -> None:
    count = held(server)
    run = Run(server, tmp_path, "-c", LIMITED, "9000")
    code, out, err = run.start(*WANTED, "--expect", str(count), "--yes", "--journal", "j").end()
    assert code == 6, err
    assert "The journal can't be written any more" in err
    assert "not attempted" in out
    attempted = {handle for handle, event in events(tmp_path / "j") if event == "attempted"}
    assert 0 < count - held(server) <= len(attempted) < count
    assert Run(server, tmp_path).start(*resumed(server, "j")).end()[0] == 0
    assert held(server) == 0


def test_a_disk_that_is_full_from_the_start_ends_in_three_and_revokes_nothing(
    server: DemoServer, tmp_path: Path
) -> None:
    count = held(server)
    run = Run(server, tmp_path, "-c", LIMITED, "2000")
    code, _, err = run.start(*WANTED, "--expect", str(count), "--yes", "--journal", "j").end()
    assert code == 3
    assert "can't be opened" in err
    assert held(server) == count
    assert not (tmp_path / "j").exists()


def typing(text: bytes) -> Callable[[str, int], None]:
    def type_it(_: str, terminal: int) -> None:
        os.write(terminal, text)

    return type_it


def type_the_word(word: str, terminal: int) -> None:
    os.write(terminal, word.lower().encode() + b"\n")


def at_the_prompt(run: Run, answer: Callable[[str, int], None]) -> tuple[int, str, str]:
    """Run at a real terminal; `answer` gets the fingerprint asked for and the terminal's other end."""
    ours, theirs = pty.openpty()
    try:
        run.start(*WANTED, "--journal", "j", stdin=theirs)
        os.close(theirs)
        assert run.process
        assert run.process.stderr
        seen = b""
        while not seen.endswith(b"anything else to stop: "):
            seen += os.read(run.process.stderr.fileno(), 1)
        answer(seen.decode().rpartition("Type ")[2].split()[0], ours)
        return run.end()
    finally:
        os.close(ours)


def test_the_right_word_at_a_terminal_revokes(server: DemoServer, tmp_path: Path) -> None:
    code, out, _ = at_the_prompt(Run(server, tmp_path), type_the_word)
    assert code == 0
    assert held(server) == 0
    assert "sandbox" in out.splitlines()[0]
    assert json.loads((tmp_path / "j").read_text("utf-8").splitlines()[0])["approved"] == "fingerprint typed"


@pytest.mark.parametrize("typed", [b"yes\n", b"\x04", b"\xff\xfe\xed\xa0\x80\n"])
def test_any_other_word_revokes_nothing(server: DemoServer, tmp_path: Path, typed: bytes) -> None:
    before = len(server.org.tokens)
    code, _, err = at_the_prompt(Run(server, tmp_path), typing(typed))
    assert code == 5, err
    assert "nothing was revoked" in err
    assert len(server.org.tokens) == before
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_at_the_prompt_revokes_nothing(server: DemoServer, tmp_path: Path) -> None:
    before, run = len(server.org.tokens), Run(server, tmp_path)
    code, _, err = at_the_prompt(run, lambda *_: run.send(signal.SIGINT))
    assert code == 130, err
    assert len(server.org.tokens) == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("wrapper", "code"), [("<&-", 5), ("<&- 2>&-", 5), (">&-", 3)])
def test_closed_streams_revoke_nothing(server: DemoServer, tmp_path: Path, wrapper: str, code: int) -> None:
    before = len(server.org.tokens)
    assert Run(server, tmp_path).start(*WANTED, "--journal", "j", wrapper=wrapper).end()[0] == code
    assert bool(server.requests) == (code != 3)
    assert len(server.org.tokens) == before
    assert list(tmp_path.iterdir()) == []


def test_unattended_without_any_error_stream_works(server: DemoServer, tmp_path: Path) -> None:
    arguments = (*WANTED, "--expect", str(held(server)), "--yes", "--journal", "j")
    assert Run(server, tmp_path).start(*arguments, wrapper="<&- 2>&-").end()[0] == 0
    assert held(server) == 0
