"""Executing with several workers: who waits for whom, whose reason is told, and that all end with the first."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from sfharden.errors import (
    AuthError,
    BudgetError,
    LimitError,
    NoVerdictError,
    SfhardenError,
    UnreachableError,
)
from sfharden.ports import Ending, RevokeOutcome
from sfharden.revocation.execute import Doors, Keys, execute
from sfharden.revocation.journal import Disk, Journal, create_journal
from sfharden.revocation.records import State
from sfharden.web.concurrency import ConcurrencyLimit

from .kit import NOW, Scene, handle, header_of, scene

LIMITED = RevokeOutcome(Ending.LIMITED, "REQUEST_LIMIT_EXCEEDED")
LOST = RevokeOutcome(Ending.UNKNOWN, "NO_ANSWER")
_PATIENCE: Final = 10.0  # seconds; only what is broken waits so long


@contextmanager
def opened(stage: Scene, disk: Disk | None = None) -> Iterator[Journal]:
    journal = create_journal(stage.path, header_of(stage.plan), disk or Disk(lambda: NOW))
    try:
        yield journal
    finally:
        journal.close()


def go(stage: Scene, doors: Doors, disk: Disk | None = None) -> SfhardenError | None:
    with opened(stage, disk) as journal:
        return execute(stage.plan, stage.approval(), stage.plan.handles, stage.org.keys(), journal, doors)


class Turns:
    """The first call ends when a second one is under way; that one waits until the first one's worker has ended."""

    def __init__(self) -> None:
        self._worker = threading.current_thread()
        self._both = threading.Event()

    def first(self) -> None:
        self._worker = threading.current_thread()
        assert self._both.wait(_PATIENCE)

    def second(self) -> None:
        self._both.set()
        self._worker.join(_PATIENCE)
        assert not self._worker.is_alive()


# Who works -----------------------------------------------------------------------------------------


def test_half_as_many_workers_again_as_calls_may_be_under_way(tmp_path: Path) -> None:
    """While one writes its journal, another one's call fills the slot."""
    stage = scene(tmp_path, tokens=12)
    together = threading.Barrier(3)
    seen: set[str] = set()

    def meet(number: int, phase: str) -> None:
        if phase == "before":
            seen.add(threading.current_thread().name)
            if number <= 3:
                together.wait(_PATIENCE)

    stage.org.trouble = meet
    assert go(stage, Doors(stage.org, ConcurrencyLimit(8), stage.sleeps.append, workers=2)) is None
    assert len(seen) == 3


def test_even_without_a_worker_all_is_revoked(tmp_path: Path) -> None:
    stage = scene(tmp_path)
    assert go(stage, Doors(stage.org, ConcurrencyLimit(1), stage.sleeps.append, workers=0)) is None
    assert stage.history().counts()[State.REVOKED] == 4


def test_nothing_to_do_is_done_at_once(tmp_path: Path) -> None:
    stage = scene(tmp_path)
    with opened(stage) as journal:
        doors = stage.doors()
        assert execute(stage.plan, stage.approval(), (), stage.org.keys(), journal, doors) is None
    assert stage.org.asked == []


def test_a_worker_never_keeps_the_process_alive(tmp_path: Path) -> None:
    stage = scene(tmp_path)
    daemons: list[bool] = []
    stage.org.trouble = lambda _number, _phase: daemons.append(threading.current_thread().daemon)
    stage.first_run(workers=2)
    assert daemons
    assert all(daemons)


def test_it_ends_when_the_last_worker_has_and_tells_how_far_it_is(tmp_path: Path) -> None:
    stage = scene(tmp_path)
    told: list[tuple[int, int]] = []
    looked = threading.Event()

    def progress(done: int, whole: int) -> None:
        told.append((done, whole))
        if told.count((2, 4)) == 3:
            looked.set()

    def slow(number: int, phase: str) -> None:
        if (number, phase) == (3, "before"):
            assert looked.wait(_PATIENCE)

    stage.org.trouble = slow
    assert go(stage, Doors(stage.org, ConcurrencyLimit(1), stage.sleeps.append, progress, workers=1)) is None
    assert stage.org.alive == {5, 6}
    assert told == sorted(told)
    assert told[-1] == (4, 4)


def test_a_token_that_is_gone_already_needs_no_worker_to_note_more(tmp_path: Path) -> None:
    stage = scene(tmp_path)
    with opened(stage) as journal:
        doors = stage.doors()
        nobody = Keys({}, frozenset())
        assert execute(stage.plan, stage.approval(), stage.plan.handles, nobody, journal, doors) is None
    assert stage.history().counts()[State.ALREADY_GONE] == 4
    assert stage.org.asked == []


# What stops it -------------------------------------------------------------------------------------


def test_of_two_reasons_to_stop_the_first_is_told(tmp_path: Path) -> None:
    stage, turns = scene(tmp_path), Turns()
    first, second = AuthError("gone"), BudgetError("used up")

    def both(number: int, phase: str) -> None:
        if (number, phase) == (1, "before"):
            turns.first()
            raise first
        turns.second()
        raise second

    stage.org.trouble = both
    assert stage.first_run(workers=2) is first
    assert len(stage.org.asked) > 1


def test_of_two_bugs_the_first_comes_out_and_nobody_goes_on(tmp_path: Path) -> None:
    stage, turns = scene(tmp_path, tokens=40), Turns()

    def both(number: int, phase: str) -> None:
        if (number, phase) == (1, "before"):
            turns.first()
            raise ZeroDivisionError
        turns.second()
        if number == 2:
            raise KeyError

    stage.org.trouble = both
    with pytest.raises(ZeroDivisionError):
        stage.first_run(workers=2)
    assert len(stage.org.asked) <= 3  # each of three workers once


class _Narrow(ConcurrencyLimit):
    """One call at a time, and tells when others wait for it."""

    def __init__(self) -> None:
        super().__init__(1)
        self._came_here = count(1)
        self.others_wait = threading.Event()

    @contextmanager
    def slot(self, *_: object) -> Iterator[None]:
        if next(self._came_here) == 3:
            self.others_wait.set()
        with super().slot():
            yield


def test_a_call_that_waited_while_the_run_ended_never_leaves(tmp_path: Path) -> None:
    stage, gate = scene(tmp_path, tokens=3), _Narrow()
    gone = AuthError("gone")

    def ends(_number: int, _phase: str) -> None:
        assert gate.others_wait.wait(_PATIENCE)
        raise gone

    stage.org.trouble = ends
    assert go(stage, Doors(stage.org, gate, stage.sleeps.append, workers=2)) is gone
    assert len(stage.org.asked) == 1
    (name,) = stage.org.asked
    states = {one: stage.history().state(one) for one in stage.plan.handles}
    assert states.pop(name) is State.FAILED
    assert set(states.values()) == {State.ATTEMPTED}  # announced, so that somebody looks


@pytest.mark.parametrize(("workers", "fewest", "most"), [(1, 3, 3), (2, 5, 7), (8, 17, 28)])
def test_it_gives_up_after_two_silent_answers_for_each_worker_and_one_more(
    tmp_path: Path, workers: int, fewest: int, most: int
) -> None:
    stage = scene(tmp_path, tokens=60)
    stage.org.trouble = lambda _number, _phase: LOST
    stopped = stage.first_run(workers=workers)
    assert isinstance(stopped, UnreachableError)
    assert (stopped.message, stopped.hint) == (
        "The org has stopped answering",
        "Try again later with --resume.",
    )
    assert fewest <= len(stage.org.asked) <= most  # some are under way when the last straw comes


def test_silence_counts_only_while_nothing_else_is_heard(tmp_path: Path) -> None:
    stage = scene(tmp_path, tokens=12)
    stage.org.trouble = lambda number, phase: LOST if number % 3 and phase == "before" else None
    assert stage.first_run() is None
    assert len(stage.org.asked) == 12


# The org's limit -----------------------------------------------------------------------------------


def test_the_limit_is_waited_for_six_times_in_a_row_and_never_longer_than_half_a_minute(
    tmp_path: Path,
) -> None:
    stage = scene(tmp_path)
    stage.org.trouble = lambda _number, _phase: LIMITED
    stopped = go(stage, stage.doors())
    assert isinstance(stopped, LimitError)
    assert (stopped.message, stopped.hint) == (
        "The org's limit of calls is reached",
        "Try again later with --resume.",
    )
    assert stage.sleeps == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert len(stage.org.asked) == 7
    event = stage.history().events[handle(1)]
    assert (event.record, event.code) == ("failed", "REQUEST_LIMIT_EXCEEDED")


def test_a_limit_that_lets_one_through_starts_anew(tmp_path: Path) -> None:
    stage = scene(tmp_path, tokens=4)
    stage.org.trouble = lambda number, phase: LIMITED if number % 5 and phase == "before" else None
    assert stage.first_run() is None
    assert stage.sleeps == [2.0, 4.0, 8.0, 16.0] * 4


def test_calls_that_run_into_the_limit_together_halve_the_width_once(tmp_path: Path) -> None:
    stage, together = scene(tmp_path, tokens=2), threading.Barrier(2)
    gate = ConcurrencyLimit(8)

    def limited(number: int, phase: str) -> RevokeOutcome | None:
        if number > 2 or phase != "before":
            return None
        together.wait(_PATIENCE)
        return LIMITED

    def sleep(seconds: float) -> None:
        stage.sleeps.append(seconds)
        together.wait(_PATIENCE)

    stage.org.trouble = limited
    assert go(stage, Doors(stage.org, gate, sleep, workers=2)) is None
    assert gate.width == 4
    assert stage.sleeps == [2.0, 2.0]


# What can't be done --------------------------------------------------------------------------------


def test_a_progress_that_fails_once_still_ends_the_run(tmp_path: Path) -> None:
    stage = scene(tmp_path, tokens=40)
    told: list[int] = []
    looked = threading.Event()

    def progress(done: int, _all: int) -> None:
        told.append(done)
        if len(told) == 1:
            looked.set()
            raise KeyboardInterrupt

    def slow(number: int, phase: str) -> None:
        if (number, phase) == (3, "before"):
            assert looked.wait(_PATIENCE)

    stage.org.trouble = slow
    with pytest.raises(KeyboardInterrupt):
        go(stage, Doors(stage.org, ConcurrencyLimit(1), stage.sleeps.append, progress, workers=1))
    assert len(stage.org.asked) < 40


def test_a_full_disk_is_told_though_another_worker_was_told_of_it_too(tmp_path: Path) -> None:
    stage = scene(tmp_path, tokens=40)
    syncs: list[int] = []

    def sync(_: int) -> None:
        syncs.append(1)
        if len(syncs) > 4:
            raise OSError

    doors = Doors(stage.org, ConcurrencyLimit(8), stage.sleeps.append, workers=8)
    with pytest.raises(NoVerdictError, match="can't be written any more"):
        go(stage, doors, Disk(lambda: NOW, sync=sync))
    assert len(stage.org.asked) < 40


def test_of_a_token_that_was_not_seen_it_says_so(tmp_path: Path) -> None:
    stage = scene(tmp_path, tokens=1)
    with opened(stage) as journal:
        keys = Keys({}, frozenset(), "2,500 of 6,000 tokens came")
        execute(stage.plan, stage.approval(), stage.plan.handles, keys, journal, stage.doors())
    event = stage.history().events[handle(1)]
    assert (event.code, event.seen) == ("NOT_SEEN", "inventory")
