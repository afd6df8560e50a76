"""`sfharden tokens`: the inventory of OAuth tokens."""

import os
import sys
from pathlib import Path

import click

from sfharden.clock import current_time
from sfharden.commands.source import SourceOptions, explain, read_source, source_options
from sfharden.errors import Exit, NoVerdictError
from sfharden.model.directory import Directory
from sfharden.model.facts import CannotTell
from sfharden.output_file import write_output
from sfharden.sources.org_wanted import Wanted
from sfharden.terminal import Terminal, terminal_of


@click.command("tokens")
@source_options
@click.option("-f", "--format", "format_", type=click.Choice(["table", "json", "csv"]), default="table")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it there.")
def command(given: SourceOptions, format_: str, output: Path | None) -> int:
    """List OAuth tokens by app, user, profile, age, last use and use count.

    No token is ever shown: each has a short keyed hash as its name. Exit code 4 if the list may not be whole.

    \b
    Example:
      sfharden tokens --org production
      sfharden tokens --snapshot snapshot.json -f csv -o tokens.csv
    """
    wanted = Wanted(metadata=False)
    if given.live.explain_api:
        return explain(wanted)
    directory = Directory(read_source(given, wanted))
    try:
        tokens = directory.tokens
    except CannotTell as reason:
        raise NoVerdictError(f"The tokens can't be told: {reason.reason}") from None
    terminal = Terminal() if output else terminal_of(sys.stdout)
    from sfharden.report.inventory import (
        lines_of,
        render_inventory,
        render_inventory_csv,
        render_inventory_json,
    )

    lines = list(lines_of(tokens, directory))
    if format_ == "json":
        text = render_inventory_json(lines, tokens.lacking)
    elif format_ == "csv":
        text = render_inventory_csv(lines)
    else:
        text = render_inventory(lines, tokens.lacking, current_time(os.environ), terminal)
    write_output(text, output)
    return Exit.INCOMPLETE if tokens.lacking else Exit.OK
