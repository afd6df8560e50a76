"""What the event logs of a snapshot show: requests and logins, the time that they cover, and how each came out.

Logins leave no trace of a stolen session; requests do. What was not read raises CannotTell with the way to get it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from sfharden.addresses import AddressSet, address_of, show_ranges
from sfharden.facts.rows import Rows
from sfharden.facts.values import CannotTell
from sfharden.model import org
from sfharden.model.events import INSIDE, LOGIN, RequestGroup
from sfharden.model.snapshot import Snapshot
from sfharden.text.wording import count

Period = tuple[datetime, datetime]

NOT_ASKED: Final = (
    "requests were not read: give --events (it takes View Event Log Files), or the files by --events FILE"
)
_NEAR: Final = timedelta(
    seconds=1
)  # a day ends where the next begins, whichever of the two instants is written


class Passage(Enum):
    """How a request came out, by its status."""

    ADMITTED = "it was admitted"
    REFUSED = "its session was refused"
    OPEN = "it was refused, and not known why"
    UNKNOWN = "its log doesn't tell"


# REST API Developer Guide, Status Codes and Error Responses: 401, "the session ID or OAuth token has expired or is invalid".
# 403 may be a lack of permission, so that the session itself was let in; the same goes for what has a login's code.
_REFUSED: Final = "401"
_OPEN: Final = "403"


def passage(group: RequestGroup) -> Passage:
    """What a status says. Whatever answer but these two a request got, its session was let in."""
    if group.status == _REFUSED:
        return Passage.REFUSED
    if group.status == _OPEN:
        return Passage.OPEN
    return Passage.ADMITTED if group.status.isdigit() and len(group.status) == 3 else Passage.UNKNOWN


# Object Reference, Login Event Type: LOGIN_STATUS; of LoginHistory and LoginEvent the label.
_GOT_IN: Final = frozenset({"LOGIN_NO_ERROR", "Success"})


def logged_in(group: RequestGroup) -> bool:
    """True if a login of an event log succeeded, by its code or its label."""
    return group.kind == LOGIN and group.status in _GOT_IN


def is_from_inside(group: RequestGroup) -> bool:
    """True for what Salesforce called itself: it has no address, and no range is about it."""
    return group.source == INSIDE


# What logs and their exporters write where there is no user.
_NOBODY: Final = frozenset({"", "null", "none", "nil", "undefined", "n/a", "-", "unknown"})


def told_user(group: RequestGroup) -> str:
    """Whose it is; empty where that isn't told, in whatever way."""
    user = group.user.strip()
    return "" if user.casefold() in _NOBODY or not user.upper().removesuffix("AAA").strip("0") else user


def may_be_of(group: RequestGroup, ids: Iterable[str]) -> bool:
    """True for an id of these that lost its case on the way: only case tells some ids apart, so it may be theirs or not."""
    user = told_user(group)
    if not user or user in ids or user[:15] != user[:15].lower():
        return False
    return any(user[:15] == one[:15].lower() for one in ids)


def events_asked(snapshot: Snapshot) -> bool:
    """True if event logs were asked for, whether or not they could be read."""
    return snapshot.events is not None or any(gap.kind == org.REQUESTS for gap in snapshot.gaps)


def requests_of(snapshot: Snapshot) -> Rows[RequestGroup]:
    """All requests that were read. Raises CannotTell if none could be."""
    return _rows(snapshot, org.REQUESTS)


def login_events_of(snapshot: Snapshot) -> Rows[RequestGroup]:
    """All logins of event logs. Raises CannotTell if none could be read."""
    return _rows(snapshot, org.LOGIN_EVENTS)


def _rows(snapshot: Snapshot, kind: str) -> Rows[RequestGroup]:
    reasons = [f"{gap.what}: {gap.reason}" for gap in snapshot.gaps if gap.kind == kind]
    found = snapshot.events
    groups = () if found is None else tuple(found.requests if kind == org.REQUESTS else found.logins)
    if not groups and not covered(snapshot, kind):
        raise CannotTell(f"{kind} was not read: {reasons[0]}" if reasons else NOT_ASKED)
    return Rows(groups, f"{kind} was not read completely: {reasons[0]}" if reasons else "")


def covered(snapshot: Snapshot, kind: str = org.REQUESTS) -> tuple[Period, ...]:
    """The times of which all rows of a kind were read, joined where they touch, in order."""
    found: list[Period] = []
    for one in sorted(snapshot.events.periods if snapshot.events else ()):
        if one.kind != kind:
            continue
        if found and one.start <= found[-1][1] + _NEAR:
            found[-1] = (found[-1][0], max(found[-1][1], one.end))
        else:
            found.append((one.start, one.end))
    return tuple(found)


def times_of(groups: Iterable[RequestGroup], since: datetime | None = None) -> str:
    """How many; of those that began earlier, only the last is known to be since then."""
    rows = tuple(groups)
    earlier = since is not None and any(one.first < since and one.times > 1 for one in rows)
    return ("up to " if earlier else "") + count(sum(one.times for one in rows), "request")


def sources_of(groups: Iterable[RequestGroup]) -> str:
    """The addresses that they came from, in words."""
    found = {address for one in groups if (address := address_of(one.source)) is not None}
    return show_ranges(AddressSet.from_intervals((one, one) for one in found))
