"""The addresses of an integration side by side: what its profile admits, what it needs, and where logins came from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sfharden.addresses import AddressSet, address_of, union
from sfharden.checks.seen import Seen
from sfharden.facts.index import Index
from sfharden.facts.logins import got_in
from sfharden.facts.profiles import keeps_nobody_out, login_ranges
from sfharden.facts.values import CannotTell
from sfharden.model.egress import CONNECTORS, RUNTIME
from sfharden.model.integration import Integration
from sfharden.text.wording import count, day

NamedAddresses = tuple[str, AddressSet]
_CALLING: Final = frozenset({CONNECTORS.casefold(), RUNTIME.casefold()})


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One kind of addresses. `gap` says why more, or other ones, may be meant; `note` what is to be known besides."""

    addresses: AddressSet = field(default_factory=AddressSet)
    gap: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """All of them, for one integration.

    `lists` are what its egress was read from; `strange` are lists of Logic Apps' addresses that aren't among these, as
    far as the profile admits them: another region's, or a step's that doesn't call Salesforce.
    """

    integration: str
    profile: str
    ranges: AddressRow
    egress: AddressRow
    operator: AddressRow
    allowlist: AddressRow
    seen: AddressRow
    lists: tuple[NamedAddresses, ...] = ()
    strange: tuple[NamedAddresses, ...] = ()


def address_facts(index: Index, integration: Integration, read_at: datetime | None) -> AddressFacts:
    """What is known of each row; what isn't, with its reason."""
    egress = integration.egress
    ranges = _asked(lambda: _ranges(index, integration))
    return AddressFacts(
        integration.name,
        integration.profile,
        ranges,
        AddressRow(egress.addresses, egress.gaps[0].reason if egress.gaps else ""),
        AddressRow(integration.operator_ranges),
        _asked(lambda: _allowlist(index, integration)),
        _asked(lambda: _seen(Seen(index, integration, read_at), integration)),
        tuple((origin.name, origin.addresses) for origin in egress.origins),
        tuple(_strange(integration, ranges.addresses)),
    )


def _asked(ask: Callable[[], AddressRow]) -> AddressRow:
    try:
        return ask()
    except CannotTell as reason:
        return AddressRow(gap=reason.reason)


def _ranges(index: Index, integration: Integration) -> AddressRow:
    profile = index.profile(integration.profile)
    found = login_ranges(profile)
    if found.broken:
        return AddressRow(found.addresses, f"a login range can't be read: {found.broken[0].value}")
    if not found.entries:
        index.require_whole(profile, "login ranges")
        return AddressRow(note="None: the profile keeps nobody out.")
    wide = "So wide that they keep nobody out." if keeps_nobody_out(found.addresses) else ""
    return AddressRow(found.addresses, note=wide)


def _allowlist(index: Index, integration: Integration) -> AddressRow:
    """Of an external client app; a connected app's can't be read (no element of its metadata has it)."""
    sides = index.sides(integration.app, integration.app_kind)
    external = [app for app in sides if app.external]
    if not external:
        raise CannotTell("the allowlist of a connected app is not in its metadata")
    found = union(app.refresh_ranges() for app in external)
    return AddressRow(found, note="" if found else "None: the app binds its refresh tokens to no address.")


def _seen(seen: Seen, integration: Integration) -> AddressRow:
    """Where the integration's users signed in from, since the hardening if that is known."""
    since = integration.hardened_at
    logins = seen.logins_of(seen.named.ids, since)
    got = [one for one in logins if got_in(one)]
    from_there = [address for one in got if (address := address_of(one.source_ip)) is not None]
    start = seen.start(since)
    note = f"{count(sum(one.times for one in got), 'login')} that succeeded since {day(start)}."
    return AddressRow(AddressSet.from_intervals((one, one) for one in from_there), logins.gap, note)


def _strange(integration: Integration, ranges: AddressSet) -> Iterator[NamedAddresses]:
    egress = integration.egress
    surplus = ranges - (egress.addresses | integration.operator_ranges)
    elsewhere = (one for one in egress.elsewhere if one.service.casefold() in _CALLING)
    for origin in (*egress.unused, *elsewhere):
        if found := origin.addresses & surplus:
            yield origin.name, found
