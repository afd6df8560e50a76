"""A plan for a person at a terminal: what would change, from what to what, and what to look at first."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

import click

from sfharden.model.integration import Integration
from sfharden.model.plan import Plan, PlannedChange
from sfharden.plan.readable import azure_rows, folded, folded_text, rows
from sfharden.plan.request import PlanRequest
from sfharden.plan.rights_words import sentences
from sfharden.plan.steps import quoted, wrapped
from sfharden.plan.wording import KEPT_BY_ORG, heading, subject, told_in_number, what_else_is_deployed
from sfharden.simulation.declared import NOTHING_SEEN, Sighting
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import wrap

_LABEL = 8  # columns
_MOST: Final = 12  # rights shown of each kind
FULL: Final = "shown by --full"
_INDENT = 2  # columns before each step on the screen


def render_plan(
    plan: Plan,
    terminal: Terminal,
    next_steps: Iterable[str],
    holds: str = "",
    seen: Sighting = NOTHING_SEEN,
    rest: str = FULL,
) -> str:
    """The plan in at most `terminal.width` columns; the first line names the org.

    `holds` says of a former plan that it still does, `seen` what logins say of the declared egress. `rest` says where all
    of a long list is; empty, every list is shown whole.
    """

    def paint(text: str, colour: str) -> str:
        return click.style(text, fg=colour, bold=True) if terminal.colour else text

    def bullets(title: str, texts: Iterable[str], of_today: Iterable[str] = ()) -> str:
        told = [folded_text(one, rest and FULL) for one in of_today]  # no file has these
        told += [folded_text(one, rest) for one in texts]
        return "\n".join([title, *(wrap(f"- {one}", terminal.width, "  ") for one in told)]) if told else ""

    production = plan.org is None or plan.org.production
    blocks = [
        paint(wrap(heading(plan), terminal.width), "red" if production else "green"),
        bullets(paint("ACCEPTED RISK: these ways in would be shut", "red"), plan.lockouts),
        *_changes(plan, terminal, rest),
        *_azure(plan, terminal, rest),
        bullets(paint("LOOK AT THIS FIRST", "yellow"), plan.conditions, seen.conditions),
        bullets("NOT GRANTED BY THE PROFILE", _rights(plan, rest)),
        bullets("BY HAND", plan.manual),
        bullets("GOOD TO KNOW", (*plan.notes, *_asides(plan)), seen.notes),
        _summary(plan, terminal),
        wrap(holds, terminal.width),
        "\n".join(["Next:", *(f"  {one}" for one in steps)]) if (steps := list(next_steps)) else "",
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _rights(plan: Plan, rest: str) -> Iterator[str]:
    """What was not read stands above, among what to look at first."""
    found = (text for one in plan.rights for text in sentences(one, _MOST if rest else 0, rest))
    return (text for text in found if not text.startswith("Not read:"))


def _asides(plan: Plan) -> Iterator[str]:
    for what in plan.left_out:
        yield f"Left out of package and rollback: {what}; {KEPT_BY_ORG}."
    if plan.changes and plan.source.kind == "snapshot":
        yield what_else_is_deployed(plan)


def _changes(plan: Plan, terminal: Terminal, rest: str) -> Iterator[str]:
    for _, group in groupby(plan.changes, key=lambda one: one.file):
        changes = list(group)
        lines = [wrap(subject(changes[0]), terminal.width)]
        for change in changes:
            lines += _change(change, terminal, rest)
        yield "\n".join(lines)


def _azure(plan: Plan, terminal: Terminal, rest: str) -> Iterator[str]:
    """The changes of the Azure side, each with the number by which its command is called."""
    for number, one in enumerate(plan.azure, 1):
        title = f"Azure {number}: {safe_text(one.what)} of {safe_text(one.name)}"
        lines = [wrap(title, terminal.width), wrap(f"  {safe_text(one.control)}", terminal.width, "  ")]
        for row in azure_rows(one):
            text = f"    {row.label:<{_LABEL}}{folded(row.values, rest)}"
            lines.append(wrap(text, terminal.width, " " * (4 + _LABEL)))
        yield "\n".join(lines)


def _change(change: PlannedChange, terminal: Terminal, rest: str) -> Iterator[str]:
    yield f"  {change.setting}"
    for row in rows(change):
        text = f"    {row.label:<{_LABEL}}{folded(row.values, rest)}"
        yield wrap(text, terminal.width, " " * (4 + _LABEL))


def _summary(plan: Plan, terminal: Terminal) -> str:
    if plan.is_empty:
        return (
            "Nothing to change." if not (plan.conditions or plan.manual) else "Nothing is planned; see above."
        )
    return wrap(
        f"{told_in_number(plan)}, fingerprint {plan.fingerprint[:12]}. Nothing was changed.", terminal.width
    )


def next_steps(
    request: PlanRequest, integrations: Sequence[Integration], width: int, plan: Plan | None = None
) -> Iterator[str]:
    """The lines below "Next:", each short enough for the screen; of `plan` its steps by hand that are commands."""
    of_azure = plan is not None and bool(plan.azure)
    if request.folder is None:
        yield from _lines(wrapped(request.again(), width - _INDENT))
        parts = "package/, rollback/, " if plan is None or plan.changes else ""
        parts += "azure/, " if of_azure else ""
        told = f"  writes {parts}plan.json and README.md, which has the steps in their order"
    else:
        commands = request.commands(integrations, request.folder)
        by_hand = commands.assign(plan) if plan else ()
        typed = (" ".join([commands.simulate(), *request.named()]), *commands.deploy(), *by_hand)
        of_org = typed if plan is None or plan.changes else ()
        for one in (*of_org, *([f"sh {quoted(f'{request.folder}/azure/commands.sh')}"] if of_azure else ())):
            yield from _lines(wrapped(one, width - _INDENT))
        told = f"  sfharden doesn't deploy; read {safe_text(str(request.folder))}/README.md first"
    yield from _lines(wrap(told, width - _INDENT, "  "))


def _lines(text: str) -> list[str]:
    return text.split("\n")


def where_the_rest_is(request: PlanRequest, plan: Plan) -> str:
    """What the end of a folded list says; empty where nothing is folded."""
    if request.full:
        return ""
    written = request.folder if not plan.is_empty else None
    return f"all in {safe_text(str(written))}/README.md" if written else FULL
