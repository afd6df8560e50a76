"""`sfharden egress`: the addresses an integration calls from."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from sfharden import __version__
from sfharden.addresses import AddressSet
from sfharden.commands.azure_source import AzureOptions, azure_entries, azure_options, read_azure
from sfharden.commands.defaults import default_integration
from sfharden.commands.output_option import Output, output_options, write_outputs
from sfharden.doors.clock import current_time, stamp_of
from sfharden.doors.live_options import LiveOptions
from sfharden.doors.run_doors import RunDoors, doors_of
from sfharden.egress.against_azure import AzureLists
from sfharden.egress.report import part_of
from sfharden.errors import Exit, UsageError
from sfharden.model.egress_report import EgressPart, EgressReport
from sfharden.model.integration import Egress
from sfharden.model.snapshot import Tool
from sfharden.sources.azure.outgoing import listed_of, outgoing_of
from sfharden.sources.egress_files import EgressSources, newer_of, read_egress
from sfharden.sources.integration_file import load_integrations
from sfharden.sources.service_tags import ServiceTags, load_service_tags

FORMATS = ("table", "json", "ranges", "markdown", "csv")
_FILE = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class _Subject:
    """An integration, or the files given as one."""

    name: str
    egress: Egress
    operator: AddressSet
    listed: AzureLists | None = None


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
@click.option(
    "--fit-allowlist",
    is_flag=True,
    help="Whether it fits into the app's Refresh Token IP Allowlist, and what would.",
)
@click.option("--against", type=_FILE, metavar="FILE", help="A newer service tag file: what it would change.")
@azure_options
@output_options(*FORMATS)
def command(
    logic_apps: tuple[Path, ...],
    service_tags: Path | None,
    regions: tuple[str, ...],
    tags: tuple[str, ...],
    integration: Path | None,
    fit: int | None,
    fit_allowlist: bool,
    against: Path | None,
    azure: AzureOptions,
    outputs: tuple[Output, ...],
) -> int:
    """Print the addresses an integration calls from, and what is not known of them.

    With --logic-app and --service-tags both, the regions are those of the Logic App's Salesforce connections. With
    --azure or --azure-exports the lists that Azure has of the Logic Apps are read, and what is declared is held against
    them.

    \b
    Example:
      sfharden egress --logic-app crm-sync.json
      sfharden egress --service-tags ServiceTags_Public_20251028.json \\
        --region westeurope -f ranges
      sfharden egress -i integration.yaml --against ServiceTags_new.json
      sfharden egress -i integration.yaml --fit-allowlist -f ranges
      sfharden egress -i integration.yaml --azure

    \b
    Exit codes: 0 all addresses are known; 2 wrong usage or a file that can't be
    accepted; 3 Azure can't be read; 4 some are not known, Azure lists some that
    aren't declared, --fit admits too many others, or they don't fit into an
    allowlist: look at it first.
    """
    doors = doors_of(click.get_current_context().obj)
    if azure.is_given and against:
        raise UsageError("Give --against, or --azure, not both.")
    given = EgressSources(logic_apps, service_tags, regions, tags)
    subjects = (
        _in_azure(given, integration, azure, doors) if azure.is_given else _subjects(given, integration)
    )
    now = current_time(doors)
    newer = load_service_tags(against) if against else None
    parts = tuple(_part(one, now.date(), fit, newer, fit_allowlist) for one in subjects)
    report = EgressReport(tool=Tool(version=__version__), generated_at=stamp_of(now, os.environ), parts=parts)
    write_outputs(outputs, lambda one: _text(report, one))
    return Exit.INCOMPLETE if any(part.gaps or part.conditions for part in parts) else Exit.OK


def _subjects(given: EgressSources, integration: Path | None) -> list[_Subject]:
    if not any((integration, given.logic_apps, given.service_tags, given.regions, given.tags)):
        integration = default_integration()
    if integration:
        if given.logic_apps or given.service_tags or given.regions or given.tags:
            raise UsageError(
                "-i names its own sources of egress.", "Give -i, or --logic-app and --service-tags."
            )
        loaded, _ = load_integrations(integration)
        return [_Subject(one.name, one.egress, one.operator_ranges) for one in loaded]
    if not given.logic_apps and not given.service_tags:
        raise UsageError("Give a source of egress.", "One of --logic-app FILE, --service-tags FILE, -i FILE.")
    if (given.regions or given.tags) and not given.service_tags:
        raise UsageError("--region and --tag need --service-tags FILE.")
    return [_Subject("the files given", read_egress(given), AddressSet())]


def _in_azure(
    given: EgressSources, integration: Path | None, azure: AzureOptions, doors: RunDoors
) -> list[_Subject]:
    """Each integration with what Azure lists of it; without any, all that uses Salesforce by what Azure lists."""
    if given.logic_apps or given.service_tags or given.regions or given.tags:
        raise UsageError("--azure and --azure-exports go with -i, or alone.")
    path = integration or default_integration()
    loaded = load_integrations(path)[0] if path else ()
    read = read_azure(azure, azure_entries(loaded), LiveOptions(doors=doors))
    when = stamp_of(read.taken_at, {}) if read.taken_at else ""
    if not loaded:
        return [_Subject("all that uses Salesforce", outgoing_of(read, None), AddressSet())]
    return [
        _Subject(one.name, one.egress, one.operator_ranges, AzureLists(listed_of(read, one, loaded), when))
        for one in loaded
    ]


def _part(
    one: _Subject, today: date, fit: int | None, newer: ServiceTags | None, fit_list: bool
) -> EgressPart:
    against = newer_of(newer, one.egress) if newer else None
    return part_of(
        one.name, one.egress, one.operator, today, fit, against, fit_list=fit_list, azure=one.listed
    )


def _text(report: EgressReport, output: Output) -> str:
    if output.form == "json":
        from sfharden.report.json_text import render_json

        return render_json(report)
    from sfharden.report.egress_table import render_egress_table, render_ranges

    if output.form in ("markdown", "csv"):
        from sfharden.report import egress_rows

        return (
            egress_rows.render_markdown(report)
            if output.form == "markdown"
            else egress_rows.render_csv(report)
        )
    return render_ranges(report) if output.form == "ranges" else render_egress_table(report, output.terminal)
