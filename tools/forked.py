"""Work done in a child process that may crash, hang or fill the memory, and leaves nothing behind."""

import os
import pickle
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NoReturn, TypeVar

_MEMORY: Final = 4 * 2**30  # bytes
_T = TypeVar("_T")


def forked(work: Callable[[], _T], seconds: float | None = None) -> _T | None:
    """What the work gives, done in a child; None if the child died or took longer than it may.

    Raises RuntimeError if the work did: that must not look like the end of a child.
    """
    reader, writer = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if not pid:
        os.close(reader)
        _work_in_child(work, writer, seconds)
    os.close(writer)
    try:
        answer = _all_of(reader, seconds)
    finally:
        os.close(reader)
        if seconds is not None:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    if not answer:
        return None
    worked, given = pickle.loads(answer)  # noqa: S301 - our own child wrote it
    if not worked:
        raise RuntimeError("what was to be done in a child has failed, see above")
    return given  # type: ignore[no-any-return]


def _work_in_child(work: Callable[[], object], writer: int, seconds: float | None) -> NoReturn:
    try:
        if seconds is not None:
            _bound(seconds)
        answer: tuple[bool, object] = (True, work())
    except BaseException:  # noqa: BLE001 - told to the parent, which raises
        traceback.print_exc()
        answer = (False, None)
    with suppress(BrokenPipeError), os.fdopen(writer, "wb") as pipe:
        pipe.write(pickle.dumps(answer))
    sys.stdout.flush()
    os._exit(0)


def _bound(seconds: float) -> None:
    """A group of its own, so that what it starts ends with it; bounds on what it takes."""
    import resource  # not on Windows, which has no fork either

    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
    with suppress(ValueError, OSError):  # not every system has it
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _all_of(reader: int, seconds: float | None) -> bytes:
    """What comes before the end; nothing if that doesn't come in time."""
    ends, found = None if seconds is None else time.monotonic() + seconds, b""
    while True:
        left = None if ends is None else max(0.0, ends - time.monotonic())
        if not select.select([reader], [], [], left)[0]:
            return b""
        part = os.read(reader, 65536)
        if not part:
            return found
        found += part
