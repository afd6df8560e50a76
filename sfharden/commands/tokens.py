"""`sfharden tokens`: the inventory of OAuth tokens."""

import sys
from pathlib import Path

import click

from sfharden.commands.clock import current_time
from sfharden.commands.output_option import output_option
from sfharden.commands.source import SourceOptions, explain, read_source, source_options
from sfharden.errors import Exit, NoVerdictError
from sfharden.facts.directory import Directory, Rows
from sfharden.facts.values import CannotTell
from sfharden.files.output_file import write_output
from sfharden.model.org import EXTERNAL_TOKENS, TOKENS, Token
from sfharden.sources.org.wanted import Wanted
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal, terminal_of


@click.command("tokens")
@source_options
@click.option("-f", "--format", "format_", type=click.Choice(["table", "json", "csv"]), default="table")
@output_option("Write it there; - is standard output.")
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
        text = render_inventory(lines, tokens.gap, current_time(given.live.doors), terminal)
    write_output(text, output)
    if tokens.gap and (output or format_ != "table"):
        click.echo(f"INCOMPLETE: {safe_text(tokens.gap)}.", err=True)
    return Exit.INCOMPLETE if tokens.gap else Exit.OK


def _tokens(directory: Directory) -> Rows[Token]:
    """What was read of either table, and what it lacks. Raises NoVerdictError if neither was read."""
    rows: list[Token] = []
    gaps: list[str] = []
    missing = 0
    for kind, table in ((TOKENS, "tokens"), (EXTERNAL_TOKENS, "external_tokens")):
        try:
            found = directory.rows(getattr(directory.tables, table), kind)
        except CannotTell as reason:
            missing += 1
            gaps.append(reason.reason)
        else:
            rows += found.rows
            gaps += [found.gap] if found.gap else []
    if missing == 2:
        raise NoVerdictError(f"The tokens can't be told: {gaps[0]}")
    return Rows(tuple(rows), "; ".join(gaps))
