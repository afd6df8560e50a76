"""`sfharden drift`: what is another now than it was, since when, and who is on record for it."""

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from click.core import ParameterSource

from sfharden import __version__
from sfharden.checks.drift.compare import compare_reports, compare_states
from sfharden.checks.drift.verdicts import is_incomplete, is_regression
from sfharden.commands.azure_source import (
    AzureOptions,
    azure_entries,
    azure_options,
    has_org,
    with_azure,
)
from sfharden.commands.defaults import integration_option, policy_option
from sfharden.commands.events_option import EventOptions, events_option
from sfharden.commands.explain import explain
from sfharden.commands.judging import Question, question
from sfharden.commands.output_option import Output, output_options, write_outputs
from sfharden.commands.source import SourceOptions, read_source, require_one, source_options
from sfharden.doors.clock import Times, times_of
from sfharden.errors import Exit, UsageError
from sfharden.facts.logins import KEPT
from sfharden.model.drift import Drift
from sfharden.model.results import Report, Severity
from sfharden.model.snapshot import Snapshot
from sfharden.sources.report_file import is_report, load_report
from sfharden.sources.snapshot_age import told
from sfharden.sources.snapshot_file import load_snapshot_file

FORMS = ("table", "json", "markdown", "csv", "html")
_PATH = click.Path(path_type=Path)
_TYPED = ("source", "snapshot", "org", "instance_url")


@click.command("drift")
@click.argument("old", type=_PATH, metavar="OLD.json")
@click.argument("new", type=_PATH, required=False, metavar="[NEW.json]")
@source_options
@azure_options
@integration_option()
@policy_option()
@events_option
@output_options(*FORMS)
@click.option("--full", is_flag=True, help="All facts in the table, not the first 40 only.")
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.LOW.value,
    show_default=True,
    help="The least severity of a regression.",
)
def command(
    old: Path,
    new: Path | None,
    given: SourceOptions,
    azure: AzureOptions,
    integration: Path | None,
    policies: tuple[str, ...],
    events: EventOptions,
    outputs: tuple[Output, ...],
    full: bool,
    fail_on: str,
) -> int:
    """Tell what changed between two states of an org: verdicts, the facts behind them, who and when.

    OLD is a snapshot; the later state is a snapshot, too, or what a SOURCE option names. Both are judged by the same
    policies, each as of when it was read. Of two reports only the verdicts are compared.

    \b
    Example:
      sfharden drift monday.json tuesday.json -i integration.yaml
      sfharden drift monday.json --org production -i integration.yaml
      sfharden drift old-report.json new-report.json -o drift.md
      sfharden drift monday.json --demo

    \b
    Exit codes: 1 a verdict regressed; 4 none did, but something that was
    known can't be told any more; 0 otherwise.
    """
    given = _source(given, new)
    if is_report(old):
        found = _of_reports(old, new)
    elif new is not None and is_report(new):
        raise UsageError("A snapshot and a report can't be compared.", "Give two snapshots, or two reports.")
    else:
        _require_later(given, azure, is_file=new is not None)
        times = times_of(given.live, os.environ, None)
        asked = question(given, integration, policies, times.now)
        earlier = read_earlier(old, times.now)
        asked = asked_since(asked, earlier, times.now)
        asked = replace(asked, wanted=events.wanted(asked.wanted, given))
        if given.live.explain_api:
            return explain(asked.wanted, given.live, azure.explained(azure_entries(asked.integrations)))
        found = _of_states(earlier, given, azure, asked, times, events)
    write_outputs(outputs, lambda one: drift_text(found, one, full=full))
    return exit_code(found, Severity(fail_on))


def exit_code(drift: Drift, fail_on: Severity) -> Exit:
    """1 with a regression at or above `fail_on`; else 4 where something was known, and isn't any more; else 0."""
    if any(is_regression(one, fail_on.rank) for one in drift.verdicts):
        return Exit.FINDINGS
    return Exit.INCOMPLETE if is_incomplete(drift) else Exit.OK


def drift_text(drift: Drift, output: Output, *, full: bool) -> str:
    """A drift in the form of an output."""
    if output.form == "json":
        from sfharden.report.json_text import render_json

        return render_json(drift)
    if output.form == "table":
        from sfharden.report.drift_table import render_drift

        return render_drift(drift, output.terminal, full=full)
    if output.form == "html":
        from sfharden.report.drift_html import render_drift_html

        return render_drift_html(drift)
    from sfharden.report.drift_rows import render_drift_csv, render_drift_markdown

    return render_drift_csv(drift) if output.form == "csv" else render_drift_markdown(drift)


def _source(given: SourceOptions, new: Path | None) -> SourceOptions:
    """The later state: NEW, or what the options name. The environment's org stands for none where NEW is given."""
    if new is None:
        return given
    context = click.get_current_context()
    if given.demo or any(context.params.get(name) for name in _TYPED):
        raise UsageError("Give NEW.json or a SOURCE option, not both.")
    return replace(given, snapshot=new, live=replace(given.live, org=None))


def _of_reports(old: Path, new: Path | None) -> Drift:
    context = click.get_current_context()
    typed = [name for name in ("integration", "policies", "events") if _is_typed(context, name)]
    if typed:
        raise UsageError("Reports are judged already: -i, --policy and --events go with snapshots.")
    if new is None or not is_report(new):
        raise UsageError("A report is compared with another report.", "Give two snapshots, or two reports.")
    return compare_reports(load_report(old), load_report(new), __version__)


def _is_typed(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is ParameterSource.COMMANDLINE


def _require_later(given: SourceOptions, azure: AzureOptions, *, is_file: bool) -> None:
    if is_file and azure.is_given:
        raise UsageError("--azure and --azure-exports are for a later state that is read now.")
    if has_org(given) or not azure.is_given:
        require_one(
            given, "Give NEW.json, or one of --org ALIAS, --instance-url URL, --source DIR|ZIP, --demo."
        )


def _of_states(
    earlier: Snapshot,
    given: SourceOptions,
    azure: AzureOptions,
    asked: Question,
    times: Times,
    events: EventOptions,
) -> Drift:
    def read() -> Snapshot:
        if given.snapshot:  # as of when it was read, as the earlier one
            return events.added(read_earlier(given.snapshot, times.now), times.now)
        return events.added(read_source(given, asked.wanted, times.judged), times.now)

    later = with_azure(azure, given, azure_entries(asked.integrations), read)
    return drift_of(earlier, later, asked, times.now, None if given.snapshot else asked.wanted.setup_since)


def read_earlier(path: Path, now: datetime) -> Snapshot:
    """A state that was saved, as of when it was read."""
    snapshot = load_snapshot_file(path)
    return told(snapshot, path, snapshot.taken_at or now)


def asked_since(asked: Question, earlier: Snapshot, now: datetime) -> Question:
    """The same, and the audit trail since the earlier state is read too."""
    return replace(asked, wanted=replace(asked.wanted, setup_since=earlier.taken_at or now - KEPT))


def drift_of(
    earlier: Snapshot, later: Snapshot, asked: Question, now: datetime, trail_since: datetime | None
) -> Drift:
    """Both judged by the same policies, each as of when it was read."""
    same = _of_both(asked, earlier, later)
    pair = earlier, _judged(earlier, same, now)
    return compare_states(pair, (later, _judged(later, same, now)), __version__, _reaches(later, trail_since))


def drift_since(earlier: Snapshot, later: Snapshot, report: Report, asked: Question, now: datetime) -> Drift:
    """The same with the report on the later state, which is there already; by less, if the earlier state has less to judge."""
    since = None if later.source.kind == "snapshot" else asked.wanted.setup_since
    same = _of_both(asked, earlier, later)
    if tuple(one.name for one in same.policies) != report.policies:
        return drift_of(earlier, later, same, now, since)
    pair = earlier, _judged(earlier, same, now)
    return compare_states(pair, (later, report), __version__, _reaches(later, since))


def _of_both(asked: Question, earlier: Snapshot, later: Snapshot) -> Question:
    """The same with the policies that fit both states. Raises UsageError where none does."""
    if asked.typed:
        return asked
    names = {one.name for one in asked.of(earlier).policies}
    both = tuple(one for one in asked.of(later).policies if one.name in names)
    if not both:
        raise UsageError(
            "Nothing of one state is judged of the other, too.", "Give two states of one source."
        )
    return replace(asked, policies=both, typed=True)


def _reaches(later: Snapshot, since: datetime | None) -> datetime | None:
    """From when on the audit trail was read; one in a file reaches as far as its logins (`sfharden snapshot`)."""
    return since or (later.org.logins_since if later.org else None)


def _judged(snapshot: Snapshot, asked: Question, now: datetime) -> Report:
    return asked.answer(snapshot, snapshot.taken_at or now)
