"""Real logins decided under a proposal: who would have been refused, how often, from where.

Logins come as an iterable and are looked at once; memory grows with users and apps, not with logins.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sfharden.access.facts import Outcome
from sfharden.addresses import AddressSet, address_of
from sfharden.facts.logins import Meaning, meaning
from sfharden.model.integration import Integration
from sfharden.model.org import Login
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.bench import Bench, Judge
from sfharden.text.names import literal

NOBODY: Final = AddressSet()
MOST_GROUPS: Final = 10_000  # groups kept of each kind; the rest is counted


@dataclass(slots=True)
class LoginGroup:
    """Logins of one user, from one address, by one app: how many, when, and why they stand out.

    `already` is True if the proposal takes nothing from them: they would be refused today, too.
    """

    user: str
    profile: str
    source_ip: str
    app: str
    times: int
    first: datetime
    last: datetime
    reason: str = ""
    already: bool = False

    def add(self, login: Login) -> None:
        """Count some more logins in."""
        self.times += login.times
        self.first, self.last = min(self.first, login.first), max(self.last, login.last)


@dataclass(frozen=True, slots=True)
class OwnLogins:
    """The integration's own successes: of how many the proposal is judged, and what it does to them.

    `broken` would be newly refused; `expected` too, from addresses that a person named as to be refused.
    `let_in` counts those that would get in again.
    """

    successes: int
    let_in: int
    broken: tuple["LoginGroup", ...] = ()
    expected: tuple["LoginGroup", ...] = ()


@dataclass(frozen=True, slots=True)
class Replay:
    """What the logins came to; groups with most logins first.

    `successes` were let in once, and `allowed` of them would be again. `others` would be refused and are no break:
    today's are refused, too, or they are not the integration's. `unpredicted` are successes of the integration's
    users from addresses outside egress and operator ranges. `left_out` counts logins whose groups were too many to
    keep. `gap` says why the logins may not be all.
    """

    successes: int
    failures: int
    allowed: int
    own: OwnLogins
    others: tuple[LoginGroup, ...]
    unknown: tuple[LoginGroup, ...]
    unpredicted: tuple[LoginGroup, ...]
    left_out: int = 0
    since: datetime | None = None
    gap: str = ""

    @property
    def refused(self) -> tuple[LoginGroup, ...]:
        """All that would be refused, whoever's they are."""
        return tuple(sorted((*self.own.broken, *self.own.expected, *self.others), key=_most_first))


def _most_first(group: LoginGroup) -> tuple[int, str, str, str]:
    return (-group.times, group.user, group.source_ip, group.app)


@dataclass(slots=True)
class _Groups:
    """Groups by user, address and app, up to a number; those refused today stand apart."""

    found: dict[tuple[str, str, str, bool], LoginGroup] = field(default_factory=dict)
    left_out: int = 0

    def add(self, login: Login, judge: Judge, reason: str, already: bool = False) -> None:
        """Count logins in."""
        key = (login.user_id, login.source_ip, login.application, already)
        group = self.found.get(key)
        if group:
            group.add(login)
        elif len(self.found) < MOST_GROUPS:
            self.found[key] = LoginGroup(
                judge.user, judge.profile, login.source_ip, login.application, login.times,
                login.first, login.last, reason, already,
            )  # fmt: skip
        else:
            self.left_out += login.times

    def sorted(self) -> tuple[LoginGroup, ...]:
        """Those with most logins first."""
        return tuple(sorted(self.found.values(), key=_most_first))


def replay(
    logins: Iterable[Login],
    before: Snapshot,
    after: Snapshot,
    integration: Integration,
    gap: str = "",
    expect_refused: AddressSet = NOBODY,
) -> Replay:
    """Every login decided by the facts of `after`; users are those of `before`, whom a proposal can't change.

    Logins of Salesforce's own processes are left out. `expect_refused` are addresses from which a person said that
    the integration's logins are meant to be refused.
    """
    count = _Counting(Bench(before, after), integration, expect_refused)
    for login in logins:
        count.add(login)
    tables = before.org
    return count.result(tables.logins_since if tables else None, gap)


class _Counting:
    """All logins, one after the other, into the groups they belong to."""

    def __init__(self, bench: Bench, integration: Integration, expect_refused: AddressSet) -> None:
        self._bench, self._expect_refused = bench, expect_refused
        self._own = {literal(name) for name in integration.users}
        self._predicted = integration.egress.addresses | integration.operator_ranges
        self._broken, self._expected, self._others = _Groups(), _Groups(), _Groups()
        self._unknown, self._unpredicted = _Groups(), _Groups()
        self._successes = self._failures = self._allowed = self._own_successes = self._own_let_in = 0

    def add(self, login: Login) -> None:
        """Decide a login, and count it."""
        if self._bench.is_process(login):
            return
        told = meaning(login.status)
        if told is Meaning.UNKNOWN:  # in whatever language: it may have got in, and may have to again
            self._may_have_got_in(login)
            return
        if told is not Meaning.SUCCESS:
            self._failures += login.times
            return
        self._successes += login.times
        judge = self._bench.judge(login)
        own = judge.name in self._own
        self._own_successes += login.times if own else 0
        address = address_of(login.source_ip)
        if address is not None:
            self._decide(login, judge, address, own)
        elif judge.untouched:
            self._let_in(login, own)
        else:
            self._unknown.add(login, judge, "The login has no address that could be judged.")

    def _may_have_got_in(self, login: Login) -> None:
        """Nothing to tell of where the proposal lets it in, or changes nothing for it; else it can't be told."""
        judge, address = self._bench.judge(login), address_of(login.source_ip)
        harmless = judge.untouched or (address is not None and judge.decide(address)[0] is Outcome.ALLOWED)
        if harmless:
            self._failures += login.times
        else:
            self._unknown.add(login, judge, "What its status means is not known: it may have got in.")

    def _decide(self, login: Login, judge: Judge, address: int, own: bool) -> None:
        if own and address not in self._predicted:
            self._unpredicted.add(login, judge, "")
        outcome, reason = judge.decide(address)
        if outcome is Outcome.REFUSED:
            already = judge.refused_today(address)
            self._refused(address, own and not already).add(login, judge, reason, already)
        elif outcome is Outcome.ALLOWED or judge.untouched:
            self._let_in(login, own)  # what the proposal doesn't touch goes on as it went
        else:
            self._unknown.add(login, judge, reason)

    def _let_in(self, login: Login, own: bool) -> None:
        self._allowed += login.times
        self._own_let_in += login.times if own else 0

    def _refused(self, address: int, breaks: bool) -> _Groups:
        if not breaks:
            return self._others
        return self._expected if address in self._expect_refused else self._broken

    def result(self, since: datetime | None, gap: str) -> Replay:
        """What all of them came to."""
        kinds = (self._broken, self._expected, self._others, self._unknown, self._unpredicted)
        return Replay(
            self._successes,
            self._failures,
            self._allowed,
            OwnLogins(self._own_successes, self._own_let_in, self._broken.sorted(), self._expected.sorted()),
            self._others.sorted(),
            self._unknown.sorted(),
            self._unpredicted.sorted(),
            sum(one.left_out for one in kinds),
            since,
            gap,
        )
