"""`sfharden verify`: after the change, was it seen to work?"""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from sfharden import __version__
from sfharden.checks.observed import Verification, verify
from sfharden.commands.explain import explain
from sfharden.commands.output_option import output_option
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
from sfharden.files.output_file import write_output
from sfharden.model.results import Status
from sfharden.report.verify_table import render_verification, render_verification_json
from sfharden.sources.integration_file import load_integrations
from sfharden.sources.org.wanted import Wanted
from sfharden.text.terminal import Terminal, terminal_of


@click.command("verify")
@source_options
@click.option(
    "-i",
    "--integration",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="The integration file, with hardened_at.",
)
@click.option(
    "-f", "--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True
)
@output_option()
@as_of_option
def command(
    given: SourceOptions, integration: Path, format_: str, output: Path | None, as_of: str | None
) -> int:
    """Tell whether the hardening was seen to work: success from egress, refusal from elsewhere, old tokens gone.

    What is missing comes with how to produce it. Exit code 1 if something is wrong, 4 if something was not
    seen yet.

    \b
    Example:
      sfharden verify --org production -i integration.yaml
    """
    integrations, _ = load_integrations(integration)
    times = times_of(given.live, os.environ, as_of)
    wanted = Wanted(
        logins_since=logins_from(None, (one.hardened_at for one in integrations), times.now),
        one_by_one=one_by_one(given, (one.app for one in integrations)),
    )
    if given.live.explain_api:
        return explain(wanted, given.live)
    snapshot = read_to_judge(given, wanted, times.judged)
    org = source_words(given) if given.live.is_given else "--org ALIAS"
    found = [(one, verify(snapshot, one, times.judged)) for one in integrations]
    terminal = Terminal() if output else terminal_of(sys.stdout)
    if format_ == "json":
        write_output(
            render_verification_json(found, snapshot.source, org, __version__, times.stamp, times.as_of),
            output,
        )
    else:
        write_output(
            render_verification(found, snapshot.source, org, terminal, times.now, times.as_of), output
        )
    return exit_code(one for _, one in found)


def exit_code(found: Iterable[Verification]) -> Exit:
    """1 if anything failed; else 4 if anything was not seen; else 0."""
    found = list(found)
    if any(one.any(Status.FAIL) for one in found):
        return Exit.FINDINGS
    return Exit.INCOMPLETE if any(one.any(Status.UNKNOWN) for one in found) else Exit.OK
