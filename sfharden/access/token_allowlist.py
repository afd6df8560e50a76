"""Rules about an app's Refresh Token IP Allowlist: who may redeem a code or a refresh token, and from where."""

from dataclasses import replace
from typing import Final

from sfharden.access import published
from sfharden.access.facts import AppFacts, Flow, Place, Reason
from sfharden.access.verdict import allowed, by_fact, refused
from sfharden.addresses import AddressSet
from sfharden.facts.apps import App
from sfharden.facts.index import Index
from sfharden.facts.token_allowlist import ADDRESSES_HIDDEN, token_allowlist
from sfharden.facts.values import CannotTell
from sfharden.text.wording import ended

# The flows that the page names. JWT bearer is not bound by it (seen in a live org), nor is a call with an access token
# that was issued already, which the page doesn't name.
BOUND: Final = (Flow.CODE_EXCHANGE, Flow.REFRESH)

_NO_LIST: Final = allowed(
    "The app has no allowlist for its codes and refresh tokens.", published.TOKEN_ALLOWLIST
)
_INSIDE: Final = allowed(
    "The app's allowlist for codes and refresh tokens has the address.", published.TOKEN_ALLOWLIST
)
_OUTSIDE: Final = refused(
    "The app's allowlist for codes and refresh tokens doesn't have the address.", published.TOKEN_ALLOWLIST
)


def judge_allowlist(place: Place, app: AppFacts) -> Reason:
    """Whether the app's allowlist lets an address redeem a code or a refresh token."""
    if app.token_allowlist is not None and not app.token_allowlist:
        return _NO_LIST
    why = app.allowlist_gap or f"the allowlist of {app.name} is not known"
    return by_fact(place.allowlisted, f"{why[:1].upper()}{ended(why)[1:]}", _INSIDE, _OUTSIDE)


def allowlist_facts(index: Index, app: App) -> tuple[AddressSet | None, str]:
    """What an app's policy tells of its allowlist: the addresses, or None and why they aren't known."""
    try:
        found = token_allowlist(index, app)
    except CannotTell as reason:
        return None, reason.reason
    return found.addresses, "" if found.addresses is not None else ADDRESSES_HIDDEN


def set_aside(app: AppFacts) -> AppFacts:
    """The policy without its allowlist, for what that doesn't bind."""
    return replace(app, token_allowlist=AddressSet(), allowlist_gap="")
