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

    It lists the apps, profiles and login ranges that were found, and takes the likeliest as a start.

    \b
    Example:
      sfharden init --source force-app
      sfharden init --demo -o integration.yaml
    """
    wanted = Wanted(tokens=False)
    if given.live.explain_api:
        return explain(wanted, given.live)
    from sfharden.report.integration_yaml import integration_text

    snapshot = read_source(given, wanted)
    write_private(output, integration_text(snapshot), replace=force)
    click.echo(
        f"Wrote {output}. Edit what is marked, then:\n  sfharden check {source_words(given)} -i {output}",
        err=True,
    )
    return Exit.OK
