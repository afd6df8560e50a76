"""Who may do what, as it is asked of a scope."""

import pytest

from sfharden.emulator.azure import people, story
from sfharden.emulator.azure.naming import guid
from sfharden.emulator.azure.odd import SPLIT_ROLE, WILD_ROLE
from sfharden.emulator.azure.tenant import Tenant
from tests.emulator.azure.kit import Asker

ASSIGNMENTS = "/providers/Microsoft.Authorization/roleAssignments"
ROLES = "/providers/Microsoft.Authorization/roleDefinitions"


def scopes(rows: list[dict[str, dict[str, str]]]) -> set[str]:
    return {one["properties"]["scope"] for one in rows}


def test_at_scope_answers_the_scope_and_all_above_it(bad_arm: Asker) -> None:
    found = scopes(bad_arm.rows(story.WORKFLOW + ASSIGNMENTS, filter="atScope()"))
    above = "/providers/Microsoft.Management/managementGroups/acme"
    assert found == {"/", above, story.SCOPE, story.GROUP_SCOPE}


def test_without_a_filter_what_stands_below_comes_too(bad_arm: Asker) -> None:
    here = scopes(bad_arm.rows(story.GROUP_SCOPE + ASSIGNMENTS, filter="atScope()"))
    below = scopes(bad_arm.rows(story.GROUP_SCOPE + ASSIGNMENTS))
    assert below - here == {story.CONNECTION}


def test_assignments_may_be_asked_of_one_principal(bad_arm: Asker) -> None:
    one = f"principalId eq '{story.CONTRACTOR}'"
    (found,) = bad_arm.rows(story.GROUP_SCOPE + ASSIGNMENTS, filter=one)
    assert found["properties"]["principalType"] == "User"
    assert bad_arm.refusal(story.GROUP_SCOPE + ASSIGNMENTS, filter="name eq 'x'") == (400, "BadRequest")


def test_a_built_in_role_has_the_prefix_of_who_asks(arm: Asker) -> None:
    found = arm.get(f"{story.SCOPE}{ROLES}/{people.OWNER}")
    assert found["id"] == f"{story.SCOPE}{ROLES}/{people.OWNER}"
    assert arm.get(f"{ROLES}/{people.OWNER}")["id"] == f"{ROLES}/{people.OWNER}"


def test_custom_roles_are_listed_where_they_can_be_given(bad_arm: Asker) -> None:
    custom = "type eq 'CustomRole'"
    assert [one["name"] for one in bad_arm.rows(story.SCOPE + ROLES, filter=custom)] == [WILD_ROLE]
    assert {one["name"] for one in bad_arm.rows(story.GROUP_SCOPE + ROLES, filter=custom)} == {
        WILD_ROLE,
        SPLIT_ROLE,
    }


def test_a_role_that_was_deleted_is_not_found_though_it_is_assigned(bad_arm: Asker) -> None:
    gone = guid("role", "deleted")
    assert bad_arm.refusal(f"{story.SCOPE}{ROLES}/{gone}") == (404, "RoleDefinitionDoesNotExist")
    rows = bad_arm.rows(story.GROUP_SCOPE + ASSIGNMENTS)
    assert any(one["properties"]["roleDefinitionId"].endswith(gone) for one in rows)


def test_denials_are_answered_like_assignments(bad_arm: Asker) -> None:
    denials = "/providers/Microsoft.Authorization/denyAssignments"
    (found,) = bad_arm.rows(story.CONNECTION + denials, filter="atScope()")
    assert found["properties"]["scope"] == story.GROUP_SCOPE
    assert bad_arm.get(found["id"]) == found
    assert bad_arm.rows(story.STANDARD_SCOPE + denials) == []


@pytest.mark.parametrize("readable", [False, True])
def test_eligible_assignments_are_another_right_than_a_readers(
    bad: Tenant, bad_arm: Asker, readable: bool
) -> None:
    bad.pim_readable = readable
    path = f"{story.WORKFLOW}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances"
    if readable:
        assert len(bad_arm.rows(path, filter="atScope()")) == 1
    else:
        assert bad_arm.refusal(path) == (403, "AuthorizationFailed")


def test_one_assignment_is_answered_by_its_id(arm: Asker) -> None:
    first = arm.rows(story.GROUP_SCOPE + ASSIGNMENTS, filter="atScope()")[-1]
    assert arm.get(first["id"]) == first
    assert arm.refusal(f"{story.GROUP_SCOPE}{ASSIGNMENTS}/none") == (404, "ResourceNotFound")
