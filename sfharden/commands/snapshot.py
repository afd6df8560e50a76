"""`sfharden snapshot`: write what was read to a file."""

import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import click

from sfharden.commands.azure_source import AzureOptions, azure_options, entries_of, require_some, with_azure
from sfharden.commands.defaults import integration_option
from sfharden.commands.events_option import EventOptions, events_option
from sfharden.commands.explain import explain
from sfharden.commands.output_option import output_option
from sfharden.commands.snapshot_files import not_kept, read_with_files
from sfharden.commands.source import SourceOptions, one_by_one, read_source, source_options
from sfharden.doors.clock import current_time
from sfharden.doors.moments import since
from sfharden.errors import Exit
from sfharden.facts.logins import KEPT
from sfharden.files.output_place import STDOUT
from sfharden.model.azure import AzureGap
from sfharden.model.snapshot import Gap, Snapshot
from sfharden.sources.org.wanted import Wanted
from sfharden.sources.snapshot_age import as_written
from sfharden.sources.snapshot_file import save_snapshot
from sfharden.text.redact import safe_text
from sfharden.text.wording import count

_MOST_NAMED: Final = 3


@click.command("snapshot")
@source_options
@azure_options
@integration_option("The integration file: which Azure resources are meant.")
@output_option("Write it there; - is standard output.", required=True)
@click.option(
    "--logins-since", metavar="180d|DATE", help="Read logins and setup changes from then on.  [default: 180d]"
)
@events_option
@click.option(
    "--with-metadata", is_flag=True, help="Hold the metadata files, too: plan and simulate work from it then."
)
def command(
    given: SourceOptions,
    azure: AzureOptions,
    integration: Path | None,
    output: Path | None,
    logins_since: str | None,
    events: EventOptions,
    with_metadata: bool,
) -> int:
    """Write what was read to a file, to judge it later or elsewhere.

    The file holds no secret, but it tells how the org is set up: it's readable by its owner only.

    \b
    Example:
      sfharden snapshot --org production -o snapshot.json
      sfharden snapshot --org production --with-metadata -o snapshot.json
      sfharden snapshot --org production --azure -i integration.yaml -o snapshot.json
      sfharden check --snapshot snapshot.json
    """
    now = current_time(given.live.doors)
    moment = since(logins_since, now, KEPT)
    wanted = Wanted(logins_since=moment, setup_since=moment, one_by_one=one_by_one(given))
    wanted = events.wanted(wanted, given)
    if given.live.explain_api:
        return explain(wanted, given.live, azure.explained(entries_of(integration)))
    require_some(given, azure)
    read = read_with_files if with_metadata else _without_files
    snapshot = with_azure(
        azure, given, entries_of(integration), lambda: events.added(as_written(read(given, wanted)), now)
    )
    save_snapshot(snapshot, output or STDOUT)
    left_out = list(not_kept(snapshot))
    for one in left_out:
        click.echo(f"Not kept: {safe_text(one)}.", err=True)
    files = f", {count(len(snapshot.files) - len(left_out), 'file')}" if snapshot.files is not None else ""
    azure_part = f", {len(list(snapshot.azure.every_resource())):,} of Azure" if snapshot.azure else ""
    gaps = [*_told(snapshot.gaps), *_told(snapshot.azure.gaps if snapshot.azure else ())]
    held = f"{count(len(snapshot.components), 'component')}{files}{azure_part}"
    click.echo(f"Wrote {output or 'it'}: {held}, {len(gaps):,} not read.", err=True)
    for one in gaps[:_MOST_NAMED]:
        click.echo(f"Not read: {safe_text(one, limit=200)}.", err=True)
    if len(gaps) > _MOST_NAMED:
        click.echo(f"And {len(gaps) - _MOST_NAMED:,} more: check tells all of them.", err=True)
    if output:
        again = f"sfharden check --snapshot {shlex.quote(safe_text(str(output)))} -i FILE"
        click.echo(f"Next:\n  {again}\n    judge it, here or elsewhere", err=True)
    return Exit.INCOMPLETE if gaps or left_out else Exit.OK


def _told(gaps: Iterable[Gap | AzureGap]) -> Iterator[str]:
    return (f"{one.what}: {one.reason}" for one in gaps)


def _without_files(given: SourceOptions, wanted: Wanted) -> Snapshot:
    return read_source(given, wanted).model_copy(update={"files": None})
