"""`sfharden plan`: what would change, as files that deploy and files that undo."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from sfharden.commands.azure_source import AzureOptions, azure_entries, azure_options, azure_words
from sfharden.commands.defaults import integration_option, policy_option
from sfharden.commands.expect_refused import expect_refused_option, named_addresses
from sfharden.commands.explain import explain
from sfharden.commands.judging import PlanJudges, plan_judges
from sfharden.commands.plan_drawn import drawn_up
from sfharden.commands.plan_output import FORMATS, PlanOutput, show_plan
from sfharden.commands.plan_source import open_sides
from sfharden.commands.source import (
    SourceOptions,
    refuse_bad_address,
    sign_in_words,
    source_options,
    source_words,
)
from sfharden.doors.clock import current_time
from sfharden.doors.moments import since
from sfharden.errors import Exit, NoVerdictError, UsageError
from sfharden.files.output_folder import refuse_folder, write_private_folder
from sfharden.files.output_place import require_stdout
from sfharden.model.integration import Integration
from sfharden.model.plan import Plan
from sfharden.plan.carry import Carried, carried, refuse_changed_package
from sfharden.plan.compare import refuse_difference
from sfharden.plan.make import Material
from sfharden.plan.ordinary_rights import ASKED_FOR
from sfharden.plan.package import all_files, package_files
from sfharden.plan.planner import DEFAULT_API_VERSION, PlanResult
from sfharden.plan.request import PlanRequest
from sfharden.plan.set_names import set_names
from sfharden.plan.validate import validate
from sfharden.plan.wording import YOUR_ORG
from sfharden.ports import DeployReport
from sfharden.simulation.declared import Sighting, all_of, sighting
from sfharden.sources.integration_file import load_integrations
from sfharden.sources.org.wanted import Wanted
from sfharden.sources.plan_folder import is_former_plan, load_plan, read_plan_folder
from sfharden.text.redact import safe_text

_OUTDATED = "Who has which profile, and where the integration calls from, may have changed: {why}. Plan on the org itself."
_OUTDATED_AZURE = "What stands in Azure may have changed: {why}. Plan on Azure itself."
_PATH = click.Path(path_type=Path)


@click.command("plan")
@source_options
@azure_options
@integration_option()
@click.option(
    "-o", "--output", type=_PATH, metavar="DIR", help="Write package, rollback, plan and README there."
)
@click.option("--fit", type=click.IntRange(1, 10_000), metavar="N", help="At most N login ranges a profile.")
@click.option("--accept-lockout-risk", is_flag=True, help="Plan even what would shut people out.")
@click.option("--my-address", metavar="ADDRESS", help="Where you come from, for the lock-out guard.")
@expect_refused_option
@policy_option("What `check` is asked by: what it accepts, stays.")
@click.option("--validate", is_flag=True, help="Have the org check the package; nothing is saved.")
@click.option("--plan", "former", type=_PATH, metavar="DIR", help="Check that this plan still holds.")
@click.option(
    "--from-plan",
    "origin",
    type=_PATH,
    metavar="DIR",
    help="Compare with this plan of another org, tried there.",
)
@click.option("--full", is_flag=True, help="Show long lists whole.")
@click.option("--api-version", default=DEFAULT_API_VERSION, show_default=True, metavar="NN.0",
              help="Of the package, where the source names none.")  # fmt: skip
@click.option("-f", "--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True)
def command(
    given: SourceOptions, azure: AzureOptions, integration: Path | None, api_version: str, **options: Any
) -> int:
    """Show what would change, and write it as a package and its rollback.

    sfharden has no command that deploys: it prints the one of the Salesforce CLI that does, and of the Azure side it writes the
    commands of the Azure CLI.

    \b
    Example:
      sfharden plan --org production -i integration.yaml -o change --validate
      sfharden plan --org production -i integration.yaml --from-plan tried
      sfharden plan --source force-app -i integration.yaml
      sfharden plan --source force-app -i integration.yaml -f diff > plan.diff
      sfharden plan --azure-exports answers/ -i integration.yaml -o change

    \b
    Exit codes: 0 planned, or nothing to change; 2 wrong usage or a file that
    can't be accepted; 3 refused, or out of date; 4 something about the plan
    can't be told: look at it first.
    """
    require_stdout()
    path = _integration_path(given, integration)
    request = _request(given, azure, path, api_version, options)
    refuse_bad_address(request.my_address)
    named_addresses(request.expect_refused)
    _refuse_mixed(request)
    if request.output:
        refuse_folder(request.output, is_former_plan)
    integrations, waivers = load_integrations(path, source_words(given))
    now = current_time(given.live.doors)
    judges = plan_judges(request.policies, integrations, waivers, now)
    wanted = _wanted(integrations, now)
    if given.live.explain_api:
        return explain(wanted, given.live, azure.explained(azure_entries(integrations)))
    with open_sides(given, azure, wanted, integrations) as material:
        _refuse_without_org(material, request)
        return _plan(material, integrations, request, judges)


def _wanted(integrations: Sequence[Integration], now: datetime) -> Wanted:
    """A session tells where the caller comes from, logins where the integration does."""
    return Wanted(
        since(None, now, timedelta(days=30)),
        tokens=False,
        sessions=True,
        permissions=ASKED_FOR,
        objects_for=tuple(integrations),
        sets=set_names(integrations),
    )


def _refuse_without_org(material: Material, request: PlanRequest) -> None:
    """Raise UsageError for what only a running org, or an org at all, can answer."""
    if request.validate and material.validate is None:
        raise UsageError(
            "--validate needs a running org.", "Files can't be asked; the Salesforce CLI can: --dry-run."
        )
    if request.origin and material.snapshot.source.is_azure:
        raise UsageError("--from-plan compares plans of two orgs.", "Plan the Azure side without it.")


def _refuse_mixed(request: PlanRequest) -> None:
    """Raise UsageError for a plan of another org that is to be looked at again, or written over."""
    if request.origin and request.former:
        raise UsageError(
            "--plan looks at a plan of this org, --from-plan at one of another.", "Give one of them."
        )
    if request.origin and request.output and request.origin.resolve() == request.output.resolve():
        raise UsageError("-o would replace the plan that is carried over.", "Give another folder.")


def _plan(
    material: Material, integrations: Sequence[Integration], request: PlanRequest, judges: PlanJudges
) -> int:
    old = load_plan(request.former) if request.former else None
    tried = _tried(request.origin) if request.origin else None
    drawn = drawn_up(material, integrations, request, judges, old)
    planned = drawn.planned
    compared = carried(tried, planned.plan) if tried else None
    if request.former:
        fresh = all_files(planned, request.commands(integrations, request.former))
        refuse_difference(read_plan_folder(request.former), fresh)
    package = package_files(planned)
    if request.output and not planned.plan.is_empty:
        commands = request.commands(integrations, request.output)
        write_private_folder(request.output, all_files(planned, commands), is_former_plan)
    told = (Sighting(drawn.wrong), _compared(compared), _seen(material, planned, request, integrations))
    seen = all_of(told)
    said = _holds(planned, request.former) if request.former else compared.summary if compared else ""
    show_plan(PlanOutput(planned, request, integrations, seen, said, drawn.ways))
    if request.output and not planned.plan.is_empty:
        click.echo(f"Wrote {safe_text(str(request.output))}.", err=True)
    if request.validate and material.validate and len(package) > 1:
        _validate(material.validate, package)
    return Exit.INCOMPLETE if planned.plan.conditions or seen.conditions else Exit.OK


def _tried(folder: Path) -> Plan:
    """The plan that was made for another org. Raises NoVerdictError if its package was changed since."""
    plan = load_plan(folder)
    refuse_changed_package(plan, read_plan_folder(folder))
    return plan


def _compared(found: Carried | None) -> Sighting:
    return Sighting(found.differences, found.notes) if found else Sighting()


def _seen(
    material: Material, planned: PlanResult, request: PlanRequest, integrations: Sequence[Integration]
) -> Sighting:
    """What logins say of the egress that the plan rests on. It's of today, so it is shown and never written into a plan."""
    if material.outdated and not planned.plan.is_empty:
        of_azure = material.snapshot.source.is_azure
        return Sighting(((_OUTDATED_AZURE if of_azure else _OUTDATED).format(why=material.outdated),))
    if not planned.plan.changes:
        return Sighting()
    named = named_addresses(request.expect_refused)
    return all_of(sighting(material.snapshot, one, named) for one in integrations)


def _request(
    given: SourceOptions, azure: AzureOptions, path: Path, api_version: str, options: dict[str, Any]
) -> PlanRequest:
    words, live = source_words(given), given.live
    sign_in = sign_in_words(live, YOUR_ORG)
    return PlanRequest(
        words,
        live.is_given,
        live.org,
        path,
        _version(api_version),
        **options,
        sign_in=sign_in,
        azure=azure_words(azure),
    )


def _version(text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]\.0", text):
        raise UsageError("--api-version is a number such as 66.0.")
    return text


def _integration_path(given: SourceOptions, path: Path | None) -> Path:
    if path is None and given.demo:
        from sfharden.commands.demo import integration_path

        path = integration_path()
    if path is None:
        raise UsageError(
            "A plan needs an integration file.",
            f"Give -i FILE; `sfharden init {source_words(given)} -o FILE` writes one.",
        )
    return path


def _holds(planned: PlanResult, former: Path) -> str:
    where = safe_text(str(former))
    return f"The plan in {where} still holds (fingerprint {planned.plan.fingerprint[:12]})."


def _validate(deploy: Callable[[bytes], DeployReport], package: Mapping[str, bytes]) -> None:
    good, lines = validate(deploy, package)
    for line in lines:
        click.echo(safe_text(line, limit=600), err=True)
    if not good:
        raise NoVerdictError("The org would refuse the package.", "What it has against it stands above.")
    click.echo("The org would take the package; nothing was saved.", err=True)
