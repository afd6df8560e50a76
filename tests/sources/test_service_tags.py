"""Service tags: found by name, whole or a gap; and all the sources of egress together."""

from pathlib import Path
from typing import Any

import pytest

from sfharden.addresses import AddressSet
from sfharden.errors import InputError
from sfharden.sources.service_tags import load_service_tags
from tests.sources.build import export, integration, logic_app

WANTED = AddressSet.of(["203.0.113.8", "203.0.113.64/27", "2001:db8::/122"])
APP = logic_app(
    {"connector": {"outgoingIpAddresses": [{"address": "203.0.113.8"}, {"address": "198.51.100.1"}]}}
)
TAGS = {
    "changeNumber": 1,
    "cloud": "Public",
    "values": [
        {"name": "AzureConnectors", "properties": {"addressPrefixes": ["203.0.113.0/24"]}},
        {
            "name": "AzureConnectors.WestEurope",
            "properties": {"addressPrefixes": ["203.0.113.8/32", "203.0.113.64/27", "2001:db8::/122"]},
        },
        {"name": "AzureConnectors.Nowhere", "properties": {"addressPrefixes": []}},
        {"name": "LogicApps.WestEurope"},
    ],
}


@pytest.mark.parametrize(
    "tag", ["AzureConnectors.WestEurope", "azureconnectors.westeurope", "AZURECONNECTORS.WESTEUROPE"]
)
def test_a_tag_is_found_whatever_its_case(tmp_path: Path, tag: str) -> None:
    export(tmp_path, TAGS, "tags.json")
    found = integration(tmp_path, f"{{service_tags: tags.json, tag: {tag}}}")
    assert found.addresses == WANTED
    assert found.sources == ("tags.json",)


@pytest.mark.parametrize(
    ("tag", "part"),
    [
        ("AzureConnectors.WestEurop", "Did you mean 'azureconnectors.westeurope'?"),
        ("Salesforce", "has no tag Salesforce"),
        ("AzureConnectors.Nowhere", "lists no addresses"),
        ("LogicApps.WestEurope", "lists no addresses"),
    ],
)
def test_a_tag_without_addresses_is_a_gap(tmp_path: Path, tag: str, part: str) -> None:
    export(tmp_path, TAGS, "tags.json")
    found = integration(tmp_path, f"{{service_tags: tags.json, tag: {tag}}}")
    assert not found.addresses
    assert part.lower() in found.gaps[0].reason.lower()


@pytest.mark.parametrize(
    "values",
    [
        None,
        {},
        [],
        [None],
        [{"name": "T"}],
        [{"name": "T", "properties": None}],
        [{"name": "T", "properties": {"addressPrefixes": "203.0.113.0/24"}}],
        [{"name": "T", "properties": {"addressPrefixes": ["203.0.113.0/24", None]}}],
        [{"name": "T", "properties": {"addressPrefixes": ["203.0.113.0/24", "203.0.113.0/33"]}}],
        [{"name": "T", "properties": {"addressPrefixes": [""]}}],
    ],
)
def test_a_damaged_tag_file_is_refused_and_never_gives_a_part(tmp_path: Path, values: Any) -> None:
    with pytest.raises(InputError):
        load_service_tags(export(tmp_path, {"values": values})).tag("T")


def test_all_sources_add_up_and_all_gaps_are_kept(tmp_path: Path) -> None:
    export(tmp_path, APP)
    export(tmp_path, TAGS, "tags.json")
    found = integration(
        tmp_path,
        "logic_app: app.json",
        "logic_app: gone.json",
        "ranges: [192.0.2.1]",
        "{service_tags: tags.json, tag: AzureConnectors.WestEurope}",
        "{service_tags: tags.json, tag: Nothing}",
    )
    assert found.addresses == WANTED | AddressSet.of(["192.0.2.1", "198.51.100.1"])
    assert found.sources == ("app.json", "integration file", "tags.json")
    assert len(found.gaps) == 2
