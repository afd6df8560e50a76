"""Lines of a YAML file that we write for a person: names quoted, comments that stay comments, and guesses marked as such."""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from sfharden.text.build_log import yaml_without_orders
from sfharden.text.redact import safe_text

_MOST_LISTED: Final = 40


def comments(lines: Iterable[str], none: str = "none", indent: str = "    ") -> Iterator[str]:
    """Each as a comment of one line, cut after many; `none` where there are none, nothing if that is empty."""
    listed = list(lines)
    for line in listed[:_MOST_LISTED] or [none] * bool(none):
        yield f"{indent}#   {safe_text(line, limit=300)}"
    if len(listed) > _MOST_LISTED:
        yield f"{indent}#   and {len(listed) - _MOST_LISTED} more"


def guess(why: str, indent: str = "    ") -> str:
    """Why what stands below is taken for right."""
    return f"{indent}# GUESS: {safe_text(why, limit=300)}"


def quoted(name: str) -> str:
    """A string that YAML reads as the name, whatever is in it: JSON's, but for what JSON writes as two halves."""
    parts = (f"\\U{ord(one):08X}" if ord(one) > 0xFFFF else json.dumps(one)[1:-1] for one in name)
    return f'"{yaml_without_orders("".join(parts))}"'
