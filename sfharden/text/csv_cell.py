"""A cell of a CSV file that no spreadsheet takes for a formula, and a file of such cells."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from sfharden.text.redact import safe_text

_FORMULA: Final = frozenset("=+-@|%＝＋－＠")  # full-width ones count, too, in spreadsheets of some languages


def guarded(value: str) -> str:
    """The text made harmless: without control characters, and with an apostrophe where a formula could begin."""
    clean = safe_text(value, limit=1000)
    return f"'{clean}" if clean.lstrip()[:1] in _FORMULA else clean


def csv_text(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A whole file: the names of its columns, then a line a row, every cell of it guarded."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue()
