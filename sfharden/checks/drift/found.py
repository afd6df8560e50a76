"""What the comparison works with: a side, which knows what it was not shown; and a fact that changed, not yet explained."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final

from sfharden.facts.index import Index
from sfharden.model import org
from sfharden.model.drift import Change, FactChange
from sfharden.model.snapshot import ANY_KIND, Gap, Snapshot

# What a row of the audit trail may be about; each has wordings of its own.
APP, PROFILE, SET, GROUP, USER = "app", "profile", "permission set", "permission set group", "user"
SETTINGS, ASSIGNMENT, GROUP_ASSIGNMENT, MEMBER = "settings", "assignment", "assignment of a group", "member"
SET_ACCESS, PROFILE_ACCESS = "access of a permission set", "access of a profile"
NOBODY: Final = ""  # the audit trail tells nothing of this


@dataclass(frozen=True, slots=True)
class About:
    """What a row must name to explain a change: one of `names`, and where it is about two things one of `others` too.

    `ids` are record ids. `aspect` says which property changed, or `came` and `gone`; `members` are permissions or ranges that did.
    """

    family: str = NOBODY
    names: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    aspect: str = ""
    members: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """A changed fact, what explains it, and where both sides have it (`file:line`)."""

    fact: FactChange
    about: About = field(default_factory=About)
    places: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Side:
    """One snapshot, with who is called what in it."""

    snapshot: Snapshot

    @cached_property
    def index(self) -> Index:
        """The snapshot with its indexes."""
        return Index(self.snapshot)

    @property
    def tables(self) -> org.OrgTables:
        """The tables of a running org; of metadata files none was read."""
        return self.snapshot.org or org.OrgTables()

    def read_at(self, part: str) -> datetime | None:
        """When a part was read, or the whole where that isn't told."""
        return self.tables.read_at.get(part, self.snapshot.taken_at)

    def why_partial(self, kind: str, name: str = "") -> str:
        """Why something of that kind may be missing though it exists; empty if it would be there."""
        return next((gap.reason for gap in self.snapshot.gaps if _hides(gap, kind, name)), "")

    def bearers(self, family: str) -> Counter[str]:
        """Every name that a thing of that family goes by, and how many do."""
        if family not in self._bearers:
            self._bearers[family] = Counter(self._names_of(family))
        return self._bearers[family]

    @cached_property
    def _bearers(self) -> dict[str, Counter[str]]:
        return {}

    def _names_of(self, family: str) -> Iterator[str]:
        tables = self.tables
        if family == APP:
            yield from (name for app in self.index.apps for name in {app.name, *app.labels} - {""})
        elif family in (PROFILE, PROFILE_ACCESS):
            yield from self.index.profile_names
        elif family in (SET, SET_ACCESS, ASSIGNMENT):
            rows = (one for one in tables.permission_sets or () if not one.profile_id and not one.group_id)
            yield from (name for one in rows for name in {one.name, one.label} - {""})
        elif family in (GROUP, GROUP_ASSIGNMENT, MEMBER):
            yield from (name for one in tables.groups or () for name in {one.name, one.label} - {""})


def _hides(gap: Gap, kind: str, name: str) -> bool:
    return gap.kind in (kind, ANY_KIND) and (not gap.name or gap.name == name)


def only_one_has_it(old: Side, new: Side, kind: str, name: str = "", *, in_new: bool) -> tuple[Change, str]:
    """Whether what only one side has came or went; or that it can't be told, since the other side may not show it."""
    without = old if in_new else new
    reason = without.why_partial(kind, name)
    if reason:
        return "unclear", f"the {'earlier' if in_new else 'later'} state may not show it: {reason}"
    return ("came" if in_new else "gone"), ""
