"""Rows of events counted into groups as they come: memory grows with the groups, never with the rows."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sfharden.model import org
from sfharden.model.events import LOGIN, EventPeriod, EventSnapshot, OtherEvents, RequestGroup
from sfharden.model.snapshot import Gap
from sfharden.sources.events.columns import Key, Layout, key_of, other_type
from sfharden.sources.events.times import event_time, form_of, in_form, pattern_of
from sfharden.text.wording import count

_CLOCKS: Final = timedelta(minutes=10)  # what clocks may differ by
MOST_GROUPS: Final = 200_000  # so that memory stays bounded whatever a log holds


@dataclass(slots=True)
class RawGroups:
    """Groups by the values as they were written: how many rows, and the first and the last time as text.

    `unreadable` rows have too few or too many values, or no time of this century; `left_out` ones are of groups too many to keep.
    """

    found: dict[tuple[str, ...], list[Any]] = field(default_factory=dict)
    unreadable: int = 0
    left_out: int = 0


Span = tuple[datetime, datetime]
Group = Callable[[Iterable[Sequence[str]], Layout], RawGroups]


def group_rows(rows: Iterable[Sequence[str]], layout: Layout, most: int = MOST_GROUPS) -> RawGroups:
    """Group rows of one layout. Times are compared as text in the first one's form; each of another is put in that."""
    raw, form, is_like = RawGroups(), "", re.compile("").fullmatch
    found, width, pick, when = raw.found, layout.width, layout.pick, layout.places["time"]
    for row in rows:
        at = row[when] if len(row) == width else ""
        if at and not form:
            form = form_of(at)
            is_like = re.compile(pattern_of(form)).fullmatch
        if at and not is_like(at):
            at = _in_order(at, layout, form)
        if not at:
            raw.unreadable += 1 if row else 0
            continue
        key = pick(row)
        span = found.get(key)
        if span is not None:
            span[0] += 1
            if at < span[1]:
                span[1] = at
            elif at > span[2]:
                span[2] = at
        elif len(found) < most:
            found[key] = [1, at, at]
        else:
            raw.left_out += 1
    return raw


def _in_order(text: str, layout: Layout, form: str) -> str:
    """A time in the form of which texts can be compared; empty for none of this century."""
    try:
        found = in_form(event_time(text.strip(' "'), in_utc=layout.in_utc), form)
    except ValueError:
        return ""
    return found if found[:1] == "2" else ""


@dataclass(slots=True)
class EventTally:
    """All groups of all logs so far, by what their values mean; `now` is when they're read, where that is told."""

    groups: dict[Key, list[Any]] = field(default_factory=dict)
    periods: list[EventPeriod] = field(default_factory=list)
    others: list[OtherEvents] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    now: datetime | None = None

    def add(self, raw: RawGroups, layout: Layout, where: str, period: EventPeriod | None = None) -> None:
        """Take over what one log held. If it isn't told which `period` that covers, it's from its first row to its last."""
        spans: dict[str, Span] = {}
        others: dict[str, int] = {}
        is_late = False
        unreadable, left_out = raw.unreadable, raw.left_out
        while raw.found:  # each given up as it's taken over: there may be many
            values, (times, first, last) = raw.found.popitem()
            key = key_of(layout, values)
            if key is None:
                if other := other_type(layout, values):
                    others[other] = others.get(other, 0) + times
                else:
                    unreadable += times
                continue
            try:
                start, end = (event_time(one, in_utc=layout.in_utc) for one in (first, last))
                span = (min(start, end), max(start, end))  # as text they are in order to the second only
            except ValueError:
                unreadable += times
                continue
            kind = org.LOGIN_EVENTS if key[4] == LOGIN else org.REQUESTS
            late, reached = self._reached(span)
            is_late |= late
            if reached:
                spans[kind] = _wider(spans.get(kind), reached)
            left_out += self._take(key, times, span)
        own = (EventPeriod(kind, *spans[kind], where) for kind in sorted(spans))
        self.periods += [period] if period else own
        self.others += [OtherEvents(one, times, where) for one, times in others.items()]
        if is_late:
            self.gap(where, "some rows are later than now, so that its times can't be relied on")
        self._complain(where, unreadable, left_out)

    def _reached(self, span: Span) -> tuple[bool, Span | None]:
        """Whether rows are of the future, and what of a time is sure: of a group, whose last is, its first alone."""
        limit = self.now + _CLOCKS if self.now else span[1]
        if span[1] <= limit:
            return False, span
        return True, (span[0], span[0]) if span[0] <= limit else None

    def _take(self, key: Key, times: int, span: tuple[datetime, datetime]) -> int:
        """Count rows in; how many have no place."""
        known = self.groups.get(key)
        if known is None and len(self.groups) >= MOST_GROUPS:
            return times
        if known is None:
            self.groups[key] = [times, *span]
            return 0
        known[0] += times
        known[1:] = _wider((known[1], known[2]), span)
        return 0

    def _complain(self, where: str, unreadable: int, left_out: int) -> None:
        if unreadable:
            self.gap(where, f"{count(unreadable, 'row')} can't be read")
        if left_out:
            self.gap(where, f"{count(left_out, 'row')} are of groups too many to keep")

    def gap(self, what: str, reason: str, kinds: Iterable[str] = (org.REQUESTS, org.LOGIN_EVENTS)) -> None:
        """Note what was not read."""
        self.gaps += [Gap(what=what, reason=reason, kind=kind) for kind in kinds]

    def snapshot(self) -> EventSnapshot:
        """The groups in order; the tally is empty then."""
        groups, periods = tuple(sorted(self._drained())), tuple(sorted(set(self.periods)))
        return EventSnapshot(groups=groups, periods=periods, others=tuple(sorted(self.others)))

    def _drained(self) -> Iterator[RequestGroup]:
        while self.groups:
            key, (times, first, last) = self.groups.popitem()
            yield RequestGroup(*key, times, first, last)


def _wider(known: Span | None, span: Span) -> Span:
    return (min(known[0], span[0]), max(known[1], span[1])) if known else span
