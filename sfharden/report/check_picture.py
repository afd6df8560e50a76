"""The addresses of an integration as a picture, and as the table under it: what is missing, surplus or stale.

Positions are by the addresses that occur, in their order; what lies between is squeezed and marked. Only how wide a piece
is drawn grows with its size, as a logarithm, so that one address beside a network is still seen.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2
from typing import Final

from sfharden.addresses import ALL_V4, ALL_V6, AddressSet, Interval, format_address, union
from sfharden.checks.page_addresses import AddressFacts, AddressRow
from sfharden.text.wording import count

# Every bar can be reached by the keyboard, unless there are so many that nobody would get past them.
MOST_FOCUSED: Final = 60
_MOST_TICKS: Final = 6
_ROW: Final = 46  # pixels: a line of text, and the bar below it
_SQUEEZED: Final = 3.0  # as wide as a piece of four addresses

MISSING: Final = "missing"
SURPLUS: Final = "surplus"
STALE: Final = "stale"
OUTSIDE: Final = "outside"
OPEN: Final = "not known"


@dataclass(frozen=True, slots=True)
class Piece:
    """Addresses of one row that are alike: `state` says what they are, `lists` which lists name them."""

    row: str
    first: int
    last: int
    state: str
    lists: str = ""

    @property
    def addresses(self) -> str:
        """`a`, or `a-b`."""
        first = format_address(self.first)
        return first if self.first == self.last else f"{first}-{format_address(self.last)}"

    @property
    def size(self) -> str:
        """How many there are."""
        return count(self.last - self.first + 1, "address")

    @property
    def text(self) -> str:
        """All of it in one line."""
        named = f", {self.lists}" if self.lists else ""
        return f"{self.row}: {self.addresses} ({self.size}), {self.state}{named}"


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece where it's drawn, in per cent of the width."""

    piece: Piece
    left: str
    width: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Tick:
    """An address below the picture: where, to which side its text goes, and on which of two lines."""

    text: str
    left: str
    anchor: str
    line: int


@dataclass(frozen=True, slots=True)
class PictureRow:
    """One row of a picture: its name, why it may have more, and its bars; `top` in pixels."""

    name: str
    gap: str
    top: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One family of addresses; `gaps` and `ticks` are places on the axis, in per cent."""

    family: str
    rows: tuple[PictureRow, ...]
    gaps: tuple[str, ...]
    ticks: tuple[Tick, ...]
    height: int
    focused: bool


@dataclass(frozen=True, slots=True)
class AddressPage:
    """An integration's pictures, the same as a table, and how much there is of what is wrong."""

    integration: str
    profile: str
    pictures: tuple[Picture, ...]
    pieces: tuple[Piece, ...]
    notes: tuple[tuple[str, str], ...]
    wrong: tuple[tuple[str, int], ...]


def address_page(facts: AddressFacts) -> AddressPage:
    """Everything that the page shows of an integration's addresses."""
    rows = _rows(facts)
    pieces = tuple(piece for name, _, sets in rows for piece in _pieces(name, sets, facts))
    pictures = (
        _picture(family, rows, [one for one in pieces if _within(one, whole)])
        for family, whole in (("IPv4", ALL_V4), ("IPv6", ALL_V6))
    )
    wrong = (
        (state, sum(one.state == state for one in pieces)) for state in (MISSING, SURPLUS, STALE, OUTSIDE)
    )
    return AddressPage(
        facts.integration,
        facts.profile,
        tuple(one for one in pictures if any(row.bars for row in one.rows)),
        pieces,
        tuple((name, said) for name, row, _ in rows if (said := _said(row))),
        tuple((state, number) for state, number in wrong if number),
    )


# What is what --------------------------------------------------------------------------------

_States = tuple[tuple[str, AddressSet], ...]


def _rows(facts: AddressFacts) -> tuple[tuple[str, AddressRow, _States], ...]:
    ranges = facts.ranges
    return (
        ("Login ranges", ranges, _admitted(facts)),
        ("Egress", facts.egress, _held(facts.egress, ranges, "covered", MISSING)),
        ("Operator", facts.operator, _held(facts.operator, ranges, "covered", MISSING)),
        ("Token allowlist", facts.allowlist, _listed(facts)),
        ("Logins seen", facts.seen, _held(facts.seen, ranges, "inside", OUTSIDE)),
    )


def _needed(facts: AddressFacts, beside: AddressRow) -> tuple[AddressSet, str]:
    """What is needed, others' needs included; and what stands beyond: an address that nobody read may be among it."""
    needed = facts.egress.addresses | facts.operator.addresses | beside.addresses
    return needed, OPEN if facts.egress.gap or beside.gap else SURPLUS


def _admitted(facts: AddressFacts) -> _States:
    ranges, (needed, beyond) = facts.ranges.addresses, _needed(facts, facts.beside)
    stale, surplus = union(addresses for _, addresses in facts.strange), ranges - needed
    return (("needed", ranges & needed), (STALE, surplus & stale), (beyond, surplus - stale))


def _held(row: AddressRow, ranges: AddressRow, good: str, bad: str) -> _States:
    """Against ranges that nobody read, or that keep nobody out, nothing is outside."""
    if not ranges.addresses and not ranges.gap:
        return (("no range keeps it out", row.addresses),)
    beyond = OPEN if ranges.gap else bad
    return ((good, row.addresses & ranges.addresses), (beyond, row.addresses - ranges.addresses))


def _listed(facts: AddressFacts) -> _States:
    listed, (needed, beyond) = facts.allowlist.addresses, _needed(facts, facts.beside_app)
    if not listed:
        return ()
    missing = facts.egress.addresses - listed
    return (("needed", listed & needed), (beyond, listed - needed), (MISSING, missing))


def _said(row: AddressRow) -> str:
    gap = f"Not wholly known: {row.gap}." if row.addresses else f"Not known: {row.gap}."
    return " ".join(part for part in (gap if row.gap else "", row.note) if part)


def _pieces(name: str, states: _States, facts: AddressFacts) -> Iterator[Piece]:
    found = ((state, one) for state, addresses in states for one in addresses.intervals)
    for state, (first, last) in sorted(found, key=lambda pair: pair[1]):
        yield Piece(name, first, last, state, _lists(facts, (first, last), state))


def _lists(facts: AddressFacts, interval: Interval, state: str) -> str:
    """Which lists have any of it; what is needed, stale or missing comes from one."""
    every = facts.strange if state == STALE else facts.lists if state in (MISSING, "covered") else ()
    own = AddressSet((interval,))
    return ", ".join(dict.fromkeys(name for name, addresses in every if addresses & own))


def _within(piece: Piece, whole: AddressSet) -> bool:
    return piece.first in whole


# Where it's drawn ----------------------------------------------------------------------------


def _picture(
    family: str, rows: Iterable[tuple[str, AddressRow, _States]], pieces: Sequence[Piece]
) -> Picture:
    axis = _Axis(pieces)
    drawn = []
    for number, (name, row, _) in enumerate(rows):
        mine = [one for one in pieces if one.row == name]
        bars = tuple(Bar(one, *axis.place(one), axis.anchor(one)) for one in mine)
        drawn.append(PictureRow(name, row.gap, number * _ROW, bars))
    height = len(drawn) * _ROW
    return Picture(family, tuple(drawn), axis.gaps, axis.ticks, height, len(pieces) <= MOST_FOCUSED)


class _Axis:
    """Where each address is: pieces cut at every border, side by side, with a mark where something was left out."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        borders = sorted({one.first for one in pieces} | {one.last + 1 for one in pieces})
        occurring = union(AddressSet(((one.first, one.last),)) for one in pieces)
        self._at: dict[int, float] = {}
        self._starts: list[int] = []
        squeezed, at = [], 0.0
        for first, following in pairwise(borders):
            if first not in occurring:
                squeezed.append(at + _SQUEEZED / 2)
                at += _SQUEEZED
                continue
            if not self._starts or first not in self._at:
                self._starts.append(first)
            self._at[first] = at
            at += 1 + log2(following - first)
            self._at[following] = at
        self._all = at or 1.0
        self.gaps = tuple(map(self._share, squeezed))

    def _share(self, at: float) -> str:
        return f"{100 * at / self._all:.3f}"

    def place(self, piece: Piece) -> tuple[str, str]:
        """Where it begins and how wide it is, in per cent."""
        left, right = self._at[piece.first], self._at[piece.last + 1]
        return self._share(left), self._share(right - left)

    def anchor(self, piece: Piece) -> str:
        """To which side its text goes, so that it stays in the picture."""
        return self._side(piece.first)

    def _side(self, address: int) -> str:
        return "start" if self._at[address] < self._all / 2 else "end"

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """The first address after each mark, on two lines in turn; none where they would lie on each other."""
        if len(self._starts) > _MOST_TICKS:
            return ()
        return tuple(
            Tick(format_address(one), self._share(self._at[one]), self._side(one), number % 2)
            for number, one in enumerate(self._starts)
        )
