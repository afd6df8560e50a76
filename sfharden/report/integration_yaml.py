"""A commented integration file, from what a source holds: what was found, what is guessed of it, and what only a person knows."""

from collections.abc import Iterable, Iterator
from typing import Final

from sfharden.addresses import show_ranges
from sfharden.facts.apps import App
from sfharden.facts.index import Index
from sfharden.facts.pairing import Guess, Pair, is_custom, likeliest_profile, pairs_of
from sfharden.facts.profiles import login_ranges
from sfharden.facts.values import CannotTell
from sfharden.model import kinds, org
from sfharden.model.integration import (
    EDIT_ADDRESS,
    EDIT_APP,
    EDIT_LOGIC_APP,
    EDIT_PROFILE,
    EDIT_USER,
    Egress,
)
from sfharden.model.snapshot import Component, Snapshot
from sfharden.report.init_azure import azure_lines, egress_lines
from sfharden.report.init_lines import comments, guess, quoted
from sfharden.text.names import profile_aliases

_UNTIED: Final = "nothing that was read ties it to the app"
# What pairing rests on in a running org.
_TABLES: Final = (org.APPS, org.APP_ACCESS, org.TOKENS, org.EXTERNAL_TOKENS, org.USERS, org.PROFILES)


def integration_text(snapshot: Snapshot, listed: Egress | None = None) -> str:
    """The text of an integration file; every name from the source is quoted or in a comment made safe.

    `listed` is where the Logic Apps call from by what Azure lists, where that was read.
    """
    index = Index(snapshot)
    pairs = pairs_of(index)
    profiles = sorted(snapshot.of_kind(kinds.PROFILE), key=lambda one: (not is_custom(one), one.name))
    pair = pairs[0] if pairs else None
    profile = _profile_of(pair, profiles)
    lines = [
        "# An integration: one app, the profile its users have, and the addresses it calls from.",
        "# Lines marked EDIT need your facts; until then, what rests on them is unknown or failed, never passed.",
        "# What stands below GUESS was guessed from what was read, for the reason given there: see that it's so.",
        *comments((f"Not all was read: {one}" for one in _gaps(snapshot)), none=""),
        "version: 1",
        "integrations:",
        "  - name: my-integration        # EDIT: any name; it stands in reports",
        "    # The connected app or external client app, by API name or label. Found:",
        *comments(_app_line(one.app) for one in pairs),
        *([guess(_why_the_app(pairs))] if pair else []),
        f"    app: {_named(index, pair.app) if pair else quoted(EDIT_APP)}",
        "    # The dedicated profile, by API name or label. Found, with login ranges:",
        *comments(_profile_line(one) for one in profiles),
        *([guess("; ".join(profile.because) or _UNTIED)] if profile else []),
        f"    profile: {quoted(profile.name if profile else EDIT_PROFILE)}",
        "    # clone_from: Minimum Access - Salesforce   # to make the profile from, where there's none yet",
        *_users(pair),
        "    # Where it calls from; any mix of the three. Paths are relative to this file.",
        "    egress:",
        *_egress(snapshot, listed),
        "      # - service_tags: ServiceTags_Public.json",
        "      #   tag: AzureConnectors.WestEurope",
        "      # - ranges: [192.0.2.0/28, 192.0.2.40-192.0.2.47]",
        f"    operator_ranges: [{EDIT_ADDRESS}]   # EDIT: an address of yours; the way in that must survive",
        "    # hardened_at: 2026-11-20T09:00:00Z   # when the hardening was done",
        *(azure_lines(snapshot.azure) if snapshot.azure else ()),
        *_other_pairs(pairs[1:]),
        "# waivers:",
        "#   - {control: app-pkce-required, subject: my app, reason: why, owner: who, expires: 2027-01-31}",
    ]
    return "\n".join(lines) + "\n"


def _egress(snapshot: Snapshot, listed: Egress | None) -> Iterator[str]:
    if listed is None or snapshot.azure is None:
        yield f"      - logic_app: {EDIT_LOGIC_APP}   # EDIT: az resource show --ids ID > my-logic-app.json"
    else:
        yield from egress_lines(listed, snapshot.azure)


def _gaps(snapshot: Snapshot) -> Iterable[str]:
    """What of the tables that pairing rests on may be missing."""
    found = (gap for gap in snapshot.gaps if gap.kind in _TABLES and not gap.name)
    return dict.fromkeys(f"{gap.what}: {gap.reason}" for gap in found)


# Guesses ------------------------------------------------------------------------------------


def _why_the_app(pairs: tuple[Pair, ...]) -> str:
    if len(pairs) == 1:
        return "the only app that was read"
    if not pairs[0].is_tied:
        return "nothing that was read ties any of them to a profile; by its name"
    return "of all these, most ties this one to a profile and users"


def _profile_of(pair: Pair | None, profiles: Iterable[Component]) -> Guess | None:
    """The profile that is tied to the app; else the likeliest of those there are."""
    if pair and pair.profile:
        return pair.profile
    likely = likeliest_profile(profiles)
    return Guess(likely.name) if likely else None


def _users(pair: Pair | None) -> Iterator[str]:
    """Those who are guessed; where none are, what to replace. Whoever else may be meant is told, and not taken."""
    if pair and pair.others:
        yield "    # Users who are not taken, and to be looked at, for they may be strangers:"
        yield from comments(f"{one.name}: {', '.join(one.because)}" for one in pair.others)
    for one in pair.users if pair else ():
        yield guess(f"{one.name}: {', '.join(one.because)}")
    names = ", ".join(quoted(one.name) for one in pair.users) if pair else ""
    tail = "" if names else "   # EDIT: the usernames that the integration signs in with"
    yield f"    users: [{names or EDIT_USER}]{tail}"


def _other_pairs(pairs: Iterable[Pair]) -> Iterator[str]:
    tied = [pair for pair in pairs if pair.is_tied]
    if tied:
        yield "    # Other apps, and what hangs together with them; an integration each, if they are yours:"
        yield from comments(map(_pair_line, tied))


def _pair_line(pair: Pair) -> str:
    profile = (
        f"profile {pair.profile.name} ({'; '.join(pair.profile.because)})" if pair.profile else "no profile"
    )
    users = ", ".join(one.name for one in pair.users) or "none that is sure"
    return f"{pair.app.name}, {pair.app.kind}: {profile}; users: {users}"


def _named(index: Index, app: App) -> str:
    """The first name that leads to the app and to no other: a label, the API name, or one of these with the kind.

    Of a migrated app the name leads to both sides, and both are to be judged.
    """
    names = tuple(dict.fromkeys((*app.labels, app.name)))
    for kind in ("", app.kind):
        for name in names:
            if _leads_to(index, app, name, kind):
                return f"{{name: {quoted(name)}, kind: {kind}}}" if kind else quoted(name)
    return quoted(app.name)


def _leads_to(index: Index, app: App, name: str, kind: str) -> bool:
    try:
        return app in index.sides(name, kind)
    except CannotTell:
        return False


# What was found -----------------------------------------------------------------------------


def _app_line(app: App) -> str:
    labels = f" ({', '.join(app.labels)})" if app.labels else ""
    return f"{app.name}{labels}, {app.kind}"


def _profile_line(profile: Component) -> str:
    ranges = login_ranges(profile)
    names = " = ".join(profile_aliases(profile.name))
    broken = "; some can't be read" if ranges.broken else ""
    return f"{names}: {show_ranges(ranges.addresses)}{broken}"
