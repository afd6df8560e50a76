"""What `plan` draws up for each side, and whether a former plan can still be that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sfharden import __version__
from sfharden.commands.judging import PlanJudge, PlanJudges
from sfharden.model.integration import Integration
from sfharden.model.plan import Plan
from sfharden.plan.azure.planner import AzurePlanned, plan_azure
from sfharden.plan.azure_side import with_azure_planned, without_an_org
from sfharden.plan.compare import refuse_other_options
from sfharden.plan.fingerprint import verify
from sfharden.plan.make import (
    Drafted,
    Material,
    changed_files,
    draw_up,
    explained,
    guarded,
    mend_first,
    waiting,
    with_waivers,
)
from sfharden.plan.planner import Options, PlanResult
from sfharden.plan.request import PlanRequest
from sfharden.simulation.lockout import plan_guard
from sfharden.simulation.proposal import overlay
from sfharden.simulation.ways import Ways, ways_after


@dataclass(frozen=True, slots=True)
class DrawnPlan:
    """What is planned, what of the integration file is to be mended first, and who gets in."""

    planned: PlanResult
    wrong: tuple[str, ...]
    ways: Callable[[], tuple[Ways, ...]]


def drawn_up(
    material: Material,
    integrations: Sequence[Integration],
    request: PlanRequest,
    judges: PlanJudges,
    old: Plan | None,
) -> DrawnPlan:
    """The plan for what was read: of an org, of Azure, of both. Raises NoVerdictError where it's refused, or `old` holds no more."""
    azure = plan_azure(material.snapshot, integrations, judges.azure)
    drawn = _drawn(material, integrations, request, judges.org, old, azure)
    return replace(drawn, planned=with_azure_planned(drawn.planned, azure, material.snapshot))


def _drawn(
    material: Material,
    integrations: Sequence[Integration],
    request: PlanRequest,
    judge: PlanJudge,
    old: Plan | None,
    azure: AzurePlanned,
) -> DrawnPlan:
    """Nothing for an org where Azure alone was read."""
    if material.snapshot.source.is_azure:
        if old:
            verify(old, "", integrations, {}, azure.changes)
        alone = without_an_org(material.snapshot, integrations, request.api_version, __version__)
        return DrawnPlan(alone, (), tuple)
    judged = judge(material.snapshot)
    outcome = draw_up(material, integrations, Options(request.fit, request.api_version), judged)
    if old:
        _refuse_stale(old, request, outcome, integrations, azure)
    guard = plan_guard(integrations, request.my_address)
    planned = guarded(material, outcome, guard, request.accept_lockout_risk)
    afterwards = judge(overlay(material.snapshot, changed_files(outcome)))
    planned = explained(
        with_waivers(planned, judged), judged, afterwards, waiting(material.snapshot, integrations)
    )
    wrong = (text for text in mend_first(outcome.after, integrations) if planned.plan.changes)
    ways = partial(ways_after, material.snapshot, changed_files(outcome), integrations)
    return DrawnPlan(planned, tuple(wrong), ways)


def _refuse_stale(
    old: Plan,
    request: PlanRequest,
    outcome: Drafted,
    integrations: Sequence[Integration],
    azure: AzurePlanned,
) -> None:
    """Why a former plan can't be what would be planned now, in better words than a comparison of bytes has."""
    org = outcome.planned.plan.org
    refuse_other_options(old, request.fit)
    verify(old, org.id if org else "", integrations, outcome.raw, azure.changes)
