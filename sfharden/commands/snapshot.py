"""`sfharden snapshot`: write what was read to a file."""

from datetime import timedelta
from pathlib import Path

import click

from sfharden.commands.clock import current_time
from sfharden.commands.source import KEPT_DAYS, SourceOptions, explain, read_source, since, source_options
from sfharden.errors import Exit
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
    moment = since(logins_since, current_time(given.live.doors), timedelta(days=KEPT_DAYS))
    wanted = Wanted(logins_since=moment, setup_since=moment)
    if given.live.explain_api:
        return explain(wanted)
    snapshot = read_source(given, wanted)
    save_snapshot(snapshot, output)
    click.echo(
        f"Wrote {output}: {len(snapshot.components)} components, {len(snapshot.gaps)} not read.", err=True
    )
    return Exit.INCOMPLETE if snapshot.gaps else Exit.OK
