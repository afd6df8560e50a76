"""A cell of a CSV file that no spreadsheet takes for a formula."""

from typing import Final

from sfharden.text.redact import safe_text

_FORMULA: Final = frozenset("=+-@|%＝＋－＠")  # full-width ones count, too, in spreadsheets of some languages


def guarded(value: str) -> str:
    """The text made harmless: without control characters, and with an apostrophe where a formula could begin."""
    clean = safe_text(value, limit=1000)
    return f"'{clean}" if clean.lstrip()[:1] in _FORMULA else clean
