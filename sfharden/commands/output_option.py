"""`-o FILE`: where a report goes, looked at before anything is read; `-` and nothing mean standard output."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from sfharden.files.output_place import STDOUT, refuse_place, require_stdout

F = TypeVar("F", bound=Callable[..., Any])


def output_option(
    text: str = "Write the report there; - is standard output.", **how: Any
) -> Callable[[F], F]:
    """The option; the command gets a path, or None for standard output."""
    how = {"type": click.Path(path_type=Path), "metavar": "FILE", "help": text, **how}
    # Eager: with nowhere to write to, nothing else matters.
    return click.option("-o", "--output", is_eager=True, callback=_looked_at, **how)


def _looked_at(_context: click.Context, _parameter: click.Parameter, value: Path | None) -> Path | None:
    if value is None or value == STDOUT:
        require_stdout()
        return None
    refuse_place(value)
    return value
