"""How many calls may be under way at once: a bound that narrows when the org says it's too many."""

import threading
from bisect import insort
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Final

WIDTH: Final = 8


class Rank(IntEnum):
    """Whose turn it is where more calls wait than may go: what takes longest from end to end goes first.

    A retrieve is a chain of calls with waits between, and tokens come page after page; the rest takes one call.
    """

    CHAIN = 0
    TOKENS = 1
    REST = 2


class ConcurrencyLimit:
    """A counted gate for calls. Safe to share between threads.

    Salesforce limits calls that run at the same time (Limits Quick Reference, Concurrent API Request Limits),
    and tells with the same code as for the daily limit. So each such answer halves the width, down to one.
    """

    def __init__(self, width: int = WIDTH) -> None:
        self._width = width
        self._used = 0
        self._came = 0
        self._waiting: list[tuple[int, int]] = []
        self._free = threading.Condition()

    @property
    def width(self) -> int:
        """How many calls may be under way now."""
        return self._width

    @contextmanager
    def slot(self, rank: Rank = Rank.REST) -> Iterator[None]:
        """Wait for a free slot, and hold it. Of those who wait the lowest rank goes first, then who came first."""
        with self._free:
            self._came += 1
            turn = (rank, self._came)
            insort(self._waiting, turn)
            try:
                self._free.wait_for(lambda: self._used < self._width and self._waiting[0] == turn)
            finally:
                # Also where waiting ends in an interruption: it must not stand in the way of others.
                self._waiting.remove(turn)
                self._free.notify_all()
            self._used += 1
        try:
            yield
        finally:
            with self._free:
                self._used -= 1
                self._free.notify_all()

    def narrow(self) -> None:
        """Halve the width; at least one slot stays."""
        with self._free:
            self._width = max(1, self._width // 2)
