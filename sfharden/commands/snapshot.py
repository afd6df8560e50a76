"""`sfharden snapshot`: write what was read to a file."""

import os
from pathlib import Path

import click

from sfharden.commands.clock import current_time
from sfharden.commands.explain import explain
from sfharden.commands.moments import since
from sfharden.commands.source import SourceOptions, one_by_one, read_source, source_options
from sfharden.errors import Exit
from sfharden.facts.logins import KEPT
from sfharden.sources.org.wanted import Wanted
from sfharden.sources.snapshot_file import save_snapshot


@click.command("snapshot")
@source_options
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE")
@click.option(
    "--logins-since", metavar="180d|DATE", help="Read logins and setup changes from then on.  [default: 180d]"
)
def command(given: SourceOptions, output: Path, logins_since: str | None) -> int:
    """Write what was read to a file, to judge it later or elsewhere.

    The file holds no secret, but it tells how the org is set up: it's readable by its owner only.

    \b
    Example:
      sfharden snapshot --org production -o snapshot.json
      sfharden check --snapshot snapshot.json
    """
    moment = since(logins_since, current_time(os.environ), KEPT)
    wanted = Wanted(logins_since=moment, setup_since=moment, one_by_one=one_by_one(given))
    if given.live.explain_api:
        return explain(wanted, given.live)
    snapshot = read_source(given, wanted)
    save_snapshot(snapshot, output)
    click.echo(
        f"Wrote {output}: {len(snapshot.components)} components, {len(snapshot.gaps)} not read.", err=True
    )
    return Exit.INCOMPLETE if snapshot.gaps else Exit.OK
