"""What a SOQL query is made of once it was read."""

import re
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from sfharden.emulator.refusal import RefusalError

_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal as written between its quotes: LIKE reads the escapes in another way than `=` does."""

    raw: str

    @property
    def value(self) -> str:
        """The text with its escapes resolved. Raises RefusalError for an escape that SOQL doesn't have."""
        return re.sub(r"\\(.)", self._resolve, self.raw, flags=re.DOTALL)

    @staticmethod
    def _resolve(match: re.Match[str]) -> str:
        if match[1] in "_%":
            return match[0]
        if match[1] not in _ESCAPES:
            malformed(f"Illegal string escape: {match[0]}")
        return _ESCAPES[match[1]]


@dataclass(frozen=True, slots=True)
class Field:
    """A selected field path."""

    path: str


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A selected aggregate; `path` is empty for COUNT()."""

    function: str
    path: str
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Compare:
    """A condition on one field; `value` is a literal, a list of them, or a Query for a semi-join."""

    path: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Logic:
    """AND, OR or NOT of conditions."""

    operator: str
    parts: tuple["Condition", ...]


Condition = Compare | Logic


@dataclass(frozen=True, slots=True)
class Order:
    """One sort key: a path, or an aggregate's alias or text."""

    key: str
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query."""

    select: tuple[Field | Aggregate, ...]
    object: str
    where: Condition | None
    group: tuple[str, ...]
    order: tuple[Order, ...]
    limit: int | None
    offset: int

    @property
    def counts_only(self) -> bool:
        """True for SELECT COUNT() FROM ..."""
        return self.select == (Aggregate("COUNT", ""),)


def malformed(message: str) -> NoReturn:
    """Raise the org's answer to a query it can't read."""
    raise RefusalError("MALFORMED_QUERY", message)
