"""Ids of records: 15 characters tell one apart from another, three more only guard against changed case."""

import re
from functools import lru_cache
from typing import Final

_SHORT: Final = re.compile(r"[A-Za-z0-9]{15}", re.ASCII)
_SUFFIX: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


@lru_cache(maxsize=65_536)
def long_id(text: str) -> str:
    """The 18 characters of an id of 15 (Object Reference, ID Field Type); every other text as it is."""
    if not _SHORT.fullmatch(text):
        return text
    fives = (text[start : start + 5] for start in (0, 5, 10))
    return text + "".join(_SUFFIX[_upper_bits(five)] for five in fives)


def _upper_bits(five: str) -> int:
    return sum(1 << place for place, letter in enumerate(five) if letter.isupper())
