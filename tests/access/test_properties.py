"""What must hold of every decision, whatever the facts."""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from sfharden.access.decide import decide
from sfharden.access.facts import AppFacts, Facts, Flow, OrgFacts, Outcome, SessionPolicy, Who
from sfharden.access.token_allowlist import BOUND, set_aside
from sfharden.addresses import ALL_V4, AddressSet
from sfharden.facts.apps import IpRelaxation

SURE = (Outcome.ALLOWED, Outcome.REFUSED)
# A small world of sixteen addresses, so that ranges meet often.
NUMBERS = st.integers(0, 15)
BASE = 0xFFFF_0A00_0000
# Mostly known, and mostly as they let somebody in: else hardly any outcome would be sure.
MAYBE = st.sampled_from([True, True, False, False, None])
OFF = st.sampled_from([False, False, False, False, True, None])


def addresses(numbers: list[int]) -> AddressSet:
    return AddressSet.from_intervals((BASE + number, BASE + number) for number in numbers)


SETS = st.lists(NUMBERS, max_size=6).map(addresses)
MAYBE_SETS = SETS | st.none()
WHO = st.builds(Who, st.just("u"), MAYBE_SETS, OFF, MAYBE, MAYBE, MAYBE, MAYBE)
APPS = st.builds(
    AppFacts, st.just("a"), st.booleans(), MAYBE, OFF, MAYBE, st.sampled_from(IpRelaxation) | st.none(),
    MAYBE_SETS, st.sampled_from([SessionPolicy.NONE] * 4 + list(SessionPolicy)) | st.none(), MAYBE, MAYBE_SETS,
)  # fmt: skip
ORGS = st.builds(OrgFacts, MAYBE, OFF, MAYBE_SETS, OFF, OFF, OFF)
FLOWS = st.sampled_from(Flow)
SOURCES = NUMBERS.map(lambda number: BASE + number)

# Every fact that may be unknown, with all it may turn out to be.
BOTH: list[Any] = [True, False]
SOME_SETS: list[Any] = [addresses([]), addresses([1]), addresses([2, 3]), addresses(list(range(16)))]
VALUES: dict[str, list[Any]] = {
    "login_ranges": SOME_SETS, "own_ranges": SOME_SETS, "trusted_ranges": SOME_SETS, "token_allowlist": SOME_SETS,
    "relaxation": list(IpRelaxation), "session_policy": list(SessionPolicy),
}  # fmt: skip
# From lax to strict; whatever follows is at least as strict as what comes before.
STRICTER = {
    IpRelaxation.RELAX: [IpRelaxation.RELAX_REFRESH, IpRelaxation.RELAX_ACTIVATED, IpRelaxation.ENFORCE],
    IpRelaxation.RELAX_REFRESH: [IpRelaxation.ENFORCE],
    IpRelaxation.RELAX_ACTIVATED: [IpRelaxation.ENFORCE],
    IpRelaxation.ENFORCE: [],
}
ENFORCED_BY_TRUE = (
    "every_request",
    "session_lock",
    "api_access_control",
    "user_agent_blocked",
    "password_blocked",
)


@settings(max_examples=200)
@given(WHO, SOURCES, FLOWS, ORGS, APPS, SETS)
def test_one_more_range_never_turns_allowed_into_refused(
    who: Who, source: int, flow: Flow, org: OrgFacts, app: AppFacts, more: AddressSet
) -> None:
    if not who.login_ranges:
        return  # the first range of a profile is what begins to refuse
    facts = Facts(org, app)
    wider = replace(who, login_ranges=who.login_ranges | more)
    if decide(who, source, flow, facts).outcome is Outcome.ALLOWED:
        assert decide(wider, source, flow, facts).outcome is Outcome.ALLOWED


@settings(max_examples=200)
@given(WHO, SOURCES, FLOWS, ORGS, APPS)
def test_more_enforcement_never_turns_refused_into_allowed(
    who: Who, source: int, flow: Flow, org: OrgFacts, app: AppFacts
) -> None:
    if decide(who, source, flow, Facts(org, app)).outcome is not Outcome.REFUSED:
        return
    for name in ENFORCED_BY_TRUE:
        if getattr(org, name) is False:
            changes: dict[str, Any] = {name: True}
            stricter = Facts(replace(org, **changes), app)
            assert decide(who, source, flow, stricter).outcome is not Outcome.ALLOWED
    for relaxation in STRICTER[app.relaxation] if app.relaxation else []:
        stricter = Facts(org, replace(app, relaxation=relaxation))
        assert decide(who, source, flow, stricter).outcome is not Outcome.ALLOWED
    if app.admin_approved is False:
        stricter = Facts(org, replace(app, admin_approved=True))
        assert decide(who, source, flow, stricter).outcome is not Outcome.ALLOWED


@settings(max_examples=200)
@given(WHO, SOURCES, FLOWS, ORGS, APPS, SETS)
def test_one_more_address_in_an_allowlist_never_turns_allowed_into_refused(
    who: Who, source: int, flow: Flow, org: OrgFacts, app: AppFacts, more: AddressSet
) -> None:
    if not app.token_allowlist:
        return  # the first range is what begins to refuse
    wider = replace(app, token_allowlist=app.token_allowlist | more)
    if decide(who, source, flow, Facts(org, app)).outcome is Outcome.ALLOWED:
        assert decide(who, source, flow, Facts(org, wider)).outcome is Outcome.ALLOWED


@settings(max_examples=200)
@given(WHO, SOURCES, FLOWS, ORGS, APPS, MAYBE_SETS)
def test_an_allowlist_lets_nobody_in_and_binds_two_flows_only(
    who: Who, source: int, flow: Flow, org: OrgFacts, app: AppFacts, listed: AddressSet | None
) -> None:
    free = decide(who, source, flow, Facts(org, set_aside(app))).outcome
    bound = decide(who, source, flow, Facts(org, replace(app, token_allowlist=listed))).outcome
    if flow not in BOUND:
        assert bound is free
    elif free is not Outcome.ALLOWED:
        assert bound is not Outcome.ALLOWED
    if free is Outcome.REFUSED:
        assert bound is Outcome.REFUSED


Thing = TypeVar("Thing", Who, AppFacts, OrgFacts)


def better_known(thing: Thing) -> Iterator[Thing]:
    """The same with one unknown fact known, in every way it may turn out."""
    for field in fields(thing):
        if getattr(thing, field.name) is None:
            for value in VALUES.get(field.name, BOTH):
                yield replace(thing, **{field.name: value})


@settings(max_examples=400)
@given(WHO, SOURCES, FLOWS, ORGS, APPS)
def test_an_unknown_fact_is_never_surer_than_the_fact(
    who: Who, source: int, flow: Flow, org: OrgFacts, app: AppFacts
) -> None:
    outcome = decide(who, source, flow, Facts(org, app)).outcome
    if outcome not in SURE:
        return
    for known_who in better_known(who):
        assert decide(known_who, source, flow, Facts(org, app)).outcome is outcome
    for known_app in better_known(app):
        assert decide(who, source, flow, Facts(org, known_app)).outcome is outcome
    for known_org in better_known(org):
        assert decide(who, source, flow, Facts(known_org, app)).outcome is outcome


@given(WHO, SETS, FLOWS, ORGS, APPS)
def test_a_set_fares_as_its_addresses_do(
    who: Who, source: AddressSet, flow: Flow, org: OrgFacts, app: AppFacts
) -> None:
    facts = Facts(org, app)
    decision = decide(who, source, flow, facts)
    if not source:
        assert decision.outcome is Outcome.CANNOT_TELL
        return
    assert sum(part.addresses.size for part in decision.parts) == source.size
    for part in decision.parts:
        for start, end in part.addresses:
            for address in range(start, end + 1):
                assert decide(who, address, flow, facts).outcome is part.outcome
    outcomes = {part.outcome for part in decision.parts}
    if decision.outcome in SURE:
        assert outcomes == {decision.outcome}
    assert (decision.outcome is Outcome.PARTLY) == (outcomes >= set(SURE))


def test_sets_beyond_counting_are_decided_too() -> None:
    who = Who("u", AddressSet.of(["10.0.0.0/8"]), login_hours=False)
    decision = decide(who, ALL_V4, Flow.LOGIN, Facts(OrgFacts()))
    assert decision.outcome is Outcome.PARTLY
    assert [part.addresses.size for part in decision.parts] == [2**24, 2**32 - 2**24]
