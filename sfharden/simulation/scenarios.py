"""What people fear, and what must keep working: each a list of cases that are decided one by one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from sfharden.access.decide import decide
from sfharden.access.facts import AppFacts, Decision, Facts, Flow, Outcome, Reason, SessionPolicy, Who
from sfharden.access.gather import known, org_facts, policy_of, sides_named
from sfharden.access.people import Colleagues
from sfharden.access.token_allowlist import set_aside
from sfharden.access.users import who_has_profile, who_is
from sfharden.addresses import ALL_V4, ALL_V6, AddressSet
from sfharden.facts.apps import App
from sfharden.facts.index import Index
from sfharden.facts.rows import NamedUsers
from sfharden.model.integration import Integration
from sfharden.model.org import User
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.hindrances import Hindrances
from sfharden.simulation.rows import Case, Wish


@dataclass(frozen=True, slots=True)
class Scenario:
    id: str
    title: str
    wish: Wish
    given: str
    cases: "Callable[[World], Iterator[Case]]"


class World:
    """What the scenarios are played in. `app` is the integration's app, or one side of it; None if that can't be told."""

    def __init__(
        self, index: Index, integration: Integration, app: App | None, before: Snapshot | None = None
    ) -> None:
        self.index = index
        self._hindrances = Hindrances(before, index, integration)
        self.integration = integration
        self.app = app
        self.org = org_facts(self.index)
        self.egress = integration.egress.addresses
        self.operator = integration.operator_ranges
        self.strangers = (ALL_V4 | ALL_V6) - self.egress - self.operator

    @cached_property
    def facts(self) -> Facts:
        """The org and the integration's app; one that nobody installed has no policy here."""
        name = self.integration.app
        if self.app is None and self.index.is_uninstalled(name):
            ((_, policy),) = sides_named(self.index, name)
            return Facts(self.org, policy)
        return Facts(self.org, policy_of(self.index, self.app) if self.app else AppFacts(name))

    @cached_property
    def look_alike(self) -> Facts:
        """An app that the org doesn't manage: its policy is its developer's, and can't be read."""
        app = AppFacts(
            "the look-alike",
            installed=False,
            blocked=False,
            session_policy=SessionPolicy.NONE,
            token_allowlist=AddressSet(),  # its developer is the stranger
        )
        return Facts(self.org, app, self._hindrances.of_anybody(None, own_app=False))

    @cached_property
    def own(self) -> tuple[Who, ...]:
        """The integration's users, as the org has them; one who was not read is known by nothing but the name.

        Where no users were read, somebody with the integration's profile.
        """
        named = self._named
        if named is None:
            return (who_has_profile(self.index, self.integration.profile, self.app),)
        found = [who_is(self.index, user, self.app) for user in named.found]
        return (*found, *(Who(f"'{name}'") for name in named.missing))

    def own_facts(self, who: Who, wish: Wish) -> Facts:
        """The facts for one of the integration's users, with what stands in their way beside."""
        user = self._read.get(who.name)
        return replace(self.facts, more=self._hindrances.of_own(user, self.app, wish))

    @cached_property
    def others_facts(self) -> Facts:
        """The facts for everybody else."""
        return replace(self.facts, more=self._hindrances.of_anybody(self.app))

    @cached_property
    def _read(self) -> dict[str, User]:
        """The integration's users that were read, as `own` names them."""
        return {f"'{user.username}'": user for user in (self._named.found if self._named else ())}

    @cached_property
    def _named(self) -> NamedUsers | None:
        named = self.integration
        return known(lambda: self.index.directory.named_users(named.users, named.profile))

    @cached_property
    def colleagues(self) -> Colleagues:
        """Everybody else."""
        return Colleagues(self.index, self.integration, self.app)


def worlds_of(
    snapshot: Snapshot, integration: Integration, before: Snapshot | None = None
) -> tuple[World, ...]:
    """The world of the integration's app; of a migrated app one for each side. `before`: as it is without the proposal."""
    index = Index(snapshot)
    sides = known(lambda: index.sides(integration.app, integration.app_kind)) or (None,)
    return tuple(World(index, integration, side, before) for side in sides)


# The scenarios ------------------------------------------------------------------------------


def _case(who: Who, source: AddressSet, words: str, flow: Flow, facts: Facts) -> Case:
    return Case(who.name, words, flow, decide(who, source, flow, facts))


def _stolen(flow: Flow) -> Callable[[World], Iterator[Case]]:
    def cases(world: World) -> Iterator[Case]:
        for who in world.own:  # the integration works, so its user has authorised the app
            holder = replace(who, consented=True)
            facts = world.own_facts(who, Wish.KEEP_OUT)
            yield _case(holder, world.strangers, "any other address", flow, facts)

    return cases


def _consent(pick: Callable[[World], AddressSet], words: str) -> Callable[[World], Iterator[Case]]:
    def cases(world: World) -> Iterator[Case]:
        for who in world.colleagues.ordinary:
            yield _case(who, pick(world), words, Flow.CODE_EXCHANGE, world.others_facts)

    return cases


def _look_alike(world: World) -> Iterator[Case]:
    for who in world.colleagues.approvers:
        yield _case(who, world.strangers, "any other address", Flow.CODE_EXCHANGE, world.look_alike)


def _from_egress(flow: Flow) -> Callable[[World], Iterator[Case]]:
    def cases(world: World) -> Iterator[Case]:
        for who in world.own:
            facts = world.own_facts(who, Wish.KEEP_WORKING)
            yield _case(who, world.egress, "the egress addresses", flow, facts)
            for gap in world.integration.egress.gaps:
                text = f"Some egress addresses are not known: {gap.reason}."
                reason = Reason(text, gap.what, Outcome.CANNOT_TELL)
                yield Case(who.name, gap.what, flow, Decision(Outcome.CANNOT_TELL, (reason,)))

    return cases


def _operator(world: World) -> Iterator[Case]:
    """The operator's browser signs in and consents; the code it gets is redeemed by the integration, from its egress.

    An app's allowlist binds who redeems: it's required of apps whose users sign in from anywhere, and holds 256
    addresses (ISVforce Guide, Secure Your Connected Apps and External Client Apps). Row `refreshing` tells of that.
    """
    for who in world.own:
        facts = world.own_facts(who, Wish.KEEP_WORKING)
        facts = replace(facts, app=set_aside(facts.app)) if facts.app else facts
        for flow in (Flow.LOGIN, Flow.CODE_EXCHANGE):
            yield _case(who, world.operator, "the operator ranges", flow, facts)


_FEARED = Wish.KEEP_OUT
_NEEDED = Wish.KEEP_WORKING
SCENARIOS: Final = (
    Scenario(
        "stolen-refresh-token",
        "A stolen refresh token, used from a stranger's address",
        _FEARED,
        "Somebody has a refresh token of the integration and what the app needs to use it.",
        _stolen(Flow.REFRESH),
    ),
    Scenario(
        "stolen-session",
        "A stolen live session, used from a stranger's address",
        _FEARED,
        "Somebody has an access token of the integration that has not ended.",
        _stolen(Flow.API_CALL),
    ),
    Scenario(
        "phished-user",
        "A phished colleague approves the app for a stranger",
        _FEARED,
        "Anybody but the integration's users, without Use Any API Client of their own.",
        _consent(lambda world: world.strangers, "any other address"),
    ),
    Scenario(
        "look-alike-app",
        "A phished colleague approves an uninstalled look-alike app",
        _FEARED,
        "The app has a trusted name, and nobody here authorised it before.",
        _look_alike,
    ),
    Scenario(
        "leaked-jwt-key",
        "A leaked JWT key, used from a stranger's address",
        _FEARED,
        "Somebody has the private key of a certificate that the app trusts.",
        _stolen(Flow.JWT_BEARER),
    ),
    Scenario(
        "insider",
        "An insider on the VPN authorises the app for themselves",
        _FEARED,
        "From an operator range, as anybody but the integration's users.",
        _consent(lambda world: world.operator, "the operator ranges"),
    ),
    Scenario(
        "neighbour-tenant",
        "A neighbour tenant in the Azure region, with a colleague's consent",
        _FEARED,
        "From an egress address, which every customer of the region shares, with the app's client.",
        _consent(lambda world: world.egress, "the egress addresses"),
    ),
    Scenario(
        "refreshing",
        "The Logic App refreshes its token",
        _NEEDED,
        "From every egress address.",
        _from_egress(Flow.REFRESH),
    ),
    Scenario(
        "calling",
        "The Logic App calls the API",
        _NEEDED,
        "From every egress address, with a live session.",
        _from_egress(Flow.API_CALL),
    ),
    Scenario(
        "operator",
        "The operator gets in to repair",
        _NEEDED,
        "From every operator range: signs in as the integration's user and authorises the app again, whose code the Logic App redeems.",
        _operator,
    ),
)
