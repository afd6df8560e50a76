"""A table of an org compared by key: rows that came, went or changed, as far as both sides were shown the table."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from sfharden.checks.drift.found import ChangedFact, Side, only_one_has_it
from sfharden.model.drift import Change, DriftGap

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RowPair(Generic[T]):
    """A row before and after, either None where only the other side has it; then what that means, and why it may mean less."""

    before: T | None
    after: T | None
    change: Change
    note: str = ""

    @property
    def row(self) -> T:
        """The later row where there is one."""
        found = self.after if self.after is not None else self.before
        if found is None:
            raise LookupError("a pair of no rows")
        return found


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """How one table is compared: its kind, its name for people, its rows, what tells a row from others, and what is said of a pair."""

    kind: str
    what: str
    rows: Callable[[Side], tuple[T, ...] | None]
    key: Callable[[T], Hashable]
    tell: Callable[[Side, Side, "RowPair[T]"], Iterator[ChangedFact]]


def compare_table(old: Side, new: Side, table: Table[T]) -> Iterator[ChangedFact | DriftGap]:
    """What became of the rows. A table that either side wasn't shown is a gap, and nothing of it came or went."""
    was, now = table.rows(old), table.rows(new)
    if was is None or now is None:
        yield from _unread(old, new, table, was_read=was is not None, is_read=now is not None)
        return
    if partial := _partial(old, new, table):
        yield partial
    before, after = ({table.key(one): one for one in rows} for rows in (was, now))
    different = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    for key in sorted(different, key=repr):
        one, other = before.get(key), after.get(key)
        if one is not None and other is not None:
            yield from table.tell(old, new, RowPair(one, other, "changed"))
            continue
        change, note = only_one_has_it(old, new, table.kind, in_new=other is not None)
        yield from table.tell(old, new, RowPair(one, other, change, note))


def _unread(old: Side, new: Side, table: Table[T], *, was_read: bool, is_read: bool) -> Iterator[DriftGap]:
    if old.snapshot.org is None and new.snapshot.org is None:
        return  # metadata files have no tables
    which = (
        "either state"
        if not (was_read or is_read)
        else "the later state"
        if was_read
        else "the earlier state"
    )
    reason = (old if not was_read else new).why_partial(table.kind)
    yield DriftGap(
        what=table.what,
        reason=f"not read in {which}" + (f": {reason}" if reason else ""),
        is_new=was_read and not is_read,
    )


def _partial(old: Side, new: Side, table: Table[T]) -> DriftGap | None:
    was, now = old.why_partial(table.kind), new.why_partial(table.kind)
    if now:
        return DriftGap(
            what=table.what, reason=f"not read completely in the later state: {now}", is_new=not was
        )
    return (
        DriftGap(what=table.what, reason=f"not read completely in the earlier state: {was}") if was else None
    )


def aspect_of(change: Change) -> str:
    """`came` or `gone`, for what explains that; nothing explains what can't be told."""
    return change if change in ("came", "gone") else ""


def user_name(old: Side, new: Side, user_id: str) -> str:
    """A user's name on either side, or their id."""
    known = new.index.directory.users_by_id.get(user_id) or old.index.directory.users_by_id.get(user_id)
    return known.username if known else user_id


def set_name(old: Side, new: Side, set_id: str) -> str:
    """A permission set's name, or that of the profile or the group that owns it; else its id."""
    for side in (new, old):
        row = side.index.directory.sets_by_id.get(set_id)
        if row and row.profile_id:
            return side.index.directory.profile_label(row.profile_id)
        if row and row.group_id:
            return group_name(side, side, row.group_id)
        if row:
            return row.label or row.name
    return set_id


def set_names(old: Side, new: Side, set_id: str) -> tuple[str, ...]:
    """Every name that rows of the audit trail may give a permission set, or its profile."""
    found = {set_name(old, new, set_id), set_name(old, old, set_id)}
    for side in (old, new):
        if row := side.index.directory.sets_by_id.get(set_id):
            found |= {row.name, row.label} if not row.profile_id else set()
    return tuple(sorted(found - {"", set_id}))


def is_profiles(old: Side, new: Side, set_id: str) -> bool:
    """True for the hidden set that a profile owns."""
    rows = (side.index.directory.sets_by_id.get(set_id) for side in (new, old))
    return any(row is not None and row.profile_id != "" for row in rows)


def group_name(old: Side, new: Side, group_id: str) -> str:
    """A permission set group's name on either side, or its id."""
    groups = (*(new.tables.groups or ()), *(old.tables.groups or ()))
    return next((one.label or one.name for one in groups if one.id == group_id), group_id)


def group_names(old: Side, new: Side, group_id: str) -> tuple[str, ...]:
    """Every name of a permission set group."""
    groups = (*(new.tables.groups or ()), *(old.tables.groups or ()))
    return tuple(
        sorted({name for one in groups if one.id == group_id for name in (one.name, one.label)} - {""})
    )


def app_names(old: Side, new: Side, app_id: str) -> tuple[str, ...]:
    """Every name of the app with that record id, the label that people see first."""
    rows = [one for side in (new, old) for one in side.tables.apps or () if one.id[:15] == app_id[:15]]
    return tuple(dict.fromkeys(name for one in rows for name in (one.label, one.api_name) if name))
