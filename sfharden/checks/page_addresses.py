"""The addresses of an integration side by side: what its profile admits, what it needs, and where logins came from."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sfharden.addresses import AddressSet, address_of, union
from sfharden.checks.common import Context
from sfharden.checks.seen import Seen
from sfharden.facts.index import Index
from sfharden.facts.logins import got_in
from sfharden.facts.profiles import keeps_nobody_out, login_ranges
from sfharden.facts.token_allowlist import ADDRESSES_HIDDEN, token_allowlist
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

    `beside` is what other integrations of its profile need, `beside_app` what others of its app do: neither is too many.
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
    beside: AddressRow = field(default_factory=AddressRow)
    beside_app: AddressRow = field(default_factory=AddressRow)
    lists: tuple[NamedAddresses, ...] = ()
    strange: tuple[NamedAddresses, ...] = ()


def address_facts(
    index: Index, integration: Integration, every: Sequence[Integration], now: datetime
) -> AddressFacts:
    """What is known of each row; what isn't, with its reason. `every` integration of the file is asked what it shares."""
    egress, context = integration.egress, Context(index, now, integration, _all=tuple(every))
    ranges, beside = _asked(lambda: _ranges(index, integration)), _needs(context.of_profile[1:])
    return AddressFacts(
        integration.name,
        integration.profile,
        ranges,
        AddressRow(egress.addresses, egress.gaps[0].reason if egress.gaps else ""),
        AddressRow(integration.operator_ranges),
        _asked(lambda: _allowlist(context)),
        _asked(lambda: _seen(Seen(index, integration, context.read_at), integration)),
        beside,
        _asked(lambda: _needs(context.of_app[1:])),
        tuple((origin.name, origin.addresses) for origin in egress.origins),
        tuple(_strange(integration, ranges.addresses - beside.addresses)),
    )


def _needs(others: Iterable[Integration]) -> AddressRow:
    found = tuple(others)
    gaps = [gap.reason for one in found for gap in one.egress.gaps]
    return AddressRow(
        union(one.egress.addresses | one.operator_ranges for one in found), gaps[0] if gaps else ""
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


def _allowlist(context: Context) -> AddressRow:
    """Of a connected app only the switch shows."""
    found = token_allowlist(context.facts, context.app)
    if found.addresses is None:
        raise CannotTell(ADDRESSES_HIDDEN, found.where)
    none = "None: the app binds its refresh tokens to no address."
    return AddressRow(found.addresses, note="" if found.addresses else none)


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
