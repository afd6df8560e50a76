"""From connected apps to external client apps: both sides of a migrated one, and what to make for a new integration.

Sources: Help 005387022 (a migration loses the values of the Refresh Token IP Allowlist), Help 005228017 (a new connected
app takes Salesforce Support since Spring '26), Help set_ip_allowlist_for_refresh_tokens (at most 256 addresses in 128
ranges). That support ends with Summer '27 is told by one account of the release notes, so it's said as announced and decides
nothing.
"""

from collections.abc import Sequence
from typing import Final

from sfharden.addresses import AddressSet
from sfharden.facts.apps import App
from sfharden.facts.index import Index
from sfharden.facts.token_allowlist import MOST_ADDRESSES, MOST_RANGES
from sfharden.facts.values import CannotTell, NoSuchName
from sfharden.model import kinds
from sfharden.model.integration import Integration
from sfharden.plan.draft import Draft
from sfharden.text.names import literal
from sfharden.text.wording import count

_ENDS: Final = (
    "By one account of the release notes, support for those is announced to end with Summer '27, though they go on working, "
    "and App Manager, Migrate to External Client App, keeps their tokens"
)
_LOSES: Final = (
    "a migration loses the addresses of the app's Refresh Token IP Allowlist (Help 005387022): enter them again in External "
    "Client App Manager, Edit Settings, and touch one entry"
)
_KINDS: Final = {False: "connected app", True: "external client app"}


def tell_of_sides(draft: Draft, facts: Index, integration: Integration, sides: Sequence[App]) -> None:
    """Notes about a migrated app: that both sides get the policy, or that the integration file names one of them."""
    names = " and ".join(f"{_KINDS[one.external]} '{one.name}'" for one in sides)
    if len(sides) > 1:
        draft.notes.append(
            f"{names} are two sides of one app, as after a migration, and either lets in: both get the same policy. If the "
            f"org doesn't take one for the connected app any more, the dry run says so. {_lost(sides)}"
        )
        return
    other = _other_side(facts, integration, sides)
    if other:
        draft.notes.append(
            f"'{integration.app}' is also the {_KINDS[other.external]} '{other.name}', as after a migration, which lets in by "
            "a policy of its own. Nothing is planned for that side, as the integration file says (kind); without a kind "
            "both sides are planned."
        )


def planned_sides(facts: Index, integration: Integration) -> tuple[App, ...]:
    """The integration's app, or both sides of a migrated one. Raises CannotTell unless it's sure which app is meant.

    Anybody who makes apps may copy a label, and a plan opens an app to the integration's profile: so two sides are those
    with one API name or one consumer key.
    """
    sides = facts.sides(integration.app, integration.app_kind)
    if len(sides) > 1 and not _are_one(sides):
        return (facts.app(integration.app, integration.app_kind),)  # raises, and says what would tell
    return sides


def _are_one(sides: Sequence[App]) -> bool:
    names, keys = {literal(one.api_name) for one in sides}, set(map(_key, sides))
    return (len(names) == 1 and "" not in names) or (len(keys) == 1 and None not in keys)


def _key(app: App) -> str | None:
    try:
        return app.consumer_key().value
    except CannotTell:
        return None


def tell_of_support(draft: Draft, facts: Index, app: App) -> None:
    """A note where a connected app that was not migrated gets a new policy."""
    files = {part.file for part in app.parts}
    migrated = any(other.external and _are_one((app, other)) for other in facts.apps)
    if not (app.external or migrated) and any(change.file in files for change in draft.changes):
        draft.notes.append(
            f"'{app.name}' is a connected app. {_ENDS}. But {_LOSES}. Plan again after it: both sides get this policy."
        )


def propose_new_app(draft: Draft, facts: Index, integration: Integration) -> None:
    """A step by hand for an app that isn't there yet, if no app of that name is known at all."""
    try:
        facts.sides(integration.app, integration.app_kind)
    except NoSuchName as reason:
        draft.manual.append(f"There is no app '{integration.app}' yet.{reason.near} {new_app(integration)}")
    except CannotTell:
        return  # said where the app itself is planned, once its profile is there


def new_app(integration: Integration) -> str:
    """What to make for an integration that has no app yet: an external client app, and how it should be set."""
    return (
        "For a new one, make an external client app (Setup, External Client App Manager), not a connected app: since Spring "
        f"'26 those take Salesforce Support, and their support is announced to end. Policies: admin-approved users, the "
        f"profile '{integration.profile}', enforce IP restrictions, refresh tokens that expire after 30 idle days. "
        f"Settings: PKCE, rotation of refresh tokens if the client stores the new one each time, {_allowlist(integration)}. "
        "Then plan again."
    )


def _allowlist(integration: Integration) -> str:
    wanted: AddressSet = integration.egress.addresses | integration.operator_ranges
    if wanted.size <= MOST_ADDRESSES and len(wanted) <= MOST_RANGES:
        return f"and a Refresh Token IP Allowlist of {', '.join(wanted.ranges())}"
    return (
        f"but no Refresh Token IP Allowlist: it holds at most {MOST_ADDRESSES} addresses in {MOST_RANGES} ranges, and "
        f"these are {count(wanted.size, 'address')} in {len(wanted)}"
    )


def _lost(sides: Sequence[App]) -> str:
    """Whether the connected app had an allowlist shows only from API version 68 on, if at all."""
    bound = any(
        value.text == "true"
        for side in sides
        for part in side.parts
        if part.kind == kinds.CONNECTED_APP
        for value in part.values.get("oauthConfig.isIpBindingEnabled", ())
    )
    begin = (
        "The connected app binds its refresh tokens to addresses, and"
        if bound
        else "If the connected app had one,"
    )
    return f"{begin} {_LOSES}."


def _other_side(facts: Index, integration: Integration, sides: Sequence[App]) -> App | None:
    """The other side of an app of which the integration file names one kind; none where that can't be told."""
    if not integration.app_kind:
        return None
    try:
        found = facts.sides(integration.app)
    except CannotTell:
        return None
    return (
        next((one for one in found if one.external is not sides[0].external), None)
        if len(found) > 1
        else None
    )
