"""A moment on the command line, `30d` or a date: read one way, whichever option of whichever command it is."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from sfharden.errors import UsageError
from sfharden.facts.logins import KEPT

# No org is older. An earlier moment is a slip, and so is one that is yet to come: every token was made before it.
_OLDEST: Final = datetime(1999, 1, 1, tzinfo=UTC)


def moment(text: str, now: datetime, option: str) -> datetime:
    """A moment that is past, from `180d` or `2026-11-20`. Raises UsageError for anything else, in the option's name."""
    try:
        found = now - timedelta(days=int(text[:-1])) if _is_days(text) else _date(text)
    except (ValueError, OverflowError):
        hint = f"For days, write {text}d." if _is_days(f"{text}d") else ""
        raise UsageError(f"{option} takes a number of days, such as 30d, or a date.", hint) from None
    if not _OLDEST <= found <= now:
        raise UsageError(f"{option} takes a date that is past, from 1999 on.")
    return found


def _is_days(text: str) -> bool:
    return text[-1:] == "d" and text[:-1].isascii() and text[:-1].isdigit() and len(text) < 6


def _date(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def since(text: str | None, now: datetime, otherwise: timedelta) -> datetime:
    """What --logins-since says; `otherwise` before now if it isn't given. Raises UsageError."""
    return now - otherwise if text is None else moment(text, now, "--logins-since")


def logins_from(text: str | None, hardened: Iterable[datetime | None], now: datetime) -> datetime:
    """What the user says; else since the first hardening, as far as Salesforce keeps logins; else 30 days."""
    known = [one for one in hardened if one]
    span = now - min(known) if known else timedelta(days=30)
    return since(text, now, min(max(span, timedelta(0)), KEPT))
