"""`sfharden simulate`: what a change would do, before it is made."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click

from sfharden import __version__
from sfharden.checks.policy import DEFAULT_POLICIES, Policy, load_policy, wanted_permissions
from sfharden.commands.azure_source import AzureOptions, azure_options, beside, both_words, has_org
from sfharden.commands.defaults import integration_option, policy_option
from sfharden.commands.events_option import EventOptions, events_option
from sfharden.commands.expect_refused import expect_refused_option, named_addresses
from sfharden.commands.explain import explain as explain_calls
from sfharden.commands.judging import PlanJudge, plan_judge
from sfharden.commands.output_option import Output, output_options, write_outputs
from sfharden.commands.plan_source import open_material
from sfharden.commands.source import (
    SourceOptions,
    as_of_option,
    read_to_judge,
    refuse_bad_address,
    source_options,
    source_words,
)
from sfharden.doors.clock import times_of
from sfharden.doors.moments import since
from sfharden.errors import Exit, NoVerdictError, UsageError
from sfharden.model.integration import Integration
from sfharden.model.snapshot import Snapshot
from sfharden.plan.make import draw_up, proposed
from sfharden.plan.ordinary_rights import ASKED_FOR
from sfharden.plan.planner import Options
from sfharden.plan.set_names import set_names
from sfharden.plan.steps import quoted
from sfharden.report.simulate_json import render_simulation_json
from sfharden.report.simulate_next import next_steps
from sfharden.report.simulate_table import render_explanation, render_simulation
from sfharden.simulation.azure_rows import AZURE_ROWS
from sfharden.simulation.scenarios import SCENARIOS
from sfharden.simulation.simulate import Simulation, simulate
from sfharden.sources.integration_file import load_integrations
from sfharden.sources.org.wanted import Wanted
from sfharden.text.names import suggestion
from sfharden.text.redact import safe_text

_BESIDE: Final = (
    "Give --org ALIAS, --source DIR|ZIP or --snapshot FILE beside it; `plan` and `check` judge Azure alone."
)


@click.command("simulate")
@source_options
@azure_options
@integration_option(required=True)
@click.option(
    "--with",
    "with_",
    type=click.Path(path_type=Path),
    metavar="DIR|ZIP",
    help="The proposal: metadata files that would be deployed.  [default: what `plan` would change]",
)
@click.option("--explain", metavar="ROW", help="Show every step behind one row of the matrix.")
@click.option("--my-address", metavar="ADDRESS", help="Where you come from, for the lock-out guard.")
@expect_refused_option
@click.option("--logins-since", metavar="30d|DATE", help="Replay the logins from then on.  [default: 30d]")
@events_option
@as_of_option
@click.option("--kql", is_flag=True, help="Print the replay's question in KQL, for Microsoft Sentinel.")
@policy_option()
@output_options("table", "json", "markdown", "html", "csv")
def command(
    given: SourceOptions,
    azure: AzureOptions,
    integration: Path,
    with_: Path | None,
    explain: str | None,
    my_address: str | None,
    expect_refused: tuple[str, ...],
    policies: tuple[str, ...],
    logins_since: str | None,
    events: EventOptions,
    as_of: str | None,
    kql: bool,
    outputs: tuple[Output, ...],
) -> int:
    """Show what a change would do: who gets in, which controls change, which real logins would be refused.

    Without --with, of the change that `plan` would make. Nothing is changed. The steps that are left to people,
    such as giving a user the new profile, are judged with it. With --events its requests are replayed, too: what
    enforcement on every request would break.

    Exit code 1 if the change would lock somebody out who must get in, or break the integration: its own logins that
    got in and would be refused are a break, unless --expect-refused names their address; so is a way in that must be
    shut and that the change opens. One that it leaves open is told with what would close it. 4 if that can't be told,
    or logins weren't read.

    \b
    Example:
      sfharden simulate --org production -i integration.yaml
      sfharden simulate --org production -i integration.yaml --with package/
      sfharden simulate --org production -i integration.yaml --events
      sfharden simulate --source force-app -i integration.yaml --with new.zip \\
          --explain stolen-refresh-token
      sfharden simulate --snapshot org.json -i integration.yaml --kql
    """
    _refuse_bad(explain, my_address)
    if kql and [one.form for one in outputs] != ["table"]:
        raise UsageError("--kql prints one text, in no other form.")
    expected = named_addresses(expect_refused)
    chosen = [load_policy(name) for name in dict.fromkeys(policies or DEFAULT_POLICIES)]
    if azure.is_given and not has_org(given):
        raise UsageError("simulate needs the org, too: who gets in is decided there.", _BESIDE)
    integrations, waivers = load_integrations(integration, source_words(given))
    times = times_of(given.live, os.environ, as_of)
    moment = since(logins_since, times.now, timedelta(days=30))
    wanted = events.wanted(_wanted(chosen, integrations, moment, times.now), given)
    if given.live.explain_api:
        return explain_calls(wanted, given.live)
    judge = plan_judge(policies, integrations, waivers, times.judged)
    before, proposal = (
        _given(given, with_, wanted, times.judged)
        if with_
        else _planned(given, integrations, wanted, times.judged, judge)
    )
    if kql:
        return _asked_elsewhere(before, proposal, integrations, moment, outputs)
    before = beside(azure, given, integrations, before)
    outcome = simulate(
        events.added(before, times.now),
        proposal,
        integrations,
        chosen,
        waivers,
        times.judged,
        caller_address=my_address,
        expect_refused=expected,
    )
    outcome = replace(outcome, generated_at=times.stamp, as_of=times.as_of)
    named = {"--my-address": my_address, "--logins-since": logins_since, "--as-of": as_of}
    again = _again(
        both_words(given, azure),
        integration,
        with_,
        named,
        {"--policy": policies, "--expect-refused": expect_refused, "--events": events.words},
    )
    write_outputs(outputs, lambda one: _text(outcome, one, explain, again))
    return exit_code(outcome)


def _wanted(
    chosen: Iterable[Policy], integrations: tuple[Integration, ...], since: datetime, now: datetime
) -> Wanted:
    """What the controls ask for, and what a plan's permission set would have to hold."""
    return Wanted(
        since,
        now,
        permissions=wanted_permissions(chosen) | ASKED_FOR,
        objects_for=integrations,
        sets=set_names(integrations),
    )


def _given(given: SourceOptions, with_: Path, wanted: Wanted, judged: datetime) -> tuple[Snapshot, Snapshot]:
    """What is, and the files that would be deployed; those are looked at first."""
    from sfharden.sources.metadata_files import load_proposal

    proposal = load_proposal(with_, __version__)
    return read_to_judge(given, wanted, judged), proposal


def _planned(
    given: SourceOptions,
    integrations: Sequence[Integration],
    wanted: Wanted,
    judged: datetime,
    judge: PlanJudge,
) -> tuple[Snapshot, Snapshot]:
    """What is, and what `plan` would change of it. Raises NoVerdictError where it would refuse."""
    with open_material(given, wanted, judged) as material:
        outcome = draw_up(material, integrations, Options(), judge(material.snapshot))
        return material.snapshot, proposed(outcome)


def _asked_elsewhere(
    before: Snapshot,
    proposal: Snapshot,
    integrations: Sequence[Integration],
    since_: datetime,
    outputs: Sequence[Output],
) -> Exit:
    """Print the question; 4 where users are left out, since their ids aren't known."""
    from sfharden.facts.values import CannotTell
    from sfharden.report.simulate_kql import render_kql
    from sfharden.simulation.kql_facts import kql_facts
    from sfharden.simulation.proposal import overlay

    try:
        asked = kql_facts(before, overlay(before, proposal), integrations)
    except CannotTell as reason:
        raise NoVerdictError(
            f"Logins tell users by their ids, which are not known: {reason.reason}",
            "Read a running org, or its snapshot.",
        ) from None
    write_outputs(outputs[:1], lambda _: render_kql(asked, since_))
    return Exit.INCOMPLETE if asked.missing else Exit.OK


def _refuse_bad(explain: str | None, my_address: str | None) -> None:
    rows = [*(one.id for one in SCENARIOS), *AZURE_ROWS]
    if explain and explain not in rows:
        raise UsageError(
            f"There is no row '{safe_text(explain, limit=80)}'.{suggestion(explain, rows)}",
            f"Rows: {', '.join(rows)}.",
        )
    refuse_bad_address(my_address)


def _again(
    sources: str,
    integration: Path,
    with_: Path | None,
    named: Mapping[str, str | None],
    repeated: Mapping[str, Iterable[str]],
) -> str:
    """The command that was run, to be typed again, without what only shapes its output."""
    one = {"-i": str(integration), "--with": with_ and str(with_), **named}
    words = [f"{option} {quoted(value)}" for option, value in one.items() if value]
    words += [f"{option} {quoted(value)}" for option, values in repeated.items() for value in values]
    return " ".join(["sfharden simulate", sources, *words])


def _text(outcome: Simulation, output: Output, explain: str | None, again: str) -> str:
    terminal = output.terminal
    if output.form == "json":
        return render_simulation_json(outcome, __version__)
    if output.form == "html":
        from sfharden.report.simulate_html import render_simulation_html

        return render_simulation_html(outcome, __version__)
    if output.form in ("markdown", "csv"):
        from sfharden.report import simulate_rows

        markdown = output.form == "markdown"
        return simulate_rows.render_markdown(outcome) if markdown else simulate_rows.render_csv(outcome)
    if explain:
        changes = [
            change for one in outcome.integrations for change in one.matrix if change.after.id == explain
        ]
        return render_explanation(changes, terminal)
    return render_simulation(outcome, terminal, next_steps(outcome, again))


def exit_code(outcome: Simulation) -> Exit:
    """1 if somebody who must get in would be shut out or the integration breaks; else 4 if that can't be told."""
    if outcome.locked_out or outcome.breaks:
        return Exit.FINDINGS
    return Exit.INCOMPLETE if outcome.unknown else Exit.OK
