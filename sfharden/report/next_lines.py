"""What to do next, below the label: commands that a shell takes as they stand, and what each is for, as wide as the screen."""

from collections.abc import Iterable, Iterator
from typing import Final

from sfharden.plan.steps import wrapped
from sfharden.text.wrapping import steps, wrap

_INDENT: Final = 2  # below the label


def next_block(lines: Iterable[str], width: int) -> str:
    """The block; empty where nothing is to be done. Lines that begin with a space explain the command above them."""
    return steps("Next:", fitted(lines, width - _INDENT))


def fitted(lines: Iterable[str], width: int) -> Iterator[str]:
    """The lines broken at `width` columns, a command where a shell goes on reading."""
    for line in lines:
        is_command = line.startswith(("sfharden ", "sf ", "az "))
        yield from (wrapped(line, width) if is_command else wrap(line, width, "  ")).split("\n")
