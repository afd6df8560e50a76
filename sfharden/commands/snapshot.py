"""`sfharden snapshot`: write what was read to a file."""

from pathlib import Path

import click

from sfharden.commands.explain import explain
from sfharden.commands.output_option import output_option
from sfharden.commands.source import SourceOptions, one_by_one, read_source, source_options
from sfharden.doors.clock import current_time
from sfharden.doors.moments import since
from sfharden.errors import Exit
from sfharden.facts.logins import KEPT
from sfharden.files.output_place import STDOUT
from sfharden.sources.org.wanted import Wanted
from sfharden.sources.snapshot_age import as_written
from sfharden.sources.snapshot_file import save_snapshot


@click.command("snapshot")
@source_options
@output_option("Write it there; - is standard output.", required=True)
@click.option(
    "--logins-since", metavar="180d|DATE", help="Read logins and setup changes from then on.  [default: 180d]"
)
def command(given: SourceOptions, output: Path | None, logins_since: str | None) -> int:
    """Write what was read to a file, to judge it later or elsewhere.

    The file holds no secret, but it tells how the org is set up: it's readable by its owner only.

    \b
    Example:
      sfharden snapshot --org production -o snapshot.json
      sfharden check --snapshot snapshot.json
    """
    moment = since(logins_since, current_time(given.live.doors), KEPT)
    wanted = Wanted(logins_since=moment, setup_since=moment, one_by_one=one_by_one(given))
    if given.live.explain_api:
        return explain(wanted, given.live)
    snapshot = as_written(read_source(given, wanted))
    save_snapshot(snapshot, output or STDOUT)
    click.echo(
        f"Wrote {output or 'it'}: {len(snapshot.components)} components, {len(snapshot.gaps)} not read.",
        err=True,
    )
    return Exit.INCOMPLETE if snapshot.gaps else Exit.OK
