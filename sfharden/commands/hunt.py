"""`sfharden hunt`: did anybody come in from these addresses?"""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from sfharden import __version__
from sfharden.commands.azure_source import has_org
from sfharden.commands.events_option import EventOptions, events_option
from sfharden.commands.explain import explain
from sfharden.commands.output_option import Output, output_options, write_outputs
from sfharden.commands.source import SourceOptions, read_source, require_one, source_options, source_words
from sfharden.doors.clock import current_time, times_of
from sfharden.doors.moments import moment
from sfharden.errors import Exit, NoVerdictError, UsageError
from sfharden.facts.directory import Directory
from sfharden.facts.hits import Hunt, Span, hunt
from sfharden.facts.logins import KEPT
from sfharden.model.snapshot import Snapshot, Source, Tool
from sfharden.sources.indicator_file import load_indicators
from sfharden.sources.indicator_words import Indicators
from sfharden.sources.org.wanted import Wanted
from sfharden.text.wording import count, shorten

_FILES: Final = (
    "Metadata files hold no logins, requests or tokens. Give an org, a snapshot of one, or --events FILE."
)


@click.command("hunt")
@source_options
@click.option(
    "--addresses",
    "lists",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    metavar="FILE",
    help="Addresses, ranges or indicators: text, CSV or STIX; may be repeated.",
)
@click.option("--since", metavar="30d|DATE", help="Search from then on.  [default: 180d]")
@click.option(
    "--until",
    metavar="1d|DATE",
    help="Search until then.  [default: now, or when a snapshot was taken, or the last row of files]",
)
@events_option
@output_options("table", "json", "csv", "markdown")
def command(
    given: SourceOptions,
    lists: tuple[Path, ...],
    since: str | None,
    until: str | None,
    events: EventOptions,
    outputs: tuple[Output, ...],
) -> int:
    """Search logins, requests and sessions of every user and app for addresses that were published, or are suspect.

    Every hit comes with its evidence, and at the end what revokes the tokens of those who came in. A running org's event
    logs are searched, too, unless files of these are given. Exit code 1 with a hit, 4 with none where not everything could
    be searched, which is said.

    \b
    Example:
      sfharden hunt --org production --addresses indicators.txt
      sfharden hunt --org production --addresses bundle.json --since 30d -o hunt.md
      sfharden hunt --snapshot snapshot.json --addresses addresses.csv
      sfharden hunt --addresses indicators.txt --events logins.csv
    """
    found = load_indicators(lists)
    now = current_time(given.live.doors)
    start = now - KEPT if since is None else moment(since, now, "--since")
    wanted = Wanted(logins_since=start, metadata=False, sessions=True)
    if given.live.is_given:
        wanted = events.wanted(wanted, given) if events.files else replace(wanted, events_since=start)
    if given.live.explain_api:
        return explain(wanted, given.live)
    snapshot = events.added(_snapshot(given, wanted, events), now)
    span = _span(snapshot, start, until, now, events)
    told = hunt(snapshot, found.addresses, span)
    write_outputs(outputs, lambda one: _text(told, snapshot, found, lists, span, given, one))
    return exit_code(told, found)


def _snapshot(given: SourceOptions, wanted: Wanted, events: EventOptions) -> Snapshot:
    """What is searched; event logs may stand for themselves. Raises UsageError, NoVerdictError."""
    if events.files and not has_org(given):
        name = shorten([str(path) for path in events.files])
        return Snapshot(tool=Tool(version=__version__), source=Source(kind="files", name=name))
    require_one(given)
    if given.source and not events.files:
        raise NoVerdictError(_FILES)
    return read_source(given, wanted)


def _span(
    snapshot: Snapshot, start: datetime, until: str | None, now: datetime, events: EventOptions
) -> Span:
    """Up to when a snapshot was taken, or to the last row of event logs that were given besides and may be newer."""
    read = snapshot.taken_at or now
    rows = snapshot.events.groups if snapshot.events and events.files else ()
    end = moment(until, now, "--until") if until else max([read, *(one.last for one in rows)])
    if end < start:
        raise UsageError("What is to be searched ends before it begins.", "Give an earlier --since.")
    return Span(start, end)


def _text(
    told: Hunt,
    snapshot: Snapshot,
    lists: Indicators,
    paths: tuple[Path, ...],
    span: Span,
    given: SourceOptions,
    output: Output,
) -> str:
    from sfharden.report import hunt_rows, hunt_table

    whole = hunt_table.HuntTold(
        told,
        Directory(snapshot),
        snapshot.source,
        source_words(given) if given.live.is_given else "--org ALIAS",
        span,
        len(lists.ranges),
        len(set(paths)),
        tuple(left_out(lists)),
    )
    if output.form == "json":
        return hunt_rows.render_hunt_json(whole, __version__, _stamp(given))
    by_form = {"csv": hunt_rows.render_hunt_csv, "markdown": hunt_rows.render_hunt_markdown}
    if output.form in by_form:
        return by_form[output.form](whole)
    return hunt_table.render_hunt(whole, output.terminal)


def left_out(lists: Indicators) -> Iterator[str]:
    """What of the lists is like an address and was not understood, or may mean more: it was not searched for."""
    if lists.unreadable:
        number = count(len(lists.unreadable), "indicator")
        yield f"{number} of the lists not understood, so not searched for: {shorten(lists.unreadable)}"
    if lists.pairs:
        number, many = count(len(lists.pairs), "row"), len(lists.pairs) > 1
        what = f"{number} of the lists may be {'ranges' if many else 'a range'}: {shorten(lists.pairs)}"
        yield f"{what}; only the addresses themselves were searched for (write a-b, or each on a line of its own)"


def _stamp(given: SourceOptions) -> str:
    return times_of(given.live, os.environ, None).stamp


def exit_code(told: Hunt, lists: Indicators) -> Exit:
    """1 with a hit; else 4 if anything was not searched, or not searched for."""
    if told.hits:
        return Exit.FINDINGS
    return Exit.INCOMPLETE if told.gaps or any(left_out(lists)) else Exit.OK
