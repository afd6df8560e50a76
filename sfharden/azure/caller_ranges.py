"""Ranges of callers as Azure writes them: networks, first and last address, and the ways to say everybody.

Syntax of `addressRange`: Microsoft Learn, Secure access and data for workflows in Azure Logic Apps; `*` is seen in templates.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network
from typing import Any, Final

from sfharden.addresses import ALL_V4, ALL_V6, AddressError, AddressSet, union

_EVERYBODY: Final = ("*", "any")
NOBODY: Final = AddressSet.of(["0.0.0.0/32"])  # `0.0.0.0-0.0.0.0` is how Azure writes that nobody may


@dataclass(frozen=True, slots=True)
class CallerRanges:
    """The addresses of a list of ranges; `broken` says what is wrong with one that can't be understood."""

    addresses: AddressSet
    broken: str = ""


def caller_ranges(texts: Iterable[Any]) -> CallerRanges:
    """All addresses of the ranges that can be understood."""
    found: list[AddressSet] = []
    broken = ""
    for text in texts:
        try:
            found.append(_addresses(text))
        except ValueError as reason:
            broken = broken or (
                str(reason) if isinstance(reason, AddressError) else "a range can't be understood"
            )
    return CallerRanges(union(found) - NOBODY, broken)


def _addresses(text: Any) -> AddressSet:
    if not isinstance(text, str):
        raise ValueError
    trimmed = text.strip()
    if trimmed.casefold() in _EVERYBODY:
        return ALL_V4 | ALL_V6
    try:
        return AddressSet.of([trimmed], strict=False)
    except AddressError:
        if ":" not in trimmed:
            raise
        return _around_ipv4(trimmed)


def _around_ipv4(text: str) -> AddressSet:
    """An IPv6 range around the space in which IPv4 is mapped, such as `::/0`. Raises ValueError."""
    first, dash, last = text.partition("-")
    if dash:
        ends = int(IPv6Address(first.strip())), int(IPv6Address(last.strip()))
    else:
        network = IPv6Network(text, strict=False)
        ends = int(network.network_address), int(network.broadcast_address)
    return AddressSet.from_intervals([ends]) & ALL_V6
