"""The exposure matrix: what people fear, what must keep working, and what becomes of each."""

from collections.abc import Iterable

from sfharden.model.integration import Integration
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.azure_rows import azure_rows
from sfharden.simulation.rows import Case, Change, Row, row_of
from sfharden.simulation.scenarios import SCENARIOS, Scenario, World, worlds_of


def matrix(snapshot: Snapshot, integration: Integration, before: Snapshot | None = None) -> tuple[Row, ...]:
    """Every scenario for one integration, by the facts of one snapshot; a migrated app has the cases of both sides.

    Where Azure was read, what may be done there follows. `before` is what a proposal was laid over: with it, what the proposal changes and nobody judges withholds a yes.
    """
    worlds = worlds_of(snapshot, integration, before)
    rows = (row_of(one.id, one.title, one.wish, one.given, _cases(one, worlds)) for one in SCENARIOS)
    return (*rows, *azure_rows(snapshot, integration))


def _cases(scenario: Scenario, worlds: Iterable[World]) -> tuple[Case, ...]:
    return tuple(dict.fromkeys(case for world in worlds for case in scenario.cases(world)))


def compare(
    before: Iterable[Row], after: Iterable[Row], by_hand: Iterable[Row] | None = None
) -> tuple[Change, ...]:
    """The same rows of two matrices, or of three, side by side."""
    later, last = {row.id: row for row in after}, {row.id: row for row in by_hand or ()}
    return tuple(Change(row, later[row.id], last.get(row.id)) for row in before if row.id in later)


def three_matrices(
    before: Snapshot, after: Snapshot, by_hand: Snapshot | None, integration: Integration
) -> tuple[Change, ...]:
    """One integration's rows before and after a proposal, and once the steps by hand are done, if there are any."""
    return compare(
        matrix(before, integration),
        matrix(after, integration, before),
        matrix(by_hand, integration, before) if by_hand else None,
    )
