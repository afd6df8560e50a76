"""`sfharden doctor`: what a login may read of an org, and which controls would be unknown, and why."""

import sys
from datetime import timedelta
from pathlib import Path

import click

from sfharden.checks.needs import permission_set_xml, unmet
from sfharden.checks.policy import DEFAULT_POLICIES, load_policy
from sfharden.commands.clock import current_time
from sfharden.commands.explain import explain
from sfharden.commands.source import SourceOptions, live_options, one_by_one, require_live, source_words
from sfharden.errors import Exit
from sfharden.files.output_file import write_output
from sfharden.files.output_place import require_stdout
from sfharden.sources.org.wanted import Wanted
from sfharden.text.terminal import terminal_of


@click.command("doctor")
@live_options
@click.option(
    "--permission-set", is_flag=True, help="Print a permission set with what is needed; no org asked."
)
def command(given: SourceOptions, permission_set: bool) -> int:
    """Tell what a login may read of an org, and which controls would be unknown, and why.

    It signs in and reads everything once, as `check` does. Exit code 4 if anything would be unknown.

    \b
    Example:
      sfharden doctor --org production
      sfharden doctor --permission-set > sfharden_reader.permissionset-meta.xml
    """
    require_stdout()
    if permission_set:
        write_output(permission_set_xml(), None)
        return Exit.OK
    require_live(given)
    now = current_time(given.live.doors)
    day = now - timedelta(days=1)
    wanted = Wanted(logins_since=day, setup_since=day, one_by_one=one_by_one(given))
    if given.live.explain_api:
        return explain(wanted, given.live)
    from sfharden.commands.live import open_org, read_live

    with open_org(given.live) as connection:
        snapshot = read_live(connection, wanted).snapshot
        how = connection.session.how
    from sfharden.report.doctor_page import render_doctor

    policies = [load_policy(name) for name in DEFAULT_POLICIES]
    terminal, described = terminal_of(sys.stdout), Path("integration.yaml").exists()
    page = render_doctor(snapshot, how, policies, terminal, source_words(given), is_described=described)
    write_output(f"{page}\n", None)
    return Exit.INCOMPLETE if snapshot.gaps or unmet(snapshot) else Exit.OK
