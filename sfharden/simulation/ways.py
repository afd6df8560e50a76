"""Who gets in, integration by integration: today, or today and after a change and the steps that it leaves to people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sfharden.model.integration import Integration
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.by_hand import by_hand
from sfharden.simulation.matrix import compare, matrix, three_matrices
from sfharden.simulation.proposal import overlay
from sfharden.simulation.rows import Change


@dataclass(frozen=True, slots=True)
class Ways:
    """Every scenario of one integration; where nothing is `proposed`, only what is before counts."""

    name: str
    changes: tuple[Change, ...]
    proposed: bool = True


def ways_today(snapshot: Snapshot, integrations: Iterable[Integration]) -> tuple[Ways, ...]:
    """Who gets in as it is."""
    rows = ((one.name, matrix(snapshot, one)) for one in integrations)
    return tuple(Ways(name, compare(found, found), proposed=False) for name, found in rows)


def ways_after(before: Snapshot, proposal: Snapshot, integrations: Sequence[Integration]) -> tuple[Ways, ...]:
    """Who gets in as it is, once the proposal is deployed, and once the steps by hand are done."""
    after = overlay(before, proposal)
    last = by_hand(before, proposal, after, integrations).snapshot
    return tuple(Ways(one.name, three_matrices(before, after, last, one)) for one in integrations)
