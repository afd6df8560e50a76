"""The watchlist: from which addresses each user of an integration may come, each network with its first and last address.

The rules go by user id, which logins tell, and which the integration file does not: it comes from a snapshot.
"""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address, summarize_address_range
from typing import Final

from sfharden.addresses import AddressSet, Interval, format_address
from sfharden.model.integration import Integration
from sfharden.model.org import User
from sfharden.text.csv_cell import csv_text
from sfharden.text.names import literal

COLUMNS: Final = ("Key", "Integration", "UserName", "UserId", "Kind", "RangeStart", "RangeEnd", "Cidr")


def ranges_csv(integrations: Iterable[Integration], ids: Mapping[str, str]) -> str:
    """A line for each user and network; `ids` are the users' ids by name, as `literal` spells it."""
    return csv_text(COLUMNS, (row for one in integrations for row in _rows(one, ids)))


def ids_of(users: Iterable[User]) -> dict[str, str]:
    """Ids by name."""
    return {literal(one.username): one.id for one in users}


def incomplete(integrations: Iterable[Integration], ids: Mapping[str, str]) -> Iterator[str]:
    """What the watchlist lacks, so that a rule would miss something or cry wolf."""
    for one in integrations:
        yield from (f"{one.name}: {user} has no id here" for user in one.users if literal(user) not in ids)
        yield from (f"{one.name}: {gap.what}: {gap.reason}" for gap in one.egress.gaps)
        yield from (f"{one.name}: still to be edited: {text}" for text in one.placeholders)


def _rows(integration: Integration, ids: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    kinds = (("egress", integration.egress.addresses), ("operator", integration.operator_ranges))
    for user in integration.users:
        for kind, addresses in kinds:
            for first, last, network in networks_of(addresses):
                key = f"{integration.name} {user} {kind} {network}"
                yield key, integration.name, user, ids.get(literal(user), ""), kind, first, last, network


def networks_of(addresses: AddressSet) -> Iterator[tuple[str, str, str]]:
    """First address, last address and notation of the fewest networks that hold exactly this set."""
    return (one for interval in addresses for one in _networks(interval))


def _networks(interval: Interval) -> Iterator[tuple[str, str, str]]:
    first, last = (ip_address(format_address(end)) for end in interval)
    for one in summarize_address_range(first, last):  # both are of one family
        yield str(one[0]), str(one[-1]), str(one)
