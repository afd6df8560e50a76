"""Rules about addresses: login ranges, what an app's IP relaxation lifts of them, enforcement on every request."""

from typing import Final

from sfharden.access import published
from sfharden.access.facts import AppFacts, Facts, Flow, Own, Place, Reason, Who
from sfharden.access.verdict import allowed, by_fact, either, refused, unknown
from sfharden.facts.apps import IpRelaxation

# Flows in which the app's own IP relaxation counts for nothing: a login has no app, and a JWT is always checked.
_ALWAYS_ENFORCED: Final = (Flow.LOGIN, Flow.JWT_BEARER)

_NO_RANGES = allowed("The profile has no login ranges, so it keeps nobody out.", published.RANGES)
_INSIDE = allowed("The address is inside the profile's login ranges.", published.RANGES)
_OUTSIDE = refused("The address is outside the profile's login ranges.", published.RANGES)
_ENFORCED = refused(
    "The address is outside the profile's login ranges, and the app enforces them.", published.RELAXATION
)
_RELAXED = allowed("The app relaxes IP restrictions: login ranges don't count.", published.RELAXATION)
_AT_START = allowed(
    "Login ranges are looked at when a session starts, not on later calls.", published.EVERY_REQUEST
)
_REFRESH_RELAXED = allowed(
    "The app relaxes IP restrictions for refresh tokens: login ranges don't count.", published.RELAXATION
)
_CALL_AFTER_REFRESH = unknown(
    "The app relaxes IP restrictions for refresh tokens; whether that holds for calls made afterwards is not documented.",
    published.UNDOCUMENTED,
)
_CREDENTIALS_OUTSIDE = unknown(
    "The address is outside the login ranges; whether client credentials are bound to them is not documented.",
    published.UNDOCUMENTED,
)
_VERIFIED = unknown(
    "For activated devices restrictions are lifted if the user passes an identity check, which can't be told.",
    published.RELAXATION,
)
_OWN_INSIDE = allowed(
    "The address is in the app's trusted ranges, which lift the login ranges.", published.RELAXATION
)
_OWN_REFRESH = unknown(
    "The address is in the app's trusted ranges; whether they lift login ranges outside the web server flow itself is not documented.",
    published.RELAXATION,
)


def judge_address(who: Who, place: Place, flow: Flow, facts: Facts) -> Reason:
    """Whether the login ranges of the profile let this address through."""
    if who.login_ranges is not None and not who.login_ranges:
        return _NO_RANGES
    if flow is Flow.API_CALL:
        checked = _by_inside(who, place, flow, facts)
        return by_fact(
            facts.org.every_request,
            "Whether login ranges are enforced on every request is not known.",
            checked,
            _AT_START,
        )
    return _by_inside(who, place, flow, facts)


def _by_inside(who: Who, place: Place, flow: Flow, facts: Facts) -> Reason:
    inside, outside = (_by_relaxation(one, place, flow, facts) for one in (True, False))
    if who.login_ranges is None or place.inside is None:
        # The outside case goes first: if all agree, it's the one whose reason tells why.
        return either(f"The login ranges of {who.name} are not known.", outside, inside, _NO_RANGES)
    return inside if place.inside else outside


def _by_relaxation(inside: bool, place: Place, flow: Flow, facts: Facts) -> Reason:
    if flow in _ALWAYS_ENFORCED:
        return _INSIDE if inside else _always(flow)
    if flow is Flow.CLIENT_CREDENTIALS:
        return _INSIDE if inside else _CREDENTIALS_OUTSIDE
    app = facts.app or AppFacts("an app")
    if app.relaxation is None:
        cases = [_one(inside, place.own, flow, one) for one in IpRelaxation]
        return either(f"The IP relaxation of {app.name} is not known.", *cases)
    return _one(inside, place.own, flow, app.relaxation)


def _always(flow: Flow) -> Reason:
    if flow is Flow.LOGIN:
        return _OUTSIDE
    return refused(
        "The address is outside the profile's login ranges, which always bind JWT bearer, whatever the app says.",
        published.RELAXATION,
    )


def _one(inside: bool, own: Own, flow: Flow, relaxation: IpRelaxation) -> Reason:
    """One row of the published table: IP relaxation against continuous enforcement."""
    if relaxation is IpRelaxation.RELAX:
        return _RELAXED
    if relaxation is IpRelaxation.RELAX_REFRESH and flow is Flow.REFRESH:
        return _REFRESH_RELAXED
    if inside:
        return _INSIDE
    if relaxation is IpRelaxation.RELAX_ACTIVATED:
        return _outside_activated(own, flow)
    if relaxation is IpRelaxation.RELAX_REFRESH and flow is Flow.API_CALL:
        return _CALL_AFTER_REFRESH
    return _ENFORCED


def _outside_activated(own: Own, flow: Flow) -> Reason:
    """The web server flow is freed by the app's own ranges or, if it has none, by an identity check.

    An older edition of the page names the user-agent flow beside it for the identity check, so that is unknown.
    """
    if flow is Flow.USERNAME_PASSWORD:
        return _ENFORCED
    if own is Own.UNKNOWN:
        cases = [_outside_activated(one, flow) for one in (Own.NONE, Own.INSIDE, Own.OUTSIDE)]
        return either("The app's trusted ranges are not known.", *cases)
    if own is Own.NONE:
        return _VERIFIED
    if own is Own.OUTSIDE or flow is Flow.USER_AGENT:
        return _ENFORCED
    return _OWN_INSIDE if flow is Flow.CODE_EXCHANGE else _OWN_REFRESH
