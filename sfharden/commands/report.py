"""`sfharden report`: another form of a report that was saved before."""

from dataclasses import replace
from pathlib import Path

import click

from sfharden.commands.output_option import Output, output_options, write_outputs
from sfharden.commands.step_page import add_step_page, step_page
from sfharden.errors import Exit, UsageError
from sfharden.model.results import Severity
from sfharden.report.check_blocks import View
from sfharden.report.form_registry import BY_NAME, Showing, names_of
from sfharden.sources.report_file import load_report


@click.command("report")
@click.argument("saved", type=click.Path(path_type=Path), metavar="REPORT.json")
@output_options(*names_of())
@click.option(
    "--folder", metavar="PATH", help="Where the metadata files stand in their repository, such as force-app."
)
@click.option("--full", is_flag=True, help="Show everything, however long.")
def command(saved: Path, outputs: tuple[Output, ...], folder: str | None, full: bool) -> int:
    """Show a saved report in other forms; nothing is read but the file, and nothing is judged again.

    \b
    Example:
      sfharden check --org production -i integration.yaml -o report.json
      sfharden report report.json -o report.sarif -o report.junit.xml
      sfharden report report.json -f markdown

    \b
    Exit codes: 0 converted, whatever the report says; 2 wrong usage or a file
    that is no report; 3 a place that can't be written to.
    """
    page = step_page(outputs)
    report = load_report(saved)
    if folder is not None:
        if not report.source.is_files:
            raise UsageError("--folder is for a report on metadata files.")
        report = report.model_copy(update={"folder": folder})
    showing = Showing(view=View(full=full, least=Severity.LOW))
    write_outputs(
        outputs, lambda one: BY_NAME[one.form].render(report, replace(showing, terminal=one.terminal))
    )
    add_step_page(page, report)
    return Exit.OK
