"""`sfharden check`: judge a source against policies."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from sfharden import __version__
from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import DEFAULT_POLICIES, load_policy, wanted_permissions
from sfharden.commands.clock import times_of
from sfharden.commands.output_option import output_option
from sfharden.commands.source import (
    SourceOptions,
    as_of_option,
    explain,
    logins_from,
    read_source,
    source_options,
    source_words,
)
from sfharden.errors import Exit
from sfharden.files.output_file import write_output
from sfharden.model.integration import Integration, Waiver
from sfharden.model.results import Report, Severity, Status
from sfharden.sources.org.wanted import Wanted
from sfharden.text.terminal import Terminal, terminal_of

FORMATS = ("table", "json")


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
) -> int:
    """Judge an org or metadata files against the checklist.

    Without -i, only the controls of the org as a whole are judged.

    \b
    Example:
      sfharden check --org production -i integration.yaml
      sfharden check --source force-app -i integration.yaml
      sfharden check --demo -f json -o report.json
    """
    chosen = [load_policy(name) for name in dict.fromkeys(policies or DEFAULT_POLICIES)]
    integrations, waivers = _integrations(given, integration)
    times = times_of(given.live, os.environ, as_of)
    moment = logins_from(logins_since, (one.hardened_at for one in integrations), times.now)
    wanted = Wanted(logins_since=moment, permissions=wanted_permissions(chosen))
    if given.live.explain_api:
        return explain(wanted)
    snapshot = read_source(given, wanted)
    report = times.dated(evaluate(snapshot, chosen, integrations, waivers, times.judged, __version__))
    _write(report, given, format_, output)
    return exit_code(report, Severity(fail_on))


def _integrations(
    given: SourceOptions, path: Path | None
) -> tuple[tuple[Integration, ...], tuple[Waiver, ...]]:
    from sfharden.sources.integration_file import load_integrations

    if path is None and given.demo:
        from sfharden.commands.demo import integration_path

        path = integration_path()
    return load_integrations(path) if path else ((), ())


def exit_code(report: Report, fail_on: Severity) -> Exit:
    """1 with a finding at or above `fail_on`; else 4 with anything unknown or not read; else 0."""
    if any(result.is_finding and result.severity.rank >= fail_on.rank for result in report.results):
        return Exit.FINDINGS
    if report.gaps or any(result.status is Status.UNKNOWN for result in report.results):
        return Exit.INCOMPLETE
    return Exit.OK


def _write(report: Report, given: SourceOptions, format_: str, output: Path | None) -> None:
    terminal = Terminal() if output else terminal_of(sys.stdout)
    write_output(_renderer(format_, given, terminal)(report), output)


def _renderer(format_: str, given: SourceOptions, terminal: Terminal) -> Callable[[Report], str]:
    if format_ == "json":
        from sfharden.report.json_text import render_json

        return render_json
    from sfharden.report.check_table import render_table

    return lambda report: render_table(report, terminal, next_steps(report, given))


def next_steps(report: Report, given: SourceOptions) -> Iterator[str]:
    """What to do after reading the report, most useful first."""
    findings = [result for result in report.results if result.is_finding]
    if findings:
        yield f"sfharden controls {findings[0].control}"
        yield "  why it matters and how to mend it"
    if report.source.kind == "files" and not report.integrations:
        yield f"sfharden init {source_words(given)}"
        yield "  describe your integration; then judge it with check -i FILE"
    if report.source.kind == "files" and not report.source.files_read:
        yield "No Salesforce metadata was found there. Is it the right folder?"
    if given.demo:
        yield "sfharden check --org ALIAS"
        yield "  judge your own org; --source DIR judges metadata files"
