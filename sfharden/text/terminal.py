"""What the terminal can do: its width, its colours, whether a person is watching."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

NARROWEST, WIDEST, DEFAULT = 60, 110, 80


@dataclass(frozen=True, slots=True)
class Terminal:
    """Width in columns, and whether to use colour."""

    width: int = DEFAULT
    colour: bool = False


def is_terminal(stream: TextIO | None) -> bool:
    """True if a person is at the stream; Python has None, or a closed stream, for one that was closed."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def terminal_of(stream: TextIO, environment: Mapping[str, str] = os.environ) -> Terminal:
    """The terminal behind a stream; 80 columns and no colour where there is none.

    `NO_COLOR` with any value turns colour off (no-color.org).
    """
    if not is_terminal(stream):
        return Terminal()
    columns = shutil.get_terminal_size((DEFAULT, 24)).columns
    colour = not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
    return Terminal(min(max(columns, NARROWEST), WIDEST), colour)
