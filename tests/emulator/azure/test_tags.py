"""Service tags of a location."""

from ipaddress import ip_network

from sfharden.emulator.azure import story
from sfharden.emulator.azure.tags import service_tags


def test_the_tag_of_the_region_has_what_its_connectors_call_from() -> None:
    rows = {one["name"]: one["properties"] for one in service_tags("westeurope", "WestEurope")["values"]}
    ours = rows["AzureConnectors.WestEurope"]["addressPrefixes"]
    assert {ip_network(one) for one in ours} == {ip_network(one) for one in story.CONNECTOR_EGRESS}
    assert set(ours) < set(rows["AzureConnectors"]["addressPrefixes"])


def test_change_numbers_are_strings_here() -> None:
    tags = service_tags("westeurope", "WestEurope")
    numbers = [tags["changeNumber"], *(one["properties"]["changeNumber"] for one in tags["values"])]
    assert all(isinstance(one, str) for one in numbers)
