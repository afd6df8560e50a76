"""An app's Refresh Token IP Allowlist: the addresses that may redeem its authorisation codes and refresh tokens.

Help, Set Up an IP Allowlist for Refresh Tokens: others are refused in the web server flow and the refresh token flow; at
most 128 ranges and 256 addresses in all. Of an external client app its file has the addresses (metadata types of API
67.0). Of a connected app only the switch shows (API 68.0), which is meant by its name alone; no API has its addresses.
"""

from dataclasses import dataclass
from typing import Final

from sfharden.addresses import AddressSet
from sfharden.facts import values as facts
from sfharden.facts.apps import App
from sfharden.facts.index import Index
from sfharden.facts.profiles import LoginRanges, ranges_of
from sfharden.facts.values import CannotTell, Fact
from sfharden.model import kinds
from sfharden.model.snapshot import ANY_KIND, Component

MOST_RANGES: Final = 128
MOST_ADDRESSES: Final = 256
# How many addresses beyond need a list may hold, unless a policy says otherwise.
TOLERATED_SURPLUS: Final = 16
# The first API version that shows it (published types 1.7.3 and 1.9.0): of an external client app, of a connected app.
SINCE: Final = {True: 67, False: 68}
SWITCH: Final = "oauthConfig.isIpBindingEnabled"
RANGES: Final = ("tokenIpRanges", "startIpAddress", "endIpAddress")
ADDRESSES_HIDDEN: Final = "the app's allowlist is on, and no API shows its addresses"


@dataclass(frozen=True, slots=True)
class TokenAllowlist:
    """An app's allowlist as it was read: `entries` ranges, none for no list; `addresses` is None where they don't show.

    `on` is the switch of a connected app, as it was written; an external client app has none that shows.
    """

    addresses: AddressSet | None
    entries: int
    where: str
    on: Fact[bool] | None = None


def token_allowlist(index: Index, app: App) -> TokenAllowlist:
    """The app's allowlist. Raises CannotTell where it doesn't show whether there is one, or not all of it."""
    app.require_files()
    return _of_external(index, app) if app.external else _of_connected(index, app)


def _of_connected(index: Index, app: App) -> TokenAllowlist:
    found = [facts.boolean(part, SWITCH) for part in app.parts if _says_switch(part)]
    if not found or len(found) < len(app.parts):
        raise CannotTell(_switch_hidden(index, app), app.where)
    if len({one.value for one in found}) > 1:
        raise CannotTell(f"{len(found)} files give the app different values of {SWITCH}", found[1].where)
    return TokenAllowlist(None if found[0].value else AddressSet(), 0, found[0].where, found[0])


def _says_switch(part: Component) -> bool:
    return facts.has(part, SWITCH) or facts.is_damaged(part, SWITCH)


def _switch_hidden(index: Index, app: App) -> str:
    if _is_too_old(index, app):
        return _too_old(index, app)
    if "__" in app.name:  # whether a subscriber is shown a packaged app's is not documented
        return "the app is of a package, and its file doesn't tell whether its developer has the allowlist on"
    return f"{SWITCH} is not in the file; API {SINCE[app.external]}.0 and later show it"


def _is_too_old(index: Index, app: App) -> bool:
    told = index.live or index.snapshot.source.api_version
    return bool(told) and index.api_number < SINCE[app.external]


def _too_old(index: Index, app: App) -> str:
    version = index.snapshot.source.api_version or "of an unknown version"
    return (
        f"API {version} doesn't show whether the app has an allowlist: that takes API {SINCE[app.external]}.0"
    )


def _of_external(index: Index, app: App) -> TokenAllowlist:
    parts = [part for part in app.parts if part.kind == kinds.EXTERNAL_OAUTH_SECURITY]
    if not parts:
        _require_none(index, app)
        return TokenAllowlist(AddressSet(), 0, app.where)
    found = [ranges_of(part, *RANGES) for part in parts]
    for one in found:
        _require_whole(one)
    if len({one.addresses for one in found}) > 1:
        raise CannotTell(f"{len(found)} files give the app different allowlists", found[1].where)
    return TokenAllowlist(found[0].addresses, found[0].entries, found[0].where)


def _require_whole(ranges: LoginRanges) -> None:
    if ranges.broken:
        raise CannotTell(
            f"a range of the allowlist can't be read: {ranges.broken[0].value}", ranges.broken[0].where
        )


def _require_none(index: Index, app: App) -> None:
    """Raise CannotTell unless the org was asked for such files, and gave none of this app."""
    for gap in index.snapshot.gaps:
        if gap.kind in (kinds.EXTERNAL_OAUTH_SECURITY, ANY_KIND):
            raise CannotTell(f"the app's allowlist can't be read: {gap.what}: {gap.reason}", gap.what)
    if _is_too_old(index, app):
        raise CannotTell(_too_old(index, app), app.where)
    if "__" in app.name:  # packages of the second generation don't carry the type
        raise CannotTell("the app is of a package, which doesn't bring its developer's allowlist", app.where)
    asked = index.snapshot.org.metadata_asked if index.snapshot.org else ()
    shown = any(
        part.kind == kinds.EXTERNAL_OAUTH_POLICY for part in app.parts
    )  # to whom no policies are, nothing is
    if kinds.EXTERNAL_OAUTH_SECURITY not in asked or not shown:
        raise CannotTell(f"no {kinds.EXTERNAL_OAUTH_SECURITY} file of the app was read", app.where)
