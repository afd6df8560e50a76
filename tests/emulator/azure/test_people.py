"""Roles and who has them."""

import pytest

from sfharden.emulator.azure import people, story
from sfharden.emulator.azure.tenant import Tenant
from tests.emulator.azure.kit import keys, recorded


def test_an_assignment_has_what_a_real_one_has(tenant: Tenant) -> None:
    real = recorded("role-assignments-atscope.json")["value"]
    for one, scope in zip(real, ("/", "/", story.GROUP_SCOPE), strict=True):
        ours = people.assign(tenant, people.READER, "p", "User", scope)
        assert keys(ours) == keys(one)
        assert ours["id"].startswith("/")
        assert "//" not in ours["id"]
        assert ours["properties"]["scope"] == scope
        assert "/subscriptions/" in ours["properties"]["roleDefinitionId"]


@pytest.mark.parametrize("role", people.built_in_roles(), ids=lambda one: str(one["properties"]["roleName"]))
def test_built_in_roles_can_be_given_everywhere(role: dict[str, dict[str, object]]) -> None:
    assert role["properties"]["assignableScopes"] == ["/"]
    assert role["properties"]["type"] == "BuiltInRole"


def test_a_role_of_some_places_is_a_custom_one() -> None:
    made = people.role("r", "Mine", ["*"], denied=["a/write"], places=[story.SCOPE])["properties"]
    assert made["type"] == "CustomRole"
    assert made["permissions"][0]["notActions"] == ["a/write"]


def test_a_condition_stands_in_the_assignment(tenant: Tenant) -> None:
    made = people.assign(
        tenant, people.OWNER, "p", "User", story.SCOPE, condition="c", conditionVersion="2.0"
    )
    assert made["properties"]["condition"] == "c"
    assert made in tenant.assignments


def test_denials_and_eligible_assignments_are_kept_apart(tenant: Tenant) -> None:
    people.deny(tenant, ["a/delete"], story.SCOPE, excluded=["p"])
    people.eligible(tenant, people.OWNER, "p", story.SCOPE)
    (denial,), (waiting,) = tenant.deny_assignments, tenant.eligible
    assert denial["properties"]["excludePrincipals"][0]["id"] == "p"
    assert waiting["properties"]["scope"] == story.SCOPE
