"""`sfharden doctor`: what a login may read of an org and of Azure, and what `check` would leave unknown, and why."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import click

from sfharden.checks.needs import permission_set_xml
from sfharden.commands.azure_source import (
    AzureOptions,
    azure_alone,
    azure_entries,
    azure_live_options,
    both_words,
    entries_of,
    has_org,
)
from sfharden.commands.defaults import integration_option, policy_option
from sfharden.commands.explain import explain
from sfharden.commands.judging import Question, question
from sfharden.commands.source import SourceOptions, live_options, require_live, source_words
from sfharden.doors.clock import current_time
from sfharden.errors import Exit, UsageError
from sfharden.files.output_file import write_output
from sfharden.files.output_place import require_stdout
from sfharden.text.terminal import terminal_of

_USUAL = Path("integration.yaml")  # where `init` writes


@dataclass(frozen=True, slots=True)
class _Part:
    """A page, and whether anything on it would be unknown."""

    page: str
    is_whole: bool


@click.command("doctor")
@live_options
@azure_live_options
@integration_option()
@policy_option()
@click.option(
    "--permission-set", is_flag=True, help="Print a permission set with what is needed; no org asked."
)
@click.option(
    "--azure-role",
    is_flag=True,
    help="Print the least custom role for the Azure side, as JSON; nobody asked.",
)
def command(
    given: SourceOptions,
    azure: AzureOptions,
    integration: Path | None,
    policies: tuple[str, ...],
    permission_set: bool,
    azure_role: bool,
) -> int:
    """Tell what a login may read of an org, of Azure or of both, and what check would leave unknown, why, and what to
    do about it.

    It signs in and reads what check reads. Exit code 4 if anything would be unknown. Without -i, what an integration's
    own names and addresses leave unknown can't be foreseen.

    \b
    Example:
      sfharden doctor --org production -i integration.yaml
      sfharden doctor --permission-set > sfharden_reader.permissionset-meta.xml
      sfharden doctor --azure -i integration.yaml
      sfharden doctor --azure-role -i integration.yaml > role.json
    """
    require_stdout()
    if permission_set and azure_role:
        raise UsageError("Give --permission-set or --azure-role, not both: each prints a file.")
    if permission_set or azure_role:
        write_output(_to_grant(integration, azure_role=azure_role), None)
        return Exit.OK
    if has_org(given) or not azure.is_given:
        require_live(given)
    now = current_time(given.live.doors)
    asked = question(given, integration, policies, now)
    if given.live.explain_api:
        return explain(asked.wanted, given.live, azure.explained(azure_entries(asked.integrations)))
    described = integration or (_USUAL if not asked.integrations and _USUAL.exists() else None)
    parts = list(_parts(given, azure, asked, described, now))
    write_output("\n\n".join(one.page for one in parts) + "\n", None)
    return Exit.OK if all(one.is_whole for one in parts) else Exit.INCOMPLETE


def _to_grant(integration: Path | None, *, azure_role: bool) -> str:
    if not azure_role:
        return permission_set_xml()
    from sfharden.azure.reader_role import EDIT_SUBSCRIPTION, reader_role, role_commands

    role = reader_role(entries_of(integration))
    (scope, *_) = json.loads(role)["AssignableScopes"]
    if scope == EDIT_SUBSCRIPTION:
        click.echo(f"Replace {EDIT_SUBSCRIPTION} in it by where the role is to be given.", err=True)
    click.echo("\n  ".join(["As role.json, then:", *role_commands(scope)]), err=True)
    return role


def _parts(
    given: SourceOptions, azure: AzureOptions, asked: Question, described: Path | None, now: datetime
) -> Iterator[_Part]:
    if has_org(given):
        yield _of_org(given, asked, described, now)
    if azure.is_given:
        yield _of_azure(given, azure, asked, described, now)


def _of_org(given: SourceOptions, asked: Question, described: Path | None, now: datetime) -> _Part:
    from sfharden.checks.remedies import foresee
    from sfharden.doors.live import open_org, read_live
    from sfharden.report.doctor_page import Examined, render_doctor

    with open_org(given.live) as connection:
        snapshot = read_live(connection, asked.wanted, given.live.doors).snapshot
        how = connection.session.how
    report = asked.answer(snapshot, now)
    foreseen = foresee(report, snapshot, asked.policies, asked.integrations)
    found = Examined(snapshot, how, report, asked.policies, foreseen)
    return _Part(render_doctor(found, terminal_of(sys.stdout), source_words(given), described), not foreseen)


def _of_azure(
    given: SourceOptions, azure: AzureOptions, asked: Question, described: Path | None, now: datetime
) -> _Part:
    from sfharden.checks.azure_foreseen import controls_of_azure, foresee_azure, missing_rights, of_azure
    from sfharden.doors.azure import examine_azure
    from sfharden.report.doctor_azure import ExaminedAzure, render_doctor_azure

    entries = azure_entries(asked.integrations)
    read, login = examine_azure(azure.endpoint, entries, given.live, identity=azure.identity)
    snapshot = azure_alone(azure, read)
    if not controls_of_azure(asked.policies):
        asked = replace(asked, typed=False).of(snapshot)
    report = asked.answer(snapshot, now)
    results = of_azure(report, asked.policies)
    foreseen = foresee_azure(read, results)
    to_mend = () if has_org(given) else report.to_mend
    rights = missing_rights(read, results)
    found = ExaminedAzure(
        read, login.how, login.cloud, login.host, login.object_id, login.tenant, rights, foreseen, to_mend
    )
    page = render_doctor_azure(found, terminal_of(sys.stdout), both_words(given, azure), described)
    return _Part(page, not foreseen)
