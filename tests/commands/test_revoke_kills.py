"""Killed (`kill -9`) at a random moment of a real run, and again while it's resumed: in the end the plan is done, once.

A few kills in the suite; SFHARDEN_TEST_KILLS=50 makes as many. A moment is a request of any kind, while the org is
read, while tokens are revoked or while they are counted again, and up to some milliseconds after it.
"""

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Final

import pytest

from sfharden.emulator.http.faults import Fault, FaultKind
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.errors import Exit, InputError
from sfharden.revocation.history import read_history
from sfharden.revocation.records import State
from tests.orgs.reading import NOW, secrets_of
from tests.orgs.sized import Spread, sized_org

from .test_revoke_process import REVOKE, WANTED, Run, events, held, resumed

KILLS: Final = int(os.environ.get("SFHARDEN_TEST_KILLS", "2"))
TOKENS: Final = 40  # half of them the app's
LAST: Final = 90  # of the requests of a whole run, about


@pytest.fixture
def server() -> Iterator[DemoServer]:
    org = sized_org(NOW, profiles=4, apps=2, users=TOKENS // 2, tokens=TOKENS, spread=Spread(per_moment=7))
    with serve(org) as running:
        yield running


class AtRequest(Fault):
    """Does something when the nth request from now on arrives, or a moment later; it is answered all the same."""

    def __init__(self, nth: int, later: float, act: Callable[[], object]) -> None:
        super().__init__(FaultKind.STATUS)
        self._left, self._later, self._act = nth, later, act

    def hits_request(self, ordinal: int, label: str) -> bool:  # noqa: ARG002 - the base class's signature
        self._left -= 1
        if self._left == 0 and self._later:
            threading.Timer(self._later, self._act).start()
        elif self._left == 0:
            self._act()
        return False


def killed(server: DemoServer, folder: Path, chance: Random, *arguments: str | Path) -> tuple[int, str]:
    """Run until it's killed, or has ended before; exit code and what it told."""
    run, nth = Run(server, folder), chance.randint(1, LAST)

    def kill() -> None:
        assert run.process
        with suppress(ProcessLookupError):
            os.kill(run.process.pid, signal.SIGKILL)

    server.faults[:] = [AtRequest(nth, chance.choice([0, 0.002, 0.01, 0.03]), kill)]
    code, out, err = run.start(*arguments).end()
    server.faults.clear()
    return code, out + err


def begins(count: int, journal: Path) -> tuple[str | Path, ...]:
    return (*WANTED, "--expect", str(count), "--yes", "--journal", journal)


def is_whole(journal: Path) -> bool:
    """Whether the journal holds its plan; before that, nothing may have been revoked."""
    try:
        return bool(read_history(journal.read_bytes()).plan.handles)
    except (InputError, FileNotFoundError):
        return False


def finish(server: DemoServer, folder: Path, journal: Path, count: int) -> str:
    """As a person would: resume, or begin anew where nothing was begun."""
    for _ in range(
        5
    ):  # a call that was under way at the kill may come through only now: then the number is another
        arguments = resumed(server, journal) if is_whole(journal) else begins(count, journal)
        code, out, err = Run(server, folder).start(*arguments).end()
        if code != Exit.DECLINED:
            break
    assert code == Exit.OK, err
    return out + err


@pytest.mark.parametrize("number", range(KILLS))
def test_a_run_that_was_killed_is_healed(server: DemoServer, tmp_path: Path, number: int) -> None:
    chance = Random(number)  # noqa: S311 - moments, not secrets
    count, others, secrets = held(server), held(server, "App 001"), secrets_of(server.org)
    journal = tmp_path / "j"
    _, told = killed(server, tmp_path, chance, *begins(count, journal))
    for _ in range(chance.randint(0, 1)):
        if is_whole(journal):
            told += killed(server, tmp_path, chance, *resumed(server, journal))[1]
    if not is_whole(journal):
        assert held(server) == count
        journal.unlink(missing_ok=True)
    told += finish(server, tmp_path, journal, count)
    assert (held(server), held(server, "App 001")) == (0, others)
    _assert_told_once(server, journal, count)
    assert not [one for one in secrets if one in told + journal.read_text("utf-8")]


def _assert_told_once(server: DemoServer, journal: Path, count: int) -> None:
    """The org ended each authorisation once, and the journal tells of each once that it has ended."""
    ended = [one for one in server.requests if one.target == REVOKE.split()[1] and one.status == 200]
    assert len(ended) == count
    history = read_history(journal.read_bytes())
    states = history.counts()
    assert states[State.REVOKED] + states[State.ALREADY_GONE] == sum(states.values()) == count
    done = Counter(handle for handle, event in events(journal) if event in ("revoked", "already-gone"))
    assert set(done) == set(history.plan.handles)
    assert set(done.values()) == {1}
    assert history.recounts[-1].survivors == ()
