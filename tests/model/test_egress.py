"""Lists of addresses: which count, and which fill the gap of another."""

import pytest

from sfharden.addresses import AddressSet
from sfharden.model.egress import EgressGap, Origin, OriginKind, Reading, is_filled, used_origins


def origin(kind: OriginKind, name: str = "sync") -> Origin:
    return Origin(kind=kind, file="f", name=name, addresses=AddressSet.of(["192.0.2.1"]))


TAG = origin(OriginKind.TAG, "AzureConnectors.WestEurope")
GLOBAL = origin(OriginKind.TAG, "AzureConnectors")
SITE = origin(OriginKind.APP_SERVICE)


def gap(*filled_by: str) -> EgressGap:
    return EgressGap(reason="not in the file", filled_by=filled_by)


@pytest.mark.parametrize(
    ("one", "service"),
    [
        (TAG, "AzureConnectors"),
        (GLOBAL, "AzureConnectors"),
        (origin(OriginKind.CONNECTOR), "AzureConnectors"),
        (origin(OriginKind.WORKFLOW), "LogicApps"),
        (SITE, ""),
        (origin(OriginKind.RANGES), ""),
    ],
)
def test_the_service_tag_that_a_list_is_compared_with(one: Origin, service: str) -> None:
    assert one.service == service


@pytest.mark.parametrize(
    ("wanted", "there", "filled"),
    [
        ("AzureConnectors.westeurope", TAG, True),
        ("AzureConnectors.*", TAG, True),
        ("AzureConnectors.westeurope", GLOBAL, True),
        ("AzureConnectors.northeurope", TAG, False),
        ("AzureConnectors", TAG, False),
        ("LogicApps.*", TAG, False),
        ("app-service", SITE, True),
        ("app-service", TAG, False),
    ],
)
def test_a_tag_fills_its_own_region_s_gap_and_a_global_one_every_region_s(
    wanted: str, there: Origin, filled: bool
) -> None:
    assert is_filled(gap(wanted), [there], []) is filled


def test_a_gap_that_nothing_can_fill_stays_one() -> None:
    assert not is_filled(gap(), [TAG, GLOBAL, SITE], ["standard"])
    assert is_filled(gap("standard"), [], ["standard"])


def test_a_spare_list_counts_only_where_another_source_asks_for_it() -> None:
    site = Reading(file="site", spare=(SITE,))
    asks = Reading(file="app", gaps=(gap("app-service"),))
    assert used_origins([site]) == ()
    assert used_origins([site, asks]) == (SITE,)
    assert used_origins([site, Reading(file="app", gaps=(gap("AzureConnectors.*"),))]) == ()
