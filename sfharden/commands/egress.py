"""`sfharden egress`: the addresses an integration calls from."""

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from sfharden import __version__
from sfharden.addresses import AddressSet
from sfharden.commands.clock import current_time, stamp_of
from sfharden.commands.doors import doors_of
from sfharden.commands.output_option import output_option
from sfharden.egress.outlook import compared_with
from sfharden.egress.report import Newer, part_of
from sfharden.errors import Exit, InputError, UsageError
from sfharden.files.output_file import write_output
from sfharden.model.egress import EgressGap, Origin, Reading
from sfharden.model.egress_report import EgressReport
from sfharden.model.integration import Egress, egress_of
from sfharden.model.snapshot import Tool
from sfharden.sources.integration_file import load_integrations
from sfharden.sources.logic_apps import read_logic_app
from sfharden.sources.service_tags import ServiceTags, load_service_tags
from sfharden.text.terminal import Terminal, terminal_of

FORMATS = ("table", "json", "ranges")
_FILE = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class _Given:
    """Where the addresses are to be read."""

    logic_apps: tuple[Path, ...]
    service_tags: Path | None
    regions: tuple[str, ...]
    tags: tuple[str, ...]
    integration: Path | None


@dataclass(frozen=True, slots=True)
class _Subject:
    """An integration, or the files given as one."""

    name: str
    egress: Egress
    operator: AddressSet


@click.command("egress")
@click.option(
    "--logic-app",
    "logic_apps",
    type=_FILE,
    multiple=True,
    metavar="FILE|DIR",
    help="An exported Logic App, or a Standard project's folder; may be repeated.",
)
@click.option(
    "--service-tags", type=_FILE, metavar="FILE", help="Azure's weekly file, or the discovery API's answer."
)
@click.option(
    "--region",
    "regions",
    multiple=True,
    metavar="REGION",
    help="AzureConnectors of a region, such as westeurope.",
)
@click.option(
    "--tag", "tags", multiple=True, metavar="TAG", help="A tag by name, such as LogicApps.WestEurope."
)
@click.option(
    "-i", "--integration", type=_FILE, metavar="FILE", help="The integration file, instead of the above."
)
@click.option(
    "--fit",
    type=click.IntRange(min=1),
    metavar="N",
    help="Login ranges in at most N, with the fewest extra addresses.",
)
@click.option("--against", type=_FILE, metavar="FILE", help="A newer service tag file: what it would change.")
@click.option("-f", "--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True)
@output_option()
def command(
    logic_apps: tuple[Path, ...],
    service_tags: Path | None,
    regions: tuple[str, ...],
    tags: tuple[str, ...],
    integration: Path | None,
    fit: int | None,
    against: Path | None,
    format_: str,
    output: Path | None,
) -> int:
    """Print the addresses an integration calls from, and what is not known of them.

    With --logic-app and --service-tags both, the regions are those of the Logic App's Salesforce connections.

    \b
    Example:
      sfharden egress --logic-app crm-sync.json
      sfharden egress --service-tags ServiceTags_Public_20251028.json \\
        --region westeurope --fit 5
      sfharden egress -i integration.yaml --against ServiceTags_new.json
    """
    subjects = _subjects(_Given(logic_apps, service_tags, regions, tags, integration))
    now = current_time(doors_of(click.get_current_context().obj))
    newer = load_service_tags(against) if against else None
    parts = tuple(
        part_of(one.name, one.egress, one.operator, now.date(), fit, _newer(newer, one.egress))
        for one in subjects
    )
    report = EgressReport(tool=Tool(version=__version__), generated_at=stamp_of(now, os.environ), parts=parts)
    _write(report, format_, output)
    return Exit.INCOMPLETE if any(part.gaps for part in parts) else Exit.OK


def _subjects(given: _Given) -> list[_Subject]:
    if given.integration:
        if given.logic_apps or given.service_tags or given.regions or given.tags:
            raise UsageError(
                "-i names its own sources of egress.", "Give -i, or --logic-app and --service-tags."
            )
        loaded, _ = load_integrations(given.integration)
        return [_Subject(one.name, one.egress, one.operator_ranges) for one in loaded]
    if not given.logic_apps and not given.service_tags:
        raise UsageError("Give a source of egress.", "One of --logic-app FILE, --service-tags FILE, -i FILE.")
    if (given.regions or given.tags) and not given.service_tags:
        raise UsageError("--region and --tag need --service-tags FILE.")
    return [_Subject("the files given", _egress(given), AddressSet())]


def _egress(given: _Given) -> Egress:
    readings = [read_logic_app(path) for path in given.logic_apps]
    if given.service_tags:
        readings.append(_read_tags(load_service_tags(given.service_tags), given, readings))
    return egress_of(readings)


def _read_tags(file: ServiceTags, given: _Given, readings: Iterable[Reading]) -> Reading:
    if given.regions or given.tags:
        asked = [file.regional(one) for one in given.regions] + [file.tag(one) for one in given.tags]
        return Reading(file=file.name, origins=tuple(dict.fromkeys(asked)))
    if not given.logic_apps:
        raise UsageError(
            "Give the region or the tag.", "Such as --region westeurope or --tag AzureConnectors.WestEurope."
        )
    origins, gaps = _joined(file, dict.fromkeys(tag for one in readings for tag in one.wanted_tags))
    if not origins and not gaps:
        gaps = [
            EgressGap(
                reason="it was not used: the Logic App's file does not say which region's tag; give --region"
            )
        ]
    return Reading(file=file.name, origins=tuple(origins), gaps=tuple(gaps))


def _joined(file: ServiceTags, wanted: Iterable[str]) -> tuple[list[Origin], list[EgressGap]]:
    """The tags of the regions that the Logic Apps name; one that isn't there is a gap."""
    origins, gaps = [], []
    for name in wanted:
        service, _, region = name.partition(".")
        if region == "*":
            continue
        try:
            origins.append(file.regional(region, service))
        except InputError as error:
            gaps.append(EgressGap(reason=error.message))
    return origins, gaps


def _newer(file: ServiceTags | None, egress: Egress) -> Newer | None:
    if file is None:
        return None
    tags, missing = {}, {}
    for name in compared_with(egress):
        try:
            tags[name] = file.tag(name)
        except InputError as error:
            missing[name] = error.message
    return Newer(file.name, file.published, tags, missing)


def _write(report: EgressReport, format_: str, output: Path | None) -> None:
    terminal = Terminal() if output else terminal_of(sys.stdout)
    write_output("".join(_rendered(report, format_, terminal)), output)


def _rendered(report: EgressReport, format_: str, terminal: Terminal) -> Iterator[str]:
    if format_ == "json":
        from sfharden.report.json_text import render_json

        yield render_json(report)
        return
    from sfharden.report.egress_table import render_egress_table, render_ranges

    yield render_ranges(report) if format_ == "ranges" else render_egress_table(report, terminal)
