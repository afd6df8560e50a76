"""Where an integration calls from by what Azure lists: the steps of an answer are judged as those of a file, though masked."""

import pytest

from sfharden.addresses import AddressSet
from sfharden.azure.calls import calls_of
from sfharden.azure.workflows import find_workflows
from sfharden.emulator.azure import flows, story
from sfharden.emulator.azure.healthy import healthy_tenant
from sfharden.emulator.azure.sites import site
from sfharden.emulator.azure.tenant import Right, Tenant
from sfharden.emulator.azure.untidy import untidy_tenant
from sfharden.model.azure import AzureEntry, AzureSnapshot
from sfharden.model.egress import Origin, OriginKind
from sfharden.model.integration import Egress, Integration
from sfharden.sources.azure.outgoing import listed_of, outgoing_of

from .live_kit import NOW, reading

FLOW = AzureEntry(workflows=(story.WORKFLOW,))
APP = AzureEntry(workflows=(story.SITE,))
CONNECTORS = AddressSet.of(story.CONNECTOR_EGRESS)


def read(tenant: Tenant, *entries: AzureEntry) -> AzureSnapshot:
    with reading(tenant, story.SUBSCRIPTION) as one:
        return one.read(entries)


def integration(name: str, azure: AzureEntry | None) -> Integration:
    return Integration(
        name=name,
        app="a",
        profile="p",
        users=("u",),
        egress=Egress(addresses=AddressSet()),
        operator_ranges=AddressSet(),
        azure=azure,
    )


def test_the_connector_s_list_of_a_workflow_counts_and_its_own_doesnt() -> None:
    found = outgoing_of(read(healthy_tenant(NOW), FLOW), FLOW)
    assert found.addresses == CONNECTORS
    assert [one.kind for one in found.unused] == [OriginKind.WORKFLOW]
    assert found.gaps == ()


def test_a_standard_app_s_connectors_are_in_a_service_tag_alone() -> None:
    snapshot = read(healthy_tenant(NOW), APP)
    (gap,) = outgoing_of(snapshot, APP).gaps
    assert "only a service tag" in gap.reason
    tag = Origin(
        kind=OriginKind.TAG,
        file="tags",
        name="AzureConnectors.WestEurope",
        region="westeurope",
        addresses=CONNECTORS,
    )
    found = outgoing_of(snapshot, APP, declared=(tag,))
    assert (found.gaps, found.origins) == ((), ())  # what is declared is not what Azure lists


def test_an_http_step_of_a_standard_app_calls_from_its_site() -> None:
    tenant = healthy_tenant(NOW)
    (flow,) = tenant.of_kind("Microsoft.Web/sites/workflows")
    call = {
        "type": "Http",
        "inputs": {"method": "GET", "uri": "https://acme.my.salesforce.com/services/data"},
    }
    flow["properties"]["files"]["workflow.json"]["definition"]["actions"] = {"Ask": call}
    found = outgoing_of(read(tenant, APP), APP)
    assert found.addresses == AddressSet.of(story.SITE_EGRESS)
    assert [one.kind for one in found.origins] == [OriginKind.APP_SERVICE]


def test_code_that_is_not_told_is_not_known() -> None:
    tenant = healthy_tenant(NOW)
    tenant.hide_code = True
    found = outgoing_of(read(tenant, APP), APP)
    assert any("definition" in gap.reason for gap in found.gaps)


def test_what_may_not_be_read_is_not_known() -> None:
    tenant = healthy_tenant(NOW)
    tenant.rights[:] = [Right(story.STANDARD_SCOPE)]
    found = outgoing_of(read(tenant, FLOW), FLOW)
    assert found.addresses == AddressSet()
    (gap,) = found.gaps
    assert "Microsoft.Logic/workflows/read" in gap.reason


def test_a_standard_app_that_nobody_named_and_that_calls_nothing_is_another_s() -> None:
    tenant = healthy_tenant(NOW)
    other = f"{story.STANDARD_SCOPE}/providers/Microsoft.Web/sites/payroll"
    tenant.add(site(other))
    snapshot = read(tenant)
    assert "payroll" not in "".join(gap.what for gap in outgoing_of(snapshot, None).gaps)
    named = AzureEntry(workflows=(other,))
    assert outgoing_of(read(tenant, named), named).gaps


def test_nothing_found_is_not_nothing_needed() -> None:
    tenant = healthy_tenant(NOW)
    tenant.resources.clear()
    assert outgoing_of(read(tenant), None).gaps


def test_of_several_integrations_each_names_its_own() -> None:
    snapshot = read(healthy_tenant(NOW))
    every = (integration("a", FLOW), integration("b", None))
    assert listed_of(snapshot, every[0], every).addresses == CONNECTORS
    assert "doesn't say which workflows" in listed_of(snapshot, every[1], every).gaps[0].reason
    assert listed_of(snapshot, every[1], every[1:]).addresses == CONNECTORS


@pytest.mark.parametrize("tenant", [healthy_tenant(NOW), untidy_tenant(NOW)], ids=["healthy", "untidy"])
def test_masking_hides_no_call(tenant: Tenant) -> None:
    """The same steps call, and may call, before and after secrets are masked."""
    snapshot = read(tenant)
    for one in snapshot.resources:
        if one.type == "microsoft.logic/workflows" and (raw := tenant.find(one.id)):
            masked = {**one.document, "type": one.type, "name": one.name}
            (before,), (after,) = find_workflows(raw).workflows, find_workflows(masked).workflows
            assert list(calls_of(before)) == list(calls_of(after))


@pytest.mark.parametrize(
    ("uri", "calls"),
    [
        ("https://acme.my.salesforce.com/services/data/v60.0/sobjects/Account?token=abc", 1),
        ("https://acme.example/hooks", 0),
        ("@parameters('where')", 0),
    ],
)
def test_a_masked_address_still_tells_its_host(uri: str, calls: int) -> None:
    tenant = healthy_tenant(NOW)
    code = flows.definition(
        {"Every_hour": flows.recurrence_trigger(NOW)}, {"Ask": {"type": "Http", "inputs": {"uri": uri}}}
    )
    tenant.add(flows.workflow(story.WORKFLOW, code, NOW, access={}))
    found = outgoing_of(read(tenant, FLOW), FLOW)
    assert len(found.calls) == calls
    assert bool(found.gaps) == (not calls)
