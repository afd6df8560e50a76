"""Service tags: found by name, whole or a gap; and all the sources of egress together."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sfharden.addresses import AddressSet
from sfharden.errors import InputError
from sfharden.sources.service_tags import load_service_tags, published_on
from tests.sources.build import export, http_step, integration, logic_app

WANTED = AddressSet.of(["203.0.113.8", "203.0.113.64/27", "2001:db8::/122"])
APP = logic_app(
    {"connector": {"outgoingIpAddresses": [{"address": "203.0.113.8"}, {"address": "198.51.100.1"}]}}
)
TAGS: dict[str, Any] = {
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


# Regions, and the two shapes --------------------------------------------------------------------


def tag(name: str, region: str = "", number: Any = 1, prefix: str = "203.0.113.0/24") -> dict[str, Any]:
    return {
        "name": name,
        "id": name,
        "properties": {"changeNumber": number, "region": region, "addressPrefixes": [prefix]},
    }


REGIONAL = {
    "changeNumber": 375,
    "cloud": "Public",
    "values": [
        tag("AzureConnectors"),
        tag("AzureConnectors.GermanyWestCentral", "germanywc", 6),
        tag("AzureConnectors.BrazilSoutheast", "brazilse", 4),
        tag("AzureConnectors.EastUS2", "eastus2"),
        tag("AzureConnectors.EastUS2Stage", "eastus2"),
        tag("AzureConnectors.TwinA", "twin"),
        tag("AzureConnectors.TwinB", "twin"),
        tag("LogicApps.GermanyWestCentral", "germanywc", 5),
    ],
}


@pytest.mark.parametrize(
    ("region", "wanted"),
    [
        ("germanywestcentral", "GermanyWestCentral"),
        ("Germany West Central", "GermanyWestCentral"),
        ("(Europe) Germany West Central", "GermanyWestCentral"),
        ("germanywc", "GermanyWestCentral"),
        ("brazilsoutheast", "BrazilSoutheast"),
        ("BrazilSE", "BrazilSoutheast"),
        ("East US 2", "EastUS2"),
    ],
)
def test_a_region_is_joined_by_the_tag_s_name_before_the_file_s_own_key(
    tmp_path: Path, region: str, wanted: str
) -> None:
    origin = load_service_tags(export(tmp_path, REGIONAL)).regional(region)
    assert origin.name == f"AzureConnectors.{wanted}"
    assert origin.region == wanted.lower()


@pytest.mark.parametrize(
    "region", ["twin", "nowhere", "", "*", "[parameters('l')]", "../x", "global", "a" * 99]
)
def test_what_names_no_region_or_two_is_refused(tmp_path: Path, region: str) -> None:
    with pytest.raises(InputError, match="has no tag"):
        load_service_tags(export(tmp_path, REGIONAL)).regional(region)


def test_each_tag_has_its_own_change_number_and_the_day_is_in_the_file_s_name(tmp_path: Path) -> None:
    tags = load_service_tags(export(tmp_path, REGIONAL, "ServiceTags_Public_20251028.json"))
    origin = tags.regional("germanywc", "LogicApps")
    assert (origin.change_number, origin.published, origin.cloud) == (5, date(2025, 10, 28), "Public")
    assert (tags.change_number, tags.whole) == (375, True)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("ServiceTags_Public_20251028.json", date(2025, 10, 28)),
        ("copy of servicetags_AzureGovernment_20191216 (1).json", date(2019, 12, 16)),
        ("ServiceTags_Public.json", None),
        ("ServiceTags_Public_20251340.json", None),
        ("ServiceTags_Public_202510280.json", None),
        ("backup-20251028.json", None),
    ],
)
def test_the_day_of_publication(name: str, day: date | None) -> None:
    assert published_on(name) == day


@pytest.mark.parametrize("key", ["values", "value"])
def test_the_discovery_api_writes_numbers_as_texts(tmp_path: Path, key: str) -> None:
    answer = {
        "name": "Public",
        "type": "Microsoft.Network/serviceTags",
        "changeNumber": "375",
        "cloud": "Public",
        "nextLink": None,
        key: [tag("AzureConnectors.WestEurope", "westeurope", "9")],
    }
    tags = load_service_tags(export(tmp_path, answer))
    assert tags.change_number == 375
    assert tags.regional("westeurope").change_number == 9
    assert tags.published is None


@pytest.mark.parametrize("number", [None, "", "9x", "９", True, 1.5, "9" * 5000, [9]])
def test_a_number_that_is_none_is_not_known(tmp_path: Path, number: Any) -> None:
    content = {"values": [tag("AzureConnectors.WestEurope", number=number)]}
    assert load_service_tags(export(tmp_path, content)).regional("westeurope").change_number is None


def test_one_page_of_an_answer_says_so_when_a_tag_is_not_on_it(tmp_path: Path) -> None:
    path = export(tmp_path, {**REGIONAL, "nextLink": "https://next"})
    with pytest.raises(InputError, match="one page of a longer answer"):
        load_service_tags(path).regional("westeurope")


def test_a_tag_given_twice_is_refused_whatever_its_case(tmp_path: Path) -> None:
    path = export(tmp_path, {"values": [tag("A.WestUS"), tag("a.westus", prefix="192.0.2.0/24")]})
    with pytest.raises(InputError, match="twice"):
        load_service_tags(path)


@pytest.mark.parametrize("name", ["AzureConnectors.WestEurope", "azureconnectors", "LogicApps.WestUS"])
def test_a_tag_wider_than_any_real_one_is_not_believed(tmp_path: Path, name: str) -> None:
    path = export(
        tmp_path, {"values": [tag(name, prefix="0.0.0.0/0"), tag("AzureCloud", prefix="20.0.0.0/8")]}
    )
    with pytest.raises(InputError, match=r"more .* than Azure ever lists"):
        load_service_tags(path).tag(name)
    assert load_service_tags(path).tag("AzureCloud").addresses.size == 2**24


# Together -------------------------------------------------------------------------------------


def test_a_tag_fills_what_the_logic_app_s_file_does_not_hold(tmp_path: Path) -> None:
    export(tmp_path, {"resources": [logic_app(None)]})
    export(tmp_path, REGIONAL, "tags.json")
    assert integration(tmp_path, "logic_app: app.json").gaps
    other = "{service_tags: tags.json, tag: AzureConnectors.BrazilSoutheast}"
    assert integration(tmp_path, "logic_app: app.json", other).gaps  # the connection is in West Europe
    for fitting in ("AzureConnectors", "AzureConnectors.WestEurope"):
        export(tmp_path, {"values": [tag(fitting)]}, "tags.json")
        entry = f"{{service_tags: tags.json, tag: {fitting}}}"
        assert not integration(tmp_path, "logic_app: app.json", entry).gaps


def test_a_site_fills_what_a_standard_project_does_not_hold(tmp_path: Path) -> None:
    uri = "https://acme.my.salesforce.com/x"
    export(tmp_path, {"definition": {"actions": {"A": http_step(uri)}}}, "la/one/workflow.json")
    site = {
        "type": "Microsoft.Web/sites",
        "kind": "workflowapp",
        "properties": {"outboundIpAddresses": "192.0.2.1"},
    }
    export(tmp_path, site, "site.json")
    assert integration(tmp_path, "logic_app: la").gaps
    assert integration(tmp_path, "logic_app: site.json").gaps
    found = integration(tmp_path, "logic_app: la", "logic_app: site.json")
    assert (found.addresses, found.gaps) == (AddressSet.of(["192.0.2.1"]), ())


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


def test_other_regions_and_services_of_the_file_are_known_and_count_for_nothing(tmp_path: Path) -> None:
    """They tell where an address belongs; a plan rests on what is declared alone."""
    values = [
        *TAGS["values"],
        {"name": "AzureConnectors.NorthEurope", "properties": {"addressPrefixes": ["192.0.2.0/28"]}},
        {"name": "LogicApps.NorthEurope", "properties": {"addressPrefixes": ["192.0.2.64/28"]}},
        {"name": "Storage.NorthEurope", "properties": {"addressPrefixes": ["192.0.2.128/28"]}},
    ]
    export(tmp_path, {**TAGS, "values": values}, "tags.json")
    found = integration(tmp_path, "{service_tags: tags.json, tag: AzureConnectors.WestEurope}")
    assert found.addresses == WANTED
    assert [one.name for one in found.elsewhere] == ["AzureConnectors.NorthEurope", "LogicApps.NorthEurope"]
    assert "elsewhere" not in found.model_dump()
