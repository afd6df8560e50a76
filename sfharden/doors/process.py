"""What the program does to its own process before its first word. Not in `main`: a caller's process is the caller's."""

import os
import signal
from collections.abc import MutableMapping
from contextlib import suppress
from types import FrameType
from typing import Final

KEY_LOG: Final = "SSLKEYLOGFILE"
ASKED_KEY_LOG: Final = "SFHARDEN_SSLKEYLOGFILE"


def settle(environment: MutableMapping[str, str]) -> str:
    """Make the process fit to hold secrets, and to end in an orderly way. Gives what to tell a person, if anything."""
    _fill_standard_descriptors()
    _no_core_dumps()
    _end_orderly()
    return _key_log(environment)


def _fill_standard_descriptors() -> None:
    """Else the next file or socket would get the number of a closed one, and what is meant for a person."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one


def _no_core_dumps() -> None:
    """A dump would hold every token that this run holds."""
    try:
        import resource
    except ImportError:  # Windows writes none unless it's told to
        return
    with suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        # 1 and not 0: with 0, Linux still feeds a dump to a program named in core_pattern (core(5)).
        most = 0 if hard == 0 else 1
        resource.setrlimit(resource.RLIMIT_CORE, (most, most))


def _end_orderly() -> None:
    """TERM and HUP end a run as ^C does, with the hint how to finish; what is ignored (nohup) stays ignored."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)  # who asks twice doesn't want to wait
    raise KeyboardInterrupt


def _key_log(environment: MutableMapping[str, str]) -> str:
    """OpenSSL's key log lets whoever reads it read every token: not by a variable that somebody left set."""
    environment.pop(KEY_LOG, None)
    asked = environment.get(ASKED_KEY_LOG)
    if not asked:
        return ""
    environment[KEY_LOG] = asked
    return f"The TLS keys of this run are written to {asked}: whoever has them can read its tokens."
