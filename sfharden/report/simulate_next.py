"""What to do after a simulation: see why a row is as it is, and accept what was named, as commands that run as printed."""

from collections.abc import Iterator
from typing import Final

from sfharden.plan.steps import quoted
from sfharden.simulation.rows import Change, Row, Standing
from sfharden.simulation.simulate import Simulation

_WORST_FIRST: Final = (Standing.BAD, Standing.UNKNOWN, Standing.GOOD)


def next_steps(simulation: Simulation, command: str) -> Iterator[str]:
    """The lines below "Next:"; `command` is what was run, to be typed again."""
    flags = expecting(simulation)
    if flags:
        yield " ".join([command, *flags])
        yield "  accepts that these are refused, if they aren't the integration's"
    row = worst_row(simulation)
    yield f"{command} --explain {row.id}"
    yield f"  every step behind: {row.title}"


def expecting(simulation: Simulation) -> list[str]:
    """The options that accept the refused addresses; not those that are declared, which are the integration's."""
    every = [address for one in simulation.integrations for address in one.broken if address.is_nobodys]
    return [f"--expect-refused {quoted(one)}" for one in dict.fromkeys(each.source_ip for each in every)]


def worst_row(simulation: Simulation) -> Row:
    """The first row that is not as it should be in the end; else one that can't be told; else the first."""
    rows = [_end(change) for one in simulation.integrations for change in one.matrix]
    return min(rows, key=lambda row: _WORST_FIRST.index(row.standing))


def _end(change: Change) -> Row:
    return change.by_hand or change.after
