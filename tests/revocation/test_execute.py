"""Executing: whatever kills it, and whenever, resuming ends it; nothing outside the plan is ever touched."""

import json
import signal
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfharden.errors import AuthError, DeclinedError, LimitError, NoVerdictError
from sfharden.redact import Secret
from sfharden.revocation.execute import MOST_UNANSWERED, Doors, Inventory, execute, settle
from sfharden.revocation.journal import Journal, to_disk
from sfharden.revocation.plan import RevocationPlan
from sfharden.revocation.record import ATTEMPTED, DONE, FAILED, GONE, PLANNED, REVOKED, UNKNOWN
from sfharden.revocation.recount import still_there

from .kit import (
    NOW,
    FakeRevoker,
    Killed,
    again,
    approval,
    begun,
    directory,
    doors,
    events,
    handle,
    inventory,
    lines,
    plan_of,
    planned,
    read,
    token,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "revoke.jsonl"


def run(
    path: Path, plan: RevocationPlan, revoker: FakeRevoker, held: Inventory | None = None, workers: int = 1
) -> str:
    """A first run."""
    with begun(path, plan) as journal:
        return execute(plan, approval(plan), journal, held or inventory(plan), doors(revoker), workers)


def resume(path: Path, revoker: FakeRevoker, held: Inventory, workers: int = 1) -> str:
    with again(path) as (journal, found):
        plan = found.record.plan
        return execute(plan, approval(plan), journal, held, doors(revoker), workers)


def test_each_token_is_revoked_once_and_accounted_for_once(path: Path) -> None:
    plan, revoker = plan_of(50), FakeRevoker()
    assert run(path, plan, revoker, workers=8) == ""
    assert sorted(revoker.calls) == sorted(one.handle for one in plan.tokens)
    assert Counter(events(path)) == {
        (one.handle, state): 1 for one in plan.tokens for state in (ATTEMPTED, REVOKED)
    }


def test_an_approval_of_another_plan_revokes_nothing(path: Path) -> None:
    plan, revoker = plan_of(3), FakeRevoker()
    with begun(path, plan) as journal, pytest.raises(DeclinedError):
        execute(plan, approval(plan_of(2)), journal, inventory(plan), doors(revoker))
    assert revoker.calls == []
    assert events(path) == []


def test_the_attempt_is_on_the_disk_before_the_call_leaves(path: Path) -> None:
    plan = plan_of(40)

    def answer(_: int, name: str) -> str:
        assert (name, ATTEMPTED) in events(path)
        return REVOKED

    assert run(path, plan, FakeRevoker(answer), workers=8) == ""


def test_the_answer_is_on_the_disk_before_the_same_worker_calls_again(path: Path) -> None:
    before: list[str] = []

    def answer(_: int, name: str) -> str:
        states = dict(events(path))
        assert all(states[one] == REVOKED for one in before)
        before.append(name)
        return REVOKED

    run(path, plan_of(10), FakeRevoker(answer))


def test_an_external_client_apps_token_goes_its_own_way(path: Path) -> None:
    plan = RevocationPlan(
        organization=plan_of(0).organization, tokens=(planned(1), planned(2, external=True), planned(3))
    )
    revoker = FakeRevoker()
    run(path, plan, revoker)
    assert revoker.external_calls == [handle(2)]


def test_the_org_and_not_the_journal_says_which_way_a_token_goes(path: Path) -> None:
    """A journal that calls a delete token external would put that secret into an address."""
    plan, revoker = plan_of(3, external=True), FakeRevoker()
    run(path, plan, revoker, inventory(plan, external=frozenset({handle(1)})))
    assert revoker.external_calls == [handle(1)]


def test_a_token_that_vanished_is_gone_and_one_that_appeared_is_left_alone(path: Path) -> None:
    plan, revoker = plan_of(4), FakeRevoker()
    held = inventory(plan_of(9), without=2)
    run(path, plan, revoker, held)
    assert sorted(revoker.calls) == sorted((handle(2), handle(3)))
    states = read(path).states
    assert [states[handle(n)] for n in range(4)] == [GONE, GONE, REVOKED, REVOKED]


def test_from_a_list_that_may_lack_some_nothing_is_taken_for_gone(path: Path) -> None:
    plan, revoker = plan_of(4), FakeRevoker()
    run(path, plan, revoker, inventory(plan, without=2, whole=False))
    assert [read(path).states[handle(n)] for n in range(4)] == [PLANNED, PLANNED, REVOKED, REVOKED]


def test_the_logins_own_tokens_are_left_alone_though_the_plan_names_them(path: Path) -> None:
    """Somebody else may have made the plan."""
    plan, revoker = plan_of(4), FakeRevoker()
    run(path, plan, revoker, inventory(plan, own=frozenset({handle(2)})))
    assert handle(2) not in revoker.calls
    assert read(path).states[handle(2)] == PLANNED


@pytest.mark.parametrize("outcome", [REVOKED, GONE, FAILED, UNKNOWN])
def test_an_outcome_is_noted_as_it_is(path: Path, outcome: str) -> None:
    run(path, plan_of(2), FakeRevoker(lambda *_: outcome))
    assert set(read(path).states.values()) == {outcome}


def test_what_failed_or_is_not_known_is_tried_again_and_what_is_done_is_not(path: Path) -> None:
    plan = plan_of(5)
    outcomes = dict(
        zip((one.handle for one in plan.tokens), [REVOKED, GONE, FAILED, UNKNOWN, REVOKED], strict=True)
    )
    run(path, plan, FakeRevoker(lambda _, name: outcomes[name]))
    second = FakeRevoker()
    assert resume(path, second, inventory(plan)) == ""
    assert sorted(second.calls) == sorted((handle(2), handle(3)))
    assert set(read(path).states.values()) <= DONE


@pytest.mark.parametrize("error", [LimitError("The daily limit is reached"), AuthError("Signed out")])
@pytest.mark.parametrize("workers", [1, 4])
def test_a_limit_or_a_lost_session_stops_and_the_rest_stays_planned(
    path: Path, error: NoVerdictError, workers: int
) -> None:
    def answer(number: int, _: str) -> str:
        if number >= 5:
            raise error
        return REVOKED

    revoker = FakeRevoker(answer)
    assert run(path, plan_of(40), revoker, workers=workers) == error.message
    assert len(revoker.calls) < 5 + workers
    states = Counter(read(path).states.values())
    assert states[REVOKED] == 4
    assert 1 <= states[FAILED] <= workers
    assert states[PLANNED] == 40 - 4 - states[FAILED]


def test_an_org_that_gives_no_answer_any_more_is_not_asked_for_ever(path: Path) -> None:
    revoker = FakeRevoker(lambda *_: UNKNOWN)
    assert "no answer" in run(path, plan_of(500), revoker, workers=4)
    assert MOST_UNANSWERED <= len(revoker.calls) < MOST_UNANSWERED + 4
    now_and_then = FakeRevoker(lambda number, _: UNKNOWN if number % 8 else REVOKED)
    path.unlink()
    assert run(path, plan_of(500), now_and_then, workers=4) == ""


@pytest.mark.parametrize("workers", [1, 3])
def test_an_error_nobody_foresaw_stops_all_workers_and_leaves_a_true_journal(
    path: Path, workers: int
) -> None:
    def answer(number: int, _: str) -> str:
        if number == 4:
            raise ZeroDivisionError
        return REVOKED

    plan, revoker = plan_of(60), FakeRevoker(answer)
    with pytest.raises(ZeroDivisionError):
        run(path, plan, revoker, workers=workers)
    assert len(revoker.calls) <= 3 + 2 * workers
    states = read(path).states
    assert {one for one, state in states.items() if state != PLANNED} == set(revoker.calls)
    assert Counter(states.values())[ATTEMPTED] == 1


def test_progress_that_fails_does_not_lose_a_result(path: Path) -> None:
    def progress(done: int) -> None:
        raise BrokenPipeError

    plan, revoker = plan_of(5), FakeRevoker()
    with begun(path, plan) as journal, pytest.raises(BrokenPipeError):
        execute(plan, approval(plan), journal, inventory(plan), Doors(revoker, lambda: NOW, progress), 1)
    assert events(path) == [(revoker.calls[0], ATTEMPTED), (revoker.calls[0], REVOKED)]


class Org:
    """Tokens that live until they are revoked; kills the run at a step, before or after the deed."""

    def __init__(self, alive: set[str], killed_at: int = 0, *, done: bool = False) -> None:
        self.alive = alive
        self.touched: list[str] = []
        self._killed_at = killed_at
        self._done = done

    def answer(self, number: int, name: str) -> str:
        if number == self._killed_at and not self._done:
            raise Killed
        self.touched.append(name)
        there = name in self.alive
        self.alive.discard(name)
        if number == self._killed_at:
            raise Killed
        return REVOKED if there else GONE


def finished_and_right(path: Path, plan: RevocationPlan, orgs: list[Org], outside: set[str]) -> None:
    """None left, none outside touched, each accounted for exactly once."""
    alive = orgs[-1].alive
    with again(path) as (journal, _):
        assert settle(journal, plan, frozenset(alive), True, NOW) == ()
    assert alive == outside
    assert not outside & {name for org in orgs for name in org.touched}
    states = read(path).states
    assert set(states) == {one.handle for one in plan.tokens}
    assert set(states.values()) <= DONE
    final = Counter(one for one, state in events(path) if state in DONE)
    assert set(final.values()) == {1}


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("workers", [1, 3])
def test_killed_at_any_call_and_resumed_it_ends_right(tmp_path: Path, workers: int, done: bool) -> None:
    plan, outside = plan_of(9), {handle("outside"), handle("more")}
    everything = {one.handle for one in plan.tokens} | outside
    for step in range(1, 10):
        path = tmp_path / f"{step}.jsonl"
        first = Org(set(everything), step, done=done)
        with pytest.raises(Killed):
            run(path, plan, FakeRevoker(first.answer), workers=workers)
        second = Org(first.alive)
        resume(path, FakeRevoker(second.answer), present(second), workers)
        finished_and_right(path, plan, [first, second], outside)


def present(org: Org) -> Inventory:
    """What a fresh inventory shows of the org, tokens outside the plan too."""
    return Inventory({name: Secret(f"secret {name}") for name in org.alive})


class DyingDisk:
    """Ends the process at a trip to the disk, with some of the bytes written."""

    def __init__(self, at: int, share: float) -> None:
        self._left = at
        self._share = share

    def __call__(self, descriptor: int, data: bytes) -> None:
        self._left -= 1
        if self._left == 0:
            to_disk(descriptor, data[: int(len(data) * self._share)])
        if self._left <= 0:
            raise Killed
        to_disk(descriptor, data)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 14), st.floats(0, 1)), max_size=3), st.integers(1, 3))
def test_killed_at_any_byte_of_the_journal_any_number_of_times_it_ends_right(
    tmp_path_factory: pytest.TempPathFactory, deaths: list[tuple[int, float]], workers: int
) -> None:
    path = tmp_path_factory.mktemp("deaths") / "j"
    plan, outside = plan_of(6), {handle("outside")}
    orgs = [Org({one.handle for one in plan.tokens} | outside)]
    with begun(path, plan):
        pass
    for at, share in deaths:
        org = Org(orgs[-1].alive)
        orgs.append(org)
        with again(path) as (journal, _):
            dying = Journal(journal._descriptor, journal.states, DyingDisk(at, share))
            try:
                execute(plan, approval(plan), dying, present(org), doors(FakeRevoker(org.answer)), workers)
            except (Killed, NoVerdictError):  # other workers find a broken journal
                continue
    last = Org(orgs[-1].alive)
    orgs.append(last)
    resume(path, FakeRevoker(last.answer), present(last), workers)
    finished_and_right(path, plan, orgs, outside)


@pytest.mark.parametrize("trip", range(1, 8))
@pytest.mark.parametrize("workers", [1, 4])
def test_once_the_disk_is_full_nothing_more_is_revoked(path: Path, trip: int, workers: int) -> None:
    plan, org = plan_of(20), Org({one.handle for one in plan_of(20).tokens})
    left = [trip]
    lock = threading.Lock()

    def filling(descriptor: int, data: bytes) -> None:
        with lock:
            left[0] -= 1
        if left[0] <= 0:
            raise OSError
        to_disk(descriptor, data)

    with begun(path, plan) as journal:
        full = Journal(journal._descriptor, journal.states, filling)
        revoker = FakeRevoker(org.answer)
        with pytest.raises(NoVerdictError, match="nothing more is revoked"):
            execute(plan, approval(plan), full, inventory(plan), doors(revoker), workers)
        assert full.broken
    on_disk = {one for one, state in events(path) if state == ATTEMPTED}
    assert set(org.touched) <= on_disk
    resume(path, FakeRevoker(org.answer), present(org))
    assert not org.alive


def test_an_interrupt_waits_for_the_calls_under_way_and_begins_no_other(path: Path) -> None:
    """^C while workers call; it reaches the main thread only."""
    main = threading.main_thread().ident or 0
    heard = threading.Event()

    def interrupted(*_: object) -> None:
        heard.set()
        raise KeyboardInterrupt

    def answer(number: int, _: str) -> str:
        if number == 3:
            signal.pthread_kill(main, signal.SIGINT)
        if number >= 3:
            assert heard.wait(10)
        return REVOKED

    revoker = FakeRevoker(answer)
    before = signal.signal(signal.SIGINT, interrupted)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(path, plan_of(300), revoker, workers=2)
    finally:
        signal.signal(signal.SIGINT, before)
    states = read(path).states
    assert {one for one, state in states.items() if state == REVOKED} == set(revoker.calls)
    assert len(revoker.calls) < 300


def test_an_interrupt_while_workers_are_being_started_stops_them_too(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anybody waits for them: they must not go on to the end of the list."""
    real, started = ThreadPoolExecutor.submit, threading.Event()

    def submit(pool: ThreadPoolExecutor, *given: object) -> object:
        if started.is_set():
            raise KeyboardInterrupt
        started.set()
        return real(pool, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(ThreadPoolExecutor, "submit", submit)
    revoker = FakeRevoker()
    with pytest.raises(KeyboardInterrupt):
        run(path, plan_of(500), revoker, workers=2)
    assert len(revoker.calls) < 500


def test_looking_again_settles_what_is_open_and_takes_back_what_was_wrong(path: Path) -> None:
    plan = plan_of(6)
    outcomes = dict(
        zip(
            (one.handle for one in plan.tokens),
            [REVOKED, REVOKED, GONE, UNKNOWN, UNKNOWN, FAILED],
            strict=True,
        )
    )
    with begun(path, plan) as journal:
        execute(
            plan,
            approval(plan),
            journal,
            inventory(plan),
            doors(FakeRevoker(lambda _, name: outcomes[name])),
            1,
        )
        there = frozenset({handle(1), handle(2), handle(4), handle("outside")})
        assert settle(journal, plan, there, True, NOW) == (handle(1), handle(2), handle(4))
    states = read(path).states
    assert [states[handle(n)] for n in range(6)] == [REVOKED, FAILED, FAILED, GONE, FAILED, GONE]
    assert lines(path)[-1] == {
        "event": "recounted",
        "at": "2026-11-24T12:00:00Z",
        "whole": True,
        "survivors": 3,
    }


def test_a_look_that_may_lack_some_settles_nothing_as_gone(path: Path) -> None:
    plan = plan_of(3)
    with begun(path, plan) as journal:
        run_states = [(handle(0), REVOKED), (handle(1), UNKNOWN)]
        journal.note(*run_states, at=NOW)
        assert settle(journal, plan, frozenset({handle(0)}), False, NOW) == (handle(0),)
    assert read(path).states == {handle(0): FAILED, handle(1): UNKNOWN, handle(2): PLANNED}


def test_a_token_still_told_of_under_another_name_is_still_there() -> None:
    """OauthToken had it under one secret; now the usage resource tells of it under another."""
    own = token("own", app_label="Reporting Sync")
    twin = own._replace(handle=handle("twin"), external=True)
    elsewhere = twin._replace(handle=handle("else"), user_id="005xx0000000002AAA")
    known = directory(own, twin, elsewhere)
    plan = RevocationPlan(
        organization=plan_of(0).organization,
        tokens=(planned("own", app="Reporting Sync", user="user1@acme.example", created=own.created),),
    )
    assert still_there(plan, {twin.handle}, [twin], known) == {own.handle}
    assert still_there(plan, {elsewhere.handle}, [elsewhere], known) == frozenset()
    assert still_there(plan, {own.handle}, [own], known) == {own.handle}
    assert still_there(plan, (), [], known) == frozenset()
    both = plan.model_copy(update={"tokens": (*plan.tokens, planned("twin", external=True))})
    assert still_there(both, {twin.handle}, [twin], known) == {twin.handle}


def test_no_secret_is_in_anything_that_executing_could_show(path: Path) -> None:
    plan = plan_of(3)
    held = inventory(plan)
    run(path, plan, FakeRevoker(), held)
    shown = f"{held!r} {doors(FakeRevoker())!r} {json.dumps(lines(path))}"
    assert "secret " not in shown
