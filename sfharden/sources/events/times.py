"""The times that event logs write, in the forms of Salesforce, of Log Analytics and of Setup's download."""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

from sfharden.model.base import is_moment

# Forms of which the earlier text is the earlier time: `2026-11-27T00:05:12.123Z`, `20261127000512.123`.
_ORDERLY: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:?00)|\d{14}(\.\d+)?")
_COMPACT: Final = re.compile(r"(\d{14})(?:\.(\d{1,6})\d*)?")
# Setup's download for a user whose language is English (US), and the portal's export of Log Analytics, which is in UTC.
_AMERICAN: Final = re.compile(
    r"(\d{1,2}/\d{1,2}/\d{4}),? (\d{1,2}:\d\d:\d\d)(?:\.(\d{1,6})\d*)? ([AP]M)(?: ([A-Z]{3,4}))?"
)
# Zones whose short names mean one thing in Salesforce's Setup; others, such as CST, mean several.
_ZONES: Final = {
    "GMT": 0, "UTC": 0, "PST": -8, "PDT": -7, "MST": -7, "MDT": -6, "EST": -5, "EDT": -4, "CET": 1, "CEST": 2,
}  # fmt: skip


def is_orderly(text: str) -> bool:
    """True for a form of which texts can be compared in place of the times that they are."""
    return bool(_ORDERLY.fullmatch(text))


_PLAIN: Final = "2000-01-01T00:00:00.000Z"


def form_of(text: str) -> str:
    """A time in the form that all of a log are compared in: that of this one where it's orderly."""
    return text if is_orderly(text) else _PLAIN


_PARTS: Final = re.compile(r"\d{4}(-?)\d\d-?\d\d([T ]?)\d\d(:?)\d\d:?\d\d(.*)")


def pattern_of(form: str) -> str:
    """What matches the times of this century in that form, and nothing else; a regular expression of every engine."""
    found = _PARTS.fullmatch(form)
    day, between, clock, rest = found.groups() if found else ("", "", "", "")
    fraction, mark, zone = rest.partition("+")
    rest = re.sub(r"\d", "[0-9]", fraction.replace(".", "[.]")) + (f"[+]{zone}" if mark else "")
    month, of_month = "(0[1-9]|1[0-2])", "(0[1-9]|[12][0-9]|3[01])"
    return f"2[0-9]{{3}}{day}{month}{day}{of_month}{between}([01][0-9]|2[0-3]){clock}[0-5][0-9]{clock}[0-5][0-9]{rest}"


def in_form(found: datetime, form: str) -> str:
    """A time in UTC, written in a form: the digits of each run from the year to the fraction."""
    digits = iter(f"{found:%Y%m%d%H%M%S%f}".ljust(len(form), "0"))
    clock, mark, zone = form.partition("+")
    return re.sub(r"\d", lambda _: next(digits), clock) + mark + zone


@lru_cache(maxsize=65_536)
def event_time(text: str, *, in_utc: bool = False) -> datetime:
    """The time, in UTC; `in_utc` says that one without a zone is in UTC. Raises ValueError."""
    iso = text[4:5] == "-"
    found = datetime.fromisoformat(text) if iso else _compact(text) or _american(text, in_utc)
    if found is None:
        raise ValueError("no time")
    if found.tzinfo is None and not in_utc:
        raise ValueError("a time without a zone")
    found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    if not is_moment(found):
        raise ValueError("a time that no log has")
    return found


def _compact(text: str) -> datetime | None:
    found = _COMPACT.fullmatch(text)
    if not found:
        return None
    whole = datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return whole + timedelta(microseconds=_micros(found[2]))


def _american(text: str, in_utc: bool) -> datetime | None:
    found = _AMERICAN.fullmatch(text)
    if not found:
        return None
    day, clock, fraction, half, zone = found.groups()
    if zone not in _ZONES and not (in_utc and zone is None):
        raise ValueError("a time without a zone that is known")
    hours = timezone(timedelta(hours=_ZONES[zone] if zone else 0))
    whole = datetime.strptime(f"{day} {clock} {half}", "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=hours)
    return whole + timedelta(microseconds=_micros(fraction))


def _micros(digits: str | None) -> int:
    return int((digits or "").ljust(6, "0"))
