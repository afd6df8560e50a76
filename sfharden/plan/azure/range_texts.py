"""Ranges as Azure takes them: a workflow takes `a/n` and `a-b`, a site's rules networks alone."""

from ipaddress import ip_address, summarize_address_range
from typing import Any

from sfharden.addresses import AddressSet


def range_entries(ranges: AddressSet) -> list[dict[str, str]]:
    """As a workflow's access control has them (Microsoft Learn, Secure access and data in Azure Logic Apps)."""
    return [{"addressRange": text} for one in ranges.ranges() for text in [_shortest(one)]]


def _shortest(text: str) -> str:
    found = _networks(text)
    return found[0] if len(found) == 1 else text


def networks(ranges: AddressSet) -> list[str]:
    """As networks, each as few as it takes (Azure App Service, access restrictions)."""
    return [one for text in ranges.ranges() for one in _networks(text)]


def _networks(text: str) -> list[str]:
    first, _, last = text.partition("-")
    low: Any = ip_address(first)
    high: Any = ip_address(last or first)
    return [str(one) for one in summarize_address_range(low, high)]
