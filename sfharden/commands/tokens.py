"""`sfharden tokens`: the inventory of OAuth tokens."""

import sys
from collections.abc import Callable
from datetime import datetime

import click

from sfharden.commands.explain import explain
from sfharden.commands.output_option import Output, output_options, write_outputs
from sfharden.commands.source import SourceOptions, one_by_one, read_source, source_options
from sfharden.doors.clock import current_time
from sfharden.errors import Exit, NoVerdictError
from sfharden.facts.directory import Directory
from sfharden.facts.rows import Rows
from sfharden.facts.values import CannotTell
from sfharden.model.org import Token
from sfharden.model.snapshot import Source
from sfharden.revocation.inventory import OwnLogin
from sfharden.revocation.one_by_one import of_selection
from sfharden.revocation.select import Selection, select
from sfharden.sources.org.wanted import Wanted
from sfharden.sources.snapshot_age import why_old
from sfharden.text.redact import safe_text
from sfharden.text.terminal import aside


@click.command("tokens")
@source_options
@click.option("--app", "apps", multiple=True, metavar="NAME", help="Those of an app, by label or API name.")
@click.option("--user", "users", multiple=True, metavar="NAME", help="Those of a user.")
@click.option("--profile", "profiles", multiple=True, metavar="NAME", help="Those of a profile's users.")
@output_options("table", "json", "csv", "markdown")
def command(given: SourceOptions, outputs: tuple[Output, ...], **names: tuple[str, ...]) -> int:
    """List OAuth tokens by app, user, profile, age, last use and use count.

    No token is ever shown, or even asked for: each has a short hash of what it shows as its name. Tokens of external
    client apps that only their own list has come user by user (1+), unless you select some. Exit code 4 if the
    list may not be whole.

    \b
    Example:
      sfharden tokens --org production
      sfharden tokens --org production --app "Reporting Sync"
      sfharden tokens --snapshot snapshot.json -o tokens.csv
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
    write_outputs(outputs, _texts(tokens, directory, source, now))
    if tokens.gap and any(one.path or one.form != "table" for one in outputs):
        click.echo(aside(f"INCOMPLETE: {safe_text(tokens.gap)}.", sys.stderr), err=True)
    return Exit.INCOMPLETE if tokens.gap else Exit.OK


def _texts(
    tokens: Rows[Token], directory: Directory, source: Source, now: datetime
) -> Callable[[Output], str]:
    from sfharden.report import tokens_table as table

    lines, gap = list(table.lines_of(tokens, directory)), tokens.gap
    by_form: dict[str, Callable[[Output], str]] = {
        "table": lambda one: table.render_inventory(lines, gap, now, one.terminal, source),
        "json": lambda _: table.render_inventory_json(lines, gap, source),
        "csv": lambda _: table.render_inventory_csv(lines),
        "markdown": lambda _: table.render_inventory_markdown(lines, gap, source),
    }
    return lambda one: by_form[one.form](one)


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
