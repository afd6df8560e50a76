"""Files that sfharden writes: readable by their owner only, whole or not at all."""

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from sfharden.errors import InputError, NoVerdictError
from sfharden.text.redact import safe_text


def write_private(path: Path, text: str, *, replace: bool = True) -> None:
    """Write `text` in UTF-8 with mode 0600, by a temporary file beside it that takes its place at the end.

    Raises InputError if the file is there and must not be replaced, NoVerdictError if it can't be written.
    """
    there, is_file = _look(path)
    if there and not replace:
        raise InputError(
            f"{safe_text(str(path))} is there already.", "Give another name with -o, or --force."
        )
    if there and not is_file:
        _write_to_device(path, text)
        return
    temporary = None
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except (OSError, ValueError):
        if temporary:
            with suppress(OSError):
                Path(temporary).unlink()
        raise _unwritable(path) from None


def _look(path: Path) -> tuple[bool, bool]:
    """Whether anything is there, and whether it's a file or a link, whose place a file may take."""
    try:
        link = path.is_symlink()
        return path.exists() or link, path.is_file() or (link and not path.exists())
    except OSError:  # too long a name, a folder that may not be searched
        raise _unwritable(path) from None


def _unwritable(path: Path) -> NoVerdictError:
    return NoVerdictError(f"{safe_text(str(path))} can't be written.")


def write_output(text: str, path: Path | None) -> None:
    """Write a report to a file of the user's, or to standard output in whatever encoding that has."""
    if path:
        write_private(path, text)
        return
    if sys.stdout is None:  # it was closed before we began
        raise NoVerdictError("There is no standard output to write to.")
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    sys.stdout.flush()


def _write_to_device(path: Path, text: str) -> None:
    """A pipe or a device, such as /dev/stdout, is written to; a file must not take its place."""
    try:
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError:
        raise _unwritable(path) from None
