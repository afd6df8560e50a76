"""`sfharden verify`: after the change, was it seen to work?"""

import os
from collections.abc import Iterable
from pathlib import Path

import click

from sfharden import __version__
from sfharden.checks.observed import Verification, verify
from sfharden.checks.requests import with_requests
from sfharden.commands.defaults import integration_option
from sfharden.commands.events_option import EventOptions, events_option
from sfharden.commands.explain import explain
from sfharden.commands.output_option import Output, output_options, write_outputs
from sfharden.commands.source import (
    SourceOptions,
    as_of_option,
    one_by_one,
    read_to_judge,
    source_options,
    source_words,
)
from sfharden.doors.clock import times_of
from sfharden.doors.moments import logins_from
from sfharden.errors import Exit
from sfharden.model.results import Status
from sfharden.report.verify_rows import Told
from sfharden.report.verify_table import render_verification, render_verification_json
from sfharden.sources.integration_file import load_integrations
from sfharden.sources.org.wanted import Wanted


@click.command("verify")
@source_options
@integration_option("The integration file, with hardened_at.", required=True)
@output_options("table", "json", "markdown", "csv")
@as_of_option
@events_option
def command(
    given: SourceOptions,
    integration: Path,
    outputs: tuple[Output, ...],
    as_of: str | None,
    events: EventOptions,
) -> int:
    """Tell whether the hardening was seen to work: success from egress, refusal from elsewhere, old tokens gone.

    With --events also whether its API requests came from its own addresses: a stolen session leaves no login. What is
    missing comes with how to produce it. Exit code 1 if something is wrong, 4 if something was not seen yet.

    \b
    Example:
      sfharden verify --org production -i integration.yaml
      sfharden verify --org production -i integration.yaml --events
      sfharden verify --org production -i integration.yaml --events ApiTotalUsage.csv
    """
    integrations, _ = load_integrations(integration, source_words(given))
    times = times_of(given.live, os.environ, as_of)
    wanted = Wanted(
        logins_since=logins_from(None, (one.hardened_at for one in integrations), times.now),
        one_by_one=one_by_one(given, (one.app for one in integrations)),
    )
    wanted = events.wanted(wanted, given)
    if given.live.explain_api:
        return explain(wanted, given.live)
    snapshot = events.added(read_to_judge(given, wanted, times.judged), times.now)
    org = source_words(given) if given.live.is_given else "--org ALIAS"
    found = [
        (one, with_requests(verify(snapshot, one, times.judged), snapshot, one, times.judged))
        for one in integrations
    ]
    told = Told(found, snapshot.source, org, __version__, times.stamp, times.as_of)
    write_outputs(outputs, lambda one: _text(told, one))
    return exit_code(one for _, one in found)


def _text(told: Told, output: Output) -> str:
    if output.form == "json":
        return render_verification_json(
            told.found, told.source, told.org, told.version, told.stamp, told.as_of
        )
    if output.form in ("markdown", "csv"):
        from sfharden.report import verify_rows

        return (
            verify_rows.render_markdown(told) if output.form == "markdown" else verify_rows.render_csv(told)
        )
    return render_verification(told.found, told.source, told.org, output.terminal, told.as_of)


def exit_code(found: Iterable[Verification]) -> Exit:
    """1 if anything failed; else 4 if anything was not seen; else 0."""
    found = list(found)
    if any(one.any(Status.FAIL) for one in found):
        return Exit.FINDINGS
    return Exit.INCOMPLETE if any(one.any(Status.UNKNOWN) for one in found) else Exit.OK
