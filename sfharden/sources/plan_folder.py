"""A plan that was written before: recognised, and read again."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from sfharden.errors import InputError, NoVerdictError
from sfharden.files.input_file import NoFileError, is_kernels, open_regular, read_regular
from sfharden.model.plan import Plan
from sfharden.text.redact import safe_text

PARTS: Final = frozenset({"README.md", "plan.json", "package", "rollback", "azure"})
_MOST_BYTES: Final = 50_000_000
_MOST_FILES: Final = 10_000


def is_former_plan(folder: Path) -> bool:
    """True if a folder holds a plan and nothing else."""
    if {one.name for one in folder.iterdir()} - PARTS:
        return False
    try:
        load_plan(folder)
    except InputError:
        return False
    return True


def load_plan(folder: Path) -> Plan:
    """The plan in a folder. Raises InputError."""
    path = folder / "plan.json"
    try:
        return Plan.model_validate(json.loads(read_regular(path, _MOST_BYTES)))
    except (OSError, ValueError, RecursionError, ValidationError):
        raise InputError(
            f"There is no plan in {safe_text(str(folder))}.", "Make one: sfharden plan … -o DIR"
        ) from None


def read_plan_folder(folder: Path) -> dict[str, bytes]:
    """Every file of a plan's folder, by path. Raises NoVerdictError for whatever no plan is written as.

    No link is followed, and nothing but regular files is opened: a link leads elsewhere when it's deployed, and a
    pipe would be waited for without end.
    """
    found: dict[str, bytes] = {}
    try:
        if folder.is_symlink() or is_kernels(folder):
            raise _untrue(folder, "a link")
        for path in _files_below(folder):
            if len(found) >= _MOST_FILES:
                raise _untrue(folder, "more files than a plan has")
            with open_regular(path, follow=False) as stream:
                found[path.relative_to(folder).as_posix()] = stream.read(_MOST_BYTES)
    except NoFileError:
        raise _untrue(folder, "what is no regular file") from None
    except (OSError, ValueError):
        raise NoVerdictError(f"{safe_text(str(folder))} can't be read.") from None
    return found


def _files_below(folder: Path) -> Iterator[Path]:
    """All files in order, and whatever else is no folder; an empty folder is none of a plan's."""
    with os.scandir(folder) as listed:
        entries = sorted(listed, key=lambda one: one.name)
    if not entries:
        raise _untrue(folder, "an empty folder")
    for one in entries:
        if one.is_symlink():
            raise _untrue(Path(one.path), "a link")
        if one.is_dir(follow_symlinks=False):
            yield from _files_below(Path(one.path))
        else:
            yield Path(one.path)


def _untrue(path: Path, what: str) -> NoVerdictError:
    return NoVerdictError(f"The plan was changed: {safe_text(str(path))} is or holds {what}.", "Plan again.")
