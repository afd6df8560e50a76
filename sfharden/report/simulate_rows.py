"""A simulation as rows, for a spreadsheet or a page: who gets in, what the guard says, which controls change."""

from collections.abc import Iterator
from typing import Final

from sfharden.simulation.rows import Change, Standing
from sfharden.simulation.simulate import Simulation
from sfharden.text.csv_cell import csv_text
from sfharden.text.markdown import escaped, markdown_table

_HEAD: Final = ("integration", "about", "what", "wanted", "today", "after", "by_hand", "standing", "why")
_WORST: Final = (Standing.BAD, Standing.UNKNOWN, Standing.GOOD)


def render_csv(outcome: Simulation) -> str:
    """One row a scenario, a person shut out, a break, a control; no cell a formula."""
    return csv_text(_HEAD, _rows(outcome))


def render_markdown(outcome: Simulation) -> str:
    """The same as a page, with the outcome on top."""
    told = {
        "Somebody who must get in would be locked out": outcome.locked_out,
        "The integration would break": outcome.breaks,
        "Something can't be told": outcome.unknown,
    }
    lines = [
        "# Simulation",
        "",
        f"- Source: {escaped(outcome.source.name)}",
        f"- Proposal: {escaped(outcome.proposal.name)}",
        *(f"- {text}: {'YES' if found else 'no'}" for text, found in told.items()),
        "",
        *markdown_table(_HEAD, _rows(outcome)),
    ]
    return "\n".join(lines) + "\n"


def _rows(outcome: Simulation) -> Iterator[tuple[str, ...]]:
    for one in outcome.integrations:
        yield from ((one.name, *_way_in(change)) for change in one.matrix)
        told = [("shut out", "bad", text) for text in one.guard.shut_out]
        told += [("against", "bad", text) for text in one.against]
        told += [("can't be told", "unknown", text) for text in one.open]
        told += [
            ("refused login", "bad", f"{each.source_ip}: {each.reason} {each.mend}") for each in one.broken
        ]
        yield from ((one.name, about, "", "", "", "", "", standing, why) for about, standing, why in told)
    for control in outcome.controls:
        statuses = [
            part.status.value if part else "" for part in (control.before, control.after, control.by_hand)
        ]
        yield ("", "control", f"{control.control}: {control.subject}", "", *statuses, "", "")
    for gap in outcome.gaps:
        yield ("", "not read", gap.what, "", "", "", "", "unknown", gap.reason)


def _way_in(change: Change) -> tuple[str, ...]:
    """A scenario as it ends: today, after the proposal, and after the steps that are left to people."""
    ends = change.ends
    hand = change.by_hand.outcome.value if change.by_hand else ""
    worst = min((row.standing for _, row in ends), key=_WORST.index)
    why = " ".join(f"{when}{row.summary}" for when, row in ends)
    before, after = change.before.outcome.value, change.after
    wanted, outcome = after.wish.value, after.outcome.value
    return ("way in", after.title, wanted, before, outcome, hand, worst.value, why)
