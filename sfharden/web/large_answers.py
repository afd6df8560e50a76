"""How much memory answers take that are under way at once: small ones little, of the large ones one at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

MEBIBYTE: Final = 1024 * 1024
# A page of 2,000 rows is under 2 MiB as a rule; eight of them under way are nothing to speak of.
SMALL_BYTES: Final = 2 * MEBIBYTE
SMALL_VALUES: Final = 100_000


class LargeAnswers:
    """One turn for all calls of a run: whoever reads or parses a large answer has it, and the others wait.

    Not a sum that all share: two that both need more than is left would wait for each other.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._own = threading.local()

    @contextmanager
    def answer(self) -> Iterator[None]:
        """One answer, from its first byte until it is parsed; a turn taken within ends with the outermost block."""
        self._own.depth = getattr(self._own, "depth", 0) + 1
        try:
            yield
        finally:
            self._own.depth -= 1
            if not self._own.depth:
                self.leave()

    def take_turn(self) -> None:
        """Wait for the turn; nothing, if this thread has it."""
        if not self.has_turn:
            self._turn.acquire()
            self._own.has_turn = True

    def leave(self) -> None:
        """Give the turn to another, as before a pause; nothing, if this thread doesn't have it."""
        if self.has_turn:
            self._own.has_turn = False
            self._turn.release()

    @property
    def has_turn(self) -> bool:
        """Whether this thread has the turn."""
        return bool(getattr(self._own, "has_turn", False))


def values_in(body: bytes) -> int:
    """At least as many as there are values in a body of JSON, or tags in one of XML: what parsing makes objects of."""
    return sum(body.count(mark) for mark in (b",", b"[", b"{", b"<"))
