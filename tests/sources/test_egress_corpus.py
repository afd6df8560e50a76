"""Real Logic Apps and service tags, where they are at hand: right lists, right joins, no crash."""

import json
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from sfharden.addresses import AddressSet, parse_range
from sfharden.errors import InputError
from sfharden.facts.profiles import TOLERATED_SURPLUS
from sfharden.sources.logic_apps import read_logic_app
from sfharden.sources.service_tags import load_service_tags
from tests.conftest import Run
from tests.sources.build import export
from tests.sources.test_corpus import CORPUS

FOLDER = CORPUS / "azure"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the corpus is not here")
FILES = sorted(FOLDER.iterdir()) if FOLDER.is_dir() else []
TAG_FILES = [path for path in FILES if "ServiceTags_" in path.name]
NEWEST = next((path for path in TAG_FILES if "Public_20251028" in path.name), Path())
# Files of the corpus without a workflow: connections alone.
NO_LOGIC_APP = "connectors-template.json", "connections.json", "commondataservice.json"
CALLS = {
    "salesforce-common-data-model-accounts.json": "When_an_object_is_created",
    "TestingFramework__workflow.json": "Scope / Upsert_Customer",
    "starterTemplateCreated.json": "When_an_object_is_modified",
}


def by_another_reader(prefixes: list[str]) -> set[int]:
    """Every address, by the standard library; IPv4 where Salesforce sees it."""
    found: set[int] = set()
    for prefix in prefixes:
        network = ip_network(prefix, strict=False)
        base = 0xFFFF << 32 if network.version == 4 else 0
        found |= {base + int(address) for address in (network if network.num_addresses > 1 else [network[0]])}
    return found


def every(addresses: AddressSet) -> set[int]:
    return {address for start, end in addresses for address in range(start, end + 1)}


def entries(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in json.loads(path.read_bytes().decode("utf-8-sig"))["values"]:
        yield entry["name"], entry["properties"]


@pytest.mark.parametrize(
    "path", [path for path in FILES if path not in TAG_FILES], ids=lambda path: path.name
)
def test_every_file_is_read_or_refused_and_every_call_is_found(path: Path, run: Run) -> None:
    code, _, err = run("egress", "--logic-app", path)
    assert "Traceback" not in err
    if path.name.endswith(NO_LOGIC_APP):
        assert code == 2
        return
    assert code == 4  # none of them both calls Salesforce and lists addresses
    steps = [call.step for call in read_logic_app(path).calls]
    assert steps == [step for name, step in CALLS.items() if path.name.endswith(name)]


@pytest.mark.parametrize(
    "path", [path for path in FILES if "LogicAppTemplateCreator" in path.name], ids=lambda path: path.name
)
def test_lists_are_those_that_another_reader_finds(path: Path) -> None:
    document = json.loads(path.read_bytes().decode("utf-8-sig"))
    endpoints = document.get("properties", {}).get("endpointsConfiguration", {})
    wanted = {
        (kind, address)
        for kind, lists in endpoints.items()
        for address in by_another_reader([one["address"] for one in lists["outgoingIpAddresses"]])
    }
    try:
        reading = read_logic_app(path)
    except InputError:
        assert not wanted
        return
    lists = (*reading.origins, *reading.unused)
    assert {(one.kind.value, address) for one in lists for address in every(one.addresses)} == wanted


@pytest.mark.parametrize("path", TAG_FILES, ids=lambda path: path.name)
def test_every_connector_tag_is_joined_by_its_region_and_whole(path: Path) -> None:
    tags, keys = load_service_tags(path), {}
    for name, properties in entries(path):
        service, _, region = name.partition(".")
        if service != "AzureConnectors" or not region:
            continue
        origin = tags.regional(region.lower())
        assert (origin.name, origin.change_number) == (name, properties["changeNumber"])
        assert every(origin.addresses) == by_another_reader(properties["addressPrefixes"])
        keys[properties["region"]] = name
        assert tags.regional(properties["region"]).name == name
    assert keys
    assert tags.published is not None


@pytest.mark.parametrize(
    "path", [path for path in TAG_FILES if "Public_202" in path.name], ids=lambda path: path.name
)
def test_the_irregular_region_keys_are_joined(path: Path) -> None:
    tags = load_service_tags(path)
    for location, key, name in (
        ("Germany West Central", "germanywc", "GermanyWestCentral"),
        ("brazilsoutheast", "brazilse", "BrazilSoutheast"),
        ("Switzerland North", "switzerlandn", "SwitzerlandNorth"),
        ("France Central", "centralfrance", "FranceCentral"),
    ):
        assert tags.regional(location) == tags.regional(key) == tags.tag(f"AzureConnectors.{name}")


def extract(tmp_path: Path, path: Path) -> Path:
    """The connectors' tags alone, under the same name."""
    document = json.loads(path.read_bytes().decode("utf-8-sig"))
    document["values"] = [one for one in document["values"] if one["name"].startswith("AzureConnectors")]
    return export(tmp_path, document, path.name)


def fewest_extra(needed: AddressSet, most: int) -> int:
    """By trying every choice of gaps to leave open; ranges never join IPv4 and IPv6."""
    gaps = [end - start + 1 for start, end in needed.gaps()]
    blocks = len(needed) - len(needed.gaps())
    kept_open = min(most - blocks, len(gaps))
    return sum(gaps) - max(sum(chosen) for chosen in combinations(gaps, kept_open))


def test_fit_of_every_region_leaves_no_address_out_and_adds_the_fewest(run: Run, tmp_path: Path) -> None:
    path = extract(tmp_path, NEWEST)
    regions = [(name, one) for name, one in entries(path) if "." in name]
    assert len(regions) == 69
    for name, properties in regions:
        code, out, _ = run("egress", "--service-tags", path, "--tag", name, "--fit", "5", "-f", "json")
        (part,) = json.loads(out)["parts"]
        given = part["login_ranges"]
        assert code == (4 if given["extra_addresses"] > TOLERATED_SURPLUS else 0), name
        fitted = AddressSet.from_intervals(parse_range(f"{start}-{end}") for start, end in given["ranges"])
        needed = AddressSet.of(properties["addressPrefixes"])
        assert fitted.covers(needed)
        assert len(given["ranges"]) <= 5
        assert given["extra_addresses"] == fitted.size - needed.size == fewest_extra(needed, 5)
        _, table, _ = run("egress", "--service-tags", path, "--tag", name, "--fit", "5")
        assert "extra address" in table


def test_what_changed_from_2022_to_2025_is_what_another_reader_finds(run: Run) -> None:
    older = next(path for path in TAG_FILES if "Public_20220425" in path.name)
    code, out, _ = run(
        "egress", "--service-tags", older, "--region", "West Europe", "--region", "japanwest", "--against", NEWEST, "-f", "json"
    )  # fmt: skip
    assert code == 0
    before, after = dict(entries(older)), dict(entries(NEWEST))
    against = json.loads(out)["parts"][0]["against"]
    for change in against["changes"]:
        old = by_another_reader(before[change["tag"]]["addressPrefixes"])
        new = by_another_reader(after[change["tag"]]["addressPrefixes"])
        assert every(AddressSet.of(change["added"])) == new - old
        assert every(AddressSet.of(change["removed"])) == old - new
        assert change["same_addresses"] == len(old & new)
    assert [change["tag"] for change in against["changes"]] == [
        "AzureConnectors.WestEurope",
        "AzureConnectors.JapanWest",
    ]
    assert ip_address(against["add"][0]).is_global
