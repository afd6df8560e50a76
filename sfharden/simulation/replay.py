"""Real logins decided under a proposal: who would have been refused, how often, from where.

Logins come as an iterable and are looked at once; memory grows with users and apps, not with logins.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Final

from sfharden.access import (
    AppFacts,
    Decision,
    Facts,
    Flow,
    Outcome,
    Who,
    decide_at,
    place_of,
    ranges_that_count,
)
from sfharden.access.gather import org_facts, sides_named
from sfharden.access.users import hours_text, who_is
from sfharden.addresses import address_of
from sfharden.facts.apps import App
from sfharden.facts.grants import is_process
from sfharden.facts.index import Index
from sfharden.facts.ownership import goes_by
from sfharden.model import kinds
from sfharden.model.integration import Integration
from sfharden.model.org import Login, User
from sfharden.model.snapshot import Component, Snapshot
from sfharden.text.names import canonical_profile, literal

MOST_GROUPS: Final = 10_000  # groups kept of each kind; the rest is counted

# LoginHistory's subtypes (Object Reference, LoginHistory), without case.
_SUBTYPES: Final = {
    "oauthrefreshtoken": (Flow.REFRESH,),
    "oauthwebserver": (Flow.CODE_EXCHANGE,),
    "oauthclientcredentials": (Flow.CLIENT_CREDENTIALS,),
    "oauthuseragent": (Flow.USER_AGENT,),
    "oauthuseragentidtoken": (Flow.USER_AGENT,),
    "oauthusernamepassword": (Flow.USERNAME_PASSWORD,),
}
# What an OAuth login without one of these subtypes may have been; the other flows have theirs.
_ANY_OAUTH: Final = (Flow.CODE_EXCHANGE, Flow.REFRESH, Flow.JWT_BEARER)
# REST gives the label where the guide lists the value, so both are known.
_OAUTH_TYPES: Final = frozenset({"remote access 2.0", "oauth2"})


# Files that every login rests on.
_SHARED: Final = (kinds.SECURITY, kinds.CONNECTED_APP_SETTINGS, kinds.OAUTH_OIDC, kinds.BLOCKED_CONSUMER)


@dataclass(slots=True)
class LoginGroup:
    """Logins of one user, from one address, by one app: how many, when, and why they stand out.

    `already` is True if the proposal changes nothing for them: they would be refused today, too.
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
class Replay:
    """What the logins came to; groups with most logins first.

    `successes` were let in once, and `allowed` of them would be again. `unpredicted` are successes of the
    integration's users from addresses outside egress and operator ranges. `left_out` counts logins whose
    groups were too many to keep. `gap` says why the logins may not be all.
    """

    successes: int
    failures: int
    allowed: int
    refused: tuple[LoginGroup, ...]
    unknown: tuple[LoginGroup, ...]
    unpredicted: tuple[LoginGroup, ...]
    left_out: int = 0
    since: datetime | None = None
    gap: str = ""


@dataclass(slots=True)
class _Groups:
    """Groups by user, address and app, up to a number."""

    found: dict[tuple[str, str, str], LoginGroup] = field(default_factory=dict)
    left_out: int = 0

    def add(self, login: Login, judge: "_Judge", reason: str) -> None:
        key = (login.user_id, login.source_ip, login.application)
        group = self.found.get(key)
        if group:
            group.add(login)
        elif len(self.found) < MOST_GROUPS:
            self.found[key] = LoginGroup(
                judge.user, judge.profile, login.source_ip, login.application, login.times,
                login.first, login.last, reason, judge.untouched,
            )  # fmt: skip
        else:
            self.left_out += login.times

    def sorted(self) -> tuple[LoginGroup, ...]:
        return tuple(
            sorted(self.found.values(), key=lambda one: (-one.times, one.user, one.source_ip, one.app))
        )


class _Judge:
    """Decides all logins of one user by one app and flow; each place is decided once.

    `sides` is the user and the facts, twice for an app that was migrated: the login doesn't tell by which side it came.
    """

    def __init__(
        self,
        user: str,
        profile: str,
        sides: Sequence[tuple[Who, Facts]],
        flows: Sequence[Flow],
        untouched: bool,
    ) -> None:
        self.user = user
        self.name = literal(user)
        self.profile = profile
        self.untouched = untouched
        self._sides, self._flows = sides, flows
        # Every set of ranges that an address can be inside or outside of; together they are its place.
        self._cuts = tuple(cut for side in sides for cut in ranges_that_count(*side) if cut)
        self._decided: dict[tuple[bool, ...], tuple[Outcome, str]] = {}

    def decide(self, address: int) -> tuple[Outcome, str]:
        """The outcome, and the deciding reason."""
        sides = tuple([address in cut for cut in self._cuts])
        found = self._decided.get(sides)
        if found is None:
            found = self._decided[sides] = self._at(address)
        return found

    def _at(self, address: int) -> tuple[Outcome, str]:
        decisions = [
            decide_at(who, place_of(who, address, facts), flow, facts)
            for who, facts in self._sides
            for flow in self._flows
        ]
        if len({one.outcome for one in decisions}) == 1:
            return decisions[0].outcome, _first(decisions[0])
        what = "OAuth flow" if len(self._flows) > 1 else "side of the migrated app"
        return (
            Outcome.CANNOT_TELL,
            f"The login doesn't tell by which {what} it came, and they fare differently.",
        )


def _first(decision: Decision) -> str:
    return decision.reasons[0].text if decision.reasons else ""


def flows_of(login_type: str, subtype: str) -> tuple[Flow, ...]:
    """The flows by which a login may have come; everything that isn't OAuth is bound like a login."""
    folded = subtype.casefold()
    if folded in _SUBTYPES:
        return _SUBTYPES[folded]
    if folded.startswith("oauth") or login_type.casefold() in _OAUTH_TYPES:
        return _ANY_OAUTH
    return (Flow.LOGIN,)


def replay(
    logins: Iterable[Login], before: Snapshot, after: Snapshot, integration: Integration, gap: str = ""
) -> Replay:
    """Every login decided by the facts of `after`; users are those of `before`, whom a proposal can't change.

    Logins of Salesforce's own processes are left out.
    """
    bench = _Bench(before, after)
    own = {literal(name) for name in integration.users}
    expected = integration.egress.addresses | integration.operator_ranges
    refused, unknown, unpredicted = _Groups(), _Groups(), _Groups()
    successes = failures = allowed = 0
    for login in logins:
        if bench.is_process(login):
            continue
        if not login.succeeded:
            failures += login.times
            continue
        successes += login.times
        judge = bench.judge(login)
        address = address_of(login.source_ip)
        if address is None and judge.untouched:
            allowed += login.times
            continue
        if address is None:
            unknown.add(login, judge, "The login has no address that could be judged.")
            continue
        if judge.name in own and address not in expected:
            unpredicted.add(login, judge, "")
        outcome, reason = judge.decide(address)
        if outcome is Outcome.REFUSED:
            refused.add(login, judge, reason)
        elif outcome is Outcome.ALLOWED or judge.untouched:
            allowed += login.times  # what the proposal doesn't touch goes on as it went
        else:
            unknown.add(login, judge, reason)
    tables_ = before.org
    return Replay(
        successes, failures, allowed, refused.sorted(), unknown.sorted(), unpredicted.sorted(),
        refused.left_out + unknown.left_out + unpredicted.left_out,
        tables_.logins_since if tables_ else None, gap,
    )  # fmt: skip


def _files_named(index: Index, label: str) -> list[tuple[Component, ...]]:
    """The files of every app that goes by a name; labels aren't unique."""
    return [app.parts for app in index.apps if goes_by(app, label)]


@dataclass(frozen=True, slots=True)
class _NamedApp:
    """An app after the proposal with its policy, or both sides of it, and whether its files are the same as before."""

    sides: tuple[tuple[App | None, AppFacts | None], ...]
    same: bool


class _Bench:
    """Judges by user, app and kind of login, made when first needed."""

    def __init__(self, before: Snapshot, after: Snapshot) -> None:
        self._before, self._after = Index(before), Index(after)
        self._org = org_facts(self._after)
        self._judges: dict[tuple[str, str, str, str], _Judge] = {}
        self._apps: dict[str, _NamedApp] = {}

    def is_process(self, login: Login) -> bool:
        """True for what Salesforce does by itself: no profile's ranges are about that."""
        user = self._before.directory.users_by_id.get(login.user_id)
        return user is not None and is_process(user)

    def judge(self, login: Login) -> _Judge:
        key = (login.user_id, login.application, login.login_type, login.subtype)
        found = self._judges.get(key)
        if found is None:
            found = self._judges[key] = self._make(login)
        return found

    def _make(self, login: Login) -> _Judge:
        flows = flows_of(login.login_type, login.subtype)
        label = "" if flows == (Flow.LOGIN,) else login.application
        app = self._app(label)
        directory = self._after.directory
        user = directory.users_by_id.get(login.user_id)
        profile = directory.profile_label(user.profile_id) if user else ""
        nobody = Who(f"'{login.user_id}'")
        return _Judge(
            directory.username(login.user_id),
            profile,
            [
                (self._who(user, side) if user else nobody, Facts(self._org, policy))
                for side, policy in app.sides
            ],
            flows,
            self._same_settings and app.same and self._same_profile(user),
        )

    def _app(self, label: str) -> _NamedApp:
        """An app by the name that logins give it; none for a login without an app."""
        found = self._apps.get(label)
        if found is None:
            same = _files_named(self._before, label) == _files_named(self._after, label)
            sides = sides_named(self._after, label) if label else ((None, None),)
            found = self._apps[label] = _NamedApp(sides, same)
        return found

    @cached_property
    def _same_settings(self) -> bool:
        """True if the files that every login rests on are the same before and after."""
        pairs = (
            (list(index.snapshot.of_kind(kind)) for index in (self._before, self._after)) for kind in _SHARED
        )
        return all(old == new for old, new in pairs)

    def _same_profile(self, user: User | None) -> bool:
        row = self._after.directory.profiles_by_id.get(user.profile_id) if user else None
        key = canonical_profile(row.api_name or row.label) if row else ""
        return self._before.profiles.get(key) == self._after.profiles.get(key)

    def _who(self, user: User, app: App | None) -> Who:
        who = who_is(self._after, user, app)
        # The login succeeded: the user had authorised the app, and it was within hours that still hold.
        same_hours = hours_text(self._before, user) == hours_text(self._after, user) is not None
        return replace(who, consented=True, login_hours=False if same_hours else who.login_hours)
