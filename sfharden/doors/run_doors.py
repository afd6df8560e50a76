"""What a run of the command line reaches the outside by: the time, the patience, the log of its calls."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TextIO

from sfharden.ports import CallLog, Timing, no_log

if TYPE_CHECKING:  # this loads the HTTP library, which files can do without
    from sfharden.web.transport import Bounds


_BEAT: Final = 0.1  # seconds
Beat = Callable[[Callable[[], None]], AbstractContextManager[None]]


@contextmanager
def beating(act: Callable[[], None]) -> Iterator[None]:
    """Does it ten times a second, beside the block."""
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(_BEAT):
            act()

    threading.Thread(target=go_on, name="beat", daemon=True).start()
    try:
        yield
    finally:
        over.set()


@dataclass(frozen=True, slots=True)
class RunDoors:
    """The doors of one run. `bounds` is how long and how large an answer may be; None is as ever.

    `beat` does something again and again while a block lasts: it shows how far a run is, unless `quiet` is wanted.
    """

    timing: Timing = field(default_factory=Timing)
    bounds: "Bounds | None" = None
    log: CallLog = no_log
    beat: Beat = beating
    quiet: bool = False


def doors_of(given: object) -> RunDoors:
    """What the entry point was given, or the system's own doors."""
    return given if isinstance(given, RunDoors) else RunDoors()


def logging_to(stream: TextIO | None, given: object) -> RunDoors:
    """The same doors, with a log of every call on the stream."""
    from sfharden.doors.call_log import call_log

    return replace(doors_of(given), log=call_log(stream))
