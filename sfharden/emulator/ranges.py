"""Address ranges as the org checks them: both ends of one family, the end not before the start."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from sfharden.emulator.xmltree import Node

Range = tuple[IPv4Address | IPv6Address, IPv4Address | IPv6Address]
# Trusted IPv4 ranges hold at most 2^25 addresses (the platform's own message).
WIDEST_TRUSTED: Final = 2**25


def read_range(start: str, end: str) -> Range:
    """The two ends. Raises ValueError with the reason the org gives."""
    try:
        low, high = ip_address(start), ip_address(end)
    except ValueError:
        raise ValueError(f"Invalid IP Address: {start} - {end}") from None
    if low.version != high.version:
        raise ValueError("Start and end addresses must be of the same type, IPv4 or IPv6")
    if int(high) < int(low):
        raise ValueError("The end address must not be before the start address")
    return low, high


def inside(address: str, ranges: Iterable[Range]) -> bool:
    """True if one of the ranges holds the address."""
    try:
        wanted = ip_address(address)
    except ValueError:
        return False
    return any(low.version == wanted.version and int(low) <= int(wanted) <= int(high) for low, high in ranges)


def login_ranges(profile: Node) -> list[Range]:
    """The login ranges of a profile file; ranges that can't be read are left out."""
    return readable(
        (one.value("startAddress"), one.value("endAddress")) for one in profile.all("loginIpRanges")
    )


def app_ranges(app: Node) -> list[Range]:
    """The trusted ranges of a connected app."""
    return spans(app, "ipRanges", "start", "end")


def spans(tree: Node, element: str, start: str, end: str) -> list[Range]:
    """The ranges that a file lists, by the names of the list and of its ends."""
    return readable((one.value(start), one.value(end)) for one in tree.all(element))


def readable(pairs: Iterable[tuple[str, str]]) -> list[Range]:
    """The ranges among some pairs of ends; what can't be read is left out."""
    found = []
    for start, end in pairs:
        try:
            found.append(read_range(start, end))
        except ValueError:
            continue
    return found


def addresses_in(ranges: Iterable[Range]) -> int:
    """How many addresses the ranges have together, as an org counts them: one in two ranges counts twice."""
    return sum(int(high) - int(low) + 1 for low, high in ranges)
