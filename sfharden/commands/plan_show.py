"""How a plan is shown, in each of its forms."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from sfharden.errors import NoVerdictError
from sfharden.model.integration import Integration
from sfharden.plan.package import diff, plan_json
from sfharden.plan.planner import PlanResult
from sfharden.plan.readable import WHOLE
from sfharden.plan.readme import readme
from sfharden.plan.request import PlanRequest
from sfharden.plan.validate import validate
from sfharden.ports import DeployReport
from sfharden.simulation.declared import Sighting
from sfharden.text.redact import safe_text
from sfharden.text.terminal import terminal_of

FORMATS = ("table", "json", "markdown", "html", "csv", "diff")


def show_plan(
    planned: PlanResult, request: PlanRequest, integrations: Sequence[Integration], seen: Sighting, holds: str
) -> None:
    """To standard output; what to look at first goes to standard error where the form doesn't hold it."""
    if holds and request.format_ != "table":
        click.echo(safe_text(holds), err=True)
    if request.format_ != "table":
        own = (
            planned.plan.conditions if request.format_ in ("diff", "csv") else ()
        )  # elsewhere they stand already
        for text in (*seen.conditions, *own):
            click.echo(f"Look at this first: {safe_text(text, limit=WHOLE)}", err=True)
    if request.format_ == "table":
        from sfharden.report.plan_table import next_steps, render_plan, where_the_rest_is

        terminal = terminal_of(sys.stdout)
        plan, width = planned.plan, terminal.width
        steps = next_steps(request, integrations, width, plan) if not plan.is_empty else ()
        rest = where_the_rest_is(request, plan)
        text = render_plan(plan, terminal, steps, holds, seen, rest)
        _write(text.encode(sys.stdout.encoding or "utf-8", "replace"))
    elif request.format_ == "json":
        _write(plan_json(planned).encode())
    elif request.format_ == "csv":
        from sfharden.report.plan_rows import render_plan_csv

        _write(render_plan_csv(planned.plan).encode())
    elif request.format_ == "markdown":
        commands = request.commands(integrations, request.folder or Path("change"))
        _write(readme(planned.plan, commands).encode())
    elif request.format_ == "html":
        from sfharden.report.plan_html import render_plan_html

        commands = request.commands(integrations, request.folder or Path("change"))
        again = "" if request.folder else request.again()
        _write(render_plan_html(planned.plan, commands, seen, holds, again).encode())
    else:
        _write(_for_terminal(diff(planned)) if sys.stdout.isatty() else diff(planned))


def still_holds(planned: PlanResult, former: Path) -> str:
    """What is said of a former plan that is as it would be drawn up now."""
    where = safe_text(str(former))
    return f"The plan in {where} still holds (fingerprint {planned.plan.fingerprint[:12]})."


def _write(data: bytes) -> None:
    """Bytes as they are: a diff must keep the line ends of the file it's for."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _for_terminal(data: bytes) -> bytes:
    lines = data.decode("utf-8", "replace").split("\n")
    return "\n".join(safe_text(line, limit=10_000) for line in lines).encode()


def show_validation(deploy: Callable[[bytes], DeployReport], package: Mapping[str, bytes]) -> None:
    """What the org has against the package. Raises NoVerdictError where it would refuse it."""
    good, lines = validate(deploy, package)
    for line in lines:
        click.echo(safe_text(line, limit=600), err=True)
    if not good:
        raise NoVerdictError("The org would refuse the package.", "What it has against it stands above.")
    click.echo("The org would take the package; nothing was saved.", err=True)
