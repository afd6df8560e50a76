"""How many calls may be under way at once: a bound that narrows when the org says it's too many."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

WIDTH: Final = 8


class Lanes:
    """A counted gate for calls. Safe to share between threads.

    Salesforce limits calls that run at the same time (Limits Quick Reference, Concurrent API Request Limits),
    and tells with the same code as for the daily limit. So each such answer halves the width, down to one.
    """

    def __init__(self, width: int = WIDTH) -> None:
        self._width = width
        self._used = 0
        self._free = threading.Condition()

    @property
    def width(self) -> int:
        """How many calls may be under way now."""
        return self._width

    @contextmanager
    def lane(self) -> Iterator[None]:
        """Wait for a free lane, and hold it."""
        with self._free:
            while self._used >= self._width:
                self._free.wait()
            self._used += 1
        try:
            yield
        finally:
            with self._free:
                self._used -= 1
                self._free.notify()

    def narrow(self) -> None:
        """Halve the width; at least one lane stays."""
        with self._free:
            self._width = max(1, self._width // 2)
