"""Foreign text in Markdown: shown as it is, on one line; none becomes markup, a link or a mention.

What stands between backticks is code: nothing in a code span is markup, a link or a mention either.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from sfharden.text.redact import safe_text

_MARKUP: Final = re.compile(r"([\\`*_\[\]<>#!|~&]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
# What would call people where the page is posted as a comment; GitHub looks at the text after Markdown was read,
# so that a backslash doesn't help, and a comment between the two does (it shows nothing).
_MENTION: Final = re.compile(r"(?<!\w)@(?=\w)")
# Two backticks, each alone: a longer run would open another span. Outside of it backticks are escaped, so that none pairs with ours.
CODE: Final = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_WHOLE: Final = 10_000_000


def escaped(text: str, *, limit: int = _WHOLE) -> str:
    """Text that Markdown shows as it is, on one line."""
    return "".join(_pieces(safe_text(text, limit=limit), in_table=False))


def _pieces(text: str, *, in_table: bool) -> Iterator[str]:
    end = 0
    for found in CODE.finditer(text):
        yield _outside(text[end : found.start()])
        yield _code(found[1], in_table=in_table)
        end = found.end()
    yield _outside(text[end:])


def _outside(text: str) -> str:
    return _MENTION.sub("@<!-- -->", _MARKUP.sub(r"\\\1", text))


def _code(text: str, *, in_table: bool) -> str:
    """A span. A table's cells are told apart before code is: a bar is escaped there, and beside a backslash it's no code."""
    if in_table and "|" in text and "\\" in text:
        return _outside(f"`{text}`")
    shown = text.replace("|", "\\|") if in_table else text
    return f"`{shown}`"


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]], *, limit: int = 600) -> Iterator[str]:
    """A table, line by line; every cell is foreign text. Nothing, where there is no row."""
    lines = [f"| {' | '.join(_cell(cell, limit) for cell in row)} |" for row in rows]
    if lines:
        yield from (f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *lines)


def _cell(text: str, limit: int) -> str:
    return "".join(_pieces(safe_text(text, limit=limit), in_table=True)) or " "
