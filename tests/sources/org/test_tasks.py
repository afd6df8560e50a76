"""Two pools of threads: parts beside their own pieces, the first error told, and nothing begun after the end."""

import gc
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from sfharden.errors import AnswerError
from sfharden.sources.org.tasks import TaskPools, task_pools

PATIENCE = 10  # seconds; never waited for in full unless a test fails


def test_every_item_is_worked_on() -> None:
    done: list[str] = []
    with task_pools(1) as pools:
        pools.each(done.append, "abc")
        pools.each(done.append, "")
        assert pools.start(lambda: "result").result(PATIENCE) == "result"
    assert sorted(done) == ["a", "b", "c"]


def test_a_part_that_waits_for_its_pieces_does_not_take_their_place() -> None:
    with task_pools(1) as pools:
        done: list[str] = []
        pools.start(lambda: pools.each(done.append, "abc")).result(PATIENCE)
        assert sorted(done) == ["a", "b", "c"]


def test_the_first_error_is_raised_once_all_have_ended() -> None:
    done: list[str] = []

    def work(item: str) -> None:
        if item in "bc":
            raise ValueError(item)
        done.append(item)

    with task_pools(1) as pools, pytest.raises(ValueError, match="b"):
        pools.each(work, "abcd")
    assert sorted(done) == ["a", "d"]


def test_what_has_not_begun_when_the_block_breaks_off_never_begins() -> None:
    begun, go_on = threading.Event(), threading.Event()
    done: list[str] = []

    def first() -> None:
        begun.set()
        go_on.wait(PATIENCE)

    @contextmanager
    def broken_off() -> Iterator[TaskPools]:
        with task_pools(1) as pools:
            yield pools
            assert begun.wait(PATIENCE)
            raise KeyboardInterrupt

    later = []
    with suppress(KeyboardInterrupt), broken_off() as pools:
        pools.start(first)
        later.append(pools.start(lambda: done.append("later")))
    assert later[0].cancelled()
    go_on.set()
    assert done == []


@pytest.mark.parametrize("way", ["start", "each"])
def test_an_error_that_is_kept_keeps_nothing_of_an_answer(way: str) -> None:
    class Rows:
        """Something that can be seen to be gone."""

    seen: list[weakref.ref[Rows]] = []

    def work(*_: str) -> None:
        rows = Rows()
        seen.append(weakref.ref(rows))
        try:
            raise KeyError(rows)
        except KeyError:
            raise AnswerError("of another shape")  # noqa: B904 - as a reader might

    with task_pools(1) as pools:
        try:
            pools.start(work).result(PATIENCE) if way == "start" else pools.each(work, "a")
        except AnswerError as error:
            kept = error
    gc.collect()
    assert (str(kept), seen[0]()) == ("of another shape", None)
