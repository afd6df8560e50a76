"""A change before the change: the matrix, the controls, the logins and the guard, today and after a proposal."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sfharden.access.facts import Outcome
from sfharden.access.gather import org_facts
from sfharden.addresses import AddressSet, address_of
from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import Policy
from sfharden.facts.api_access import API_ENABLED
from sfharden.facts.directory import Directory
from sfharden.facts.index import Index
from sfharden.facts.naming import to_mend
from sfharden.facts.sessions import SERVER_SIDE
from sfharden.facts.values import CannotTell
from sfharden.model.integration import Integration, Waiver
from sfharden.model.snapshot import Gap, Snapshot, Source
from sfharden.simulation.by_hand import ByHand, Steps, by_hand
from sfharden.simulation.client_credentials import Switched, switched
from sfharden.simulation.control_changes import ControlChange, control_changes
from sfharden.simulation.declared import Broken, broken
from sfharden.simulation.lockout import Guard, guard
from sfharden.simulation.matrix import three_matrices
from sfharden.simulation.open_rows import OpenRow, open_rows, tolerated_by
from sfharden.simulation.proposal import overlay, touched
from sfharden.simulation.replay import NOBODY, Replay, replay
from sfharden.simulation.request_replay import RequestReplay, replay_requests
from sfharden.simulation.rows import BY_HAND, Change, Standing, Wish
from sfharden.simulation.unseen_allowlist import rests_on_list, unseen_list
from sfharden.text.wording import count, day, ended, show_names


@dataclass(frozen=True, slots=True)
class IntegrationOutcome:
    """What the proposal does to one integration. `replay` is None where no logins were read.

    `to_mend` is what is wrong with the integration file itself; `broken` its own logins that would be newly refused,
    by the proposal or by the steps by hand after it. `replay_by_hand` is None where there are no such steps. `tolerated`
    are addresses beyond its egress that the policies let be.
    `unseen_list` is why the app's allowlist is not known, where the proposal leaves it as it is.
    """

    name: str
    matrix: tuple[Change, ...]
    guard: Guard
    replay: Replay | None
    replay_gap: str = ""
    to_mend: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    steps: Steps = field(default_factory=Steps)
    replay_by_hand: Replay | None = None
    tolerated: AddressSet = NOBODY
    unseen_list: str = ""
    switched: Switched = field(default_factory=Switched)  # the app's client credentials flow
    requests: RequestReplay | None = None  # None: nobody asked for them

    @property
    def against(self) -> tuple[str, ...]:
        """What surely goes wrong, besides who would be locked out: what breaks, and what is opened."""
        logins = sum(one.times for one in self.broken)
        since = f" since {day(self.replay.since)}" if self.replay and self.replay.since else ""
        many = f"{count(logins, 'login')} of the integration{since} that got in"
        seen = (
            f"{many} would be refused, from {count(len(self.broken), 'address')}: see REFUSED LOGINS above."
        )
        bad = [
            f"{when}{row.title}: {row.summary}"
            for one in self.matrix
            for when, row in one.ends
            if row.wish is Wish.KEEP_WORKING and row.standing is Standing.BAD
        ]
        requests = self.requests.against if self.requests else ()
        return (*((seen,) if self.broken else ()), *requests, *bad, *(one.text for one in self.opened))

    @property
    def opened(self) -> tuple[OpenRow, ...]:
        """Ways in that must be shut, and that the proposal opens, by itself or with the steps by hand."""
        first = [one for one in open_rows(self.matrix, self.tolerated) if one.newly]
        ids = {one.row.id for one in first}
        ends = (Change(one.before, one.by_hand) for one in self.matrix if one.by_hand)
        then = open_rows(ends, self.tolerated)
        return (*self.switched.opened, *first, *(one for one in then if one.newly and one.row.id not in ids))

    @property
    def still_open(self) -> tuple[OpenRow, ...]:
        """Ways in that must be shut, and that it leaves as open as they are."""
        return tuple(one for one in open_rows(self.matrix, self.tolerated) if not one.newly)

    @property
    def open(self) -> tuple[str, ...]:
        """What can't be told; nobody may call a proposal safe while anything stands here."""
        told = [
            f"{when}{row.title}: {row.summary}"
            for one in self.matrix
            for when, row in one.ends
            if row.outcome is Outcome.CANNOT_TELL
            and not (self.unseen_list and rests_on_list(Change(one.before, row)))
        ]
        file = [f"Mend the integration file first: {one}" for one in self.to_mend]
        requests = self.requests.open if self.requests else ()
        return (
            *self.guard.unknown, *file, *self.switched.unknown, *told, *self._rights(), *self._unread(), *requests,
        )  # fmt: skip

    def _rights(self) -> Iterator[str]:
        """What the integration may lack after the steps by hand."""
        rights = self.steps.rights
        yield from (f"{BY_HAND}{gap}" for gap in rights.gaps) if rights else ()
        steps = self.steps  # without a set the matrix says that the API is refused
        lost = [one for one in steps.stays_lost if steps.has_set or one != API_ENABLED]
        if lost:
            yield f"{BY_HAND}nothing gives back {show_names(lost)}; whether the integration needs that isn't known."
        if self.steps.why:
            yield f"{BY_HAND}nothing in the permission set counts for sure: {self.steps.why}."
        yield from (f"{BY_HAND}{one}" for one in self.steps.gained)

    def _unread(self) -> Iterator[str]:
        played = self.replay
        if played is None:
            yield f"Logins were not read, so nothing was seen of where the integration calls from: {ended(self.replay_gap)}"
            return
        if played.gap:
            yield f"Not all logins were read: {ended(played.gap)}"
        then = self.replay_by_hand
        if then and len(then.unknown) > len(played.unknown):
            yield f"{BY_HAND}of some logins it can't be told whether they would be let in."
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
        """True if something that must keep working would not, logins of an integration would be newly refused, or a way in that must be shut would be opened."""
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
    hands = by_hand(before, proposal, after, integrations)
    last = (hands.snapshot,) if hands.snapshot else ()
    reports = [evaluate(one, policies, integrations, waivers, now, "") for one in (before, after, *last)]
    outcomes = tuple(
        replace(
            _one(before, after, hands, one, caller_address, expect_refused),
            tolerated=tolerated_by(policies, reports[1].results, after, one),
        )
        for one in integrations
    )
    return Simulation(
        source=before.source,
        proposal=proposal.source,
        touched=tuple(touched(before, after)),
        integrations=outcomes,
        controls=tuple(control_changes(*reports)),
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
    hands: ByHand,
    integration: Integration,
    caller_address: str | None,
    expect_refused: AddressSet,
) -> IntegrationOutcome:
    last, name = hands.snapshot, integration.name
    rows = three_matrices(before, after, last, integration)
    judged = guard(before, after, integration, caller_address)
    if last:
        judged = judged.and_then(guard(before, last, integration, caller_address), BY_HAND)
    old, new = Index(before), Index(after)
    found = IntegrationOutcome(
        name,
        rows,
        judged,
        None,
        to_mend=to_mend(new, integration),
        steps=hands.steps[name],
        unseen_list=unseen_list(old, new, integration),
        switched=switched(old, new, integration),
        requests=replay_requests(before, after, integration, expect_refused),
    )
    try:
        logins = Directory(before).logins
    except CannotTell as reason:
        return replace(found, replay_gap=reason.reason)
    played, then = (
        replay(logins, before, one, integration, logins.gap, expect_refused) if one else None
        for one in (after, last)
    )
    return replace(found, replay=played, replay_by_hand=then, broken=_broken(played, then, integration))


def _broken(played: Replay | None, then: Replay | None, integration: Integration) -> tuple[Broken, ...]:
    """The worse of two replays: logins that only the later one refuses are told with it."""
    first = played.own.broken if played else ()
    known = {(one.user, one.source_ip, one.app) for one in first}
    later = (
        replace(one, reason=f"{BY_HAND}{one.reason}")
        for one in (then.own.broken if then else ())
        if (one.user, one.source_ip, one.app) not in known
    )
    return broken((*first, *later), integration)
