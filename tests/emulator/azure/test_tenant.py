"""A tenant as data."""

import pytest

from sfharden.emulator.azure import story
from sfharden.emulator.azure.tenant import Right, Tenant

OTHER = "/subscriptions/other"


@pytest.mark.parametrize(
    ("action", "allowed"),
    [
        ("Microsoft.Web/sites/read", True),
        ("microsoft.web/SITES/read", True),
        ("Microsoft.Web/sites/config/list/action", False),
        ("Microsoft.Web/connections/read", False),
    ],
)
def test_a_right_has_wildcards_and_exceptions(action: str, allowed: bool) -> None:
    right = Right(story.SCOPE, ("*/read",), ("Microsoft.Web/connections/*",))
    assert right.allows(action) is allowed


def test_a_right_holds_below_its_scope_and_not_beside_it(tenant: Tenant) -> None:
    tenant.rights = [Right(story.GROUP_SCOPE)]
    assert tenant.may("Microsoft.Logic/workflows/read", story.WORKFLOW.upper())
    assert not tenant.may("Microsoft.Logic/workflows/read", story.SCOPE)
    assert not tenant.may("Microsoft.Web/sites/read", story.SITE)


def test_a_right_of_a_management_group_holds_in_its_subscriptions_only(tenant: Tenant) -> None:
    tenant.rights = [Right(f"/providers/Microsoft.Management/managementGroups/{story.MANAGEMENT_GROUP}")]
    assert tenant.may("Microsoft.Logic/workflows/read", story.WORKFLOW)
    assert not tenant.may("Microsoft.Logic/workflows/read", OTHER)


def test_scopes_above_a_resource_end_at_the_root(tenant: Tenant) -> None:
    assert tenant.above(story.WORKFLOW) == [
        story.WORKFLOW.lower(),
        story.GROUP_SCOPE.lower(),
        story.SCOPE,
        "/providers/microsoft.management/managementgroups/acme",
        "/",
    ]


def test_who_has_a_right_below_sees_the_subscription(tenant: Tenant) -> None:
    tenant.rights = [Right(story.WORKFLOW)]
    assert tenant.sees(story.SCOPE)
    assert tenant.sees(story.GROUP_SCOPE)
    assert not tenant.sees(story.STANDARD_SCOPE)


def test_resources_are_found_in_any_case_and_leave_with_their_children(tenant: Tenant) -> None:
    assert tenant.find(story.SITE.upper()) is not None
    tenant.remove(story.SITE.lower())
    assert tenant.find(story.SITE) is None
    assert list(tenant.of_kind("Microsoft.Web/sites/config")) == []


def test_the_services_of_an_account_exist_with_it(tenant: Tenant) -> None:
    assert tenant.exists(f"{story.STORAGE}/blobServices/default")
    assert not tenant.exists(f"{story.STORAGE}x/blobServices/default")
    assert not tenant.exists(f"{story.STORAGE}/mailServices/default")
