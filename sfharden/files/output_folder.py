"""A folder that sfharden writes: for its owner only, whole or not at all, and never over something else."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from sfharden.errors import InputError, NoVerdictError
from sfharden.files.output_place import STDOUT, unwritable
from sfharden.text.redact import safe_text


def refuse_folder(path: Path, is_ours: Callable[[Path], bool], what: str = "plan") -> None:
    """Raise InputError unless a folder is absent, empty or ours; NoVerdictError if it can't be made. `what` is ours, in a word."""
    if path == STDOUT:
        raise InputError("A folder can't go to standard output.", "Give a folder; -f diff prints the change.")
    try:
        if not path.parent.is_dir():
            raise NoVerdictError(f"{safe_text(str(path))} can't be written: its folder isn't there.")
        if not path.is_symlink() and not path.exists():
            return
        foreign = path.is_symlink() or not path.is_dir() or (any(path.iterdir()) and not is_ours(path))
    except (OSError, ValueError):
        raise unwritable(path) from None
    if foreign:
        raise InputError(
            f"{safe_text(str(path))} is there already, and is no former {what}.",
            "Give another folder with -o.",
        )


def write_private_folder(path: Path, files: Mapping[str, bytes], is_ours: Callable[[Path], bool]) -> None:
    """Write `files`, by path below the folder; folders get mode 0700, files 0600.

    A folder that is there is replaced if it's empty or `is_ours` says so. Raises InputError if it is
    neither, NoVerdictError if it can't be written.
    """
    refuse_folder(path, is_ours)
    try:
        made = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))  # mode 0700
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from None
    try:
        for name, data in files.items():
            _write(made / name, data)
        _swap(made, path)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        with suppress(OSError):
            shutil.rmtree(made)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _swap(made: Path, path: Path) -> None:
    """The old folder moves away first, since a folder can't replace one that isn't empty."""
    if not path.exists():
        made.rename(path)
        return
    old = made.with_name(f"{made.name}.old")
    path.rename(old)
    try:
        made.rename(path)
    except OSError:
        old.rename(path)
        raise
    shutil.rmtree(old)
