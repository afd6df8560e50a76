"""What the permission set that is offered really holds, wherever it is: by its file, by its record, or by both.

That a set has the name is no promise. A right counts only if it surely stands in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sfharden.facts.directory import Directory
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell
from sfharden.model import kinds
from sfharden.model import org as tables
from sfharden.model.org import PermissionSetRow
from sfharden.model.snapshot import WITHDRAWN, Component
from sfharden.plan.lost_rights import Lost, texts_of
from sfharden.plan.ordinary_rights import ADMINISTRATIVE, OBJECT_ELEMENTS, in_order, is_offered
from sfharden.text.names import literal

_NEEDS: Final = "hasActivationRequired"
_PLAIN: Final = frozenset(OBJECT_ELEMENTS)

Objects = dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class SetContent:
    """What a permission set surely grants, and what else it may grant; `why` says why nothing in it counts for sure.

    `beyond` is what it's seen to grant besides plain rights on data and the API, `unseen` what of that was not asked.
    """

    label: str
    rights: frozenset[str]
    objects: Objects
    beyond: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    why: str = ""

    def missing(self, lost: Lost) -> tuple[str, ...]:
        """What is offered of the rights that are lost, and doesn't surely stand in the set."""
        rights = frozenset() if self.why else self.rights
        objects = {} if self.why else self.objects
        left = {name: held - objects.get(name, frozenset()) for name, held in lost.given.items()}
        return (*texts_of(left), *in_order(frozenset(filter(is_offered, lost.rights - rights))))


def set_row(facts: Index, name: str) -> PermissionSetRow | None:
    """The record of the permission set of that name; none of a profile's own or of a group's."""
    rows = facts.directory.sets_by_id.values()
    plain = (one for one in rows if not one.profile_id and not one.group_id)
    return next((one for one in plain if literal(one.name) == literal(name)), None)


def set_files(facts: Index, name: str) -> tuple[Component, ...]:
    """Its files; where there are several, which one counts can't be told."""
    found = facts.snapshot.of_kind(kinds.PERMISSION_SET)
    return tuple(one for one in found if literal(one.name) == literal(name))


def set_content(facts: Index, name: str) -> SetContent | None:
    """What the permission set of that name holds; None if there's none."""
    row, files = set_row(facts, name), set_files(facts, name)
    if row is None and not files:
        return None
    label = (row.label or row.name) if row else files[0].name
    why = _damage(files) or _activation(facts.directory, row, files)
    return SetContent(
        label,
        _rights(facts, row, files),
        _objects(facts, row, files),
        tuple(_beyond(facts, row, files)),
        () if files else _unseen(facts),
        why,
    )


def activation_of(files: Sequence[Component]) -> bool | None:
    """Whether a set has to be activated by its files; where they don't say it, it hasn't (Metadata API Guide, PermissionSet)."""
    said = {value.text for one in files for value in one.values.get(_NEEDS, ())}
    if "true" in said:
        return True
    return False if said <= {"false"} else None


def granted(file: Component) -> frozenset[str]:
    """The user permissions that a file surely grants: what it also switches off isn't one."""
    off = {value.text for value in file.values.get(WITHDRAWN, ())}
    return frozenset(file.permissions) - off


def _damage(files: Sequence[Component]) -> str:
    return next((f"not all of its file is understood: {gap.reason}" for one in files for gap in one.gaps), "")


def _activation(directory: Directory, row: PermissionSetRow | None, files: Sequence[Component]) -> str:
    """Why it may not count in a session of the integration; empty if it does."""
    told = row.needs_activation if row else activation_of(files)
    if told or (files and activation_of(files)):
        return "it has to be activated in each session"
    if told is None:
        return "whether it has to be activated in each session was not told"
    silent = not any(one.values.get(_NEEDS) for one in files)
    if row is None and silent and _may_be_there(directory):
        return "whether the org has one of that name, which has to be activated, was not read"
    return ""


def _may_be_there(directory: Directory) -> bool:
    try:
        return bool(directory.rows(directory.tables.permission_sets, tables.PERMISSION_SETS).gap)
    except CannotTell:
        return True


def _rights(facts: Index, row: PermissionSetRow | None, files: Sequence[Component]) -> frozenset[str]:
    """What file and record both grant, as far as the record was asked."""
    by_row = frozenset(row.permissions) if row else frozenset()
    if not files:
        return by_row
    by_files = frozenset.intersection(*map(granted, files))
    asked = frozenset(facts.directory.tables.permission_names) if row else frozenset()
    return by_files - (asked - by_row)


def _objects(facts: Index, row: PermissionSetRow | None, files: Sequence[Component]) -> Objects:
    """What the files permit that would be deployed, else what the records do."""
    new = [one.objects for one in files if one.objects is not None]
    if not new:
        return dict(_of_row(facts, row))
    names = set.intersection(*map(set, new))
    return {name: frozenset.intersection(*(frozenset(one[name]) for one in new)) for name in names}


def _of_row(facts: Index, row: PermissionSetRow | None) -> Iterator[tuple[str, frozenset[str]]]:
    """Only rows that are there; whether others were asked for needn't be told, since none counts as no right."""
    for one in facts.directory.tables.object_rights or ():
        if row and one.permission_set_id == row.id:
            yield one.object, frozenset(one.rights)


def _beyond(facts: Index, row: PermissionSetRow | None, files: Sequence[Component]) -> Iterator[str]:
    """Whatever it may grant that is no plain right on data or the API."""
    every = dict(_of_row(facts, row))
    for file in files:
        for name, held in (file.objects or {}).items():
            every[name] = every.get(name, frozenset()) | frozenset(held)
    rights = {name for one in files for name in one.permissions} | set(row.permissions if row else ())
    yield from in_order(frozenset(name for name in rights if not is_offered(name)))
    yield from texts_of({name: held - _PLAIN for name, held in every.items()})


def _unseen(facts: Index) -> tuple[str, ...]:
    """What administers the org and a record wasn't asked for; a file tells all."""
    org = facts.directory.tables
    return tuple(sorted(ADMINISTRATIVE.difference(org.permissions_asked, org.permission_names)))
