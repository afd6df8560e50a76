"""An integration's addresses: what is known, and the reason for each part that isn't."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sfharden.addresses import AddressSet, show_ranges
from sfharden.checks.page_addresses import AddressFacts, address_facts
from sfharden.facts.index import Index
from sfharden.model.egress import Origin, OriginKind
from sfharden.model.integration import Egress
from sfharden.model.snapshot import Gap
from tests.orgs import judging, served
from tests.orgs.constants import NOW
from tests.orgs.files import HEALTHY, PROFILE, changed, snapshot_of


def of_org(**changes: Any) -> AddressFacts:
    integration = served.INTEGRATION.model_copy(update=changes)
    return address_facts(Index(served.healthy()), integration, (integration,), NOW)


def of_files(files: Mapping[str, str], **changes: Any) -> AddressFacts:
    return address_facts(Index(snapshot_of(files)), judging.integration(**changes), (), NOW)


def test_a_running_org_tells_every_row() -> None:
    found = of_org()
    assert found.ranges.addresses.covers(found.egress.addresses | found.operator.addresses)
    assert found.seen.addresses
    assert found.ranges.addresses.covers(found.seen.addresses)
    assert not any(one.gap for one in (found.ranges, found.egress, found.operator, found.seen))


def test_files_tell_no_logins() -> None:
    assert "needs a live org" in of_files(HEALTHY).seen.gap


def test_logins_are_those_since_the_hardening() -> None:
    later = of_org(hardened_at=NOW - timedelta(minutes=1))
    assert later.seen.addresses.size <= of_org().seen.addresses.size
    assert "since" in later.seen.note


def test_a_profile_that_nobody_read_has_unknown_ranges() -> None:
    found = of_files(HEALTHY, profile="Nobody's")
    assert "no profile named" in found.ranges.gap
    assert not found.ranges.addresses


def test_a_range_that_can_not_be_read_is_a_gap() -> None:
    files = changed(PROFILE, "<startAddress>192.0.2.0<", "<startAddress>nonsense<")
    assert "can't be read" in of_files(files).ranges.gap


def test_a_profile_without_ranges_keeps_nobody_out_and_it_is_said() -> None:
    files = {**HEALTHY, PROFILE: HEALTHY[PROFILE].replace("loginIpRanges>", "loginHours>")}
    found = of_files(files)
    assert found.ranges.note or found.ranges.gap
    assert not found.ranges.addresses


def test_egress_that_is_not_all_known_says_why() -> None:
    whole = served.INTEGRATION.egress
    found = of_org(egress=whole.model_copy(update={"gaps": (Gap(what="a.json", reason="gone"),)}))
    assert found.egress.gap == "gone"


def origin(name: str, *addresses: str) -> Origin:
    return Origin(kind=OriginKind.TAG, file="t.json", name=name, addresses=AddressSet.of(addresses))


def test_what_the_profile_admits_of_another_regions_list_is_named() -> None:
    spare = show_ranges(of_org().egress.addresses)
    egress = Egress(
        addresses=AddressSet(),
        elsewhere=(origin("AzureConnectors.NorthEurope", spare), origin("Storage.NorthEurope", spare)),
    )
    assert [name for name, _ in of_org(egress=egress).strange] == ["AzureConnectors.NorthEurope"]
    assert of_org().strange == ()


def test_what_another_integration_of_the_profile_needs_is_told_beside() -> None:
    other = served.INTEGRATION.model_copy(
        update={"name": "other", "egress": Egress(addresses=AddressSet.of(["203.0.113.200"]))}
    )
    found = address_facts(Index(served.healthy()), served.INTEGRATION, (served.INTEGRATION, other), NOW)
    assert show_ranges(found.beside.addresses - other.operator_ranges) == "203.0.113.200"
    assert found.beside_app == found.beside
    assert not of_org().beside.addresses


def test_an_allowlist_that_does_not_show_is_not_none() -> None:
    assert of_org().allowlist.gap or of_org().allowlist.note
