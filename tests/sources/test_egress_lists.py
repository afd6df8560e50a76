"""From calls to lists: the list that matters for each call, a whole one or none, and a gap that says what would fill it."""

from typing import Any

import pytest

from sfharden.addresses import AddressSet
from sfharden.azure.workflows import Hosting, Site, Workflow
from sfharden.model.egress import OriginKind
from sfharden.sources.egress_lists import Incredible, credible, read_site, read_workflow
from tests.sources.build import connection, http_step, salesforce_step

LISTS = {
    "connector": {"outgoingIpAddresses": [{"address": "203.0.113.8"}, {"address": "203.0.113.64/27"}]},
    "workflow": {"outgoingIpAddresses": [{"address": "198.51.100.10"}]},
}
HTTP = http_step("https://acme.my.salesforce.com/services/data/")


def workflow(hosting: Hosting = Hosting.CONSUMPTION, endpoints: Any = LISTS, **actions: Any) -> Workflow:
    return Workflow(
        "sync",
        hosting,
        "westeurope",
        {"actions": actions or {"Query": salesforce_step()}},
        {"salesforce": connection()},
        endpoints=endpoints,
    )


# Lists -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "texts",
    [
        ["192.0.2.1", "banana"], ["192.0.2.1", ""], ["192.0.2.1", None], [7], ["192.0.2.0/33"],
        ["0.0.0.0/8"], ["10.0.0.0/16", "11.0.0.0/16"], ["2001:db8::/32"],
    ],
)  # fmt: skip
def test_a_list_that_is_damaged_or_too_wide_is_no_list_at_all(texts: list[Any]) -> None:
    with pytest.raises(Incredible, match="its list"):
        credible(texts, "list")


def test_a_network_is_meant_by_any_of_its_addresses() -> None:
    assert credible(["192.0.2.9/28"], "list") == AddressSet.of(["192.0.2.0/28"])
    assert credible([], "list") == AddressSet()


# Workflows -------------------------------------------------------------------------------------


def test_each_kind_of_call_needs_its_own_list_and_the_other_is_shown_as_unused() -> None:
    reading = read_workflow(workflow(), "app.json")
    assert [one.kind for one in reading.origins] == [OriginKind.CONNECTOR]
    assert [one.kind for one in reading.unused] == [OriginKind.WORKFLOW]
    both = read_workflow(workflow(Query=salesforce_step(), Post=HTTP), "app.json")
    assert {one.kind for one in both.origins} == {OriginKind.CONNECTOR, OriginKind.WORKFLOW}
    assert both.unused == ()


@pytest.mark.parametrize(
    ("endpoints", "words", "filled_by"),
    [
        (None, "lists no connector outgoing addresses", "AzureConnectors.westeurope"),
        ({"connector": {"outgoingIpAddresses": []}}, "lists no connector", "AzureConnectors.westeurope"),
        ({"connector": {"outgoingIpAddresses": [{"address": "x"}]}}, "its connector outgoing addresses", "AzureConnectors.westeurope"),
        ({"connector": {"outgoingIpAddresses": [{}]}}, "has no address", "AzureConnectors.westeurope"),
    ],
)  # fmt: skip
def test_a_list_that_is_not_there_is_a_gap_with_the_tag_that_fills_it(
    endpoints: Any, words: str, filled_by: str
) -> None:
    reading = read_workflow(workflow(endpoints=endpoints), "app.json")
    assert reading.origins == ()
    (gap,) = reading.gaps
    assert words in gap.reason
    assert gap.reason.startswith("workflow 'sync': ")
    assert gap.filled_by == (filled_by,)


def test_what_runs_a_workflow_decides_whose_addresses_count() -> None:
    standard = read_workflow(workflow(Hosting.STANDARD, None, Query=salesforce_step(), Post=HTTP), "f")
    assert standard.provides == ("standard",)
    assert {gap.filled_by for gap in standard.gaps} == {("AzureConnectors.westeurope",), ("app-service",)}
    (flow,) = read_workflow(workflow(Hosting.POWER_AUTOMATE, None), "f").gaps
    assert flow.filled_by == ("AzureConnectors",)
    assert "all regions of its geography" in flow.reason


def test_a_connection_of_another_region_needs_that_region_s_list() -> None:
    far = workflow()
    far = Workflow(far.name, far.hosting, "northeurope", far.definition, far.connections, endpoints=LISTS)
    reading = read_workflow(far, "f")
    assert reading.wanted_tags == ("AzureConnectors.westeurope",)
    assert "its connection is in westeurope, while the file lists" in reading.gaps[0].reason


@pytest.mark.parametrize(("definition", "words"), [(None, "holds no definition"), ("[x]", "not written out")])
def test_a_definition_that_is_not_there_is_a_gap_and_the_likeliest_list_is_kept(
    definition: Any, words: str
) -> None:
    reading = read_workflow(
        Workflow("sync", Hosting.CONSUMPTION, "westeurope", definition, endpoints=LISTS), "f"
    )
    assert words in reading.gaps[0].reason
    assert [one.kind for one in reading.origins] == [OriginKind.CONNECTOR]


def test_steps_that_may_call_are_one_gap_a_reason_and_named_up_to_a_few() -> None:
    steps: dict[str, Any] = {f"s{number}": http_step("@variables('x')") for number in range(6)}
    (gap,) = read_workflow(workflow(Query=salesforce_step(), **steps), "f").gaps
    assert "steps 's0', 's1', 's2', 's3' and 2 more may call Salesforce" in gap.reason


def test_private_addresses_are_warned_of_since_salesforce_never_sees_them() -> None:
    inside = {"connector": {"outgoingIpAddresses": [{"address": "10.0.0.0/30"}, {"address": "203.0.113.8"}]}}
    (warning,) = read_workflow(workflow(endpoints=inside), "f").warnings
    assert "4 of its connector outgoing addresses are private" in warning


# Sites -----------------------------------------------------------------------------------------


def site(*outbound: str, in_network: bool = False) -> Site:
    return Site("standard", "northeurope", outbound, in_network)


def test_a_site_s_addresses_are_spare_until_a_workflow_asks_for_them() -> None:
    reading = read_site(site("192.0.2.1", "192.0.2.1"), "site.json")
    assert reading.origins == ()
    assert [one.addresses for one in reading.spare] == [AddressSet.of(["192.0.2.1"])]
    assert "its workflows are not in this file" in reading.gaps[0].reason


def test_a_site_in_a_network_may_leave_elsewhere_so_its_list_is_none() -> None:
    reading = read_site(site("192.0.2.1", in_network=True), "site.json")
    assert reading.spare == ()
    assert "NAT gateway or firewall" in reading.warnings[0]


def test_a_site_with_a_damaged_list_or_none_gives_none() -> None:
    assert read_site(site(), "f").spare == ()
    damaged = read_site(site("192.0.2.1", "banana"), "f")
    assert damaged.spare == ()
    assert "App Service outbound addresses" in damaged.gaps[1].reason
