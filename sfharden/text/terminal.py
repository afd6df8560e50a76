"""What the terminal can do: its width, its colours, whether a person is watching."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TextIO

from sfharden.text.wrapping import wrap

ERASE: Final = "\r\x1b[K"  # the line that stands there, to its end
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


def rewrites(stream: TextIO | None, environment: Mapping[str, str] = os.environ) -> bool:
    """True if a line on the stream can be written over: at a terminal that isn't a plain one, nor told to be."""
    plain = environment.get("TERM") == "dumb" or environment.get("NO_COLOR")
    return is_terminal(stream) and not plain


def terminal_of(stream: TextIO, environment: Mapping[str, str] = os.environ) -> Terminal:
    """The terminal behind a stream; 80 columns and no colour where there is none.

    `COLUMNS` sets the width. `NO_COLOR` with any value turns colour off (no-color.org), and `FORCE_COLOR` turns it on
    where nobody watches, as in the log of a pipeline (force-color.org).
    """
    watched = is_terminal(stream)
    wanted = bool(environment.get("FORCE_COLOR")) or (watched and environment.get("TERM") != "dumb")
    return Terminal(_width(environment, watched=watched), wanted and not environment.get("NO_COLOR"))


def aside(text: str, stream: TextIO | None, environment: Mapping[str, str] = os.environ) -> str:
    """A message to a person, broken at the width of their screen; whole for a log, where it is searched for.

    `COLUMNS` stands for a screen.
    """
    watched = is_terminal(stream)
    return (
        wrap(text, _width(environment, watched=watched), "  ", whole=True)
        if watched or "COLUMNS" in environment
        else text
    )


def columns_of(stream: TextIO | None) -> int:
    """How many columns the terminal behind the stream really has, within no bounds; 80 if it doesn't tell."""
    try:
        return (os.get_terminal_size(stream.fileno()).columns if stream else 0) or DEFAULT
    except (OSError, ValueError):
        return DEFAULT


def _width(environment: Mapping[str, str], *, watched: bool) -> int:
    asked = environment.get("COLUMNS", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 6:
        columns = int(asked)
    else:
        columns = shutil.get_terminal_size((DEFAULT, 24)).columns if watched else DEFAULT
    return min(max(columns, NARROWEST), WIDEST)
