"""Reading JSON that may hold anything anywhere: no look-up here fails on a wrong type."""

from datetime import datetime
from typing import Any


def get(value: Any, *keys: str) -> Any:
    """The value below these keys, or None; names of properties don't differ by case in Azure."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value[key] if key in value else _by_other_case(value, key)
    return value


def _by_other_case(value: dict[str, Any], key: str) -> Any:
    wanted = key.casefold()
    return next((inner for name, inner in value.items() if name.casefold() == wanted), None)


def has(value: Any, key: str) -> bool:
    """Whether there is a property of this name, whatever its case and value."""
    if not isinstance(value, dict):
        return False
    wanted = key.casefold()
    return key in value or any(name.casefold() == wanted for name in value)


def text(value: Any) -> str:
    """The value if it's a text, else nothing."""
    return value if isinstance(value, str) else ""


def mapping(value: Any) -> dict[str, Any]:
    """The value if it's an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def kind(value: Any) -> str:
    """The `type` of a resource or a step, without case."""
    return text(get(value, "type")).casefold()


def moment(value: Any) -> datetime | None:
    """An aware time, or None; Azure writes seven digits of a second, of which six are taken (reference §2.5)."""
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError:
        return None
    return found if found.tzinfo else None


def under(pointer: str, key: str) -> str:
    """The JSON pointer to what an object holds under a key (RFC 6901)."""
    return f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
