"""`sfharden tokens`: the inventory of OAuth tokens."""

import sys
from datetime import datetime
from pathlib import Path

import click

from sfharden.commands.explain import explain
from sfharden.commands.output_option import output_option
from sfharden.commands.source import SourceOptions, one_by_one, read_source, source_options
from sfharden.doors.clock import current_time
from sfharden.errors import Exit, NoVerdictError
from sfharden.facts.directory import Directory
from sfharden.facts.rows import Rows
from sfharden.facts.values import CannotTell
from sfharden.files.output_file import write_output
from sfharden.model.org import Token
from sfharden.revocation.one_by_one import of_selection
from sfharden.revocation.select import Selection, select
from sfharden.revocation.tokens import OwnLogin
from sfharden.sources.org.wanted import Wanted
from sfharden.sources.snapshot_age import why_old
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal, terminal_of


@click.command("tokens")
@source_options
@click.option("--app", "apps", multiple=True, metavar="NAME", help="Those of an app, by label or API name.")
@click.option("--user", "users", multiple=True, metavar="NAME", help="Those of a user.")
@click.option("--profile", "profiles", multiple=True, metavar="NAME", help="Those of a profile's users.")
@click.option("-f", "--format", "format_", type=click.Choice(["table", "json", "csv"]), default="table")
@output_option("Write it there; - is standard output.")
def command(given: SourceOptions, format_: str, output: Path | None, **names: tuple[str, ...]) -> int:
    """List OAuth tokens by app, user, profile, age, last use and use count.

    No token is ever shown, or even asked for: each has a short hash of what it shows as its name. Tokens of external
    client apps that only their own list has come user by user (1+), unless you select some. Exit code 4 if the
    list may not be whole.

    \b
    Example:
      sfharden tokens --org production
      sfharden tokens --org production --app "Reporting Sync"
      sfharden tokens --snapshot snapshot.json -f csv -o tokens.csv
    """
    now, selection = (
        current_time(given.live.doors),
        Selection(names["apps"], names["users"], names["profiles"]),
    )
    some = selection != Selection()
    singly = (
        of_selection(selection, lambda: now) if some and not given.live.every_token else one_by_one(given)
    )
    wanted = Wanted(metadata=False, one_by_one=singly)
    if given.live.explain_api:
        return explain(wanted, given.live)
    snapshot = read_source(given, wanted)
    directory, source = Directory(snapshot), snapshot.source
    tokens = _tokens(directory)
    if some:
        tokens = _selected(selection, tokens, directory, now)
    tokens = _dated(tokens, why_old(source, given.max_age_days))
    terminal = Terminal() if output else terminal_of(sys.stdout)
    from sfharden.report.tokens_table import (
        lines_of,
        render_inventory,
        render_inventory_csv,
        render_inventory_json,
    )

    lines = list(lines_of(tokens, directory))
    if format_ == "json":
        text = render_inventory_json(lines, tokens.gap, source)
    elif format_ == "csv":
        text = render_inventory_csv(lines)
    else:
        text = render_inventory(lines, tokens.gap, now, terminal, source)
    write_output(text, output)
    if tokens.gap and (output or format_ != "table"):
        click.echo(f"INCOMPLETE: {safe_text(tokens.gap)}.", err=True)
    return Exit.INCOMPLETE if tokens.gap else Exit.OK


def _selected(selection: Selection, tokens: Rows[Token], directory: Directory, now: datetime) -> Rows[Token]:
    """The tokens that are meant, and those that may be: then it's said why that can't be told."""
    found = select(selection, tokens, directory, OwnLogin("", (), sure=True), now)
    reasons = dict.fromkeys(one.reason for one in found.unknown)
    gaps = [tokens.gap, *(f"of some it can't be told whether they are meant: {one}" for one in reasons)]
    return Rows((*found.tokens, *(one.token for one in found.unknown)), "; ".join(filter(None, gaps)))


def _dated(tokens: Rows[Token], old: str) -> Rows[Token]:
    """The tokens of a snapshot; an old list shows what was, and may lack what is."""
    return Rows(tokens.rows, "; ".join(filter(None, (tokens.gap, old)))) if old else tokens


def _tokens(directory: Directory) -> Rows[Token]:
    """What was read of the tokens. Raises NoVerdictError if nothing was."""
    try:
        return directory.tokens
    except CannotTell as reason:
        raise NoVerdictError(f"The tokens can't be told: {reason.reason}") from None
