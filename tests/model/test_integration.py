"""The integration file's rules, and how sources of egress become one set or a gap."""

from typing import Any

import pytest
from pydantic import ValidationError

from sfharden.addresses import AddressSet
from sfharden.model.egress import EgressGap, Origin, OriginKind, Reading
from sfharden.model.integration import EgressEntry, IntegrationFile, Waiver, egress_of, integration_names
from tests.orgs.constants import INTEGRATION

ENTRY: dict[str, Any] = {
    "name": "crm-sync",
    "app": "Azure Logic Apps",
    "profile": "Logic Apps Integration",
    "users": ["svc@acme.example"],
    "egress": [{"ranges": ["192.0.2.0/28"]}],
    "operator_ranges": ["198.51.100.7"],
}
WAIVER = {"control": "c", "subject": "s", "reason": "r", "owner": "o", "expires": "2027-01-31"}


def file(*entries: dict[str, Any], **more: Any) -> IntegrationFile:
    return IntegrationFile.model_validate({"version": 1, "integrations": entries or [ENTRY], **more})


def test_a_whole_file_is_taken() -> None:
    assert file(waivers=[WAIVER]).integrations[0].hardened_at is None


@pytest.mark.parametrize(
    "change",
    [
        {"users": []}, {"egress": []}, {"operator_ranges": []}, {"name": " "}, {"app": "x" * 1001}, {"users": [""]},
        {"extra": 1}, {"profile": None},
    ],
)  # fmt: skip
def test_what_an_integration_can_not_do_without_is_asked_for(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        file({**ENTRY, **change})


def test_two_integrations_of_one_name_are_refused() -> None:
    with pytest.raises(ValidationError, match="the same name"):
        file(ENTRY, ENTRY)
    assert len(file(ENTRY, {**ENTRY, "name": "billing"}).integrations) == 2


@pytest.mark.parametrize("version", [True, 2, "1", 1.5, None])
def test_only_version_one_is_known(version: Any) -> None:
    with pytest.raises(ValidationError, match="only version 1"):
        IntegrationFile.model_validate({"version": version, "integrations": [ENTRY]})


@pytest.mark.parametrize(
    "moment",
    [2026, True, 1.5, "2026", "20261120", "2026-11-20T09:00:00", "yesterday-ish", "2026-13-01T00:00:00Z"],
)
def test_a_moment_needs_its_zone_and_is_no_bare_number(moment: Any) -> None:
    with pytest.raises(ValidationError, match="write a time with its zone"):
        file({**ENTRY, "hardened_at": moment})


@pytest.mark.parametrize("day", [20270131, True, "20270131", "soon", "2027-02-30"])
def test_a_waiver_ends_on_a_day(day: Any) -> None:
    with pytest.raises(ValidationError, match="write a date"):
        Waiver.model_validate({**WAIVER, "expires": day})


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"logic_app": "a.json", "ranges": ["192.0.2.1"]},
        {"service_tags": "t.json"},
        {"tag": "AzureConnectors"},
        {"logic_app": "a.json", "tag": "AzureConnectors"},
        {"ranges": None},
    ],
)
def test_an_entry_of_egress_is_one_source(entry: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EgressEntry.model_validate(entry)


def test_names_come_in_the_order_of_the_file() -> None:
    other = INTEGRATION.model_copy(update={"name": "billing"})
    assert integration_names([INTEGRATION, other]) == ("crm-sync", "billing")


# From readings to egress -----------------------------------------------------------------------


def origin(kind: OriginKind, address: str, file: str) -> Origin:
    return Origin(kind=kind, file=file, name="n", addresses=AddressSet.of([address]))


def test_every_source_s_addresses_count_and_each_file_is_named_once() -> None:
    ranges = Reading(file="a", origins=(origin(OriginKind.RANGES, "192.0.2.1", "a"),) * 2)
    tag = Reading(file="b", origins=(origin(OriginKind.TAG, "192.0.2.9", "b"),), warnings=("old",))
    found = egress_of([ranges, tag])
    assert found.addresses == AddressSet.of(["192.0.2.1", "192.0.2.9"])
    assert (found.sources, found.warnings) == (("a", "b"), ("b: old",))


def test_a_gap_that_nothing_fills_is_the_integration_s() -> None:
    lost = Reading(file="app.json", gaps=(EgressGap(reason="no list", filled_by=("tag",)),))
    (gap,) = egress_of([lost], "crm-sync").gaps
    assert (gap.what, gap.reason, gap.kind, gap.name) == (
        "egress of crm-sync: app.json",
        "no list",
        "Egress",
        "crm-sync",
    )
    filled = Reading(file="t.json", origins=(origin(OriginKind.TAG, "192.0.2.9", "t.json"),))
    assert egress_of([lost, filled], "crm-sync").gaps == ()


def test_no_source_at_all_gives_no_address_and_no_silence_is_taken_for_one() -> None:
    assert not egress_of([]).addresses
