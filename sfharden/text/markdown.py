"""Foreign text in Markdown: shown as it is, on one line; none becomes markup, a link, a mention or a command."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from sfharden.text.redact import safe_text

_MARKUP: Final = re.compile(r"([\\`*_\[\]<>#!|~&]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
# What would call people where the page is posted as a comment; GitHub looks at the text after Markdown was read,
# so that a backslash doesn't help, and a comment between the two does (it shows nothing).
_MENTION: Final = re.compile(r"(?<!\w)@(?=\w)")
_WHOLE: Final = 10_000_000


def escaped(text: str, *, limit: int = _WHOLE) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _MENTION.sub("@<!-- -->", _MARKUP.sub(r"\\\1", safe_text(text, limit=limit)))


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]], *, limit: int = 600) -> Iterator[str]:
    """A table, line by line; every cell is foreign text. Nothing, where there is no row."""
    lines = [f"| {' | '.join(escaped(cell, limit=limit) or ' ' for cell in row)} |" for row in rows]
    if lines:
        yield from (f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *lines)
