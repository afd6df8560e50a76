"""`sfharden init`: a commented integration file from what a source holds."""

import shlex
import sys
from pathlib import Path

import click

from sfharden.commands.azure_source import (
    AzureOptions,
    azure_options,
    both_words,
    require_some,
    with_azure,
)
from sfharden.commands.explain import explain
from sfharden.commands.output_option import output_option
from sfharden.commands.source import SourceOptions, read_source, source_options
from sfharden.errors import Exit
from sfharden.files.output_file import write_private
from sfharden.files.output_place import STDOUT, refuse_place
from sfharden.model.snapshot import Snapshot
from sfharden.report.next_lines import fitted
from sfharden.sources.org.wanted import Wanted
from sfharden.text.redact import safe_text
from sfharden.text.terminal import terminal_of
from sfharden.text.wrapping import wrap


@click.command("init")
@source_options
@azure_options
@output_option("Write it there; - is standard output.", default=Path("integration.yaml"), show_default=True)
@click.option("--force", is_flag=True, help="Replace the file if it's there.")
def command(given: SourceOptions, azure: AzureOptions, output: Path | None, force: bool) -> int:
    """Write a commented integration file from what SOURCE holds.

    It lists the apps, profiles and login ranges that were found, and pairs an app with its profile and users: by who is
    approved, whose profile is whose and whose tokens there are. With --azure it names the workflows, Standard apps and
    connections that use Salesforce, who reaches them, and the addresses that Azure lists of them. Every guess is marked
    as one, with its reason.

    \b
    Example:
      sfharden init --source force-app
      sfharden init --demo -o integration.yaml
      sfharden init --org production --azure -o integration.yaml
    """
    wanted = Wanted()
    require_some(given, azure)
    if given.live.explain_api:
        return explain(wanted, given.live, azure.explained(()))
    place = output or STDOUT
    refuse_place(place, replace=force)
    snapshot = with_azure(azure, given, (), lambda: read_source(given, wanted))
    write_private(place, _text(snapshot), replace=force)
    if output:
        again = f"sfharden check {both_words(given, azure)} -i {shlex.quote(safe_text(str(output)))}"
        width = terminal_of(sys.stderr).width
        told = f"Wrote {safe_text(str(output))}. Look at each GUESS and replace each EDIT, then:"
        click.echo(
            "\n".join([wrap(told, width), *(f"  {one}" for one in fitted([again], width - 2))]), err=True
        )
    return Exit.OK


def _text(snapshot: Snapshot) -> str:
    from sfharden.report.integration_yaml import integration_text

    if snapshot.azure is None:
        return integration_text(snapshot)
    from sfharden.sources.azure.outgoing import outgoing_of

    return integration_text(snapshot, outgoing_of(snapshot.azure, None))
