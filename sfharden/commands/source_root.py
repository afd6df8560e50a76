"""`--source-root DIR`: where a repository begins, so that code scanning finds the files that a report names."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from sfharden.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])

source_root_option = click.option(
    "--source-root",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the repository begins (default: where .git is); paths in SARIF and the like start there.",
)


def folder_of(source: Path | None, root: Path | None) -> str | None:
    """Where the files stand below the root, with `/`; empty for the root itself, and None for what no repository holds.

    A zip's files stand in none. Raises UsageError for files that aren't below the root.
    """
    try:
        if source is None or (source.suffix.lower() == ".zip" and not source.is_dir()):
            if root:
                raise UsageError("--source-root goes with --source DIR.")
            return None
        start, top = _start_and_top(source, root)
    except (OSError, ValueError):  # too long a name, say: whoever reads the files says so
        return None
    if not start.is_relative_to(top):
        raise UsageError("--source is not below --source-root.")
    return "" if start == top else _printable(start.relative_to(top).as_posix())


def _start_and_top(source: Path, root: Path | None) -> tuple[Path, Path]:
    start = Path(os.path.realpath(source))
    start = start if start.is_dir() else start.parent
    return start, Path(os.path.realpath(root)) if root else _top(start)


def _top(start: Path) -> Path:
    """The nearest folder with a `.git`; else the working folder, if the files are below it; else theirs."""
    for folder in (start, *start.parents):
        if os.path.lexists(folder / ".git"):
            return folder
    here = Path.cwd()
    return here if start.is_relative_to(here) else start


def _printable(path: str) -> str:
    return path.encode("utf-8", "backslashreplace").decode("utf-8")
