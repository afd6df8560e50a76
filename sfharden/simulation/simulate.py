"""A change before the change: the matrix, the controls, the logins and the guard, today and after a proposal."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sfharden.access import Outcome
from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import Policy
from sfharden.facts.directory import Directory
from sfharden.facts.index import Index
from sfharden.facts.naming import to_mend
from sfharden.facts.values import CannotTell
from sfharden.model.integration import Integration, Waiver
from sfharden.model.results import Report, Result
from sfharden.model.snapshot import Gap, Snapshot, Source
from sfharden.simulation.lockout import Guard, guard
from sfharden.simulation.matrix import Change, Standing, Wish, compare, matrix
from sfharden.simulation.proposal import overlay, touched
from sfharden.simulation.replay import Replay, replay


@dataclass(frozen=True, slots=True)
class ControlChange:
    """A control that comes out otherwise; None where it's judged on one side only."""

    control: str
    subject: str
    before: Result | None
    after: Result | None


@dataclass(frozen=True, slots=True)
class IntegrationOutcome:
    """What the proposal does to one integration. `replay` is None where no logins were read.

    `to_mend` is what is wrong with the integration file itself.
    """

    name: str
    matrix: tuple[Change, ...]
    guard: Guard
    replay: Replay | None
    replay_gap: str = ""
    to_mend: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Simulation:
    """The whole outcome."""

    source: Source
    proposal: Source
    touched: tuple[tuple[str, str], ...]
    integrations: tuple[IntegrationOutcome, ...]
    controls: tuple[ControlChange, ...]
    gaps: tuple[Gap, ...]
    generated_at: str
    as_of: str | None = None  # the day that the controls were judged by, where that isn't today

    @property
    def locked_out(self) -> bool:
        """True if the proposal would shut out somebody who must get in."""
        return any(one.guard.shut_out for one in self.integrations)

    @property
    def breaks(self) -> bool:
        """True if something that must keep working would not."""
        return any(
            change.after.wish is Wish.KEEP_WORKING and change.after.standing is Standing.BAD
            for one in self.integrations
            for change in one.matrix
        )

    @property
    def unknown(self) -> bool:
        """True if anything can't be told."""
        return bool(self.gaps) or any(_unknown(one) for one in self.integrations)


def _unknown(one: IntegrationOutcome) -> bool:
    return (
        bool(one.guard.unknown or one.to_mend)
        or any(change.after.outcome is Outcome.CANNOT_TELL for change in one.matrix)
        or one.replay is None
        or bool(one.replay.unknown or one.replay.gap or one.replay.left_out)
    )


def simulate(
    before: Snapshot,
    proposal: Snapshot,
    integrations: Sequence[Integration],
    policies: Sequence[Policy],
    waivers: Sequence[Waiver],
    now: datetime,
    *,
    caller_address: str | None = None,
) -> Simulation:
    """Judge a proposal against what was read. `now` dates the verdicts of the controls."""
    after = overlay(before, proposal)
    reports = [evaluate(one, policies, integrations, waivers, now, "") for one in (before, after)]
    return Simulation(
        source=before.source,
        proposal=proposal.source,
        touched=tuple(touched(before, after)),
        integrations=tuple(_one(before, after, one, caller_address) for one in integrations),
        controls=tuple(_changes(*reports)),
        gaps=(
            *(gap for gap in after.gaps if gap not in before.gaps),
            *(gap for one in integrations for gap in one.egress.gaps),
        ),
        generated_at=reports[0].generated_at,
    )


def _one(
    before: Snapshot, after: Snapshot, integration: Integration, caller_address: str | None
) -> IntegrationOutcome:
    rows = compare(matrix(before, integration), matrix(after, integration))
    judged = guard(before, after, integration, caller_address)
    wrong = to_mend(Index(after), integration)
    try:
        logins = Directory(before).logins
    except CannotTell as reason:
        return IntegrationOutcome(integration.name, rows, judged, None, reason.reason, wrong)
    played = replay(logins, before, after, integration, logins.gap)
    return IntegrationOutcome(integration.name, rows, judged, played, to_mend=wrong)


def _changes(before: Report, after: Report) -> Iterator[ControlChange]:
    """Results that differ in status; the same control and subject are told by their fingerprint."""
    old, new = _by_fingerprint(before.results), _by_fingerprint(after.results)
    for key in dict.fromkeys((*new, *old)):
        one, other = old.get(key), new.get(key)
        named = other or one
        if named and (one is None or other is None or _state(one) != _state(other)):
            yield ControlChange(named.control, f"{named.subject.kind} '{named.subject.name}'", one, other)


def _by_fingerprint(results: Iterable[Result]) -> dict[str, Result]:
    return {result.fingerprint: result for result in results}


def _state(result: Result) -> tuple[str, bool]:
    return result.status.value, result.waived is not None
