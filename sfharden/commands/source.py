"""The SOURCE options that many commands share, and how a source becomes a snapshot."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from sfharden import __version__
from sfharden.errors import UsageError
from sfharden.model.snapshot import Snapshot

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What was given; exactly one must be."""

    source: Path | None
    snapshot: Path | None
    demo: bool


def source_options(function: F) -> F:
    """Adds --source, --snapshot and --demo, and hands them over as one SourceOptions named `given`."""

    def wrapped(*args: Any, source: Path | None, snapshot: Path | None, demo: bool, **kwargs: Any) -> Any:
        return function(*args, given=SourceOptions(source, snapshot, demo), **kwargs)

    wrapped.__name__, wrapped.__doc__ = function.__name__, function.__doc__
    wrapped.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    path = click.Path(path_type=Path)
    for option in (
        click.option("--demo", is_flag=True, help="The sample that comes with sfharden."),
        click.option("--snapshot", type=path, metavar="FILE", help="A file written by `sfharden snapshot`."),
        click.option(
            "--source", type=path, metavar="DIR|ZIP", help="Metadata files: a folder, a zip, or one file."
        ),
    ):
        option(wrapped)
    return wrapped  # type: ignore[return-value]


def read_source(given: SourceOptions) -> Snapshot:
    """The snapshot of the one source given. Raises UsageError unless exactly one is."""
    number = sum(bool(one) for one in (given.source, given.snapshot, given.demo))
    if number != 1:
        raise UsageError(
            "Give exactly one source." if number else "Give a source.",
            "One of --source DIR|ZIP, --snapshot FILE, --demo.",
        )
    if given.snapshot:
        from sfharden.sources.snapshot_file import load_snapshot_file

        return load_snapshot_file(given.snapshot)
    if given.demo:
        from sfharden.demo.sample import load_sample

        return load_sample(__version__)
    from sfharden.sources.metadata_files import load_snapshot

    if given.source is None:  # cannot be: one of three is given
        raise UsageError("Give a source.")
    watched = sys.stderr.isatty()
    snapshot = load_snapshot(given.source, __version__, progress=_show_progress if watched else None)
    if watched:
        click.echo("\r\x1b[K", err=True, nl=False)
    return snapshot


def _show_progress(files: int) -> None:
    """Tells a watching person how far the reading is."""
    if files % 100 == 0:
        click.echo(f"\rReading… {files:,} files", err=True, nl=False)
