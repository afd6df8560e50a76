"""The Azure side compared: properties of resources that both states hold, and resources that came or went."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sfharden.checks.drift.found import ChangedFact
from sfharden.model.azure import AZURE, AzureResource, AzureSnapshot, key_of, parent_of
from sfharden.model.drift import Change, DriftGap, Explanation, FactChange
from sfharden.model.snapshot import Snapshot
from sfharden.text.wording import shorten

# What changes by itself, or with every change of another property (Azure Resource Manager, templates).
_RESTLESS: Final = frozenset(
    {"etag", "changedtime", "createdtime", "lastmodifiedtimeutc", "lastmodifiedat", "systemdata", "version"}
    | {"provisioningstate", "usagestate", "availabilitystate", "operations"}
)
_MOST: Final = 200  # characters of one value that are shown
_ELSEWHERE: Final = Explanation(telling="elsewhere", note="Azure's own activity log tells who")


def compare_azure(old: Snapshot, new: Snapshot) -> Iterator[ChangedFact | DriftGap]:
    """All that differs of Azure, where both states hold it."""
    if old.azure is None or new.azure is None:
        if old.azure is not None or new.azure is not None:
            which = "later" if new.azure is None else "earlier"
            yield DriftGap(what="Azure", reason=f"not read in the {which} state", is_new=new.azure is None)
        return
    was_asked, now_asked = ({one.key: one for one in side.resources} for side in (old.azure, new.azure))
    was, now = _by_key(old.azure), _by_key(new.azure)
    for key in sorted(was.keys() | now.keys()):
        if key in was and key in now:
            # An answer on a resource alone tells more of it than a row of a list: like with like.
            pairs = was_asked if key in was_asked and key in now_asked else was
            others = now_asked if pairs is was_asked else now
            yield from _properties(pairs[key], others[key])
        elif found := _came_or_went(old.azure, new.azure, was.get(key), now.get(key)):
            yield found
    had = {key_of(gap.path) for gap in old.azure.gaps}
    for gap in new.azure.gaps:
        reason = f"not read in the later state: {gap.reason}"
        yield DriftGap(what=f"Azure: {gap.what}", reason=reason, is_new=key_of(gap.path) not in had)


def _by_key(side: AzureSnapshot) -> dict[str, AzureResource]:
    """Each resource once; where it stands in a list, as it stands there."""
    rows = (row for one in side.lists for row in one.rows)
    return {one.key: one for one in (*side.resources, *rows)}


def _came_or_went(
    old: AzureSnapshot, new: AzureSnapshot, before: AzureResource | None, after: AzureResource | None
) -> ChangedFact | None:
    one = before or after
    if one is None or one.is_conditional:
        return None
    having, without = (old, new) if after is None else (new, old)
    sure = _says_absent(having, without, one)
    change: Change = "unclear" if not sure else "gone" if after is None else "came"
    note = "" if sure else "the other state was not asked for it, or could not read it"
    return _found(one, "resource", change, note=note)


def _says_absent(having: AzureSnapshot, without: AzureSnapshot, one: AzureResource) -> bool:
    """Whether a side was asked, and says that there's no such resource: by a list that it would stand in, or by name."""
    if any(key_of(absent.path) == one.key for absent in without.absent):
        return True
    lists = {rows.key for rows in having.lists if any(row.key == one.key for row in rows.rows)}
    lists.add(key_of(parent_of(one.id, 1)))
    return any(rows.key in lists and rows.is_whole for rows in without.lists)


def _properties(one: AzureResource, other: AzureResource) -> Iterator[ChangedFact | DriftGap]:
    what = f"Azure: {other.type} {other.shown}"
    if one.form is not other.form:
        reason = f"the earlier state has it as {one.form.value}, the later one as {other.form.value}"
        yield DriftGap(what=what, reason=reason)
        return
    if one.definition_digest != other.definition_digest and one.definition_digest and other.definition_digest:
        yield _found(other, "definition", "changed", was=one.definition_digest, now=other.definition_digest)
    was, now = _flat(one.document), _flat(other.document)
    lost = [path for path in was if not _is_hidden(one, path) and _is_hidden(other, path)]
    if lost:
        yield DriftGap(what=what, reason=f"not told in the later state: {shorten(lost)}", is_new=True)
    for path in sorted(was.keys() | now.keys()):
        before, after = was.get(path, "(not there)"), now.get(path, "(not there)")
        if before != after and not (_is_hidden(one, path) or _is_hidden(other, path)):
            yield _found(other, path, "changed", was=before, now=after)


def _is_hidden(one: AzureResource, path: str) -> bool:
    """Whether a document doesn't tell the value at a path."""
    return any(f"{path}.".startswith(f"{name}.") for name in one.unknown_paths)


def _flat(value: Any, path: str = "") -> dict[str, str]:
    """Scalars by dotted path, without what is restless; a workflow's definition is told by its digest."""
    if path.casefold() == "properties.definition":
        return {}
    items = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else None
    )
    if items is None:
        return {path: value if isinstance(value, str) else json.dumps(value)}
    found: dict[str, str] = {}
    for key, inner in items:
        if str(key).casefold() not in _RESTLESS:
            found |= _flat(inner, f"{path}.{key}" if path else str(key))
    return found or ({path: "(empty)"} if path else {})


def _found(
    one: AzureResource, what: str, change: Change, was: str = "", now: str = "", note: str = ""
) -> ChangedFact:
    fact = FactChange(
        part=AZURE, kind=one.type, name=one.shown, what=what, change=change, was=was[:_MOST], now=now[:_MOST], note=note,
        file=one.file, explained=_ELSEWHERE,
    )  # fmt: skip
    return ChangedFact(fact, places=frozenset({one.id, one.where()}))
