"""What fits into an app's allowlist: equal to a count by hand, for made-up egress and for every real region."""

import json
from collections.abc import Iterator
from functools import cache
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import AddressSet, union
from sfharden.egress.allowlist_fit import NAT_GATEWAY, AllowlistFit, fit_allowlist, fit_words, listed_for
from sfharden.model.egress import Origin, OriginKind
from sfharden.model.integration import Egress
from sfharden.model.snapshot import Gap
from tests.sources.test_corpus import CORPUS

NEWEST = next((CORPUS / "azure").glob("*ServiceTags_Public_20251028.json"), None)
BASE = 0xFFFF_0A00_0000


def tag(name: str, *ranges: str) -> Origin:
    return Origin(
        kind=OriginKind.TAG,
        file="tags.json",
        name=name,
        region=name.partition(".")[2].casefold(),
        addresses=AddressSet.of(ranges),
    )


def egress(*origins: Origin, gaps: tuple[Gap, ...] = ()) -> Egress:
    return Egress(addresses=union(one.addresses for one in origins), origins=origins, gaps=gaps)


def names(fit: AllowlistFit) -> list[str]:
    return [way.name for way in fit.ways]


# By hand ----------------------------------------------------------------------------------------


def test_what_fits_is_listed_as_it_is() -> None:
    fit = fit_allowlist(egress(tag("AzureConnectors.WestEurope", "192.0.2.0/24")))
    assert (fit.listed, fit.ways) == (AddressSet.of(["192.0.2.0/24"]), ())
    assert fit_words(fit) == (
        "256 egress addresses in 1 range fit into an app's allowlist, which holds 128 ranges and 256 addresses."
    )


def test_one_address_too_many_does_not_fit() -> None:
    assert listed_for(AddressSet.of(["192.0.2.0/24", "198.51.100.1"])) is None
    assert listed_for(AddressSet()) is None


def test_ranges_are_joined_only_where_the_addresses_between_have_room() -> None:
    every_other = [BASE + 2 * number for number in range(129)]
    needed = AddressSet.from_intervals((one, one) for one in every_other)
    listed = listed_for(needed)
    assert listed is not None
    assert (len(listed), listed.size, listed.covers(needed)) == (128, 130, True)
    far = AddressSet.from_intervals((BASE + 200 * number,) * 2 for number in range(129))
    assert listed_for(far) is None


def test_what_would_fit_is_told_with_what_it_takes() -> None:
    own = tag("AzureConnectors.WestEurope", "192.0.2.0/25", "2001:db8::/121")
    workflow = tag("LogicApps.WestEurope", "198.51.100.0/25")
    fit = fit_allowlist(egress(own, workflow))
    assert names(fit) == ["IPv4 only", "connectors only"]
    assert [way.listed.size for way in fit.ways] == [256, 256]
    assert "IPv4 only (256 addresses), connectors only (256 addresses)" in fit_words(fit)
    assert NAT_GATEWAY in fit_words(fit)


def test_of_several_regions_one_may_fit() -> None:
    west, east = (
        tag("AzureConnectors.WestEurope", "192.0.2.0/24"),
        tag("AzureConnectors.EastUS", "198.51.100.0/24", "2001:db8::/120"),
    )
    assert names(fit_allowlist(egress(west, east))) == ["eastus only, IPv4 only", "westeurope only"]


def test_nothing_fits_is_said_with_the_nat_gateway() -> None:
    fit = fit_allowlist(egress(tag("AzureConnectors", "10.0.0.0/8")))
    assert fit.ways == ()
    assert f"What would fit: {NAT_GATEWAY}." in fit_words(fit)


def test_egress_that_is_not_all_known_is_said_to_need_room() -> None:
    gap = Gap(what="logic-app.json", reason="no addresses")
    assert "not known" in fit_words(fit_allowlist(egress(tag("AzureConnectors.X", "192.0.2.1"), gaps=(gap,))))
    assert "nothing to put" in fit_words(fit_allowlist(egress()))


@given(st.sets(st.integers(0, 600), min_size=1, max_size=300))
def test_a_listed_set_holds_what_is_needed_and_is_what_an_org_takes(numbers: set[int]) -> None:
    needed = AddressSet.from_intervals((BASE + one, BASE + one) for one in numbers)
    listed = listed_for(needed)
    if listed is None:
        assert needed.size > 256 or len(needed) > 128
    else:
        assert listed.covers(needed)
        assert len(listed) <= 128
        assert listed.size <= 256


# Every region of the newest service tags, against a count by another program ----------------------------------------


@cache
def prefixes() -> dict[str, list[str]]:
    assert NEWEST is not None
    values = json.loads(NEWEST.read_bytes().decode("utf-8-sig"))["values"]
    return {one["name"]: one["properties"]["addressPrefixes"] for one in values}


def regions() -> list[str]:
    if NEWEST is None:
        return []
    return sorted(name.partition(".")[2] for name in prefixes() if name.startswith("AzureConnectors."))


def counted(texts: list[str], *, six: bool) -> bool:
    """Whether they fit, by the standard library: each address by itself, each run of addresses once."""
    found = {
        (network.version, int(network.network_address) + at)
        for network in map(ip_network, texts)
        if six or network.version == 4
        for at in range(network.num_addresses)
    }
    runs = sum((version, one - 1) not in found for version, one in found)
    return len(found) <= 256 and runs <= 128


def origins(region: str, *, workflow: bool, six: bool) -> Iterator[tuple[Origin, list[str]]]:
    for service in ("AzureConnectors", "LogicApps")[: 1 + workflow]:
        texts = [one for one in prefixes()[f"{service}.{region}"] if six or ":" not in one]
        yield tag(f"{service}.{region}", *texts), texts


@pytest.mark.skipif(NEWEST is None, reason="the corpus is not here")
@pytest.mark.parametrize(
    ("workflow", "six", "unfit"), [(False, False, 0), (False, True, 6), (True, False, 11), (True, True, 65)]
)
def test_every_region_fits_or_not_as_counted(workflow: bool, six: bool, unfit: int) -> None:
    assert len(regions()) == 69
    refused = []
    for region in regions():
        found = list(origins(region, workflow=workflow, six=six))
        fit = fit_allowlist(egress(*(one for one, _ in found)))
        fits = counted([text for _, texts in found for text in texts], six=six)
        assert (fit.listed is not None) is fits, region
        if not fits:
            refused.append(region)
            for way in fit.ways:
                assert way.listed.size <= 256
        if workflow and six:
            assert fits or "connectors only, IPv4 only" in names(fit) or fit.ways, region
    assert len(refused) == unfit
