"""A plan as one page: all that its README.md tells, and what the logins of the day say, to be sent and printed.

Nothing is cut, a long list is folded. There is no script in it; `html_page` says what keeps names harmless.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final, NamedTuple

from sfharden.model.plan import Plan
from sfharden.plan import ordered_steps as order
from sfharden.plan.readable import AZURE_PAGE, MOST_SHOWN, WHOLE, ValueRow, azure_rows, rows
from sfharden.plan.rights_words import sentences
from sfharden.plan.steps import Commands
from sfharden.plan.wording import KEPT_BY_ORG, heading, told_in_number, what_else_is_deployed
from sfharden.report.html_page import Opening, render_page
from sfharden.report.simulate_ways import ways_table
from sfharden.simulation.declared import NOTHING_SEEN, Sighting
from sfharden.simulation.ways import Ways

_TONES: Final = {
    "added": "done",
    "removed": "no",
    "today": "plain",
    "after": "done",
    "stays": "plain",
    "risk": "no",
    "by hand": "plain",
    "needs": "no",
}


class ShownChange(NamedTuple):
    """One setting of a component, with its rows."""

    setting: str
    control: str
    rows: tuple[ValueRow, ...]


class ShownComponent(NamedTuple):
    """A component and all that changes of it."""

    kind: str
    name: str
    changes: tuple[ShownChange, ...]


def render_plan_html(
    plan: Plan,
    commands: Commands,
    seen: Sighting = NOTHING_SEEN,
    said: str = "",
    write: str = "",
    ways: Iterable[Ways] = (),
) -> str:
    """The whole page; the same plan gives the same bytes.

    `seen` is what logins say of the declared egress, `said` what came of a comparison with another plan, `write` the
    command that writes the plan, where it isn't written yet; `ways` who gets in, before and after.
    """
    return render_page(
        "plan.html",
        WHOLE,
        Opening(f"Plan: {heading(plan)}", "plan", _tone(plan, seen), plan.tool.version),
        plan=plan,
        commands=commands,
        seen=seen,
        said=said,
        write=write,
        heading=heading(plan),
        headline=_headline(plan),
        tones=_TONES,
        most=MOST_SHOWN,
        components=tuple(_components(plan)),
        azure=[
            ShownChange(f"{number}. {one.what} of {one.name}", one.control, tuple(azure_rows(one)))
            for number, one in enumerate(plan.azure, 1)
        ],
        azure_page=AZURE_PAGE,
        tables=[ways_table(one, f"way{at}") for at, one in enumerate(ways, 1)],
        rights=[text for one in plan.rights for text in sentences(one)],
        left_out=[f"{one}: {KEPT_BY_ORG}" for one in plan.left_out],
        differs=what_else_is_deployed(plan) if plan.changes else "",
        order=order,
    )


def _headline(plan: Plan) -> str:
    if not plan.is_empty:
        return told_in_number(plan)
    return "Nothing is planned" if plan.conditions or plan.manual else "Nothing to change"


def _tone(plan: Plan, seen: Sighting) -> str:
    """A plan is no verdict, so none is green."""
    if plan.lockouts:
        return "bad"
    return "open" if plan.conditions or seen.conditions else ""


def _components(plan: Plan) -> Iterator[ShownComponent]:
    for (kind, name, _), group in groupby(plan.changes, key=lambda one: (one.kind, one.name, one.file)):
        changes = (ShownChange(one.setting, one.control, tuple(rows(one))) for one in group)
        yield ShownComponent(kind, name, tuple(changes))
