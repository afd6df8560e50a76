"""Rows in pieces that an ingestion service takes: each row valid JSON, each field and each piece within its bound.

Logs Ingestion takes 1 MB a call and cuts fields over 64 KB without a word (reference, Azure controls §3.1); what is cut
here is marked. Separators are counted, which the vendor's own client does not (§3.2).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MOST_BATCH_BYTES: Final = 900_000
MOST_FIELD_BYTES: Final = 60_000
_MARK_BYTES: Final = 100  # no mark is longer, in a list with its separator

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows as one JSON array. `number` counts from 1."""

    number: int
    rows: int
    body: bytes = field(repr=False)


@dataclass(slots=True)
class Packing:
    """What became of rows before any was sent: fields that were cut, and rows that fit into no batch or are no JSON."""

    cut: int = 0
    unfit: int = 0


def batches(
    rows: Iterable[Row], packing: Packing, most: int = MOST_BATCH_BYTES, most_field: int = MOST_FIELD_BYTES
) -> Iterator[Batch]:
    """All rows that can be sent, in order, in as few batches as go."""
    number, held, size = 1, list[bytes](), 2
    for row in rows:
        packed = _packed(row, packing, most - 2, most_field)
        if packed is None:
            continue
        if held and size + 1 + len(packed) > most:
            yield _batch(number, held)
            number, held, size = number + 1, [], 2
        size += len(packed) + (1 if held else 0)
        held.append(packed)
    if held:
        yield _batch(number, held)


def _batch(number: int, held: list[bytes]) -> Batch:
    return Batch(number, len(held), b"[" + b",".join(held) + b"]")


def _packed(row: Row, packing: Packing, most: int, most_field: int) -> bytes | None:
    try:
        fitted = fitting_row(row, packing, most_field)
        packed = encoded(fitted)
    except (ValueError, TypeError, RecursionError):
        packed = None  # no number, nothing that JSON has a word for, or nested without end
    if packed is None or len(packed) > most:
        packing.unfit += 1
        return None
    return packed


def fitting_row(row: Row, packing: Packing, most: int = MOST_FIELD_BYTES) -> dict[str, Any]:
    """The row with every field within the bound. Raises ValueError or TypeError for what is no JSON."""
    fitted = {name: _fitting(value, most) for name, value in row.items()}
    packing.cut += sum(fitted[name] is not value for name, value in row.items())
    return fitted


def encoded(value: Any) -> bytes:
    """Compact JSON in UTF-8. Raises ValueError for NaN and infinity, TypeError for what JSON has no word for."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")  # half a character from a foreign name becomes `?`


def _fitting(value: Any, most: int) -> Any:
    """The value itself if it fits, else one that does and says so."""
    if isinstance(value, str):
        return _fitting_text(value, most)
    if len(encoded(value)) <= most:
        return value
    if isinstance(value, list):
        return _fitting_list(value, most)
    return f"[cut: {len(encoded(value))} bytes]"


def _fitting_text(text: str, most: int) -> str:
    raw = text.encode("utf-8", "replace")
    if len(raw) <= most:
        return text
    return f"{raw[: most - _MARK_BYTES].decode('utf-8', 'ignore')}…[cut: {len(raw)} bytes]"


def _fitting_list(values: list[Any], most: int) -> list[Any]:
    kept, size = list[Any](), 2
    for value in values:
        size += len(encoded(value)) + 1
        if size > most - _MARK_BYTES:
            break
        kept.append(value)
    return [*kept, f"[cut: {len(values) - len(kept)} of {len(values)}]"]
