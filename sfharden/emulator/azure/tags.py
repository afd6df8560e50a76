"""Service tags of a location, as the discovery API answers them (logic-apps reference 1.6)."""

from collections.abc import Mapping, Sequence
from typing import Final

from sfharden.emulator.azure.story import CONNECTOR_EGRESS, SUBSCRIPTION, WORKFLOW_EGRESS
from sfharden.emulator.azure.tenant import Body

# By system service; the global tag of each holds the same and more.
PREFIXES: Final[Mapping[str, Sequence[str]]] = {
    "AzureConnectors": CONNECTOR_EGRESS,
    "LogicApps": WORKFLOW_EGRESS,
}
_ELSEWHERE: Final = "198.51.100.128/25"


def service_tags(region: str, name: str) -> Body:
    """The tags of a region by its name in tags, such as WestEurope; change numbers are strings here."""
    values = []
    for service, given in PREFIXES.items():
        prefixes = [one if "/" in one else f"{one}/32" for one in given]
        values.append(_tag(service, "", [*prefixes, _ELSEWHERE]))
        values.append(_tag(f"{service}.{name}", region, prefixes))
    return {
        "name": "Public",
        "id": f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network/serviceTags/Public",
        "type": "Microsoft.Network/serviceTags",
        "changeNumber": "375",
        "cloud": "Public",
        "values": values,
    }


def _tag(name: str, region: str, prefixes: list[str]) -> Body:
    return {
        "name": name,
        "id": name,
        "serviceTagChangeNumber": "375",
        "properties": {
            "changeNumber": "53",
            "region": region,
            "state": "GA",
            "networkFeatures": ["API", "NSG", "UDR", "FW"],
            "systemService": name.partition(".")[0],
            "addressPrefixes": prefixes,
        },
    }
