"""Who and when: rows of the Setup Audit Trail that may explain a change. None rather than a wrong one.

A row counts only if it lies between the two readings of what changed, stands in a section that fits, and names what changed
whole: a longer name that holds it is another's; and it went the way that the row says. Even one that fits is called likely, since the wordings aren't documented.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from sfharden.checks.drift.address_sets import touches
from sfharden.checks.drift.directions import same_direction, squashed
from sfharden.checks.drift.found import (
    ASSIGNMENT,
    GROUP_ASSIGNMENT,
    SETTINGS,
    USER,
    About,
    ChangedFact,
    Side,
)
from sfharden.checks.drift.wordings import (
    PHRASINGS,
    QUOTED,
    is_about_user,
    is_action_of,
    names_switch,
    other_aspects,
    pattern,
)
from sfharden.model import org
from sfharden.model.drift import Explanation, FactChange, Telling, Trail, TrailRow
from sfharden.text.wording import day

KEPT: Final = timedelta(days=180)  # Object Reference, SetupAuditTrail: older rows are deleted
MOST_ROWS: Final = 20
_ID: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{15,18}(?![A-Za-z0-9])")
_NONE: Final = "no row explains it"


@dataclass(frozen=True)
class Explainer:
    """The audit trail between two sides. `since` is the moment from which it was asked for, where that's known."""

    old: Side
    new: Side
    since: datetime | None = None

    @cached_property
    def _rows(self) -> tuple[org.SetupChange, ...]:
        """Rows of either side: each once, in order."""
        return tuple(
            sorted({row for side in (self.old, self.new) for row in side.tables.setup_changes or ()})
        )

    @cached_property
    def trail(self) -> Trail:
        """What could be told by it at all."""
        reason = self.new.why_partial(org.SETUP_CHANGES)
        if self.new.tables.setup_changes is None:
            return Trail(is_read=False, note=reason or "the later state was read without it")
        old, new = self.old.snapshot.taken_at, self.new.snapshot.taken_at
        if old is None or new is None:
            return Trail(is_read=True, note="a state doesn't say when it was read, so no row can be placed")
        number = sum(old < row.at <= new for row in self._rows)
        return Trail(is_read=True, rows=number, note=self._why_not_all(old, new, reason))

    def _why_not_all(self, old: datetime, new: datetime, reason: str) -> str:
        if reason:
            return f"not all of it was read: {reason}"
        if self.since and self.since > old:
            return f"it was read from {day(self.since)} on only"
        return "Salesforce keeps 180 days of it, and more lie between" if new - old > KEPT else ""

    def explain(self, found: ChangedFact) -> FactChange:
        """The fact, with the rows that may explain it."""
        fact = found.fact
        if fact.explained.telling == "elsewhere":
            return fact
        return fact.model_copy(update={"explained": self._explanation(found)})

    def _explanation(self, found: ChangedFact) -> Explanation:
        if not self.trail.is_read:
            return Explanation(telling="not-read", note=f"the trail wasn't read: {self.trail.note}")
        ways = [
            (one, same_direction(found.fact, found.about.aspect, one[0])) for one in self._candidates(found)
        ]
        fitting = [one for one, way in ways if way is not False]
        sure = all(way is not None for _, way in ways)
        if not fitting:
            return Explanation(telling="none", note="; ".join(filter(None, (_NONE, self.trail.note))))
        rows, names = [row for row, _ in fitting], {name for _, name in fitting}
        shared = any(self._is_shared(found.about.family, name) for name in names)
        more = f"rows that fit, not shown: {len(rows) - MOST_ROWS:,}" if len(rows) > MOST_ROWS else ""
        note = "; ".join(filter(None, ("several are called so" if shared else "", more)))
        telling: Telling = "likely" if len(rows) == 1 and sure and not shared else "candidates"
        return Explanation(telling=telling, rows=tuple(map(self._row, rows[-MOST_ROWS:])), note=note)

    def _row(self, row: org.SetupChange) -> TrailRow:
        who = self.new.index.directory.users_by_id.get(row.user_id)
        who = who or self.old.index.directory.users_by_id.get(row.user_id)
        name = who.username if who else row.user_id or "(not told)"
        told = {
            "action": row.action,
            "section": row.section,
            "display": row.display,
            "delegate": row.delegate,
        }
        return TrailRow(at=row.at, who=name, **told)

    def _candidates(self, found: ChangedFact) -> Iterator[tuple[org.SetupChange, str]]:
        """Rows after the earlier reading of that part, and not after the later one, with the name that each tells."""
        about, part = found.about, found.fact.part if found.fact.part in org.TABLES else org.METADATA
        first, last = self.old.read_at(part), self.new.read_at(part)
        if not about.aspect or first is None or last is None:
            return
        for row in self._rows_for(about):
            if first < row.at <= last and (name := self._name_told(about, row)) is not None:
                yield row, name

    def _rows_for(self, about: About) -> Iterable[org.SetupChange]:
        """All rows, or where a row must name a user by the record id those that do: of these there may be thousands."""
        if about.family not in (ASSIGNMENT, GROUP_ASSIGNMENT):
            return self._rows
        return self._rows_by_id.get(about.ids[0][:15], ())

    @cached_property
    def _rows_by_id(self) -> dict[str, list[org.SetupChange]]:
        found: dict[str, list[org.SetupChange]] = {}
        for row in self._rows:
            for key in {one[:15] for one in _ID.findall(row.display)}:
                found.setdefault(key, []).append(row)
        return found

    def _is_shared(self, family: str, name: str) -> bool:
        """Whether several go by a name."""
        return any(side.bearers(family)[name] > 1 for side in (self.old, self.new))

    def _name_told(self, about: About, row: org.SetupChange) -> str | None:
        """By which name a row tells of it, empty where it needs none; None if it doesn't."""
        if _is_deployment(row, about.files):
            return ""
        if about.family == USER:
            return "" if is_about_user(row, about.aspect, about.names, about.ids) else None
        if about.family == SETTINGS:
            fits = is_action_of(row.action, about.aspect) or names_switch(row.display, about.aspect)
            return "" if fits or _worded(about, row, "") else None
        return next((name for name in about.names if self._names(about, row, name)), None)

    def _names(self, about: About, row: org.SetupChange, name: str) -> bool:
        """Whether a row is about this name, and not about a longer one that holds it."""
        if name not in row.display or not _worded(about, row, name):
            return False
        known = {*self.old.bearers(about.family), *self.new.bearers(about.family)} - {*about.names}
        longer = (one for one in known if name in one and one in row.display)
        return not any(_worded(about, row, one) for one in longer)


def _worded(about: About, row: org.SetupChange, name: str) -> bool:
    """Whether the row is worded as one about this name, and says nothing that didn't change."""
    for one in PHRASINGS:
        if not one.fits(about.family, about.aspect):
            continue
        for other, record in _fillings(about):
            found = pattern(one.text, name, other, record).fullmatch(row.display)
            if found:  # what a wording is known for is judged by that wording alone
                sure = not row.section or row.section in one.sections
                return sure and one.ends_name_once(row.display) and _agrees(about, found)
    return _is_quoted(about, row, name)


def _fillings(about: About) -> Iterable[tuple[str, str]]:
    """What stands in a row beside the name. Rows that name a user do so by id, or by a name."""
    return [(other, record) for other in about.others or ("",) for record in about.ids or ("",)]


def _is_quoted(about: About, row: org.SetupChange, name: str) -> bool:
    """Whether the row has the whole name in quotes or before a colon, and is about the same property or tells none."""
    if about.others or about.family not in QUOTED or not name:
        return False
    fitting = [one for one in QUOTED[about.family] if pattern(one.text, name, "", "").fullmatch(row.display)]
    if not any(not row.section or not one.sections or row.section in one.sections for one in fitting):
        return False
    rest = row.display.replace(name, "")
    if about.aspect == "userPermissions" and "permission" in rest.casefold():
        return any(squashed(one) in squashed(rest) for one in about.members)
    return not other_aspects(rest, about.aspect)


def _agrees(about: About, found: re.Match[str]) -> bool:
    """Whether what the row says of ranges and permissions is among what changed."""
    told = found.groupdict()
    if start := told.get("start"):
        return touches(about.members, start, told["end"])
    if label := told.get("label"):
        return any(squashed(label) == squashed(one) for one in about.members)
    return True


def _is_deployment(row: org.SetupChange, files: Iterable[str]) -> bool:
    """Whether a row of a deployment names the file whole, as the embedded org's do."""
    verb, _, listed = row.display.partition(" ")
    return row.section == "Deploy" and verb == "Deployed" and any(one in listed.split(", ") for one in files)
