"""Who gets in, as a table of a page with the reasons behind each of its cells: a simulation's, a plan's, a report's.

Cases that differ in nothing but who they are about are told once, with all their names.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from sfharden.access.facts import Reason
from sfharden.report.simulate_hands import shows_by_hand
from sfharden.report.simulate_table import LEADS, WORDS
from sfharden.simulation.rows import Case, Change, Row, Standing, Wish
from sfharden.simulation.ways import Ways
from sfharden.text.wording import count

_TONES: Final = {Standing.GOOD: "done", Standing.BAD: "no", Standing.UNKNOWN: "unknown"}
_WORST: Final = (Standing.BAD, Standing.UNKNOWN, Standing.GOOD)


class ShownReason(NamedTuple):
    """One step of a decision: what it leads to, why, and the rule that it rests on."""

    lead: str
    text: str
    rule: str


class ShownCases(NamedTuple):
    """All to whom the same happens, from where and how; each part of the addresses with its reasons."""

    who: tuple[str, ...]
    source: str
    flow: str
    parts: tuple[tuple[str, tuple[ShownReason, ...]], ...]


class ShownRow(NamedTuple):
    """What is behind one cell: when, how it ends, what it takes for granted, and its cases."""

    when: str
    word: str
    wish: str
    given: str
    cases: tuple[ShownCases, ...]


class ShownWay(NamedTuple):
    """One scenario: a word and a tone for each column, and what is behind them."""

    id: str
    anchor: str
    title: str
    cells: tuple[tuple[str, str], ...]
    summary: str
    rows: tuple[ShownRow, ...]


class WaysTable(NamedTuple):
    """The scenarios of one integration: those that must be refused, then those that must keep working, the worst first."""

    name: str
    columns: tuple[str, ...]
    groups: tuple[tuple[str, tuple[ShownWay, ...]], ...]


def ways_table(ways: Ways, anchor: str) -> WaysTable:
    """The table, and below `anchor` a place for each row."""
    by_hand = shows_by_hand(ways.changes)
    columns = ("Today", *(("After",) if ways.proposed else ()), *(("By hand",) if by_hand else ()))
    groups = tuple(
        (wish.value.upper(), tuple(_way(one, ways, anchor, by_hand) for one in _worst_first(ways, wish)))
        for wish in Wish
    )
    return WaysTable(ways.name, columns, groups)


def _worst_first(ways: Ways, wish: Wish) -> list[Change]:
    found = [one for one in ways.changes if one.before.wish is wish]
    return sorted(
        found, key=lambda one: (min(_rank(row) for _, row in one.ends), _rank(one.before))
    )  # what stays wrong before what is mended


def _rank(row: Row) -> int:
    return _WORST.index(row.standing)


def _way(change: Change, ways: Ways, anchor: str, by_hand: bool) -> ShownWay:
    rows = [("Today", change.before)]
    rows += [("After the change", change.after)] if ways.proposed else []
    rows += [("After the steps by hand", change.by_hand)] if change.by_hand else []
    cells = [change.before, *((change.after,) if ways.proposed else ())]
    cells += [change.by_hand or change.after] if by_hand else []
    return ShownWay(
        change.before.id,
        f"{anchor}-{change.before.id}",
        change.after.title,
        tuple(map(_mark, cells)),
        " ".join(f"{when}{row.summary}" for when, row in change.ends),
        tuple(_row(when, row) for when, row in rows),
    )


def _mark(row: Row) -> tuple[str, str]:
    """The outcome of a row, in capitals where it isn't as it should be, and its tone."""
    word = WORDS[row.outcome]
    return (word.upper() if row.standing is Standing.BAD else word), _TONES[row.standing]


def _row(when: str, row: Row) -> ShownRow:
    return ShownRow(when, WORDS[row.outcome], row.wish.value, row.given, tuple(_grouped(row.cases)))


def _grouped(cases: Iterable[Case]) -> Iterator[ShownCases]:
    """By all that is shown of them but the name, in the order in which they come."""
    found: dict[ShownCases, list[str]] = {}
    for one in cases:
        alike = ShownCases((), one.source, one.flow.value, _parts(one))
        found.setdefault(alike, []).append(one.who)
    for alike, who in found.items():
        yield alike._replace(who=tuple(dict.fromkeys(who)))


def _parts(case: Case) -> tuple[tuple[str, tuple[ShownReason, ...]], ...]:
    parts = case.decision.parts
    if len(parts) < 2:
        return (("", _reasons(case.decision.reasons)),)
    return tuple(
        (f"{count(one.addresses.size, 'address')}: {WORDS[one.outcome]}", _reasons(one.reasons))
        for one in parts
    )


def _reasons(found: Iterable[Reason]) -> tuple[ShownReason, ...]:
    return tuple(ShownReason(LEADS[one.outcome], one.text, one.rule) for one in found)
