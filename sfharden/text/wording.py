"""Numbers and names in words, for every message."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

MOST_SHOWN = 6  # ranges or names written out in one piece of evidence


def shorten(texts: Sequence[str]) -> str:
    """Texts in words, cut after a few and counted."""
    if not texts:
        return "none"
    more = len(texts) - MOST_SHOWN
    return ", ".join(texts[:MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")


def show_names(names: Iterable[str]) -> str:
    """Sorted names in words, cut after a few and counted."""
    return shorten(sorted(names))


def every_name(names: Iterable[str]) -> str:
    """Sorted names in words, none left out: for what a person must do, and for what is kept."""
    return ", ".join(sorted(names))


def count(number: int, noun: str) -> str:
    """`1 address`, `2,000 addresses`: a number with its noun; nouns that end in s take es."""
    plural = noun + ("es" if noun.endswith("s") else "s")
    shown = f"{number:,}" if number < 10**15 else f"about 10^{len(str(number)) - 1}"
    return f"{shown} {noun if number == 1 else plural}"


def are(number: int) -> str:
    """`is` of one, else `are`."""
    return "is" if number == 1 else "are"


def the_whole(number: int, noun: str) -> str:
    """`all 3 tokens`, `both tokens`, `the one token`."""
    if number == 1:
        return f"the one {noun}"
    return f"both {count(2, noun)[2:]}" if number == 2 else f"all {count(number, noun)}"


def all_of(number: int, noun: str) -> str:
    """`All 3 tokens are`, `Both tokens are`, `The one token is`; the sentence goes on from there."""
    whole = the_whole(number, noun)
    return f"{whole[0].upper()}{whole[1:]} {are(number)}"


def ended(text: str) -> str:
    """The text with a full stop, unless it ends a sentence already."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def day(moment: datetime) -> str:
    """`2026-11-20`, in UTC."""
    return moment.astimezone(UTC).date().isoformat()


def minute(moment: datetime) -> str:
    """`2026-11-20 09:00 UTC`."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(' ', 'minutes')} UTC"  # strftime doesn't fill up a short year


def dated(moment: datetime, now: datetime) -> str:
    """`2026-08-01 (119 d)`, `2026-11-28 (today)`: the day to look up, and how long it is gone."""
    return f"{day(moment)} ({ago(moment, now).removesuffix(' ago')})"


def ago(moment: datetime, now: datetime) -> str:
    """`today`, `12 d ago`."""
    days = (now - moment).days
    return "today" if days < 1 else f"{days:,} d ago"
