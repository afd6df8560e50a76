"""SOQL text from values, without injection and short enough to send.

Escapes: SOQL and SOSL Reference, Quoted String Escape Sequences. `%` and `_` are wildcards in LIKE only,
which is not built here.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote_plus

from sfharden.errors import AnswerError

# An address and its headers may have 16,384 bytes together (REST API Developer Guide, status 414 and 431).
LONGEST_QUERY: Final = 14_000
LIST_BUDGET: Final = 10_000

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*", re.ASCII)
_ESCAPES: Final = str.maketrans(
    {"\\": r"\\", "'": r"\'", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\b": r"\b", "\f": r"\f"}
)


def soql_quote(text: str) -> str:
    """The text as a quoted SOQL literal, quotes included.

    Raises AnswerError for control characters and lone surrogates, which no query can carry.
    """
    literal = text.translate(_ESCAPES)
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in literal):
        raise AnswerError("A name from the org holds a character that no query can carry")
    return f"'{literal}'"


def soql_name(name: str) -> str:
    """The name of an object or field (or a path of them), unchanged; raises AnswerError if it is none."""
    if not _NAME.fullmatch(name):
        raise AnswerError("The org names an object or field in a way that no query can carry")
    return name


def soql_datetime(moment: datetime) -> str:
    """The moment as a SOQL literal in UTC, cut (not rounded) to milliseconds; it must have a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def soql_in(values: Iterable[str], budget: int = LIST_BUDGET) -> Iterator[str]:
    """Lists for `IN`, as `('a','b')`, that hold every distinct value once, in order.

    Each list has at most `budget` bytes once it is percent-encoded. No value, no list. Raises AnswerError
    if one value alone is longer.
    """
    literals: list[str] = []
    size = encoded_size("()")
    for value in dict.fromkeys(values):
        literal = soql_quote(value)
        more = encoded_size(literal + ",")
        if literals and size + more > budget:
            yield f"({','.join(literals)})"
            literals, size = [], encoded_size("()")
        if size + more > budget:
            raise AnswerError("A name from the org is too long for a query")
        literals.append(literal)
        size += more
    if literals:
        yield f"({','.join(literals)})"


def encoded_size(text: str) -> int:
    """How many bytes the text has in an address."""
    return len(quote_plus(text))
