"""The decision: every rule is asked, one refusal refuses, one 'cannot tell' withholds a yes."""

from collections.abc import Iterable, Iterator
from itertools import product

from sfharden.access import published
from sfharden.access.address_rules import judge_address
from sfharden.access.app_rules import (
    judge_access_control,
    judge_blocked,
    judge_flow,
    judge_permitted,
    judge_refresh_policy,
    judge_session_policy,
    judge_unknown,
)
from sfharden.access.facts import Decision, Facts, Flow, Outcome, Own, Part, Place, Reason, Who
from sfharden.access.token_allowlist import BOUND, judge_allowlist
from sfharden.access.verdict import allowed, by_fact, unknown
from sfharden.addresses import AddressSet, interval

# The order in which reasons are told: what decides comes first.
_WEIGHT = {Outcome.REFUSED: 0, Outcome.CANNOT_TELL: 1, Outcome.ALLOWED: 2, Outcome.PARTLY: 3}


def decide(who: Who, source: str | int | AddressSet, flow: Flow, facts: Facts) -> Decision:
    """Whether `who`, coming from `source` by `flow`, is let in.

    `source` is one address, as text or as the integer that `addresses` uses, or a set of addresses. A set
    whose addresses fare differently is PARTLY if some are let in for sure and some are refused for sure,
    else CANNOT_TELL; `parts` has the pieces. Raises AddressError for a text that is no address.
    """
    if isinstance(source, AddressSet):
        return _decide_set(who, source, flow, facts)
    address = interval(source, source)[0] if isinstance(source, str) else source
    return decide_at(who, place_of(who, address, facts), flow, facts)


def place_of(who: Who, address: int, facts: Facts) -> Place:
    """Where one address stands to the ranges that matter; O(log n) in the number of ranges."""
    app, trusted = facts.app, facts.org.trusted_ranges
    own = app.own_ranges if app else AddressSet()
    bound = app.token_allowlist if app else None
    return Place(
        inside=None if who.login_ranges is None else address in who.login_ranges,
        own=_own(own, own is not None and address in own),
        trusted=None if trusted is None else address in trusted,
        allowlisted=None if bound is None else not bound or address in bound,
    )


def ranges_that_count(who: Who, facts: Facts) -> tuple[AddressSet | None, ...]:
    """Every set of ranges that makes a difference; None for one that is not known."""
    app = facts.app
    own, bound = (app.own_ranges, app.token_allowlist) if app else (None, None)
    return who.login_ranges, own, bound, facts.org.trusted_ranges


def _own(ranges: AddressSet | None, inside: bool) -> Own:
    if ranges is None:
        return Own.UNKNOWN
    if not ranges:
        return Own.NONE
    return Own.INSIDE if inside else Own.OUTSIDE


def decide_at(who: Who, place: Place, flow: Flow, facts: Facts) -> Decision:
    """The decision for an address of which only its place is known."""
    reasons = tuple(sorted(_reasons(who, place, flow, facts), key=lambda one: _WEIGHT[one.outcome]))
    return Decision(_strongest(reasons), (*reasons, *_notes(who, place, flow, facts)))


def _strongest(reasons: Iterable[Reason]) -> Outcome:
    return min((one.outcome for one in reasons), key=_WEIGHT.__getitem__, default=Outcome.CANNOT_TELL)


def _reasons(who: Who, place: Place, flow: Flow, facts: Facts) -> Iterator[Reason]:
    yield judge_address(who, place, flow, facts)
    if flow is not Flow.LOGIN:
        yield from _app_reasons(who, place, flow, facts)
    if flow is Flow.API_CALL:
        yield _judge_lock(facts)
    yield _judge_hours(who)
    yield from (one.reason for one in facts.more if one.flows is None or flow in one.flows)


def _app_reasons(who: Who, place: Place, flow: Flow, facts: Facts) -> Iterator[Reason]:
    app = facts.app
    if app is None:
        yield unknown("Which app it is, is not known.", published.UNDOCUMENTED)
        return
    yield judge_permitted(who, flow, app)
    yield judge_blocked(who, app)
    yield judge_session_policy(flow, app)
    yield judge_access_control(who, flow, app, facts.org)
    yield from judge_unknown(app)
    if flow in BOUND:
        yield judge_allowlist(place, app)
    if flow is Flow.REFRESH:
        yield judge_refresh_policy(app)
    if switched := judge_flow(flow, facts):
        yield switched


def _judge_hours(who: Who) -> Reason:
    """Login hours have no time zone in the metadata, so whether a moment is inside can't be told."""
    return by_fact(
        who.login_hours,
        f"Whether {who.name} has login hours is not known.",
        unknown(
            "The profile has login hours: outside them it's shut, and they have no time zone.",
            published.HOURS,
        ),
        allowed("The profile has no login hours.", published.HOURS),
    )


def _judge_lock(facts: Facts) -> Reason:
    return by_fact(
        facts.org.session_lock,
        "Whether sessions are locked to the address they began from is not known.",
        unknown(
            "Sessions are locked to the address they began from, which is not known here.", published.LOCK
        ),
        allowed("Sessions are not locked to the address they began from.", published.LOCK),
    )


def _notes(who: Who, place: Place, flow: Flow, facts: Facts) -> Iterator[Reason]:
    """What never refuses, and is good to know."""
    if facts.org.trusted_ranges is None or flow not in (Flow.LOGIN, Flow.USERNAME_PASSWORD):
        return
    if not place.trusted and who.login_ranges is not None and not who.login_ranges:
        text = "Outside the org's trusted ranges an identity check or a security token is asked for; that's no refusal."
        yield allowed(text, published.TRUSTED)


def _decide_set(who: Who, source: AddressSet, flow: Flow, facts: Facts) -> Decision:
    found: dict[Outcome, Part] = {}
    for addresses in _regions(who, source, facts):
        decision = decide_at(who, place_of(who, addresses.intervals[0][0], facts), flow, facts)
        before = found.get(decision.outcome)
        joined = (before.addresses if before else AddressSet()) | addresses
        reasons = (*(before.reasons if before else ()), *decision.reasons)
        found[decision.outcome] = Part(joined, decision.outcome, tuple(dict.fromkeys(reasons)))
    parts = tuple(found[outcome] for outcome in Outcome if outcome in found)
    if not parts:
        return Decision(
            Outcome.CANNOT_TELL, (unknown("There are no addresses to come from.", published.UNDOCUMENTED),)
        )
    reasons = tuple(dict.fromkeys(reason for part in parts for reason in part.reasons))
    return Decision(together(parts), tuple(sorted(reasons, key=lambda one: _WEIGHT[one.outcome])), parts)


def together(parts: Iterable[Part]) -> Outcome:
    """The outcome of several parts: theirs if they agree; PARTLY if some are in and some out; else cannot tell."""
    outcomes = {part.outcome for part in parts}
    if len(outcomes) == 1:
        return outcomes.pop()
    return Outcome.PARTLY if outcomes >= {Outcome.ALLOWED, Outcome.REFUSED} else Outcome.CANNOT_TELL


def _regions(who: Who, source: AddressSet, facts: Facts) -> Iterator[AddressSet]:
    """The source cut along every set of ranges, so that all addresses of a piece stand in the same place."""
    known = [cut for cut in ranges_that_count(who, facts) if cut]
    for sides in product((True, False), repeat=len(known)):
        piece = source
        for cut, inside in zip(known, sides, strict=True):
            piece = piece & cut if inside else piece - cut
        if piece:
            yield piece
