"""How far a run is: one line on a terminal, rewritten in place while something is waited for, and erased at the end."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, TextIO

import click

from sfharden.doors.run_doors import RunDoors
from sfharden.ports import NobodyWatches, Watcher, waited_for
from sfharden.text.terminal import ERASE, columns_of, is_terminal, rewrites
from sfharden.text.wrapping import shorten_to

_REWRITTEN_EVERY: Final = 0.1  # seconds
_PLAIN_FIRST, _PLAIN_EVERY = 0.8, 5.0  # a plain line stays: a short wait is worth none
_WORTH_TELLING: Final = 2  # seconds


@dataclass
class PartsWaitedFor:
    """Which parts were begun and which have ended, in words. Several threads may tell; see `ports.Watcher`."""

    clock: Callable[[], float]
    _begun: dict[str, float] = field(default_factory=dict)
    _rows: dict[str, int] = field(default_factory=dict)
    _ended: set[str] = field(default_factory=set)

    def begun(self, part: str) -> None:
        """Its time counts from here."""
        self._begun[part] = self.clock()
        self._ended.discard(part)

    def counted(self, part: str, rows: int) -> None:
        """One step, without a lock: there may be a million rows."""
        self._rows[part] = rows

    def ended(self, part: str) -> None:
        """It's waited for no more."""
        self._ended.add(part)

    def words(self) -> str:
        """`12 of 20 parts read; waiting for Logins (2,400 so far, 8 s)`; nothing before anything was begun."""
        begun, ended = self._begun.copy(), self._ended.copy()  # a step each; others may add to them meanwhile
        waiting = min((one for one in begun if one not in ended), key=lambda one: begun[one], default="")
        told = self._waiting(waiting, begun[waiting]) if waiting else "putting them together"
        if len(begun) > 1:
            return f"{len(ended):,} of {len(begun):,} parts read; {told}"
        return told[:1].upper() + told[1:] if waiting else ""

    def _waiting(self, part: str, since: float) -> str:
        rows, seconds = self._rows.get(part, 0), int(self.clock() - since)
        more = [f"{rows:,} so far"] if rows else []
        more += [f"{seconds:,} s"] if seconds >= _WORTH_TELLING else []
        return f"waiting for {part}" + (f" ({', '.join(more)})" if more else "")


@dataclass
class ProgressLine:
    """Where a person reads it. `beat` calls draw it, from another thread; once it's erased nothing draws it again."""

    stream: TextIO
    clock: Callable[[], float]
    rewritten: bool
    columns: Callable[[], int]
    _drawn_at: float | None = None
    _shown: str = ""
    _over: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if not self.rewritten:
            self._drawn_at = self.clock() - _PLAIN_EVERY + _PLAIN_FIRST

    def draw(self, text: str) -> None:
        """Show it, unless it stands there, or something was shown a moment ago."""
        with self._lock:
            every, now = (_REWRITTEN_EVERY if self.rewritten else _PLAIN_EVERY), self.clock()
            soon = self._drawn_at is not None and now - self._drawn_at < every
            if self._over or soon or not text or text == self._shown:
                return
            self._drawn_at, self._shown = now, text
            # In the last column a terminal may begin a new line, which is then not erased.
            fitting = shorten_to(text, self.columns() - 1)
            self._write(ERASE + fitting if self.rewritten else f"{text}\n")

    def erase(self) -> None:
        """For good: what follows may be the report, on the same terminal."""
        with self._lock:
            self._over = True
            if self.rewritten and self._shown:
                self._write(ERASE)

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # nobody looks any more, which stops no reading
            click.echo(text, file=self.stream, nl=False)


@contextmanager
def watching(doors: RunDoors) -> Iterator[Watcher]:
    """Shows a person at standard error what the block waits for; nothing to anybody else, nor if they want quiet."""
    stream: TextIO | None = sys.stderr
    if stream is None or doors.quiet or not is_terminal(stream):
        yield NobodyWatches()
        return
    clock = doors.timing.clock
    parts = PartsWaitedFor(clock)
    line = ProgressLine(stream, clock, rewrites(stream), lambda: columns_of(stream))
    try:
        with doors.beat(lambda: line.draw(parts.words())):
            yield parts
    finally:
        line.erase()


@contextmanager
def waiting_for(what: str, doors: RunDoors) -> Iterator[None]:
    """Shows a person that the block waits for one thing."""
    with watching(doors) as watcher, waited_for(watcher, what):
        yield
