"""A simulation as rows, for a spreadsheet or a page: who gets in, what the guard says, which controls change."""

from collections.abc import Iterator
from typing import Final

from sfharden.simulation.simulate import Simulation
from sfharden.text.csv_cell import csv_text
from sfharden.text.markdown import escaped, markdown_table

_HEAD: Final = ("integration", "about", "what", "wanted", "today", "after", "standing", "why")


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
        for change in one.matrix:
            before, after = change.before, change.after
            yield (
                one.name, "way in", after.title, after.wish.value, before.outcome.value, after.outcome.value,
                after.standing.value, after.summary,
            )  # fmt: skip
        for text in one.guard.shut_out:
            yield (one.name, "guard", "would be shut out", "", "", "", "bad", text)
        for text in (*one.guard.unknown, *filter(None, (one.replay_gap,))):
            yield (one.name, "guard", "can't be told", "", "", "", "unknown", text)
        for broken in one.broken:
            why = f"{broken.reason} {broken.mend}"
            yield (one.name, "break", broken.source_ip, "must keep working", "", "", "bad", why)
    for control in outcome.controls:
        statuses = [part.status.value if part else "" for part in (control.before, control.after)]
        yield ("", "control", f"{control.control}: {control.subject}", "", *statuses, "", "")
    for gap in outcome.gaps:
        yield ("", "not read", gap.what, "", "", "", "unknown", gap.reason)
