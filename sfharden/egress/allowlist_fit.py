"""Whether an integration's egress fits into an app's Refresh Token IP Allowlist; and if not, what would.

Help, Set Up an IP Allowlist for Refresh Tokens: IPv4 and IPv6, at most 128 ranges and 256 addresses in all of them.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from sfharden.addresses import AddressError, AddressSet, union
from sfharden.facts.token_allowlist import MOST_ADDRESSES, MOST_RANGES
from sfharden.model.egress import CONNECTORS, Origin, OriginKind
from sfharden.model.integration import Egress
from sfharden.text.wording import count, show_names

# Azure, Outbound connectivity of Standard logic apps: with virtual network integration their built-in connectors and
# HTTP actions leave by the network's NAT gateway or firewall; managed connectors don't.
NAT_GATEWAY: Final = "a NAT gateway: a Standard Logic App in a virtual network calls from its address alone, with built-in connectors or HTTP"


class Way(NamedTuple):
    """A part of the egress that fits, and on what condition it's enough."""

    name: str
    condition: str
    listed: AddressSet


class AllowlistFit(NamedTuple):
    """`listed` is what to write into the allowlist; None where `needed` doesn't fit. Then `ways` would."""

    needed: AddressSet
    listed: AddressSet | None
    ways: tuple[Way, ...] = ()
    partly: bool = False  # some egress addresses are not known


def fit_allowlist(egress: Egress) -> AllowlistFit:
    """How the egress fits; of its parts only where it doesn't."""
    listed = listed_for(egress.addresses)
    ways = () if listed is not None else tuple(_ways(egress))
    return AllowlistFit(egress.addresses, listed, ways, partly=bool(egress.gaps))


def listed_for(needed: AddressSet) -> AddressSet | None:
    """The fewest addresses in ranges that an allowlist can hold; None if none can hold what is needed."""
    if needed.size > MOST_ADDRESSES or not needed:
        return None
    try:
        fitted = needed.fit(MOST_RANGES)
    except AddressError:
        return None
    return fitted if fitted.size <= MOST_ADDRESSES else None


def _ways(egress: Egress) -> Iterator[Way]:
    """Parts that fit, the ones that give up least first; none that another one holds on an easier condition."""
    found: list[AddressSet] = []
    for name, condition, part in _parts(egress):
        listed = listed_for(part)
        if listed is not None and not any(one.covers(part) for one in found):
            found.append(part)
            yield Way(name, condition, listed)


_V4: Final = "if it never calls by IPv6"
_ALONE: Final = "if no step but a managed connector's calls Salesforce"


def _parts(egress: Egress) -> Iterator[tuple[str, str, AddressSet]]:
    whole = egress.addresses
    yield "IPv4 only", _V4, whole.v4
    connectors = union(one.addresses for one in egress.origins if _is_connectors(one))
    yield "connectors only", _ALONE, connectors
    yield "connectors only, IPv4 only", f"{_ALONE}, and never by IPv6", connectors.v4
    regions = sorted({one.region for one in egress.origins if one.region})
    for region in regions if len(regions) > 1 else ():
        part = union(one.addresses for one in egress.origins if one.region == region)
        condition = "if the other regions call by an app of their own"
        yield f"{region} only", condition, part
        yield f"{region} only, IPv4 only", f"{condition}, and never by IPv6", part.v4


def _is_connectors(origin: Origin) -> bool:
    return origin.kind is OriginKind.CONNECTOR or origin.service.casefold() == CONNECTORS.casefold()


def fit_words(fit: AllowlistFit) -> str:
    """One sentence on whether it fits; of what would, the names."""
    size = f"{count(fit.needed.size, 'egress address')} in {count(len(fit.needed), 'range')}"
    limit = f"{MOST_RANGES} ranges and {MOST_ADDRESSES} addresses"
    if fit.listed is not None:
        more = " But some egress addresses are not known, and need room, too." if fit.partly else ""
        return f"{size} fit into an app's allowlist, which holds {limit}.{more}"
    if not fit.needed:
        return "No egress address is known, so there is nothing to put into an app's allowlist."
    would = [f"{way.name} ({count(way.listed.size, 'address')})" for way in fit.ways]
    return (
        f"{size} don't fit into an app's allowlist, which holds {limit}. "
        f"What would fit: {show_names(would) + '; ' if would else ''}{NAT_GATEWAY}."
    )
