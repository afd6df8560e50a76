"""Metadata files compared: values, ranges as sets, permissions, and files that came or went."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from sfharden.checks.drift.address_sets import compare_ranges, ends_of
from sfharden.checks.drift.found import APP, PROFILE, SET, SETTINGS, About, ChangedFact, Side, only_one_has_it
from sfharden.facts.values import is_damaged
from sfharden.model import kinds
from sfharden.model.drift import DriftGap, FactChange
from sfharden.model.org import METADATA
from sfharden.model.snapshot import WITHDRAWN, Component, Group, Value
from sfharden.text.names import profile_aliases

_FAMILY: Final = {
    kinds.PROFILE: PROFILE, kinds.PERMISSION_SET: SET, kinds.CONNECTED_APP: APP,
    **dict.fromkeys(kinds.EXTERNAL_KINDS, APP), **dict.fromkeys(kinds.SETTINGS_KINDS, SETTINGS),
}  # fmt: skip
# What files of a profile say of it being read at all, and no fact of the org.
_MARKS: Final = frozenset({"userPermissions", WITHDRAWN})
Change = ChangedFact | DriftGap


def compare_components(old: Side, new: Side) -> Iterator[Change]:
    """All that differs in the files of both sides, in the order of kind and name."""
    was, now = _by_key(old), _by_key(new)
    for key in sorted(was.keys() | now.keys()):
        before, after = was.get(key, ()), now.get(key, ())
        if before and after:
            yield from _of_both(old, new, before, after)
        elif change := _of_one(old, new, key, (*before, *after)[0], in_new=bool(after)):
            yield change


def _by_key(side: Side) -> dict[tuple[str, str], tuple[Component, ...]]:
    found: dict[tuple[str, str], tuple[Component, ...]] = {}
    for one in side.snapshot.components:
        found[one.kind, one.name] = (*found.get((one.kind, one.name), ()), one)
    return found


def _of_one(old: Side, new: Side, key: tuple[str, str], one: Component, *, in_new: bool) -> Change | None:
    """A file that only one side has. Sides read in two ways hold different files of one org."""
    if not _asked_alike(old, new):
        return None
    change, note = only_one_has_it(old, new, *key, in_new=in_new)
    asked = [one.kind in side.tables.metadata_asked for side in (old, new) if side.tables.metadata_asked]
    if len(set(asked)) > 1:
        change, note = "unclear", "only one state was asked for metadata of that type"
    aspect = change if change in ("came", "gone") else ""
    fact = FactChange(
        part=one.kind, kind=one.kind, name=one.name, what="file", change=change, file=one.file, note=note
    )
    return ChangedFact(fact, _about(old, new, one, aspect))


def _asked_alike(old: Side, new: Side) -> bool:
    """Whether both sides asked for metadata of the same kind: an org's, or a folder's."""
    if old.snapshot.source.is_files != new.snapshot.source.is_files:
        return False
    return old.snapshot.source.is_files or all(METADATA in one.tables.read_at for one in (old, new))


def why_not_alike(old: Side, new: Side) -> DriftGap | None:
    """That files which only one side has were left out, and why; None if they were not."""
    bare = not any(one.snapshot.org or one.snapshot.source.is_files for one in (old, new))  # Azure alone
    if bare or _asked_alike(old, new):
        return None
    if old.snapshot.source.is_files != new.snapshot.source.is_files:
        reason = "one state was read from files, the other from an org"
    else:
        reason = "metadata was not read in both states"
    is_new = (
        METADATA in old.tables.read_at and METADATA not in new.tables.read_at and new.snapshot.org is not None
    )
    return DriftGap(what="Metadata files that only one state has", reason=reason, is_new=is_new)


def _of_both(
    old: Side, new: Side, before: Sequence[Component], after: Sequence[Component]
) -> Iterator[Change]:
    if len(before) > 1 or len(after) > 1:
        if Counter(map(_said, before)) != Counter(map(_said, after)):
            one = after[0]
            yield DriftGap(
                what=f"{one.kind} {one.name}", reason="several files describe it, and they changed"
            )
        return
    one, other = before[0], after[0]
    yield from _values(old, new, one, other)
    yield from _groups(old, new, one, other)
    yield from _permissions(old, new, one, other)


def _said(one: Component) -> str:
    """All that a file says, without where in it."""
    values = sorted((path, _texts(found)) for path, found in one.values.items())
    groups = sorted((path, sorted(map(_shown, found))) for path, found in one.groups.items())
    return repr((values, groups, sorted(one.permissions)))


def _values(old: Side, new: Side, one: Component, other: Component) -> Iterator[Change]:
    for path in sorted((one.values.keys() | other.values.keys()) - _MARKS):
        was, now = one.values.get(path, ()), other.values.get(path, ())
        if sorted(_texts(was)) == sorted(_texts(now)) or _is_frame(one, other, path):
            continue
        if is_damaged(one, path) or is_damaged(other, path):
            yield _damaged(other, path, is_new=not is_damaged(one, path))
            continue
        yield _value(old, new, one, other, path)


def _value(old: Side, new: Side, one: Component, other: Component, path: str) -> ChangedFact:
    was, now = one.values.get(path, ()), other.values.get(path, ())
    told: dict[str, object] = {"was": _joined(was), "now": _joined(now)}
    if not (was and now) and (note := _other_version(old, new)):
        told |= {"change": "unclear", "note": note}
    if max(len(was), len(now)) > 1:  # a set, such as scopes
        before, after = Counter(_texts(was)), Counter(_texts(now))
        told |= {"added": _members(after - before), "removed": _members(before - after)}
    lines = {one.where(value.line) for value in was} | {other.where(value.line) for value in now}
    return _found(old, new, other, path, frozenset(lines), **told)


def _other_version(old: Side, new: Side) -> str:
    """Why an element that only one side has may be no change: each API version has elements of its own."""
    versions = [side.snapshot.source.api_version for side in (old, new)]
    return "" if versions[0] == versions[1] else f"read with API version {versions[0]}, then {versions[1]}"


def _members(texts: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(texts.elements()))


def _is_frame(one: Component, other: Component, path: str) -> bool:
    """True for an element that is empty on one side and holds others on the other: these are told."""
    return any(
        key.startswith(f"{path}.")
        for side in (one, other)
        for facts in (side.values, side.groups)
        for key in facts
    )


def _texts(values: Iterable[Value]) -> list[str]:
    return ["(nil)" if value.text is None else value.text for value in values]


def _joined(values: Sequence[Value]) -> str:
    return ", ".join(sorted(_texts(values))) if values else "(not there)"


def _groups(old: Side, new: Side, one: Component, other: Component) -> Iterator[Change]:
    for path in sorted(one.groups.keys() | other.groups.keys()):
        lines = {side.where(group.line) for side in (one, other) for group in side.groups.get(path, ())}
        places = frozenset(lines)
        if is_damaged(one, path) or is_damaged(other, path):
            if _shown_all(one, path) != _shown_all(other, path):
                yield _damaged(other, path, is_new=not is_damaged(one, path))
        elif ends := ends_of(one, other, path):
            yield from _ranges(old, new, one, other, path, ends, places)
        else:
            was, now = Counter(_shown_all(one, path)), Counter(_shown_all(other, path))
            if was != now:
                yield _found(
                    old, new, other, path, places, added=_members(now - was), removed=_members(was - now)
                )


def _ranges(
    old: Side,
    new: Side,
    one: Component,
    other: Component,
    path: str,
    ends: tuple[str, str],
    places: frozenset[str],
) -> Iterator[Change]:
    change = compare_ranges(one, other, path, ends)
    if change is None:
        return
    if change.broken:
        if _shown_all(one, path) != _shown_all(other, path):
            yield DriftGap(what=f"{other.kind} {other.name}: {path}", reason=change.broken, is_new=True)
        return
    note = ""
    if path == "loginIpRanges" and not other.groups.get(path):
        # Security Guide, Restrict Login IP Addresses in Profiles: without ranges there is no restriction.
        note = "no range is left, so that the profile restricts nobody"
    yield _found(
        old, new, other, path, places,
        was=change.was, now=change.now, added=change.added, removed=change.removed, note=note,
    )  # fmt: skip


def _shown_all(one: Component, path: str) -> list[str]:
    return sorted(map(_shown, one.groups.get(path, ())))


def _shown(group: Group) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(group.values.items()))


def _permissions(old: Side, new: Side, one: Component, other: Component) -> Iterator[Change]:
    was, now = one.permissions.keys(), other.permissions.keys()
    if was == now:
        return
    path = "userPermissions"
    if is_damaged(one, path) or is_damaged(other, path):
        yield _damaged(other, path, is_new=not is_damaged(one, path))
        return
    if not (old.index.is_whole(one) and new.index.is_whole(other)):
        yield DriftGap(
            what=f"{other.kind} {other.name}: {path}", reason="a file may be a part of the profile"
        )
        return
    added, removed = tuple(sorted(now - was)), tuple(sorted(was - now))
    lines = {one.where(one.permissions[name]) for name in removed}
    lines |= {other.where(other.permissions[name]) for name in added}
    yield _found(old, new, other, path, frozenset(lines), added=added, removed=removed)


def _damaged(one: Component, path: str, *, is_new: bool) -> DriftGap:
    reason = "a part of the file could not be understood"
    return DriftGap(what=f"{one.kind} {one.name}: {path}", reason=reason, is_new=is_new)


def _found(
    old: Side, new: Side, one: Component, path: str, places: frozenset[str], **told: object
) -> ChangedFact:
    values = {"part": one.kind, "kind": one.kind, "name": one.name, "what": path, "change": "changed"}
    fact = FactChange.model_validate({**values, "file": one.file, **told})
    members = (*fact.added, *fact.removed)
    return ChangedFact(fact, _about(old, new, one, _aspect(path), members), places)


def _aspect(path: str) -> str:
    """The element that a row would be about: login hours are one, whatever day of theirs."""
    return "loginHours" if path.startswith("loginHours.") else path.rpartition(".")[2]


def _about(old: Side, new: Side, one: Component, aspect: str, members: tuple[str, ...] = ()) -> About:
    family = _FAMILY.get(one.kind, "")
    return About(family, _names(old, new, one), aspect=aspect, members=members, files=(one.file,))


def _names(old: Side, new: Side, one: Component) -> tuple[str, ...]:
    """What people call it: API name and labels, on either side."""
    if one.kind == kinds.PROFILE:
        rows = [row for side in (old, new) for row in side.tables.profiles or () if row.api_name == one.name]
        return tuple(sorted({*profile_aliases(one.name), *(row.label for row in rows if row.label)}))
    found = {one.name, *(value.text or "" for value in one.values.get("label", ()))}
    for side in (old, new):
        found |= {name for app in side.index.apps if one in app.parts for name in (app.name, *app.labels)}
    return tuple(sorted(found - {""}))
