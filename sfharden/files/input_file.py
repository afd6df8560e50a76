"""Files that the user names, opened so that none of them hangs us or is something else than a file."""

import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

# What a system lacks is asked for. Windows would change line ends without O_BINARY.
_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)  # fmt: skip
_NOFOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
# What stands here is made up by the kernel as it's read: of any length, with secrets, or without end (proc(5)).
_KERNEL: Final = (Path("/proc"), Path("/sys"))


class NoFileError(OSError):
    """A folder, a pipe, a socket, a device, or a file that is only made up by the kernel."""


class TooLargeError(OSError):
    """A file with more bytes than are ever read of it."""


def is_kernels(path: Path) -> bool:
    """True for what stands in /proc or /sys, by whatever name or link. Raises OSError, ValueError."""
    real = Path(os.path.realpath(path))
    return any(real.is_relative_to(root) for root in _KERNEL)


def open_regular(path: Path, *, follow: bool = True) -> BinaryIO:
    """A file open for reading; without `follow`, not by a link put in its place. Raises OSError, NoFileError."""
    # Without O_NONBLOCK, a pipe in the file's place would be waited for without end.
    descriptor = os.open(path, _FLAGS if follow else _FLAGS | _NOFOLLOW)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NoFileError("not a regular file")
    return os.fdopen(descriptor, "rb")


def read_regular(path: Path, most: int) -> bytes:
    """The whole file. Raises OSError (NoFileError, TooLargeError among them), and ValueError for no path."""
    if is_kernels(path):
        raise NoFileError("made up by the kernel")
    with open_regular(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        data = stream.read(min(size, most) + 1)  # so much memory is taken at once
        if size < len(data) <= most:  # it grew meanwhile
            data += stream.read(most + 1 - len(data))
    if len(data) > most:
        raise TooLargeError("too large")
    return data
