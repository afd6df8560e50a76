"""`sfharden snapshot`: write what was read to a file."""

from pathlib import Path

import click

from sfharden.commands.source import SourceOptions, read_source, source_options
from sfharden.errors import Exit
from sfharden.sources.snapshot_file import save_snapshot


@click.command("snapshot")
@source_options
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE")
def command(given: SourceOptions, output: Path) -> int:
    """Write what was read to a file, to judge it later or elsewhere.

    The file holds no secret, but it tells how the org is set up: it's readable by its owner only.

    \b
    Example:
      sfharden snapshot --source force-app -o snapshot.json
      sfharden check --snapshot snapshot.json
    """
    snapshot = read_source(given)
    save_snapshot(snapshot, output)
    click.echo(
        f"Wrote {output}: {len(snapshot.components)} components, {len(snapshot.gaps)} not read.", err=True
    )
    return Exit.INCOMPLETE if snapshot.gaps else Exit.OK
