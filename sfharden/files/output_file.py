"""Files that sfharden writes: readable by their owner only, whole or not at all."""

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from sfharden.files.output_place import (
    STDOUT,
    OutputPlace,
    no_stdout,
    open_in_place,
    place_of,
    there_already,
    unwritable,
)


def write_private(path: Path, text: str, *, replace: bool = True) -> None:
    """Write `text` in UTF-8 with mode 0600, by a temporary file beside it that takes its place at the end.

    `-` is standard output. Raises InputError if the file is there and must not be replaced, NoVerdictError if
    it can't be written.
    """
    if path == STDOUT:
        write_output(text, None)
        return
    try:
        place = place_of(path)
        if place.in_place:
            _write_in_place(path, place, text)
            return
        if not replace and (path.exists() or path.is_symlink()):
            raise there_already(path)
        _replace(path, text)
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from None


def write_output(text: str, path: Path | None) -> None:
    """Write a report to a file of the user's, or to standard output in whatever encoding that has."""
    if path and path != STDOUT:
        write_private(path, text)
        return
    if sys.stdout is None:  # it was closed before we began
        raise no_stdout()
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    sys.stdout.flush()


def append_text(path: Path, text: str) -> None:
    """Write at the end of a file of another program's, in UTF-8; it's made where it isn't. Raises NoVerdictError."""
    try:
        with path.open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from None


def _replace(path: Path, text: str) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except (OSError, ValueError):
        with suppress(OSError):
            Path(temporary).unlink()
        raise


def _write_in_place(path: Path, place: OutputPlace, text: str) -> None:
    if sys.stdout is not None:
        sys.stdout.flush()  # what was printed before comes before
    with os.fdopen(open_in_place(path, place), "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
