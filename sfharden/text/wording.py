"""Numbers, names and ranges in words, for every message."""

from collections.abc import Iterable

from sfharden.addresses import AddressSet

MOST_SHOWN = 6  # ranges or names written out in one piece of evidence


def show_ranges(addresses: AddressSet) -> str:
    """The ranges of a set in words, cut after a few and counted."""
    ranges = addresses.ranges()
    if not ranges:
        return "none"
    more = len(ranges) - MOST_SHOWN
    return ", ".join(ranges[:MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")


def show_names(names: Iterable[str]) -> str:
    """Sorted names in words, cut after a few and counted."""
    ordered = sorted(names)
    if not ordered:
        return "none"
    more = len(ordered) - MOST_SHOWN
    return ", ".join(ordered[:MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")


def count(number: int, noun: str) -> str:
    """`1 address`, `2,000 addresses`: a number with its noun; nouns that end in s take es."""
    plural = noun + ("es" if noun.endswith("s") else "s")
    shown = f"{number:,}" if number < 10**15 else f"about 10^{len(str(number)) - 1}"
    return f"{shown} {noun if number == 1 else plural}"
