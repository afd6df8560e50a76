"""What people do after a plan."""

from sfharden.emulator.azure import story
from sfharden.emulator.azure.hardening import harden
from sfharden.emulator.azure.healthy import GATEWAY, healthy_tenant
from sfharden.emulator.azure.tenant import Tenant
from sfharden.emulator.azure.untidy import NEWSLETTER, OTHER_SCOPE, STOCK, untidy_tenant
from tests.emulator.azure.kit import NOW


def test_what_is_the_integrations_is_as_in_the_healthy_tenant(bad: Tenant, tenant: Tenant) -> None:
    harden(bad, NOW)
    for one in (story.WORKFLOW, story.CONNECTION, story.SITE, f"{story.SITE}/config/web", GATEWAY):
        assert bad.find(one) == tenant.find(one)
    assert bad.find(f"{story.ARCHIVE}/managementPolicies/default") is None
    above = bad.above(story.WORKFLOW)
    held = [one for one in bad.assignments if one["properties"]["scope"].lower() in above]
    assert {one["id"] for one in held} == {
        one["id"] for one in tenant.assignments if one["properties"]["scope"].lower() in above
    }


def test_strangers_are_out_and_what_is_odd_elsewhere_stays(bad: Tenant) -> None:
    before = len(list(bad.of_kind("microsoft.web/connections", OTHER_SCOPE)))
    harden(bad, NOW)
    assert bad.find(NEWSLETTER) is bad.find(STOCK) is None
    assert len(list(bad.of_kind("microsoft.web/connections", OTHER_SCOPE))) == before > 0


def test_hardening_twice_changes_nothing() -> None:
    once, twice = untidy_tenant(NOW), untidy_tenant(NOW)
    harden(once, NOW)
    harden(twice, NOW)
    harden(twice, NOW)
    assert (once.resources, once.assignments) == (twice.resources, twice.assignments)
    assert (once.diagnostics, once.events) == (twice.diagnostics, twice.events)


def test_a_healthy_tenant_stays_as_it_is(tenant: Tenant) -> None:
    harden(tenant, NOW)
    good = healthy_tenant(NOW)
    assert (tenant.resources, tenant.assignments) == (good.resources, good.assignments)
