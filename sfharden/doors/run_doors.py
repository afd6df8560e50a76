"""What a run of the command line reaches the outside by: the time, the patience, the log of its calls."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TextIO

from sfharden.ports import CallLog, Timing, no_log

if TYPE_CHECKING:  # this loads the HTTP library, which files can do without
    from sfharden.web.transport import Bounds


@dataclass(frozen=True, slots=True)
class RunDoors:
    """The doors of one run. `bounds` is how long and how large an answer may be; None is as ever."""

    timing: Timing = field(default_factory=Timing)
    bounds: "Bounds | None" = None
    log: CallLog = no_log


def doors_of(given: object) -> RunDoors:
    """What the entry point was given, or the system's own doors."""
    return given if isinstance(given, RunDoors) else RunDoors()


def logging_to(stream: TextIO | None, given: object) -> RunDoors:
    """The same doors, with a log of every call on the stream."""
    from sfharden.doors.call_log import call_log

    return replace(doors_of(given), log=call_log(stream))
