"""`sfharden check`: judge a source against policies."""

import os
import shlex
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from sfharden.checks.policy import Policy
from sfharden.commands.explain import explain
from sfharden.commands.judging import Question, question
from sfharden.commands.output_option import output_option
from sfharden.commands.source import SourceOptions, as_of_option, read_to_judge, source_options, source_words
from sfharden.doors.clock import times_of
from sfharden.errors import Exit, UsageError
from sfharden.files.output_file import write_output
from sfharden.model.results import Report, Severity
from sfharden.model.snapshot import Snapshot
from sfharden.report.check_blocks import View
from sfharden.text.names import suggestion
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal, terminal_of

FORMATS = ("table", "json", "waivers", "html")


@click.command("check")
@source_options
@click.option(
    "-i", "--integration", type=click.Path(path_type=Path), metavar="FILE", help="The integration file."
)
@click.option(
    "--policy",
    "policies",
    multiple=True,
    metavar="NAME|FILE",
    help="A shipped policy or a file; may be repeated.",
)
@click.option("-f", "--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True)
@output_option()
@click.option(
    "--logins-since",
    metavar="30d|DATE",
    help="Read logins from then on (default: the hardening, or 30 days).",
)
@as_of_option
@click.option(
    "--only", multiple=True, metavar="failed|unknown|passed|CONTROL", help="Show only these; may be repeated."
)
@click.option(
    "--severity",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.LOW.value,
    help="Show only what is at least that severe.",
)
@click.option("--full", is_flag=True, help="Show everything, however long.")
@click.option("--summary", is_flag=True, help="Show the verdict and the counts only.")
@click.option("--quiet", is_flag=True, help="Show one line.")
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.LOW.value,
    show_default=True,
    help="The least severity that counts as a finding.",
)
def command(
    given: SourceOptions,
    integration: Path | None,
    policies: tuple[str, ...],
    format_: str,
    output: Path | None,
    logins_since: str | None,
    as_of: str | None,
    fail_on: str,
    severity: str,
    **shown: Any,
) -> int:
    """Judge an org or metadata files against the checklist.

    Without -i, the org as a whole is judged, and every app for itself (see `sfharden apps`).

    \b
    Example:
      sfharden check --org production -i integration.yaml
      sfharden check --source force-app -i integration.yaml
      sfharden check --demo -f json -o report.json
      sfharden check --org production -i integration.yaml -f waivers
      sfharden check --org production --only login-ranges-everywhere
    """
    times = times_of(given.live, os.environ, as_of)
    asked = question(given, integration, policies, times.now, logins_since)
    _require_known(shown["only"], asked.policies)
    if given.live.explain_api:
        return explain(asked.wanted, given.live)
    snapshot = read_to_judge(given, asked.wanted, times.judged)
    report = times.dated(asked.answer(snapshot, times.judged))
    terminal = Terminal() if output else terminal_of(sys.stdout)
    view, steps = View(**shown, least=Severity(severity)), _next_steps(report, given, integration)
    text = (
        _page(report, asked, snapshot, times.judged)
        if format_ == "html"
        else _text(report, format_, terminal, view, steps)
    )
    write_output(text, output)
    return exit_code(report, Severity(fail_on))


def exit_code(report: Report, fail_on: Severity) -> Exit:
    """1 with a finding at or above `fail_on`; else 4 with anything unknown that no waiver covers; else 0.

    A gap alone decides nothing: a control that rests on it is unknown.
    """
    if any(result.is_finding and result.severity.rank >= fail_on.rank for result in report.results):
        return Exit.FINDINGS
    if any(result.is_open for result in report.results):
        return Exit.INCOMPLETE
    return Exit.OK


def _require_known(only: Iterable[str], policies: Iterable[Policy]) -> None:
    """Raise UsageError for a name that is neither a status nor a control of the policies."""
    known = ("failed", "unknown", "passed", *(control.id for one in policies for control in one.controls))
    for name in only:
        if name not in known:
            shown = safe_text(name, limit=80)
            raise UsageError(
                f"--only takes failed, unknown, passed or a control, not '{shown}'.{suggestion(name, known)}"
            )


def _next_steps(report: Report, given: SourceOptions, integration: Path | None) -> Iterable[str]:
    from sfharden.report.check_table import next_steps

    file = shlex.quote(str(integration)) if integration else ""
    return next_steps(report, source=source_words(given), is_demo=given.demo, integration=file)


def _text(report: Report, format_: str, terminal: Terminal, view: View, steps: Iterable[str]) -> str:
    if format_ == "json":
        from sfharden.report.json_text import render_json

        return render_json(report)
    if format_ == "waivers":
        from sfharden.report.check_waivers import render_waivers

        return render_waivers(report)
    from sfharden.report.check_table import render_table

    return render_table(report, terminal, steps, view)


def _page(report: Report, asked: Question, snapshot: Snapshot, judged: datetime) -> str:
    from sfharden.checks.page_facts import page_facts
    from sfharden.report.check_html import render_html

    facts = page_facts(report, snapshot, asked.policies, asked.integrations, asked.waivers, judged)
    return render_html(report, facts)
