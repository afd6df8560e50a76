"""`sfharden tokens`: the inventory of OAuth tokens."""

import os
import sys
from pathlib import Path

import click

from sfharden.commands.clock import current_time
from sfharden.commands.source import SourceOptions, explain, read_source, source_options
from sfharden.errors import Exit, NoVerdictError
from sfharden.facts.directory import Directory, Rows
from sfharden.facts.values import CannotTell
from sfharden.files.output_file import write_output
from sfharden.model.org import Token
from sfharden.sources.org.wanted import Wanted
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal, terminal_of


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
    tokens = _tokens(directory)
    terminal = Terminal() if output else terminal_of(sys.stdout)
    from sfharden.report.tokens_table import (
        lines_of,
        render_inventory,
        render_inventory_csv,
        render_inventory_json,
    )

    lines = list(lines_of(tokens, directory))
    if format_ == "json":
        text = render_inventory_json(lines, tokens.gap)
    elif format_ == "csv":
        text = render_inventory_csv(lines)
    else:
        text = render_inventory(lines, tokens.gap, current_time(os.environ), terminal)
    write_output(text, output)
    if tokens.gap and (output or format_ != "table"):
        click.echo(f"INCOMPLETE: {safe_text(tokens.gap)}.", err=True)
    return Exit.INCOMPLETE if tokens.gap else Exit.OK


def _tokens(directory: Directory) -> Rows[Token]:
    """What was read of the tokens. Raises NoVerdictError if nothing was."""
    try:
        return directory.tokens
    except CannotTell as reason:
        raise NoVerdictError(f"The tokens can't be told: {reason.reason}") from None
