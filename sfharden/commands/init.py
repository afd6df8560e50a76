"""`sfharden init`: a commented integration file from what a source holds."""

import shlex
from pathlib import Path

import click

from sfharden.commands.explain import explain
from sfharden.commands.output_option import output_option
from sfharden.commands.source import SourceOptions, read_source, source_options, source_words
from sfharden.errors import Exit
from sfharden.files.output_file import write_private
from sfharden.files.output_place import STDOUT, refuse_place
from sfharden.sources.org.wanted import Wanted
from sfharden.text.redact import safe_text


@click.command("init")
@source_options
@output_option("Write it there; - is standard output.", default=Path("integration.yaml"), show_default=True)
@click.option("--force", is_flag=True, help="Replace the file if it's there.")
def command(given: SourceOptions, output: Path | None, force: bool) -> int:
    """Write a commented integration file from what SOURCE holds.

    It lists the apps, profiles and login ranges that were found, and pairs an app with its profile and users: by who is
    approved, whose profile is whose and whose tokens there are. Every guess is marked as one, with its reason.

    \b
    Example:
      sfharden init --source force-app
      sfharden init --demo -o integration.yaml
    """
    wanted = Wanted()
    if given.live.explain_api:
        return explain(wanted, given.live)
    from sfharden.report.integration_yaml import integration_text

    place = output or STDOUT
    refuse_place(place, replace=force)
    write_private(place, integration_text(read_source(given, wanted)), replace=force)
    if output:
        again = f"sfharden check {source_words(given)} -i {shlex.quote(safe_text(str(output)))}"
        click.echo(
            f"Wrote {safe_text(str(output))}. Look at each GUESS and replace each EDIT, then:\n  {again}",
            err=True,
        )
    return Exit.OK
