"""What `check` asks and of what, so that whoever foresees its answer asks just the same."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sfharden import __version__
from sfharden.checks.azure_planned import judge_azure
from sfharden.checks.evaluate import evaluate
from sfharden.checks.planned import judge_planned
from sfharden.checks.policy import (
    AZURE_POLICY,
    DEFAULT_POLICIES,
    REQUESTS_POLICY,
    Policy,
    idle_days,
    load_policy,
    wanted_permissions,
)
from sfharden.commands.source import SourceOptions, one_by_one, source_words
from sfharden.doors.moments import logins_from
from sfharden.facts.requests import events_asked
from sfharden.model.azure_plan import AzureJudge
from sfharden.model.integration import Integration, Waiver
from sfharden.model.planned import Judged
from sfharden.model.results import Report
from sfharden.model.snapshot import Snapshot
from sfharden.sources.integration_file import load_integrations
from sfharden.sources.org.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Question:
    """The policies, what they are asked of, and what has to be read for that.

    `typed`: the policies were chosen by a person, and not by what is read.
    """

    policies: tuple[Policy, ...]
    integrations: tuple[Integration, ...]
    waivers: tuple[Waiver, ...]
    wanted: Wanted
    typed: bool = False

    def of(self, snapshot: Snapshot) -> "Question":
        """The same with the policies that fit what was read: where Azure was read its own too, and alone where nothing else was.

        So is the one of requests where event logs were asked for, and there are integrations to judge.
        """
        if self.typed:
            return self
        more = [AZURE_POLICY] if snapshot.azure else []
        more += [REQUESTS_POLICY] if self.integrations and events_asked(snapshot) else []
        own = () if snapshot.source.is_azure else self.policies
        return replace(self, policies=(*own, *map(load_policy, more)))

    def answer(self, snapshot: Snapshot, now: datetime) -> Report:
        """The report on what was read; `now` dates the verdicts."""
        return evaluate(snapshot, self.policies, self.integrations, self.waivers, now, __version__)


def question(
    given: SourceOptions,
    integration: Path | None,
    policies: Iterable[str],
    now: datetime,
    logins_since: str | None = None,
) -> Question:
    """From what was typed. Raises InputError or UsageError for what can't be accepted."""
    chosen = tuple(load_policy(name) for name in dict.fromkeys(tuple(policies) or DEFAULT_POLICIES))
    integrations, waivers = _integrations(given, integration)
    moment = logins_from(logins_since, (one.hardened_at for one in integrations), now)
    wanted = Wanted(
        logins_since=moment,
        permissions=wanted_permissions(chosen),
        one_by_one=one_by_one(given, (one.app for one in integrations), idle_days(chosen)),
    )
    return Question(chosen, integrations, waivers, wanted, typed=bool(tuple(policies)))


PlanJudge = Callable[[Snapshot], Judged]


@dataclass(frozen=True, slots=True)
class PlanJudges:
    """What `check` would say of the controls that a plan can mend, of an org and of the Azure side."""

    org: PlanJudge
    azure: AzureJudge


def plan_judge(
    policies: Iterable[str], integrations: Sequence[Integration], waivers: Sequence[Waiver], now: datetime
) -> PlanJudge:
    """What `check` would say of the controls that a plan can mend. Raises InputError for policies that can't be accepted."""
    chosen = _chosen(policies)
    return lambda snapshot: judge_planned(snapshot, chosen, integrations, waivers, now)


def plan_judges(
    policies: Iterable[str], integrations: Sequence[Integration], waivers: Sequence[Waiver], now: datetime
) -> PlanJudges:
    """The same, and of the Azure side."""
    chosen = _chosen(policies)
    return PlanJudges(
        plan_judge(policies, integrations, waivers, now),
        lambda snapshot: judge_azure(snapshot, chosen, integrations, waivers, now),
    )


def _chosen(policies: Iterable[str]) -> list[Policy]:
    return [load_policy(name) for name in dict.fromkeys(tuple(policies) or DEFAULT_POLICIES)]


def _integrations(
    given: SourceOptions, path: Path | None
) -> tuple[tuple[Integration, ...], tuple[Waiver, ...]]:
    path = integration_of(given, path)
    return load_integrations(path, source_words(given)) if path else ((), ())


def integration_of(given: SourceOptions, path: Path | None) -> Path | None:
    """The integration file given, or the one that comes with the embedded org."""
    if path is None and given.demo:
        from sfharden.commands.demo import integration_path

        return integration_path()
    return path
