"""`sfharden doctor`: what a login may read of an org, and what `check` would leave unknown, and why."""

import sys
from pathlib import Path

import click

from sfharden.checks.needs import permission_set_xml
from sfharden.commands.defaults import integration_option, policy_option
from sfharden.commands.explain import explain
from sfharden.commands.judging import question
from sfharden.commands.source import SourceOptions, live_options, require_live, source_words
from sfharden.doors.clock import current_time
from sfharden.errors import Exit
from sfharden.files.output_file import write_output
from sfharden.files.output_place import require_stdout
from sfharden.text.terminal import terminal_of

_USUAL = Path("integration.yaml")  # where `init` writes


@click.command("doctor")
@live_options
@integration_option()
@policy_option()
@click.option(
    "--permission-set", is_flag=True, help="Print a permission set with what is needed; no org asked."
)
def command(
    given: SourceOptions, integration: Path | None, policies: tuple[str, ...], permission_set: bool
) -> int:
    """Tell what a login may read of an org, and what check would leave unknown, why, and what to do about it.

    It signs in and reads what check reads. Exit code 4 if anything would be unknown. Without -i, what an integration's
    own names and addresses leave unknown can't be foreseen.

    \b
    Example:
      sfharden doctor --org production -i integration.yaml
      sfharden doctor --permission-set > sfharden_reader.permissionset-meta.xml
    """
    require_stdout()
    if permission_set:
        write_output(permission_set_xml(), None)
        return Exit.OK
    require_live(given)
    now = current_time(given.live.doors)
    asked = question(given, integration, policies, now)
    if given.live.explain_api:
        return explain(asked.wanted, given.live)
    from sfharden.checks.remedies import foresee
    from sfharden.doors.live import open_org, read_live
    from sfharden.report.doctor_page import Examined, render_doctor

    with open_org(given.live) as connection:
        snapshot = read_live(connection, asked.wanted, given.live.doors).snapshot
        how = connection.session.how
    report = asked.answer(snapshot, now)
    foreseen = foresee(report, snapshot, asked.policies, asked.integrations)
    described = integration or (_USUAL if not asked.integrations and _USUAL.exists() else None)
    found = Examined(snapshot, how, report, asked.policies, foreseen)
    page = render_doctor(found, terminal_of(sys.stdout), source_words(given), described)
    write_output(f"{page}\n", None)
    return Exit.INCOMPLETE if foreseen else Exit.OK
