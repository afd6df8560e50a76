"""Reading a fact, or saying why it cannot be told.

Checks read the snapshot through these functions only. Each gives a value with the place it was read,
or raises CannotTell; there is no third way, so a missing fact can't turn into a pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from sfharden.model.snapshot import Component, Group, PartGap

T = TypeVar("T")


class CannotTell(Exception):
    """A fact that a verdict needs was not read. `reason` is one plain phrase."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.where = where


class NotShown(CannotTell):
    """What was read is whole, and this isn't in it: no right and no other call would tell it."""


class KeptBack(NotShown):
    """The org keeps it back from whoever asks, since secrets stand beside it."""


class NoSuchName(CannotTell):
    """Nothing bears a name that a person gave. `near` is what text.names.suggestion says of it, and ends the reason."""

    def __init__(self, reason: str, near: str) -> None:
        super().__init__(f"{reason}.{near}")
        self.near = near


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """A value, its text as written, and where it was read."""

    value: T
    text: str
    where: str


def refuse_gap(component: Component, path: str) -> None:
    """Raise CannotTell if any part of `path` was there and could not be understood."""
    for gap in component.gaps:
        if _concerns(gap, path):
            raise CannotTell(gap.reason, component.where(gap.line))


def is_damaged(component: Component, path: str) -> bool:
    """True if any part of `path` was there and could not be understood."""
    return any(_concerns(gap, path) for gap in component.gaps)


def _concerns(gap: PartGap, path: str) -> bool:
    return gap.path == path or path.startswith(f"{gap.path}.") or gap.path.startswith(f"{path}.")


def has(component: Component, path: str) -> bool:
    """True if the file has something at the path or below it."""
    below = f"{path}."
    return any(
        key == path or key.startswith(below)
        for facts in (component.values, component.groups)
        for key in facts
    )


def text(component: Component, path: str) -> Fact[str]:
    """The one text at a path. Raises CannotTell if it's absent, nil, or given twice with two values."""
    refuse_gap(component, path)
    found = component.values.get(path, ())
    if not found:
        raise NotShown(f"{path} is not in the file", component.where())
    if len({value.text for value in found}) > 1:
        raise CannotTell(
            f"{path} is given more than once, with different values", component.where(found[1].line)
        )
    first = found[0]
    if first.text is None or not first.text:
        raise CannotTell(f"{path} is empty", component.where(first.line))
    return Fact(first.text, first.text, component.where(first.line))


def boolean(component: Component, path: str) -> Fact[bool]:
    """The boolean at a path: `true` or `false`, as the Metadata API writes xsd:boolean."""
    return choice(component, path, {"true": True, "false": False, "1": True, "0": False}, fold=False)


def choice(component: Component, path: str, table: Mapping[str, T], *, fold: bool = True) -> Fact[T]:
    """The enumeration value at a path; one that the table doesn't know raises CannotTell.

    `fold` ignores case and underscores, because connected apps and external client apps spell
    the same values differently (`BYPASS_2FACTOR`, `Bypass_2factor`).
    """
    fact = text(component, path)
    key = fold_name(fact.value) if fold else fact.value
    known = {fold_name(name): value for name, value in table.items()} if fold else table
    if key not in known:
        raise CannotTell(f"{path} has a value that sfharden doesn't know: {fact.text}", fact.where)
    return Fact(known[key], fact.text, fact.where)


def texts(component: Component, path: str) -> tuple[Fact[str], ...]:
    """Every text at a path that may repeat; nothing there gives an empty tuple."""
    refuse_gap(component, path)
    if any(key.startswith(f"{path}.") for key in component.values):
        raise CannotTell(f"{path} is not written as Salesforce writes it", component.where())
    found = component.values.get(path, ())
    for value in found:
        if not value.text:
            raise CannotTell(f"{path} is empty", component.where(value.line))
    return tuple(Fact(value.text or "", value.text or "", component.where(value.line)) for value in found)


def groups(component: Component, path: str) -> tuple[Group, ...]:
    """Every group at a path; raises CannotTell if one of them could not be understood."""
    refuse_gap(component, path)
    return component.groups.get(path, ())


def fold_name(name: str) -> str:
    """A name without case, spaces at the ends and underscores, for tolerant comparison."""
    return name.strip().casefold().replace("_", "")
