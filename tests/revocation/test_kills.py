"""Killed at any moment: the journal tells the truth, and resuming finishes the plan and touches nothing else."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from sfharden.errors import InputError, SfhardenError
from sfharden.ports import Ending, RevokeOutcome
from sfharden.revocation.journal import Disk, resume_journal
from sfharden.revocation.records import State
from sfharden.revocation.recount import recount
from sfharden.revocation.resume import rest_of

from .kit import NOBODY, NOW, Killed, MortalDisk, Scene, Trouble, handle, scene

TOKENS = 4
BYSTANDERS = {5, 6}


def finish(stage: Scene) -> None:
    """Resume as a person would: again and again, or from the start if nothing was begun."""
    try:
        stage.resume()
    except InputError:
        # The journal ends within its plan; then nothing can have been asked.
        assert stage.org.asked == []
        stage.path.unlink()
        stage.first_run()


def assert_complete(stage: Scene) -> None:
    assert stage.org.alive == BYSTANDERS
    assert set(stage.org.asked) <= set(stage.plan.handles)
    counts = stage.history().counts()
    assert counts[State.REVOKED] + counts[State.ALREADY_GONE] == sum(counts.values()) == TOKENS
    assert stage.history().recounts[-1].survivors == ()


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("call", range(1, TOKENS + 1))
def test_killed_around_any_call(tmp_path: Path, call: int, phase: str) -> None:
    stage = scene(tmp_path, TOKENS)

    def dies(number: int, moment: str) -> None:
        if (number, moment) == (call, phase):
            raise Killed

    stage.org.trouble = dies
    with pytest.raises(Killed):
        stage.first_run()
    assert stage.history().state(stage.plan.handles[call - 1]) is State.ATTEMPTED
    stage.org.trouble = lambda _number, _phase: None
    finish(stage)
    assert_complete(stage)


@pytest.mark.parametrize("way", ["write", "sync"])
def test_killed_at_any_write_or_sync(tmp_path: Path, way: str) -> None:
    ended_by_itself = False
    step = 0
    while not ended_by_itself:
        step += 1
        folder = tmp_path / str(step)
        folder.mkdir()
        stage = scene(folder, TOKENS)
        disk = MortalDisk(**{f"dies_at_{way}": step})
        try:
            stage.first_run(disk.disk())
            ended_by_itself = True
        except Killed:
            asked_before = set(stage.org.asked)
            # Whatever was asked had been announced, by a line that outlived the kill.
            if asked_before:
                states = {stage.history().state(one) for one in asked_before}
                assert State.PLANNED not in states
            finish(stage)
        assert_complete(stage)
    assert step > TOKENS


def test_killed_while_resuming_too(tmp_path: Path) -> None:
    for step in range(1, 8):
        folder = tmp_path / str(step)
        folder.mkdir()
        stage = scene(folder, TOKENS)
        for limit in (2, step):
            disk = MortalDisk(dies_at_write=limit)
            try:
                (stage.resume if stage.path.exists() else stage.first_run)(disk.disk())
            except Killed:
                pass
            except InputError:
                stage.path.unlink()
        finish(stage) if stage.path.exists() else stage.first_run()
        assert_complete(stage)


def unreliable(chance: random.Random, kills: set[int]) -> Trouble:
    """5% of the answers are lost, 5% are 503, and at some calls the process is killed."""

    def trouble(number: int, phase: str) -> RevokeOutcome | None:
        if number in kills and phase == "after":
            kills.discard(number)
            raise Killed
        if chance.random() < 0.05:
            return RevokeOutcome(Ending.UNKNOWN, "NO_ANSWER" if phase == "after" else "HTTP_503")
        return None

    return trouble


@pytest.mark.parametrize("seed", range(4))
def test_many_tokens_with_lost_answers_breakdowns_and_two_kills(tmp_path: Path, seed: int) -> None:
    stage = scene(tmp_path, tokens=300, bystanders=20)
    stage.org.trouble = unreliable(random.Random(seed), {70, 180})  # noqa: S311 - made-up trouble
    kills = runs = 0
    while stage.org.alive != set(range(301, 321)) or stage.history().open_handles():
        runs += 1
        assert runs < 12
        try:
            (stage.resume if stage.path.exists() else stage.first_run)(workers=8)
        except Killed:
            kills += 1
    assert kills == 2
    assert set(stage.org.asked) == set(stage.plan.handles)
    counts = stage.history().counts()
    assert counts[State.REVOKED] + counts[State.ALREADY_GONE] == 300
    lines = stage.path.read_text("ascii").splitlines()
    for name in stage.plan.handles:
        assert sum(f'"record":"revoked","handle":"{name}"' in line for line in lines) <= 1


def test_resuming_a_finished_journal_asks_for_nothing(tmp_path: Path) -> None:
    stage = scene(tmp_path)
    stage.first_run()
    asked = list(stage.org.asked)
    assert stage.resume() is None
    assert stage.org.asked == asked


def test_a_token_that_was_said_to_be_revoked_and_is_there_is_revoked_again(tmp_path: Path) -> None:
    stage = scene(tmp_path, tokens=2)
    stage.org.trouble = lambda number, phase: (
        RevokeOutcome(Ending.REVOKED) if (number, phase) == (1, "before") else None
    )
    stage.first_run()
    assert stage.history().events[handle(1)].code == "STILL_THERE"
    stage.resume()
    assert 1 not in stage.org.alive
    assert stage.history().state(handle(1)) is State.REVOKED


def test_an_incomplete_second_look_settles_nothing(tmp_path: Path) -> None:
    stage = scene(tmp_path, tokens=2)

    def dies(number: int, phase: str) -> None:
        if (number, phase) == (1, "after"):
            raise Killed

    stage.org.trouble = dies
    with pytest.raises(Killed):
        stage.first_run()
    stage.org.trouble = lambda _number, _phase: None
    stopped: SfhardenError | None = stage.resume(gap="a part is missing")
    assert stopped is None
    assert stage.history().state(handle(1)) is State.UNKNOWN
    assert stage.history().state(handle(2)) is State.REVOKED
    assert stage.history().recounts[-1].gap == "a part is missing"
    stage.resume()
    assert stage.history().state(handle(1)) is State.ALREADY_GONE


def test_a_second_handle_of_a_token_that_is_there_is_not_gone(tmp_path: Path) -> None:
    # External client apps' tokens have two handles, and the tables list each token once.
    stage = scene(tmp_path, tokens=2, bystanders=0)
    stage.org.trouble = lambda _number, _phase: RevokeOutcome(Ending.UNKNOWN, "NO_ANSWER")
    stage.first_run()
    listed_once = replace(stage.org.known(), tokens=())
    rest = rest_of(stage.history(), listed_once, NOBODY)
    assert rest.gone == rest.left.handles == ()  # nor can it be told what it is, so it's not revoked unseen
    assert set(rest.unlisted) == set(stage.plan.handles)
    journal, _ = resume_journal(stage.path, Disk(lambda: NOW))
    assert recount(journal, listed_once, Disk(lambda: NOW)).counts()[State.FAILED] == 2
    journal.close()
