"""A plan on standard output, in the form that was asked for; what must be looked at first goes to standard error, too."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from sfharden.model.integration import Integration
from sfharden.plan.package import diff, plan_json
from sfharden.plan.planner import PlanResult
from sfharden.plan.readable import WHOLE
from sfharden.plan.readme import readme
from sfharden.plan.request import PlanRequest
from sfharden.plan.steps import Commands
from sfharden.simulation.declared import Sighting
from sfharden.text.build_log import gives_orders
from sfharden.text.redact import safe_text
from sfharden.text.terminal import terminal_of

if TYPE_CHECKING:
    from sfharden.simulation.ways import Ways

_STEERS: Final = (
    "The diff as shown can't be applied: a line of it is a command to a build's log, and is made harmless. "
    "-o DIR writes the files."
)
_UNSAID: Final = ("diff", "csv")  # forms in which the plan's own conditions don't stand


@dataclass(frozen=True, slots=True)
class PlanOutput:
    """A plan with what is said of it today: what logins say, whether a former plan holds, and who gets in."""

    planned: PlanResult
    request: PlanRequest
    integrations: Sequence[Integration]
    seen: Sighting
    holds: str
    ways: "Callable[[], tuple[Ways, ...]]"

    @property
    def commands(self) -> Commands:
        """What is typed to deploy it, from where it's written, or would be."""
        return self.request.commands(self.integrations, self.request.folder or Path("change"))


def show_plan(given: PlanOutput) -> None:
    """Write it."""
    form, plan = given.request.format_, given.planned.plan
    if form != "table":
        if given.holds:
            click.echo(safe_text(given.holds), err=True)
        for text in (*given.seen.conditions, *(plan.conditions if form in _UNSAID else ())):
            click.echo(f"Look at this first: {safe_text(text, limit=WHOLE)}", err=True)
    _write(_FORMS[form](given))


def _table(given: PlanOutput) -> bytes:
    from sfharden.report.plan_table import next_steps, render_plan, where_the_rest_is

    terminal, plan, request = terminal_of(sys.stdout), given.planned.plan, given.request
    steps = next_steps(request, given.integrations, terminal.width, plan) if not plan.is_empty else ()
    text = render_plan(plan, terminal, steps, given.holds, given.seen, where_the_rest_is(request, plan))
    return text.encode(sys.stdout.encoding or "utf-8", "replace")


def _json(given: PlanOutput) -> bytes:
    return plan_json(given.planned).encode()


def _markdown(given: PlanOutput) -> bytes:
    return readme(given.planned.plan, given.commands).encode()


def _html(given: PlanOutput) -> bytes:
    from sfharden.report.plan_html import render_plan_html

    write = "" if given.request.folder else given.request.again()
    plan = given.planned.plan
    return render_plan_html(plan, given.commands, given.seen, given.holds, write, given.ways()).encode()


def _csv(given: PlanOutput) -> bytes:
    from sfharden.report.plan_rows import render_plan_csv

    return render_plan_csv(given.planned.plan).encode()


def _diff(given: PlanOutput) -> bytes:
    """As it is, to be applied; safe to look at for a terminal, and for a build's log that a line of it would steer."""
    found = diff(given.planned)
    steers = gives_orders(found.decode("utf-8", "replace"))
    if steers:
        click.echo(_STEERS, err=True)
    return _for_terminal(found) if steers or sys.stdout.isatty() else found


def _for_terminal(data: bytes) -> bytes:
    lines = (safe_text(line, limit=10_000) for line in data.decode("utf-8", "replace").split("\n"))
    return "\n".join(f"\ufffd{line}" if gives_orders(line) else line for line in lines).encode()


def _write(data: bytes) -> None:
    """Bytes as they are: a diff must keep the line ends of the file it's for."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


_FORMS: Final[dict[str, Callable[[PlanOutput], bytes]]] = {
    "table": _table, "json": _json, "markdown": _markdown, "html": _html, "csv": _csv, "diff": _diff,
}  # fmt: skip
FORMATS: Final = tuple(_FORMS)
