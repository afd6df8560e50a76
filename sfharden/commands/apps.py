"""`sfharden apps`: every app of an org against the controls that ask about an app alone."""

import os
import sys
from pathlib import Path

import click

from sfharden import __version__
from sfharden.checks.every_app import AppsReport, judge_apps
from sfharden.commands.check import exit_code
from sfharden.commands.explain import explain
from sfharden.commands.judging import question
from sfharden.commands.output_option import output_option
from sfharden.commands.source import SourceOptions, read_to_judge, source_options
from sfharden.doors.clock import times_of
from sfharden.facts.index import Index
from sfharden.files.output_file import write_output
from sfharden.model.results import Severity
from sfharden.simulation.mending import Forecasts, forecasts_of
from sfharden.text.terminal import Terminal, terminal_of


@click.command("apps")
@source_options
@click.option(
    "--policy",
    "policies",
    multiple=True,
    metavar="NAME|FILE",
    help="A shipped policy or a file; may be repeated.",
)
@click.option("-f", "--format", "format_", type=click.Choice(("table", "json", "csv")), default="table")
@output_option()
@click.option("--full", is_flag=True, help="All apps in the table, not the worst 20 only.")
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.LOW.value,
    show_default=True,
    help="The least severity that counts as a finding.",
)
def command(
    given: SourceOptions,
    policies: tuple[str, ...],
    format_: str,
    output: Path | None,
    full: bool,
    fail_on: str,
) -> int:
    """Judge every app of an org; no integration file is needed.

    One row an app, the worst first, with its users, tokens and last use. For what fails it says what of the last 90
    days would be refused if it were mended today, so that you can begin with what is safe.

    \b
    Example:
      sfharden apps --org production
      sfharden apps --source force-app -f csv -o apps.csv
      sfharden apps --demo
    """
    times = times_of(given.live, os.environ, None)
    asked = question(given, None, policies, times.now, "90d")
    if given.live.explain_api:
        return explain(asked.wanted, given.live)
    snapshot = read_to_judge(given, asked.wanted, times.judged)
    found = judge_apps(snapshot, asked.policies, asked.waivers, times.judged, __version__)
    forecasts = forecasts_of(found, Index(snapshot), times.judged)
    write_output(
        _text(found, forecasts, format_, Terminal() if output else terminal_of(sys.stdout), full=full), output
    )
    return exit_code(found.report, Severity(fail_on))


def _text(found: AppsReport, forecasts: Forecasts, format_: str, terminal: Terminal, *, full: bool) -> str:
    if format_ == "table":
        from sfharden.report.apps_table import render_apps

        return render_apps(found, forecasts, terminal, full=full)
    from sfharden.report.apps_data import render_apps_csv, render_apps_json

    return render_apps_json(found, forecasts) if format_ == "json" else render_apps_csv(found)
