"""`sfharden init`: a commented integration file from what a source holds."""

from pathlib import Path

import click

from sfharden.commands.explain import explain
from sfharden.commands.source import SourceOptions, read_source, source_options, source_words
from sfharden.errors import Exit
from sfharden.files.output_file import write_private
from sfharden.sources.org.wanted import Wanted


@click.command("init")
@source_options
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("integration.yaml"),
    show_default=True,
    metavar="FILE",
)
@click.option("--force", is_flag=True, help="Replace the file if it's there.")
def command(given: SourceOptions, output: Path, force: bool) -> int:
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

    snapshot = read_source(given, wanted)
    write_private(output, integration_text(snapshot), replace=force)
    click.echo(
        f"Wrote {output}. Look at each GUESS and replace each EDIT, then:\n  sfharden check {source_words(given)} -i {output}",
        err=True,
    )
    return Exit.OK
