"""A plan for a person at a terminal: what would change, from what to what, and what to look at first."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import click

from sfharden.model.integration import Integration
from sfharden.model.plan import Plan, PlannedChange
from sfharden.plan.request import PlanRequest
from sfharden.plan.rights_words import sentences
from sfharden.plan.setup_words import before_and_after
from sfharden.plan.steps import wrapped
from sfharden.plan.wording import heading, subject, values
from sfharden.simulation.declared import NOTHING_SEEN, Sighting
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import wrap

_LABEL = 8  # columns
_MOST = 12  # rights shown of each kind
_INDENT = 2  # columns before each step on the screen


def render_plan(
    plan: Plan, terminal: Terminal, next_steps: Iterable[str], holds: str = "", seen: Sighting = NOTHING_SEEN
) -> str:
    """The plan in at most `terminal.width` columns; the first line names the org.

    `holds` says of a former plan that it still does, `seen` what logins say of the declared egress.
    """

    def paint(text: str, colour: str) -> str:
        return click.style(text, fg=colour, bold=True) if terminal.colour else text

    production = plan.org is None or plan.org.production
    blocks = [
        paint(wrap(heading(plan), terminal.width), "red" if production else "green"),
        _bullets(paint("ACCEPTED RISK: these ways in would be shut", "red"), plan.lockouts, terminal),
        *_changes(plan, terminal),
        _bullets(paint("LOOK AT THIS FIRST", "yellow"), (*seen.conditions, *plan.conditions), terminal),
        _bullets("NOT GRANTED BY THE PROFILE", _rights(plan), terminal),
        _bullets("BY HAND", plan.manual, terminal),
        _bullets("GOOD TO KNOW", (*plan.notes, *seen.notes, *map(_left_out, plan.left_out)), terminal),
        _summary(plan, terminal),
        wrap(holds, terminal.width),
        "\n".join(["Next:", *(f"  {one}" for one in steps)]) if (steps := list(next_steps)) else "",
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _rights(plan: Plan) -> Iterator[str]:
    """What was not read stands above, among what to look at first."""
    found = (text for one in plan.rights for text in sentences(one, _MOST))
    return (text for text in found if not text.startswith("Not read:"))


def _left_out(what: str) -> str:
    return f"Left out of package and rollback: {what}. It's a secret, and the org keeps its own."


def _changes(plan: Plan, terminal: Terminal) -> Iterator[str]:
    for _, group in groupby(plan.changes, key=lambda one: one.file):
        changes = list(group)
        lines = [wrap(subject(changes[0]), terminal.width)]
        for change in changes:
            lines += _change(change, terminal)
        yield "\n".join(lines)


def _change(change: PlannedChange, terminal: Terminal) -> Iterator[str]:
    yield f"  {change.setting}"
    for label, texts in zip(("today", "after"), before_and_after(change), strict=True):
        text = f"    {label:<{_LABEL}}{values(texts)}"
        yield wrap(text, terminal.width, " " * (4 + _LABEL))


def _bullets(title: str, texts: Iterable[str], terminal: Terminal) -> str:
    lines = [wrap("- " + safe_text(text, limit=2000), terminal.width, "  ") for text in texts]
    return "\n".join([title, *lines]) if lines else ""


def _summary(plan: Plan, terminal: Terminal) -> str:
    if not plan.changes:
        return "Nothing to change." if not plan.conditions else "Nothing is planned; see above."
    number = len(plan.changes)
    return wrap(
        f"{number} change{'' if number == 1 else 's'} in {len(plan.files)} "
        f"file{'' if len(plan.files) == 1 else 's'}, fingerprint {plan.fingerprint[:12]}. Nothing was changed.",
        terminal.width,
    )


def next_steps(
    request: PlanRequest, integrations: Sequence[Integration], width: int, plan: Plan | None = None
) -> Iterator[str]:
    """The lines below "Next:", each short enough for the screen; of `plan` its steps by hand that are commands."""
    if request.folder is None:
        yield from _lines(wrapped(request.again(), width - _INDENT))
        told = "  writes package/, rollback/, plan.json and README.md, which has the steps in their order"
    else:
        commands = request.commands(integrations, request.folder)
        by_hand = commands.assign(plan) if plan else ()
        for one in (" ".join([commands.simulate(), *request.named()]), *commands.deploy(), *by_hand):
            yield from _lines(wrapped(one, width - _INDENT))
        told = f"  sfharden doesn't deploy; read {safe_text(str(request.folder))}/README.md first"
    yield from _lines(wrap(told, width - _INDENT, "  "))


def _lines(text: str) -> list[str]:
    return text.split("\n")
