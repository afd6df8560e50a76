"""Text for a terminal: wrapped at its width, wide characters counted, foreign text made harmless."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

from wcwidth import wcwidth

from sfharden.text.redact import safe_text

_COMMAND: Final = re.compile("`[^`]+`")
_STUCK: Final = "\x1f"  # stands for a space that no line is broken at; no text that is made safe has it
COLUMN_GAP: Final = "  "  # between the columns of tabulate's simple format


def bullet(text: str, width: int, limit: int = 600) -> str:
    """Foreign text as one item of a list."""
    return wrap("- " + safe_text(text, limit=limit), width, indent="  ")


def steps(label: str, lines: Iterable[str]) -> str:
    """A label with lines below it; nothing if there are none."""
    found = list(lines)
    return "\n".join([label, *("  " + line for line in found)]) if found else ""


def wrap(text: str, width: int, indent: str = "", *, hyphens: bool = False, whole: bool = False) -> str:
    """Each line of the text broken at `width` columns; wide characters count two.

    With `whole` no word is broken, nor what stands between backticks: a terminal folds what is longer, and gives it
    back in one piece to whoever copies it.
    """
    lines: list[str] = []
    for line in text.split("\n"):
        if display_width(line) <= width:
            lines.append(line)
        elif line.isascii():
            kept = _COMMAND.sub(_stuck, line) if whole else line
            lines += textwrap.wrap(kept, width, subsequent_indent=indent, break_on_hyphens=hyphens, break_long_words=not whole)  # fmt: skip
        else:
            lines += _wrap_wide(_COMMAND.sub(_stuck, line) if whole else line, width, indent, whole=whole)
    return "\n".join(lines).replace(_STUCK, " ")


def _stuck(command: re.Match[str]) -> str:
    return command[0].replace(" ", _STUCK)


def _wrap_wide(line: str, width: int, indent: str, *, whole: bool) -> Iterator[str]:
    current = ""
    for word in line.split(" "):
        joined = f"{current} {word}" if current.strip() else current + word
        if display_width(joined.replace(_STUCK, " ")) <= width or (whole and not current.strip()):
            current = joined
            continue
        if current.strip():
            yield current
        current = indent
        if whole:
            current += word
            continue
        for character in word:
            if display_width(current + character) > width:
                yield current
                current = indent
            current += character
    yield current


def shorten_to(text: str, width: int) -> str:
    """The text, or as much of it as fits before an ellipsis."""
    if display_width(text) <= width:
        return text
    kept = ""
    for character in text:
        if display_width(kept + character) > width - 1:
            break
        kept += character
    return f"{kept}…"


def display_width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return len(text) if text.isascii() else sum(max(wcwidth(character), 0) for character in text)
