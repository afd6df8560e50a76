"""Where an output goes: a file of its own, an open descriptor, or a device; looked at before anything is read.

A file is replaced whole. What is open already (standard output by any of its names) or is no file at all is
written to where it is: a regular file in the place of /dev/stdout would be the machine's loss.
"""

import errno
import os
import re
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sfharden.errors import InputError, NoVerdictError
from sfharden.text.redact import safe_text

STDOUT: Final = Path("-")
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_MOST_LINKS: Final = 40  # as many as Linux follows (path_resolution(7))
# Linux names open files in /proc (proc_pid_fd(5)), macOS and the BSDs in /dev/fd (fd(4)).
_DESCRIPTORS: Final = re.compile(r"/dev/fd|/proc/(\d+)(?:/task/\d+)?/fd")


@dataclass(frozen=True, slots=True)
class OutputPlace:
    """Where a path leads. `descriptor`: an open file of this process. `in_place`: written to, never replaced."""

    descriptor: int | None = None
    in_place: bool = False


def place_of(path: Path) -> OutputPlace:
    """Follow the links of a path, but not through those that stand for open files. Raises OSError, ValueError."""
    step = Path(path)
    for _ in range(_MOST_LINKS):
        step = Path(os.path.realpath(step.parent)) / step.name
        found = _DESCRIPTORS.fullmatch(step.parent.as_posix())
        if found and step.name.isascii() and step.name.isdigit():
            mine = found[1] in (None, str(os.getpid()))
            return OutputPlace(int(step.name) if mine else None, in_place=True)
        if not step.is_symlink():
            break
        step = step.parent / step.readlink()
    return OutputPlace(in_place=path.exists() and not path.is_file())


def require_stdout() -> None:
    """Raise NoVerdictError unless standard output is there to be written to."""
    if sys.stdout is None or getattr(sys.stdout, "closed", False) or not _takes(_number_of_stdout()):
        raise no_stdout()


def refuse_place(path: Path, *, replace: bool = True) -> None:
    """Raise, before anything is read, for a place that could not be written to in the end.

    InputError for a file that is there and must not be replaced, NoVerdictError for all else.
    """
    if path == STDOUT:
        require_stdout()
        return
    try:
        with suppress(FileNotFoundError):
            path.lstat()  # a name that can be none
        place = place_of(path)
        if place.descriptor is not None:
            good = _takes(place.descriptor) and not _is_lost_stdout(place.descriptor)
        elif place.in_place:
            odd = path.is_dir() or path.is_file() or path.is_block_device()
            good = not odd and os.access(path, os.W_OK)
        else:
            good = os.access(path.absolute().parent, os.W_OK | os.X_OK)
            if not replace and (path.exists() or path.is_symlink()):
                raise there_already(path)
    except (OSError, ValueError):
        raise unwritable(path) from None
    if not good:
        raise unwritable(path)


def open_in_place(path: Path, place: OutputPlace) -> int:
    """A descriptor to write to what is there, which is not cut off first. Raises OSError, NoVerdictError."""
    if place.descriptor is not None:
        if _is_lost_stdout(place.descriptor):
            raise no_stdout()
        return os.dup(place.descriptor)
    flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(path, flags)
    kind = os.fstat(descriptor).st_mode
    # Never a disk; and a file that was put there since, or that another process has open, is somebody else's.
    if stat.S_ISBLK(kind) or stat.S_ISREG(kind):
        os.close(descriptor)
        raise OSError(errno.EPERM, "not to be written to")
    return descriptor


def unwritable(path: Path, error: BaseException | None = None) -> NoVerdictError:
    """The error for a place that can't be written to; a full disk is called one."""
    return NoVerdictError(f"{safe_text(str(path))} can't be written{reason_of(error)}.")


def reason_of(error: BaseException | None) -> str:
    """`: the disk is full`, where it is."""
    return ": the disk is full" if isinstance(error, OSError) and error.errno in _FULL else ""


def there_already(path: Path) -> InputError:
    """The error for a file that must not be replaced."""
    return InputError(f"{safe_text(str(path))} is there already.", "Give another name with -o, or --force.")


def no_stdout() -> NoVerdictError:
    """The error where standard output was closed before we began."""
    return NoVerdictError(
        "There is no standard output to write to.", "Give a file with -o, or don't close it."
    )


def _is_lost_stdout(descriptor: int) -> bool:
    """Whatever has the number of a closed standard output by now, nobody meant it."""
    return descriptor == 1 and sys.stdout is None


def _number_of_stdout() -> int | None:
    with suppress(OSError, ValueError):
        return sys.stdout.fileno()
    return None  # a stream of its own, such as a test's or the tour's


def _takes(descriptor: int | None) -> bool:
    """True if an open file may be written to; no byte of it is."""
    try:
        return descriptor is None or os.write(descriptor, b"") == 0
    except OSError as error:
        return error.errno != errno.EBADF  # closed, or open for reading; a full one is told of when it's used
