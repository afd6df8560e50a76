"""The counted gate: never more at once than its width, and whose turn it is."""

import threading
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfharden.web.concurrency import WIDTH, ConcurrencyLimit, Rank


def in_turn(gate: ConcurrencyLimit, ranks: list[Rank]) -> list[int]:
    """In which order callers of these ranks get the only slot, having come one after the other."""
    order: list[int] = []
    threads = []

    def call(number: int, rank: Rank) -> None:
        with gate.slot(rank):
            order.append(number)

    with gate.slot():
        for number, rank in enumerate(ranks):
            thread = threading.Thread(target=call, args=(number, rank))
            thread.start()
            threads.append(thread)
            while len(gate._waiting) <= number:  # until it stands in the row
                thread.join(0.001)
    for thread in threads:
        thread.join()
    return order


def test_the_chain_goes_first_then_tokens_then_the_rest() -> None:
    came = [Rank.REST, Rank.TOKENS, Rank.REST, Rank.CHAIN, Rank.TOKENS, Rank.CHAIN]
    assert in_turn(ConcurrencyLimit(1), came) == [3, 5, 1, 4, 0, 2]


@given(ranks=st.lists(st.sampled_from(Rank), max_size=8))
@settings(max_examples=20)
def test_of_one_rank_who_came_first_goes_first(ranks: list[Rank]) -> None:
    assert in_turn(ConcurrencyLimit(1), ranks) == sorted(
        range(len(ranks)), key=lambda number: (ranks[number], number)
    )


@pytest.mark.parametrize("width", [1, 3, 8])
def test_never_more_at_once_than_the_width(width: int) -> None:
    gate, together, most = ConcurrencyLimit(width), 0, 0
    lock = threading.Lock()

    def call() -> None:
        nonlocal together, most
        for _ in range(20):
            with gate.slot():
                with lock:
                    together += 1
                    most = max(most, together)
                with lock:
                    together -= 1

    threads = [threading.Thread(target=call) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most <= width
    assert together == 0


def test_a_narrowed_gate_waits_for_those_inside() -> None:
    gate = ConcurrencyLimit(4)
    entered = threading.Event()

    def call() -> None:
        with gate.slot():
            entered.set()

    with gate.slot(), gate.slot():
        gate.narrow()
        gate.narrow()
        gate.narrow()
        assert gate.width == 1
        thread = threading.Thread(target=call)
        thread.start()
        while not gate._waiting:
            thread.join(0.001)
        assert not entered.is_set()
    thread.join()
    assert entered.is_set()


def test_who_stops_waiting_stands_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """As ^C ends the waiting of the main thread."""
    gate = ConcurrencyLimit(1)

    def interrupted(_: Callable[[], Any]) -> None:
        raise KeyboardInterrupt

    @contextmanager
    def held() -> Any:
        with gate.slot():
            yield

    with held():
        monkeypatch.setattr(gate._free, "wait_for", interrupted)
        with pytest.raises(KeyboardInterrupt), gate.slot(Rank.CHAIN):
            pass
        monkeypatch.undo()
    with gate.slot():
        assert gate._waiting == []


def test_each_narrowing_halves_and_one_lane_stays() -> None:
    limit, widths = ConcurrencyLimit(), []
    for _ in range(5):
        widths.append(limit.width)
        limit.narrow()
    assert widths == [WIDTH, 4, 2, 1, 1]


def test_a_lane_is_given_back_after_a_fault() -> None:
    limit = ConcurrencyLimit(1)
    with pytest.raises(KeyError), limit.slot():
        raise KeyError
    with limit.slot():
        assert limit.width == 1
