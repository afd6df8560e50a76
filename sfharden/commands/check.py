"""`sfharden check`: judge a source against policies."""

import os
import shlex
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sfharden.checks.page_facts import PageFacts, page_facts
from sfharden.checks.policy import AZURE_POLICY, REQUESTS_POLICY, Policy, load_policy
from sfharden.checks.since_baseline import since
from sfharden.commands.attest_option import AttestOption, attest_options
from sfharden.commands.azure_source import (
    AzureOptions,
    azure_entries,
    azure_options,
    azure_words,
    both_words,
    require_some,
    with_azure,
)
from sfharden.commands.defaults import integration_option, policy_option, policy_words
from sfharden.commands.drift import asked_since, drift_since, read_earlier
from sfharden.commands.events_option import EventOptions, events_option
from sfharden.commands.explain import explain
from sfharden.commands.judging import Question, integration_of, question
from sfharden.commands.output_option import Output, output_options, write_outputs
from sfharden.commands.source import SourceOptions, as_of_option, read_to_judge, source_options
from sfharden.commands.source_root import folder_of, source_root_option
from sfharden.commands.step_page import add_step_page, step_page
from sfharden.doors.call_tally import CallTally
from sfharden.doors.clock import Times, times_of
from sfharden.errors import Exit, UsageError
from sfharden.model.results import Report, Severity
from sfharden.model.snapshot import Snapshot
from sfharden.report.check_blocks import View
from sfharden.report.check_verdict import verdict_of
from sfharden.report.form_registry import BY_NAME, Showing, names_of
from sfharden.sources.attested_inputs import AttestedFiles
from sfharden.sources.report_file import load_report
from sfharden.text.names import suggestion
from sfharden.text.redact import safe_text
from sfharden.text.terminal import terminal_of
from sfharden.text.wrapping import wrap

if TYPE_CHECKING:
    from sfharden.simulation.ways import Ways

baseline_option = click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="REPORT.json",
    help="An earlier report: only what is new since then counts.",
)


@click.command("check")
@source_options
@azure_options
@integration_option()
@policy_option()
@output_options(*names_of())
@click.option(
    "--logins-since",
    metavar="30d|DATE",
    help="Read logins from then on (default: the hardening, or 30 days).",
)
@events_option
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
@baseline_option
@click.option(
    "--since",
    "since_state",
    type=click.Path(path_type=Path),
    metavar="SNAPSHOT",
    help="An earlier snapshot: tell what changed since, who and when (table, JSON, Markdown).",
)
@attest_options
@source_root_option
def command(
    given: SourceOptions,
    azure: AzureOptions,
    integration: Path | None,
    policies: tuple[str, ...],
    outputs: tuple[Output, ...],
    logins_since: str | None,
    events: EventOptions,
    as_of: str | None,
    fail_on: str,
    severity: str,
    baseline: Path | None,
    since_state: Path | None,
    attest: AttestOption,
    source_root: Path | None,
    **shown: Any,
) -> int:
    """Judge an org or metadata files against the checklist.

    Without -i, the org as a whole is judged, and every app for itself (see `sfharden apps`).

    \b
    Example:
      sfharden check --org production -i integration.yaml
      sfharden check --source force-app -i integration.yaml
      sfharden check --demo -o report.json -o report.html
      sfharden check --source force-app -o new.sarif --baseline report.json
      sfharden check --org production -i integration.yaml -f waivers
      sfharden check --org production --only login-ranges-everywhere
      sfharden check --org production -i integration.yaml --since yesterday.json
      sfharden check --org production --azure -i integration.yaml
      sfharden check --snapshot s.json -i integration.yaml -o report.json --attest a.json --attest-key k.pem
      sfharden check --azure-exports answers/ -i integration.yaml
      sfharden check --org production -i integration.yaml --events
    """
    page, given = step_page(outputs), _as_quiet(given, quiet=shown["quiet"])
    earlier = load_report(baseline) if baseline else None
    times = times_of(given.live, os.environ, as_of)
    asked = question(given, integration, policies, times.now, logins_since)
    past = read_earlier(since_state, times.now) if since_state else None
    asked = asked_since(asked, past, times.now) if past else asked
    require_some(given, azure)
    asked = replace(asked, wanted=events.wanted(asked.wanted, given))
    _require_known(shown["only"], (*asked.policies, *map(load_policy, (AZURE_POLICY, REQUESTS_POLICY))))
    folder = folder_of(given.source, source_root)
    if given.live.explain_api:
        return explain(asked.wanted, given.live, azure.explained(azure_entries(asked.integrations)))
    files = AttestedFiles(given.snapshot, integration_of(given, integration), baseline, events=events.files)
    attesting = attest.begin(files, policies, outputs)
    tally = CallTally(given.live.doors.log)
    counted, entries = _counting(given, tally), azure_entries(asked.integrations)
    wanted = asked.wanted
    snapshot = with_azure(
        azure, counted, entries, lambda: events.added(read_to_judge(counted, wanted, times.judged), times.now)
    )
    unfitted, asked = asked, asked.of(snapshot)
    report = _report(asked, snapshot, times, folder, earlier)
    if past:
        report = report.model_copy(update={"drift": drift_since(past, snapshot, report, unfitted, times.now)})
    code = exit_code(report, Severity(fail_on))
    attested = attesting.signed(report, snapshot, asked.policies, Severity(fail_on), code)
    view = View(**shown, least=Severity(severity))
    lines = (
        *_next_steps(report, snapshot, given, azure, integration, policies),
        *_next_of_azure(report, given, azure, integration),
    )
    steps = tuple(dict.fromkeys(lines))  # both may ask for an integration file
    facts = cache(lambda: replace(_facts(report, asked, snapshot, times.judged), calls=tally.counted))
    ways = cache(lambda: _ways(asked, snapshot))
    write_outputs(
        outputs, lambda one: BY_NAME[one.form].render(report, Showing(one.terminal, view, steps, facts, ways))
    )
    attested.write()
    _say_verdict(report, outputs, quiet=shown["quiet"])
    add_step_page(page, report)
    return code


def _report(
    asked: Question, snapshot: Snapshot, times: Times, folder: str | None, earlier: Report | None
) -> Report:
    """The answer to the question, dated, placed in its repository and held against an earlier one."""
    report = times.dated(asked.answer(snapshot, times.judged))
    warnings = (*report.warnings, *_not_as_listed(asked, snapshot))
    report = report.model_copy(update={"folder": folder, "warnings": warnings})
    return since(report, earlier) if earlier else report


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


def _as_quiet(given: SourceOptions, *, quiet: bool) -> SourceOptions:
    return replace(given, live=replace(given.live, doors=replace(given.live.doors, quiet=quiet)))


def _counting(given: SourceOptions, tally: CallTally) -> SourceOptions:
    return replace(given, live=replace(given.live, doors=replace(given.live.doors, log=tally)))


def _not_as_listed(asked: Question, snapshot: Snapshot) -> Iterable[str]:
    """Where the egress of an integration file isn't what Azure lists today; no control rests on that."""
    if snapshot.azure is None:
        return
    from sfharden.egress.against_azure import warning_of_lists
    from sfharden.sources.azure.outgoing import listed_of

    for one in asked.integrations:
        listed = listed_of(snapshot.azure, one, asked.integrations)
        if told := warning_of_lists(one.name, one.egress, listed, one.operator_ranges):
            yield told


def _facts(report: Report, asked: Question, snapshot: Snapshot, judged: datetime) -> PageFacts:
    return page_facts(report, snapshot, asked.policies, asked.integrations, asked.waivers, judged)


def _ways(asked: Question, snapshot: Snapshot) -> "tuple[Ways, ...]":
    from sfharden.simulation.ways import ways_today  # only a page shows it

    return ways_today(snapshot, asked.integrations)


def _next_of_azure(
    report: Report, given: SourceOptions, azure: AzureOptions, integration: Path | None
) -> Iterable[str]:
    """What is only for a side that was read here: who may read more of it, and what is meant."""
    if not azure.is_given:
        return
    words = both_words(given, azure)
    if integration is None:
        yield f"sfharden init {words} -o integration.yaml"
        yield "  describe your integration; then judge it with check -i FILE"
    elif azure.live and (report.gaps or any(one.is_open for one in report.results)):
        yield f"sfharden doctor {words if given.live.is_given else azure_words(azure)} -i {shlex.quote(str(integration))}"
        yield "  which rights are missing, what is unknown for that, and the way out"


def _say_verdict(report: Report, outputs: Iterable[Output], *, quiet: bool) -> None:
    """Beside what was written where no report stands on standard output: nobody should have to open a file for it."""
    if not quiet and all(one.path for one in outputs):
        click.echo(wrap(verdict_of(report), terminal_of(sys.stderr).width), err=True)


def _can_plan(given: SourceOptions, snapshot: Snapshot) -> bool:
    """A snapshot of an org need not hold the files that a plan edits."""
    return not given.snapshot or snapshot.files is not None or snapshot.source.is_azure


def _next_steps(
    report: Report,
    snapshot: Snapshot,
    given: SourceOptions,
    azure: AzureOptions,
    integration: Path | None,
    policies: Iterable[str],
) -> Iterable[str]:
    from sfharden.report.check_next import next_steps

    file = shlex.quote(str(integration)) if integration else ""
    return next_steps(
        report,
        source=both_words(given, azure),
        is_demo=given.demo,
        can_plan=_can_plan(given, snapshot),
        integration=file,
        policies=policy_words(policies),
    )
