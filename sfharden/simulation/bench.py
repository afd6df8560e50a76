"""Who decides a login: the judges by user, app and kind of login, each with today's facts and those of a proposal."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from sfharden.access.decide import decide_at, place_of, ranges_that_count
from sfharden.access.facts import AppFacts, Decision, Facts, Flow, Further, OrgFacts, Outcome, Who
from sfharden.access.gather import org_facts, sides_named
from sfharden.access.users import hours_text, who_is
from sfharden.addresses import ALL_V4, ALL_V6, Interval
from sfharden.facts.apps import App
from sfharden.facts.grants import is_process
from sfharden.facts.index import Index
from sfharden.facts.ownership import goes_by
from sfharden.model import kinds
from sfharden.model.org import Login, User
from sfharden.model.snapshot import Component, Snapshot
from sfharden.simulation.unjudged import Changes, is_internal
from sfharden.simulation.unseen_allowlist import as_it_was, same_list
from sfharden.text.names import canonical_profile, literal

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
OAUTH_TYPES: Final = frozenset({"remote access 2.0", "oauth2"})
# A name for each kind of login that is decided by itself, with a type and a subtype that such a login has.
LOGIN_KINDS: Final = {
    **{subtype: ("", subtype) for subtype in _SUBTYPES},
    "oauth": ("Remote Access 2.0", ""),
    "login": ("", ""),
}


LAST: Final = 2**128 - 1  # the last address there is
API_REQUEST: Final = "API request"  # the type of what is no login: a call with a session that is there

Sides = Sequence[tuple[Who, Facts]]
_AppSides = tuple[tuple[App | None, AppFacts | None], ...]

# Files that every login rests on.
_SHARED: Final = (
    kinds.SECURITY,
    kinds.CONNECTED_APP_SETTINGS,
    kinds.OAUTH_OIDC,
    kinds.MY_DOMAIN,
    kinds.BLOCKED_CONSUMER,
)


def flows_of(login_type: str, subtype: str) -> tuple[Flow, ...]:
    """The flows by which a login may have come; everything that isn't OAuth is bound like a login."""
    if login_type == API_REQUEST:
        return (Flow.API_CALL,)
    folded = subtype.casefold()
    if folded in _SUBTYPES:
        return _SUBTYPES[folded]
    if folded.startswith("oauth") or login_type.casefold() in OAUTH_TYPES:
        return _ANY_OAUTH
    return (Flow.LOGIN,)


class _Deciding:
    """Decides by the facts of one snapshot; each place is decided once."""

    def __init__(self, sides: Sides, flows: Sequence[Flow]) -> None:
        self._sides, self._flows = sides, flows
        # Every set of ranges that an address can be inside or outside of; together they are its place.
        self._cuts = tuple(cut for side in sides for cut in ranges_that_count(*side) if cut)
        self._decided: dict[tuple[bool, ...], tuple[Outcome, str]] = {}

    def at(self, address: int) -> tuple[Outcome, str]:
        """The outcome, and the deciding reason."""
        place = tuple([address in cut for cut in self._cuts])
        found = self._decided.get(place)
        if found is None:
            found = self._decided[place] = self._at(address)
        return found

    def starts(self) -> set[int]:
        """Addresses from which on another answer may hold, up to the next of them; together they cover all."""
        spaces = (*ALL_V4, *ALL_V6)
        ends = (pair for cut in self._cuts for pair in cut)
        return {first for first, _ in spaces} | {edge for first, last in ends for edge in (first, last + 1)}

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


class Judge:
    """Decides all logins of one user by one app and flow, by the facts after a proposal and by today's.

    Sides are the user and the facts, twice for an app that was migrated: the login doesn't tell by which side it came.
    """

    def __init__(
        self,
        user: str,
        profile: str,
        sides: Callable[[bool], Sides],
        flows: Sequence[Flow],
        untouched: bool,
    ) -> None:
        self.user = user
        self.name = literal(user)
        self.profile = profile
        self.untouched = untouched
        self._sides, self._flows = sides, flows

    def decide(self, address: int) -> tuple[Outcome, str]:
        """The outcome after the proposal, and the deciding reason."""
        return self._after.at(address)

    def refused_today(self, address: int) -> bool:
        """True if a login from there would surely be refused as things are, so that no proposal takes anything away.

        That the files are the same isn't enough: records of permissions may change.
        """
        return self._today.at(address)[0] is Outcome.REFUSED

    def pieces(self) -> Iterator[Interval]:
        """All addresses in intervals, in each of which one answer holds, today and after the proposal."""
        starts = sorted(one for one in self._after.starts() | self._today.starts() if one <= LAST)
        yield from zip(starts, [*(one - 1 for one in starts[1:]), LAST], strict=True)

    @cached_property
    def _after(self) -> _Deciding:
        return _Deciding(self._sides(True), self._flows)

    @cached_property
    def _today(self) -> _Deciding:
        return _Deciding(self._sides(False), self._flows)


def _first(decision: Decision) -> str:
    return decision.reasons[0].text if decision.reasons else ""


def _files_named(index: Index, label: str) -> list[tuple[Component, ...]]:
    """The files of every app that goes by a name; labels aren't unique."""
    return [app.parts for app in index.apps if goes_by(app, label)]


class Bench:
    """Judges by user, app and kind of login, made when first needed."""

    def __init__(self, before: Snapshot, after: Snapshot) -> None:
        self._before, self._after = _Side(before), _Side(after)
        self._changes = Changes(before, after)
        self._judges: dict[tuple[str, str, str, str], Judge] = {}
        self._same_files: dict[str, bool] = {}
        self._same_lists: dict[str, bool] = {}

    def is_process(self, login: Login) -> bool:
        """True for what Salesforce does by itself: no profile's ranges are about that."""
        user = self._before.index.directory.users_by_id.get(login.user_id)
        return user is not None and is_process(user)

    def judge(self, login: Login) -> Judge:
        """Who decides this login, and all like it."""
        key = (login.user_id, login.application, login.login_type, login.subtype)
        found = self._judges.get(key)
        if found is None:
            found = self._judges[key] = self._make(login)
        return found

    def _make(self, login: Login) -> Judge:
        flows = flows_of(login.login_type, login.subtype)
        label = "" if flows == (Flow.LOGIN,) else login.application
        directory = self._after.index.directory
        user = directory.users_by_id.get(login.user_id)

        def sides(after: bool) -> Sides:
            return self._sides(login.user_id, label, self._after if after else self._before)

        return Judge(
            directory.username(login.user_id),
            directory.profile_label(user.profile_id) if user else "",
            sides,
            flows,
            self._same_settings
            and self._same_app(label)
            and self._same_profile(user)
            and not (self._changes.found and any(facts.more for _, facts in sides(True))),
        )

    def _sides(self, user_id: str, label: str, side: "_Side") -> Sides:
        user = side.index.directory.users_by_id.get(user_id)
        return [
            (
                self._who(user, app, side.index) if user else Who(f"'{user_id}'"),
                Facts(
                    side.org,
                    self._bound(label, policy),
                    self._more(user, app, policy) if side is self._after else (),
                ),
            )
            for app, policy in side.app(label)
        ]

    def _bound(self, label: str, policy: AppFacts | None) -> AppFacts | None:
        """The app's policy for a login that succeeded."""
        if policy is None or not self._same_list(label):
            return policy
        return as_it_was(policy)

    def _same_list(self, label: str) -> bool:
        found = self._same_lists.get(label)
        if found is None:
            found = self._same_lists[label] = same_list(self._before.index, self._after.index, label)
        return found

    def _more(self, user: User | None, app: App | None, policy: AppFacts | None) -> tuple[Further, ...]:
        """What the proposal changes of this way in and nobody judges."""
        of_user = self._changes.of_user(self._after.index, user) if user else self._changes.of_anybody
        of_app = self._changes.of_app(app) if policy and (app or policy.installed is not False) else ()
        internal = user is not None and is_internal(user)
        return (*self._changes.of_org(internal=internal), *of_app, *of_user)

    def _same_app(self, label: str) -> bool:
        """True if the files of every app of that name are the same before and after."""
        found = self._same_files.get(label)
        if found is None:
            old, new = (_files_named(one.index, label) for one in (self._before, self._after))
            found = self._same_files[label] = old == new
        return found

    @cached_property
    def _same_settings(self) -> bool:
        """True if the files that every login rests on are the same before and after."""
        pairs = (
            (list(one.index.snapshot.of_kind(kind)) for one in (self._before, self._after))
            for kind in _SHARED
        )
        return all(old == new for old, new in pairs)

    def _same_profile(self, user: User | None) -> bool:
        """True if the user has the same profile before and after, with the same files."""
        row = self._after.index.directory.profiles_by_id.get(user.profile_id) if user else None
        old = self._before.index.directory.users_by_id.get(user.id) if user else None
        if user and old and old.profile_id != user.profile_id:
            return False  # moved by a step by hand
        key = canonical_profile(row.api_name or row.label) if row else ""
        return self._before.index.profiles.get(key) == self._after.index.profiles.get(key)

    def _who(self, user: User, app: App | None, index: Index) -> Who:
        who = who_is(index, user, app)
        # The login succeeded: the user had authorised the app, and it was within hours that still hold.
        then = self._before.index.directory.users_by_id.get(user.id, user)
        old, new = hours_text(self._before.index, then), hours_text(self._after.index, user)
        return replace(who, consented=True, login_hours=False if old == new is not None else who.login_hours)


class _Side:
    """The facts of one snapshot: today's, or those after a proposal."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.index = Index(snapshot)
        self.org: OrgFacts = org_facts(self.index)
        self._apps: dict[str, _AppSides] = {}

    def app(self, label: str) -> _AppSides:
        """An app by the name that logins give it, on both sides if migrated; none for a login without an app."""
        found = self._apps.get(label)
        if found is None:
            found = self._apps[label] = sides_named(self.index, label) if label else ((None, None),)
        return found
