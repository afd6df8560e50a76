"""Executing a plan: what is asked, what is noted, what stops it, and that nothing else happens."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sfharden.errors import (
    AuthError,
    BudgetError,
    DeclinedError,
    LimitError,
    NoVerdictError,
    UnreachableError,
)
from sfharden.ports import Ending, RevokeOutcome
from sfharden.revocation.execute import Doors, Keys, execute
from sfharden.revocation.inventory import TokenInventory
from sfharden.revocation.journal import Disk, create_journal, resume_journal
from sfharden.revocation.records import State
from sfharden.revocation.recount import recount
from sfharden.text.redact import Secret
from sfharden.web.concurrency import ConcurrencyLimit

from .kit import NOW, ORG_ID, FakeOrg, MortalDisk, Scene, handle, header_of, plan_of, scene, secret, token

LIMITED = RevokeOutcome(Ending.LIMITED, "REQUEST_LIMIT_EXCEEDED")
LOST = RevokeOutcome(Ending.UNKNOWN, "NO_ANSWER")


@pytest.mark.parametrize("workers", [1, 8])
def test_every_token_of_the_plan_is_revoked_once_and_no_other(tmp_path: Path, workers: int) -> None:
    stage = scene(tmp_path, tokens=40, bystanders=5)
    assert stage.first_run(workers=workers) is None
    assert stage.org.alive == {41, 42, 43, 44, 45}
    assert sorted(stage.org.asked) == sorted(stage.plan.handles)
    assert stage.history().counts()[State.REVOKED] == 40


def test_a_token_that_appears_later_stays_and_one_that_disappears_is_no_error(tmp_path: Path) -> None:
    stage = scene(tmp_path, tokens=3, bystanders=0)
    journal = create_journal(stage.path, header_of(stage.plan), Disk(lambda: NOW))
    stage.org.alive ^= {2, 99}
    stopped = execute(
        stage.plan, stage.approval(), stage.plan.handles, stage.org.keys(), journal, stage.doors()
    )
    journal.close()
    assert stopped is None
    assert stage.org.alive == {99}
    assert stage.history().state(handle(2)) is State.ALREADY_GONE
    assert handle(2) not in stage.org.asked


def test_one_that_disappears_between_the_inventory_and_its_call_is_gone(tmp_path: Path) -> None:
    stage = scene(tmp_path, tokens=2, bystanders=0)

    def somebody_else_was_faster(number: int, phase: str) -> None:
        if number == 1 and phase == "before":
            stage.org.alive.clear()

    stage.org.trouble = somebody_else_was_faster
    assert stage.first_run() is None
    assert stage.history().counts()[State.ALREADY_GONE] == 2


def test_in_an_incomplete_inventory_absence_proves_nothing(tmp_path: Path) -> None:
    stage = scene(tmp_path, tokens=2, bystanders=0)
    journal = create_journal(stage.path, header_of(stage.plan), Disk(lambda: NOW))
    keys = Keys({handle(1): secret(1)}, frozenset(), "2,500 of 6,000 tokens came")
    execute(stage.plan, stage.approval(), stage.plan.handles, keys, journal, stage.doors())
    journal.close()
    assert stage.history().state(handle(1)) is State.REVOKED
    assert stage.history().state(handle(2)) is State.UNKNOWN


def test_external_tokens_go_by_their_own_resource(tmp_path: Path) -> None:
    stage = scene(tmp_path, tokens=2, bystanders=0)
    journal = create_journal(stage.path, header_of(stage.plan), Disk(lambda: NOW))
    keys = Keys(stage.org.keys().secrets, frozenset({handle(2)}))
    assert keys.gap == ""
    execute(stage.plan, stage.approval(), stage.plan.handles, keys, journal, stage.doors())
    journal.close()
    assert stage.org.externals == [handle(2)]


def test_an_approval_of_another_plan_and_a_token_outside_the_plan_are_refused(tmp_path: Path) -> None:
    stage, other = scene(tmp_path), plan_of([1])
    journal = create_journal(stage.path, header_of(stage.plan), Disk(lambda: NOW))
    for plan, handles, reason in (
        (other, other.handles, "approval is for another plan; nothing was revoked"),
        (stage.plan, (handle(99),), "token outside the plan was asked for; nothing was revoked"),
    ):
        with pytest.raises(DeclinedError, match=reason):
            execute(plan, stage.approval(), handles, stage.org.keys(), journal, stage.doors())
    journal.close()
    assert stage.org.asked == []


def test_the_attempt_is_on_the_disk_before_its_call_and_the_result_before_the_next(tmp_path: Path) -> None:
    stage, disk = scene(tmp_path), MortalDisk()
    synced: list[str] = []
    at_call: list[str] = []

    def sync(_: int) -> None:
        synced[:] = [stage.path.read_text("ascii")]

    def look(_number: int, phase: str) -> None:
        if phase == "before":
            at_call.append(synced[0])

    stage.org.trouble = look
    stage.first_run(Disk(lambda: NOW, disk.write, sync))
    for call, (on_disk, name) in enumerate(zip(at_call, stage.org.asked, strict=True)):
        assert on_disk.count('"attempted"') == call + 1
        assert on_disk.count('"record":"revoked"') == call
        assert f'"attempted","handle":"{name}"' in on_disk


def test_a_refused_token_does_not_stop_the_others(tmp_path: Path) -> None:
    stage = scene(tmp_path)
    refused = RevokeOutcome(Ending.REFUSED, "unsupported_token_type")
    stage.org.trouble = lambda number, phase: refused if (number, phase) == (2, "before") else None
    assert stage.first_run() is None
    counts = stage.history().counts()
    assert (counts[State.REVOKED], counts[State.FAILED]) == (3, 1)
    assert stage.history().events[handle(2)].code == "unsupported_token_type"


def test_a_lost_answer_is_unknown_until_somebody_looks(tmp_path: Path) -> None:
    stage = scene(tmp_path, tokens=3)
    stage.org.trouble = lambda number, phase: (
        LOST if (number, phase) in ((1, "after"), (2, "before")) else None
    )
    stage.first_run()
    history = stage.history()
    assert '"record":"unknown"' in stage.path.read_text("ascii")
    assert (history.state(handle(1)), history.events[handle(1)].seen) == (State.ALREADY_GONE, "inventory")
    assert (history.state(handle(2)), history.events[handle(2)].code) == (State.FAILED, "STILL_THERE")
    assert history.recounts[-1].survivors == (handle(2),)


@pytest.mark.parametrize(
    ("changes", "survives"),
    [
        ({}, True),
        ({"user_id": "u2"}, False),
        ({"app_label": "Other"}, False),
        ({"created": NOW + timedelta(days=1)}, False),
    ],
)
def test_a_token_that_is_still_listed_by_its_own_resource_survives(
    tmp_path: Path, changes: dict[str, Any], survives: bool
) -> None:
    """OauthToken lists tokens of external client apps too; gone there, one may still work."""
    stage = scene(tmp_path, tokens=2)
    stage.first_run()
    twin = token(9, external=True)._replace(**changes)
    users = {"u1": "u1@acme.example", "u2": "u2@acme.example"}
    known = TokenInventory(ORG_ID, (twin,), "", frozenset({twin.handle}), users)
    journal, _ = resume_journal(stage.path, Disk(lambda: NOW))
    history = recount(journal, known, Disk(lambda: NOW))
    journal.close()
    assert history.recounts[-1].survivors == ((handle(1),) if survives else ())
    assert (history.state(handle(1)) is State.FAILED) is survives
    assert history.state(handle(2)) is State.REVOKED


def test_a_limit_halves_the_width_waits_and_asks_again(tmp_path: Path) -> None:
    stage = scene(tmp_path)
    gate = ConcurrencyLimit(8)
    stage.org.trouble = lambda number, phase: LIMITED if number <= 3 and phase == "before" else None
    journal = create_journal(stage.path, header_of(stage.plan), Disk(lambda: NOW))
    doors = Doors(stage.org, gate, stage.sleeps.append, workers=1)
    assert execute(stage.plan, stage.approval(), stage.plan.handles, stage.org.keys(), journal, doors) is None
    journal.close()
    assert gate.width == 1
    assert stage.sleeps == [2.0, 4.0, 8.0]
    assert stage.history().counts()[State.REVOKED] == 4


def test_a_limit_without_end_stops_the_run_and_leaves_the_rest(tmp_path: Path) -> None:
    stage = scene(tmp_path)
    stage.org.trouble = lambda _number, _phase: LIMITED
    assert isinstance(stage.first_run(), LimitError)
    history = stage.history()
    assert history.state(handle(1)) is State.FAILED
    assert history.counts()[State.PLANNED] == 3
    assert max(stage.sleeps) <= 30
    stage.org.trouble = lambda _number, _phase: None
    assert stage.resume() is None
    assert stage.history().counts()[State.REVOKED] == 4


@pytest.mark.parametrize(
    ("error", "code"), [(AuthError("gone"), "SESSION_ENDED"), (BudgetError("used up"), "NOT_SENT")]
)
def test_an_ended_session_or_budget_stops_and_leaves_the_rest_planned(
    tmp_path: Path, error: Exception, code: str
) -> None:
    stage = scene(tmp_path)

    def ends(number: int, phase: str) -> None:
        if number == 2 and phase == "before":
            raise error

    stage.org.trouble = ends
    assert stage.first_run() is error
    history = stage.history()
    assert [history.state(one) for one in stage.plan.handles] == [
        State.REVOKED,
        State.FAILED,
        State.PLANNED,
        State.PLANNED,
    ]
    assert history.events[handle(2)].code == code


def test_an_org_that_has_fallen_silent_is_not_asked_for_every_token(tmp_path: Path) -> None:
    stage = scene(tmp_path, tokens=50)
    stage.org.trouble = lambda _number, _phase: LOST
    assert isinstance(stage.first_run(), UnreachableError)
    assert len(stage.org.asked) < 10


def test_a_full_disk_stops_before_the_next_call(tmp_path: Path) -> None:
    stage = scene(tmp_path)
    writes: list[bytes] = []

    def write(descriptor: int, content: bytes) -> int:
        writes.append(content)
        if len(writes) > 3:
            raise OSError
        return MortalDisk().write(descriptor, content)

    with pytest.raises(NoVerdictError, match="journal"):
        stage.first_run(Disk(lambda: NOW, write))
    assert len(stage.org.asked) == 2  # the plan, two announcements


def test_no_call_leaves_after_a_failed_sync_even_of_another_worker(tmp_path: Path) -> None:
    stage = scene(tmp_path, tokens=40)
    syncs: list[int] = []

    def sync(_: int) -> None:
        syncs.append(1)
        if len(syncs) > 6:
            raise OSError

    with pytest.raises(NoVerdictError):
        stage.first_run(Disk(lambda: NOW, sync=sync), workers=8)
    attempted = stage.path.read_text("ascii").count('"attempted"')
    assert len(stage.org.asked) <= attempted < 40


def test_interruption_notes_the_calls_under_way_and_ends(tmp_path: Path) -> None:
    stage = scene(tmp_path, tokens=30)
    interrupted = threading.Event()

    def slow(number: int, phase: str) -> None:
        if phase == "before" and number >= 3:
            interrupted.wait(5)

    def progress(_done: int, _all: int) -> None:
        interrupted.set()
        raise KeyboardInterrupt

    stage.org.trouble = slow
    journal = create_journal(stage.path, header_of(stage.plan), Disk(lambda: NOW))
    doors = Doors(stage.org, ConcurrencyLimit(2), stage.sleeps.append, progress, workers=2)
    with pytest.raises(KeyboardInterrupt):
        execute(stage.plan, stage.approval(), stage.plan.handles, stage.org.keys(), journal, doors)
    journal.close()
    counts = stage.history().counts()
    assert counts[State.REVOKED] == len(stage.org.asked) == 32 - len(stage.org.alive)
    assert counts[State.PLANNED] > 0


def test_progress_that_fails_stops_the_workers_and_loses_no_answer(tmp_path: Path) -> None:
    """Whatever the main thread ends by, no worker goes on behind its back."""
    stage = scene(tmp_path, tokens=400)
    told = threading.Event()

    def progress(_done: int, _all: int) -> None:
        told.set()
        raise BrokenPipeError

    def slow(number: int, phase: str) -> None:
        if phase == "before" and number >= 3:
            told.wait(5)

    stage.org.trouble = slow
    journal = create_journal(stage.path, header_of(stage.plan), Disk(lambda: NOW))
    doors = Doors(stage.org, ConcurrencyLimit(2), stage.sleeps.append, progress, workers=2)
    with pytest.raises(BrokenPipeError):
        execute(stage.plan, stage.approval(), stage.plan.handles, stage.org.keys(), journal, doors)
    journal.close()
    assert stage.history().counts()[State.REVOKED] == len(stage.org.asked) < 400


def test_no_secret_is_in_the_repr_of_what_carries_it() -> None:
    org = FakeOrg({1})
    assert secret(1).reveal() not in repr(org.keys()) + repr(Secret("x"))
    assert handle(1) not in repr(org.keys())  # nor a list of thousands in a traceback


def test_a_bug_in_a_worker_comes_out(tmp_path: Path) -> None:
    stage: Scene = scene(tmp_path)

    def broken(_number: int, _phase: str) -> None:
        raise ZeroDivisionError

    stage.org.trouble = broken
    with pytest.raises(ZeroDivisionError):
        stage.first_run(workers=4)
