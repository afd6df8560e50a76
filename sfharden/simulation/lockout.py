"""The lock-out guard: whom a proposal would shut out that must not be."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.access.decide import decide
from sfharden.access.facts import Decision, Facts, Flow, Further, Outcome, Who
from sfharden.access.gather import org_facts
from sfharden.access.users import profile_facts, who_is
from sfharden.addresses import AddressError, AddressSet, union
from sfharden.facts.grants import signs_in
from sfharden.facts.index import Index
from sfharden.facts.logins import got_in
from sfharden.facts.rows import Holder
from sfharden.facts.values import CannotTell
from sfharden.model import kinds
from sfharden.model.integration import Integration
from sfharden.model.org import User
from sfharden.model.snapshot import Snapshot
from sfharden.plan.make import Findings, PlanGuard
from sfharden.simulation.hindrances import OF_USER
from sfharden.simulation.matrix import matrix
from sfharden.simulation.proposal_records import with_records
from sfharden.simulation.rows import Row
from sfharden.simulation.unjudged import Changes, is_internal
from sfharden.text.names import canonical_profile, literal
from sfharden.text.wording import count, show_names

MANAGE_PROFILES: Final = "ManageProfilesPermissionsets"  # Manage Profiles and Permission Sets


@dataclass(frozen=True, slots=True)
class Guard:
    """Sentences on who would be shut out, and on what can't be told. Only with neither is a proposal safe."""

    shut_out: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def safe(self) -> bool:
        """True if nobody who must get in is shut out, and that is known."""
        return not self.shut_out and not self.unknown

    def and_then(self, later: "Guard", when: str) -> "Guard":
        """The worse of two: what only the later one says is told with `when`."""
        shut = (f"{when}{one}" for one in later.shut_out if one not in self.shut_out)
        unknown = (f"{when}{one}" for one in later.unknown if one not in self.unknown)
        return Guard((*self.shut_out, *shut), (*self.unknown, *unknown))


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    sure: bool


def guard(
    before: Snapshot, after: Snapshot, integration: Integration, caller_address: str | None = None
) -> Guard:
    """Judge a proposal: the operator ranges, the user running the tool, and everybody who can manage profiles.

    `caller_address` is where the user running the tool comes from; without it, their current session tells.
    What a proposal leaves as it is can't shut anybody out; only the operator's way in must hold in any case.
    """
    judge = _Guard(before, with_records(before, after), integration)
    found = (*judge.operator(), *judge.caller(caller_address), *judge.managers(caller_address))
    return Guard(
        tuple(one.text for one in found if one.sure), tuple(one.text for one in found if not one.sure)
    )


def plan_guard(integrations: Iterable[Integration], caller_address: str | None) -> PlanGuard:
    """The guard over all integrations of a plan."""
    judged = tuple(integrations)

    def judge(before: Snapshot, after: Snapshot) -> Findings:
        found = [guard(before, after, one, caller_address) for one in judged]
        return Findings(
            tuple(dict.fromkeys(text for one in found for text in one.shut_out)),
            tuple(dict.fromkeys(text for one in found for text in one.unknown)),
        )

    return judge


class _Guard:
    def __init__(self, before: Snapshot, after: Snapshot, integration: Integration) -> None:
        self._before, self._after = Index(before), Index(after)
        self._changes = Changes(before, after)
        self._org_before, self._org = org_facts(self._before), org_facts(self._after)
        self._integration = integration

    # The operator ---------------------------------------------------------------------------

    def operator(self) -> Iterator[_Sentence]:
        """The way in that must survive."""
        row = next(
            one
            for one in matrix(self._after.snapshot, self._integration, self._before.snapshot)
            if one.id == "operator"
        )
        if row.outcome is Outcome.CANNOT_TELL:
            yield _Sentence(f"Whether the operator ranges stay open can't be told: {row.summary}", False)
        elif row.outcome is not Outcome.ALLOWED and _is_by_change(row):
            yield _Sentence(f"The operator ranges would be shut out: {row.summary}", True)
        elif row.outcome is not Outcome.ALLOWED:
            yield _Sentence(f"The operator can't get in as it is: {row.summary}", False)

    # The user running the tool --------------------------------------------------------------

    def caller(self, address: str | None) -> Iterator[_Sentence]:
        """The user running the tool, where they are now."""
        if not self._touches_logins():
            return
        if self._after.snapshot.org is None or self._after.snapshot.org.caller is None:
            yield _Sentence("Whether you would be shut out can't be told: who you are was not read.", False)
            return
        name = self._after.snapshot.org.caller.username
        user = self._after.directory.users_by_id.get(self._after.snapshot.org.caller.user_id)
        if user is None:
            yield _Sentence(
                f"Whether you ('{name}') would be shut out can't be told: you were not read.", False
            )
            return
        yield from self._caller(user, address or self._session_address(user))
        if self._org.api_access_control and not self._org_before.api_access_control:
            yield _Sentence(
                "API Access Control would be on; whether it lets the app through by which you sign in "
                "can't be told.",
                False,
            )

    def _caller(self, user: User, address: str | None) -> Iterator[_Sentence]:
        if self._unchanged(user):
            return
        who, more = who_is(self._after, user, None), self._more(user)
        where = _addresses([address]) if address else None
        if not where and who.login_ranges:
            text = (
                f"Whether you ('{user.username}') would be shut out can't be told: your address is not known. "
                "--my-address tells it."
            )
            yield _Sentence(text, False)
            return
        decision = self._login(who, where or self._integration.operator_ranges, more)
        if decision.outcome is Outcome.REFUSED:
            yield _Sentence(
                f"You ('{user.username}', at {address}) would be shut out: {decision.reasons[0].text}", True
            )
        elif decision.outcome is not Outcome.ALLOWED:
            text = (
                f"Whether you ('{user.username}') would be shut out can't be told: {decision.reasons[0].text}"
            )
            yield _Sentence(text, False)

    def _session_address(self, user: User) -> str | None:
        sessions = (self._after.snapshot.org.sessions if self._after.snapshot.org else None) or ()
        found = {one.source_ip for one in sessions if one.current and one.user_id == user.id}
        return found.pop() if len(found) == 1 else None

    def _unchanged(self, user: User) -> bool:
        """True if the proposal leaves everything about this user's login as it is."""
        row = self._after.directory.profiles_by_id.get(user.profile_id)
        return (
            bool(row)
            and self._same_org()
            and not self._more(user)
            and self._same_profile((row.api_name or row.label) if row else "")
        )

    def _more(self, user: User) -> tuple[Further, ...]:
        """What the proposal changes of this user's way in and nobody judges."""
        found = (*self._changes.of_org(internal=is_internal(user)), *self._changes.of_user(self._after, user))
        return tuple(filter(_of_login, found))

    def _same_org(self) -> bool:
        """True if the org's settings are surely as they were: those that aren't known only if no file changed."""
        files = [list(index.snapshot.of_kind(kinds.SECURITY)) for index in (self._before, self._after)]
        if self._changes.of_org(internal=True):
            return False
        return self._org_before == self._org and (files[0] == files[1] or self._org.every_request is not None)

    def _same_profile(self, name: str) -> bool:
        """True if a profile's ranges and hours are surely as they were."""
        old, new = profile_facts(self._before, name), profile_facts(self._after, name)
        key = canonical_profile(name)
        same_files = self._before.profiles.get(key) == self._after.profiles.get(key)
        return (
            old == new
            and (same_files or None not in new)
            and not any(map(_of_login, self._changes.of_profile(name)))
        )

    def _login(self, who: Who, source: AddressSet, more: tuple[Further, ...]) -> Decision:
        return decide(who, source, Flow.LOGIN, Facts(self._org, more=more))

    def _touches_logins(self) -> bool:
        """True if the proposal changes any profile's ranges or hours, or a setting of the org that counts."""
        names = {
            one.name for index in (self._before, self._after) for one in index.snapshot.of_kind(kinds.PROFILE)
        }
        return (
            not self._same_org()
            or any(map(_of_login, self._changes.of_anybody))
            or not all(self._same_profile(name) for name in names)
        )

    # Everybody who can manage profiles ------------------------------------------------------

    def managers(self, caller_address: str | None) -> Iterator[_Sentence]:
        """Somebody must stay who can undo it: at least one user with Manage Profiles and Permission Sets."""
        lost = self._manager_ids(self._before) - self._manager_ids(self._after)
        if not lost and not self._touches_logins():
            return
        try:
            holders = self._after.grants.holders(MANAGE_PROFILES)
            users = self._who_can_undo(holders)
            fates = self._fates(users.values(), self._surely_in(holders), caller_address)
        except CannotTell as reason:
            yield _Sentence(
                f"Whether anybody who can manage profiles stays can't be told: {reason.reason}.", False
            )
            return
        if Outcome.ALLOWED in fates or Outcome.PARTLY in fates:
            return
        if fates and set(fates) == {Outcome.REFUSED} and not holders.why_open:
            names = show_names(f"'{user.username}'" for user in users.values())
            yield _Sentence(
                f"Everybody who can manage profiles would be shut out from every address they are known to "
                f"use ({count(len(users), 'user')}: {names}).",
                True,
            )
            return
        if lost and not users and not holders.why_open:
            yield _Sentence(
                "Nobody would be left who can manage profiles: the proposal takes that away.", True
            )
            return
        reason_text = holders.why_open or (
            "nobody was found who can and signs in"
            if not users
            else "whether one of them can sign in then is not known"
        )
        yield _Sentence(f"Whether anybody who can manage profiles stays can't be told: {reason_text}.", False)

    def _manager_ids(self, index: Index) -> frozenset[str]:
        """Who can manage profiles, as far as that was read."""
        try:
            return frozenset(self._who_can_undo(index.grants.holders(MANAGE_PROFILES)))
        except CannotTell:
            return frozenset()

    def _who_can_undo(self, holders: Iterable[Holder]) -> dict[str, User]:
        """The people among the holders, by id: nobody who can't sign in, and no user of the integration."""
        own = {literal(name) for name in self._integration.users}
        return {
            one.user.id: one.user
            for one in holders
            if signs_in(one.user) and not one.user.frozen and literal(one.user.username) not in own
        }

    def _surely_in(self, holders: Iterable[Holder]) -> frozenset[str]:
        """Who is known not to be frozen and holds it in every session; whoever runs the tool has signed in."""
        caller = self._after.directory.tables.caller
        running = caller.user_id if caller else ""
        return frozenset(
            one.user.id
            for one in holders
            if not one.through.needs_activation and (one.user.frozen is False or one.user.id == running)
        )

    def _fates(
        self, users: Iterable[User], surely_in: frozenset[str], caller_address: str | None
    ) -> list[Outcome]:
        people = list(users)
        known_from = self._known_addresses({user.id for user in people}, caller_address)
        fates = []
        for user in people:
            source = known_from.get(user.id, AddressSet()) | self._integration.operator_ranges
            fate = Outcome.ALLOWED
            if not self._unchanged(user):
                fate = self._fate(who_is(self._after, user, None), source, self._more(user))
            sure = fate is Outcome.REFUSED or user.id in surely_in
            fates.append(fate if sure else Outcome.CANNOT_TELL)
        return fates

    def _fate(self, who: Who, source: AddressSet, more: tuple[Further, ...]) -> Outcome:
        decision = self._login(who, source, more)
        parts = {part.outcome for part in decision.parts}
        return Outcome.ALLOWED if Outcome.ALLOWED in parts else decision.outcome

    def _known_addresses(self, wanted: set[str], caller_address: str | None) -> dict[str, AddressSet]:
        """Where these users logged in from, as far as logins were read, and where the caller is now."""
        tables = self._after.directory.tables
        found: dict[str, set[str]] = {}
        if tables.caller and caller_address:
            found[tables.caller.user_id] = {caller_address}
        for login in tables.logins or ():
            if login.user_id in wanted and got_in(login):
                found.setdefault(login.user_id, set()).add(login.source_ip)
        return {user: _addresses(sources) for user, sources in found.items()}


def _of_login(one: Further) -> bool:
    """True for what bears on signing in, and not on other flows alone."""
    return one.flows is None or Flow.LOGIN in one.flows


def _is_by_change(row: Row) -> bool:
    """False if nobody is refused but who can't get in at all, whatever is deployed."""
    refused = [one.decision for one in row.cases if one.decision.outcome is not Outcome.ALLOWED]
    return any(reason.rule != OF_USER for one in refused for reason in one.reasons[:1])


def _addresses(texts: Iterable[str]) -> AddressSet:
    """The addresses among some texts; a login's source need not be one."""
    found = []
    for text in texts:
        try:
            found.append(AddressSet.of([text]))
        except AddressError:
            continue
    return union(found)
