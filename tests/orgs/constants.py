"""What is true of the healthy org in every form: when it is, what its things are called, where people come from."""

from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import IPv4Address, summarize_address_range
from typing import Final

from sfharden.addresses import AddressSet
from sfharden.emulator.generate import APP_LABEL as APP_LABEL
from sfharden.emulator.generate import APP_NAME as APP_NAME
from sfharden.emulator.generate import PROFILE
from sfharden.model.integration import Egress, Integration

NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
HARDENED: Final = datetime(2026, 11, 20, 9, tzinfo=UTC)

PROFILE_NAME: Final = PROFILE
APP_ID: Final = "0H4000000000001AAA"
SERVICE_USER, ADMIN_USER, OTHER_USER = "svc@acme.example", "ada@acme.example", "dana@acme.example"
SVC, ADMIN, DANA = "005000000000001AAA", "005000000000002AAA", "005000000000003AAA"
P_SVC, P_ADMIN, P_STANDARD = "00e000000000001AAA", "00e000000000002AAA", "00e000000000003AAA"

EGRESS_RANGE: Final = "192.0.2.0/28"
EGRESS, OPERATOR, ADMIN_DESK, ELSEWHERE = "192.0.2.3", "198.51.100.7", "203.0.113.2", "100.64.3.2"

INTEGRATION: Final = Integration(
    name="crm-sync",
    app=APP_LABEL,
    profile=PROFILE_NAME,
    users=(SERVICE_USER,),
    egress=Egress(addresses=AddressSet.of([EGRESS_RANGE])),
    operator_ranges=AddressSet.of([OPERATOR]),
)
HARDENED_INTEGRATION: Final = INTEGRATION.model_copy(update={"hardened_at": HARDENED})


def _networks(addresses: AddressSet) -> Iterator[str]:
    for text in addresses.ranges():
        first, _, last = text.partition("-")
        yield from map(str, summarize_address_range(IPv4Address(first), IPv4Address(last or first)))


def as_yaml(one: Integration) -> str:
    """An integration file with this integration, as a person writes it."""
    ranges = ", ".join(_networks(one.egress.addresses))
    hardened = f"    hardened_at: {one.hardened_at:%Y-%m-%dT%H:%M:%SZ}\n" if one.hardened_at else ""
    return (
        f"version: 1\nintegrations:\n  - name: {one.name}\n    app: {one.app}\n    profile: {one.profile}\n"
        f"    users: [{', '.join(one.users)}]\n    egress:\n      - ranges: [{ranges}]\n"
        f"    operator_ranges: [{', '.join(one.operator_ranges.ranges())}]\n{hardened}"
    )


INTEGRATION_YAML: Final = as_yaml(INTEGRATION)
HARDENED_YAML: Final = as_yaml(HARDENED_INTEGRATION)
