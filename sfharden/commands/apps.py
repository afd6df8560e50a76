"""`sfharden apps`: every app of an org against the controls that ask about an app alone."""

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click

from sfharden import __version__
from sfharden.checks.every_app import AppsReport, judge_apps
from sfharden.checks.page_facts import PageFacts
from sfharden.commands.check import baseline_option, exit_code
from sfharden.commands.defaults import policy_option, policy_words
from sfharden.commands.explain import explain
from sfharden.commands.judging import question
from sfharden.commands.output_option import Output, output_options, write_outputs
from sfharden.commands.source import SourceOptions, read_to_judge, source_options
from sfharden.commands.source_root import folder_of, source_root_option
from sfharden.commands.step_page import add_step_page, step_page
from sfharden.doors.clock import times_of
from sfharden.facts.index import Index
from sfharden.model.results import Severity
from sfharden.report.form_registry import BY_NAME, Showing
from sfharden.simulation.mending import Forecasts, forecasts_of
from sfharden.sources.report_file import load_report

FORMS = ("table", "json", "csv", "markdown", "sarif", "junit", "ocsf", "github", "html")


@click.command("apps")
@source_options
@policy_option()
@output_options(*FORMS)
@baseline_option
@source_root_option
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
    outputs: tuple[Output, ...],
    baseline: Path | None,
    source_root: Path | None,
    full: bool,
    fail_on: str,
) -> int:
    """Judge every app of an org; no integration file is needed.

    One row an app, the worst first, with its users, tokens and last use. For what fails it says what of the last 90
    days would be refused if it were mended today, so that you can begin with what is safe.

    \b
    Example:
      sfharden apps --org production
      sfharden apps --source force-app -o apps.csv -o apps.sarif
      sfharden apps --org production -o apps.json
      sfharden apps --org production --baseline apps.json
      sfharden apps --demo
    """
    page, folder = step_page(outputs), folder_of(given.source, source_root)
    earlier = load_report(baseline) if baseline else None
    times = times_of(given.live, os.environ, None)
    asked = question(given, None, policies, times.now, "90d")
    if given.live.explain_api:
        return explain(asked.wanted, given.live)
    snapshot = read_to_judge(given, asked.wanted, times.judged)
    found = judge_apps(snapshot, asked.policies, asked.waivers, times.judged, __version__, earlier)
    forecasts = forecasts_of(found, Index(snapshot), times.judged)
    found = replace(found, report=found.report.model_copy(update={"folder": folder}))
    write_outputs(outputs, lambda one: _text(found, forecasts, one, full=full, policies=policies))
    add_step_page(page, found.report)
    return exit_code(found.report, Severity(fail_on))


def _text(
    found: AppsReport, forecasts: Forecasts, output: Output, *, full: bool, policies: Iterable[str]
) -> str:
    """As rows of apps where a person or a spreadsheet reads it; machines get what `check` gives them."""
    if output.form == "table":
        from sfharden.report.apps_table import render_apps

        words = policy_words(policies)
        return render_apps(found, forecasts, output.terminal, full=full, policies=words)
    from sfharden.report import apps_data

    if output.form == "json":
        return apps_data.render_apps_json(found, forecasts)
    if output.form == "csv":
        return apps_data.render_apps_csv(found)
    if output.form == "markdown":
        return apps_data.render_apps_markdown(found)
    facts = PageFacts(rationales={one.id: one.rationale for one in found.controls}, apps=found)
    return BY_NAME[output.form].render(found.report, Showing(facts=lambda: facts, forecasts=forecasts))
