"""A change before the change: the matrix, the controls, the logins and the guard, today and after a proposal."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sfharden.access.facts import Outcome
from sfharden.access.gather import org_facts
from sfharden.addresses import AddressSet, address_of
from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import Policy
from sfharden.facts.directory import Directory
from sfharden.facts.index import Index
from sfharden.facts.naming import to_mend
from sfharden.facts.sessions import SERVER_SIDE
from sfharden.facts.values import CannotTell
from sfharden.model.integration import Integration, Waiver
from sfharden.model.results import Report, Result
from sfharden.model.snapshot import Gap, Snapshot, Source
from sfharden.simulation.declared import Broken, broken
from sfharden.simulation.lockout import Guard, guard
from sfharden.simulation.matrix import compare, matrix
from sfharden.simulation.proposal import overlay, touched
from sfharden.simulation.replay import NOBODY, Replay, replay
from sfharden.simulation.rows import Change, Standing, Wish
from sfharden.simulation.unseen_allowlist import rests_on_list, unseen_list
from sfharden.text.wording import count, ended


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

    `to_mend` is what is wrong with the integration file itself; `broken` its own logins that would be newly refused.
    `unseen_list` is why the app's allowlist is not known, where the proposal leaves it as it is.
    """

    name: str
    matrix: tuple[Change, ...]
    guard: Guard
    replay: Replay | None
    replay_gap: str = ""
    to_mend: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    unseen_list: str = ""

    @property
    def against(self) -> tuple[str, ...]:
        """What surely breaks, besides who would be locked out."""
        logins = sum(one.times for one in self.broken)
        many = f"{count(logins, 'login')} of the integration that got in"
        seen = (
            f"{many} would be refused, from {count(len(self.broken), 'address')}: see REFUSED LOGINS above."
        )
        bad = (
            f"{one.after.title}: {one.after.summary}"
            for one in self.matrix
            if one.after.wish is Wish.KEEP_WORKING and one.after.standing is Standing.BAD
        )
        return (*((seen,) if self.broken else ()), *bad)

    @property
    def open(self) -> tuple[str, ...]:
        """What can't be told; nobody may call a proposal safe while anything stands here."""
        told = [
            f"{one.after.title}: {one.after.summary}"
            for one in self.matrix
            if one.after.outcome is Outcome.CANNOT_TELL and not (self.unseen_list and rests_on_list(one))
        ]
        file = [f"Mend the integration file first: {one}" for one in self.to_mend]
        return (*self.guard.unknown, *file, *told, *self._unread())

    def _unread(self) -> Iterator[str]:
        played = self.replay
        if played is None:
            yield f"Logins were not read, so nothing was seen of where the integration calls from: {ended(self.replay_gap)}"
            return
        if played.gap:
            yield f"Not all logins were read: {ended(played.gap)}"
        if played.unknown:
            times = count(sum(one.times for one in played.unknown), "login")
            yield f"Of {times} it can't be told whether they would be let in: see REPLAY."
        if played.left_out:
            yield f"{count(played.left_out, 'login')} are in groups too many to keep."
        if played.own.successes and not played.own.let_in and not played.own.broken:
            yield "None of the integration's own logins would be let in."


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
    unmatched: tuple[
        str, ...
    ] = ()  # addresses of --expect-refused from which no login would be newly refused
    not_in_logins: tuple[str, ...] = ()  # whom the proposal may hit though no login shows them
    as_of: str | None = None  # the day that the controls were judged by, where that isn't today

    @property
    def locked_out(self) -> bool:
        """True if the proposal would shut out somebody who must get in."""
        return any(one.guard.shut_out for one in self.integrations)

    @property
    def breaks(self) -> bool:
        """True if something that must keep working would not, or logins of an integration would be newly refused."""
        return any(one.against for one in self.integrations)

    @property
    def unknown(self) -> bool:
        """True if anything can't be told."""
        return bool(self.gaps) or any(one.open for one in self.integrations)

    @property
    def safe(self) -> bool:
        """True only if guard and replay agree for every integration, and nothing is unknown."""
        return not self.locked_out and not self.breaks and not self.unknown


def simulate(
    before: Snapshot,
    proposal: Snapshot,
    integrations: Sequence[Integration],
    policies: Sequence[Policy],
    waivers: Sequence[Waiver],
    now: datetime,
    *,
    caller_address: str | None = None,
    expect_refused: AddressSet = NOBODY,
) -> Simulation:
    """Judge a proposal against what was read. `now` dates the verdicts of the controls.

    Logins of an integration that would be newly refused are a break, unless `expect_refused` has their address.
    """
    after = overlay(before, proposal)
    outcomes = tuple(_one(before, after, one, caller_address, expect_refused) for one in integrations)
    reports = [evaluate(one, policies, integrations, waivers, now, "") for one in (before, after)]
    return Simulation(
        source=before.source,
        proposal=proposal.source,
        touched=tuple(touched(before, after)),
        integrations=outcomes,
        controls=tuple(_changes(*reports)),
        gaps=(
            *(gap for gap in after.gaps if gap not in before.gaps),
            *(gap for one in integrations for gap in one.egress.gaps),
        ),
        generated_at=reports[0].generated_at,
        unmatched=_unmatched(expect_refused, outcomes),
        not_in_logins=tuple(_not_in_logins(before, after)),
    )


def _not_in_logins(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """What a replay of logins can't show of a proposal that has ranges enforced on every request."""
    was, becomes = (org_facts(Index(one)).every_request for one in (before, after))
    if becomes and not was:
        yield f"{SERVER_SIDE} No login shows them: ask the owners of packages and of Apex."


def _unmatched(named: AddressSet, outcomes: Iterable[IntegrationOutcome]) -> tuple[str, ...]:
    """The named addresses that override nothing; a slip of the pen must not look like an answer."""
    groups = (group for one in outcomes if one.replay for group in one.replay.own.expected)
    met = {number for one in groups if (number := address_of(one.source_ip)) is not None}
    return tuple((named - AddressSet.from_intervals((one, one) for one in met)).ranges())


def _one(
    before: Snapshot,
    after: Snapshot,
    integration: Integration,
    caller_address: str | None,
    expect_refused: AddressSet,
) -> IntegrationOutcome:
    rows = compare(matrix(before, integration), matrix(after, integration))
    judged = guard(before, after, integration, caller_address)
    old, new = Index(before), Index(after)
    wrong, unseen = to_mend(new, integration), unseen_list(old, new, integration)
    try:
        logins = Directory(before).logins
    except CannotTell as reason:
        return IntegrationOutcome(
            integration.name, rows, judged, None, reason.reason, wrong, unseen_list=unseen
        )
    played = replay(logins, before, after, integration, logins.gap, expect_refused)
    return IntegrationOutcome(
        integration.name, rows, judged, played, "", wrong, broken(played.own.broken, integration), unseen
    )


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
