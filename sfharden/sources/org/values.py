"""From a record's fields to typed values; anything that isn't what the Object Reference promises is refused."""

import sys
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sfharden.errors import AnswerError
from sfharden.model.base import is_moment

Row = dict[str, Any]


def required(row: Row, name: str) -> str:
    """A field's text; raises AnswerError if it is missing or empty."""
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise AnswerError(f"A record came without its {name}")
    return _kept(value)


def optional(row: Row, name: str) -> str:
    """A field's text, empty for null; raises AnswerError if it's no text or wasn't sent at all."""
    value = row.get(name, 0)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise AnswerError(f"A record came without its {name}")
    return _kept(value)


def _kept(value: str) -> str:
    """The text, without halves of characters: JSON can carry them, and no file that must be read again can."""
    if not value.isascii():
        value = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return sys.intern(value)


def flag(row: Row, name: str) -> bool:
    """A boolean field; raises AnswerError if it's anything else."""
    value = row.get(name)
    if not isinstance(value, bool):
        raise AnswerError(f"A record came without its {name}")
    return value


def number(row: Row, name: str) -> int | None:
    """A number, None for null."""
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise AnswerError(f"A record's {name} is no number")
    return value


def moment(row: Row, name: str) -> datetime | None:
    """A date and time, None for null."""
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise AnswerError(f"A record's {name} is no date")
    return parse_moment(value)


def required_moment(row: Row, name: str) -> datetime:
    """A date and time; raises AnswerError if there's none."""
    found = moment(row, name)
    if found is None:
        raise AnswerError(f"A record came without its {name}")
    return found


@lru_cache(maxsize=65_536)
def parse_moment(value: str) -> datetime:
    """A date as the REST API writes it: `2026-11-23T16:18:23.000+0000`. In UTC."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise AnswerError("A record holds a date that can't be read") from None
    if found.tzinfo is None:
        raise AnswerError("A record holds a date without a time zone")
    if not is_moment(found):
        raise AnswerError("A record holds a date that can't be read")
    return found.astimezone(UTC)
