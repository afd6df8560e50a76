"""Lanes: never more calls under way than the width, which only narrows, and a lane that is given back whatever happens."""

import threading

import pytest

from sfharden.salesforce.lanes import WIDTH, Lanes


def most_at_once(lanes: Lanes, workers: int) -> int:
    """How many of many workers were ever on their way together."""
    lock, under_way, most = threading.Lock(), 0, 0

    def work() -> None:
        nonlocal under_way, most
        for _ in range(20):
            with lanes.lane():
                with lock:
                    under_way += 1
                    most = max(most, under_way)
                with lock:
                    under_way -= 1

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return most


@pytest.mark.parametrize("width", [1, 3])
def test_never_more_than_the_width_are_under_way(width: int) -> None:
    assert most_at_once(Lanes(width), workers=8) <= width


def test_each_narrowing_halves_and_one_lane_stays() -> None:
    lanes, widths = Lanes(), []
    for _ in range(5):
        widths.append(lanes.width)
        lanes.narrow()
    assert widths == [WIDTH, 4, 2, 1, 1]


def test_narrowing_while_lanes_are_held_lets_nobody_in_until_enough_are_back() -> None:
    lanes, order = Lanes(2), list[str]()

    def enter() -> None:
        with lanes.lane():
            order.append("entered")

    with lanes.lane():
        lanes.narrow()
        waiting = threading.Thread(target=enter)
        waiting.start()
        order.append("left")
    waiting.join(timeout=30)
    assert order == ["left", "entered"]


def test_a_lane_is_given_back_after_a_fault() -> None:
    lanes = Lanes(1)
    with pytest.raises(KeyError), lanes.lane():
        raise KeyError
    with lanes.lane():
        assert lanes.width == 1
