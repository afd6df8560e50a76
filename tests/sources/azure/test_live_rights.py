"""Who may do what is asked once a group, and told by resource: what holds there, and nothing of its neighbours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.azure.objects import get
from sfharden.emulator.azure import people, story
from sfharden.emulator.azure.calls import CALLS
from sfharden.emulator.azure.faults import AzureFault, AzureFaultKind
from sfharden.emulator.azure.healthy import healthy_tenant
from sfharden.facts.values import CannotTell
from sfharden.sources.azure.live_rights import group_of, rows_at
from tests.orgs.azure_side import resource

from .live_kit import NOW, index, reading

ROLES = "/providers/Microsoft.Authorization/roleAssignments"
OWN = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Logic/workflows/w"


def row(scope: object) -> object:
    return resource(f"{OWN}{ROLES}/1", {"properties": {"scope": scope}})


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        ("/", True),
        ("/providers/Microsoft.Management/managementGroups/acme", True),
        ("/subscriptions/s", True),
        ("/SUBSCRIPTIONS/S/RESOURCEGROUPS/G", True),
        ("subscriptions/s/resourceGroups/g", True),
        (OWN, True),
        (f"{OWN}/triggers/t", False),
        (f"{OWN}2", False),
        ("/subscriptions/s/resourceGroups/g2", False),
        ("/subscriptions/other", False),
        (None, True),  # what doesn't tell its scope may hold
        ("", True),
    ],
)
def test_what_holds_at_a_resource(scope: object, holds: bool) -> None:
    assert bool(list(rows_at(OWN, [row(scope)]))) is holds  # type: ignore[list-item]


@given(st.text(max_size=40))
def test_no_scope_breaks_it(scope: str) -> None:
    list(rows_at(OWN, [row(scope)]))  # type: ignore[list-item]


def test_the_group_of_an_id() -> None:
    assert group_of(OWN) == "/subscriptions/s/resourceGroups/g"


def test_each_resource_has_what_holds_there_and_not_what_only_its_neighbour_has() -> None:
    tenant = healthy_tenant(NOW)
    people.assign(tenant, people.OWNER, story.CONTRACTOR, "User", story.WORKFLOW)
    with reading(tenant) as one:
        found = index(one.read())
    principals = {
        path: {get(row.document, "properties", "principalId") for row in found.whole(f"{path}{ROLES}")}
        for path in (story.WORKFLOW, story.CONNECTION, story.GROUP_SCOPE)
    }
    assert principals[story.WORKFLOW] - principals[story.CONNECTION] == {story.CONTRACTOR}
    assert principals[story.CONNECTION] == principals[story.GROUP_SCOPE]
    assert story.OPERATIONS in principals[story.CONNECTION]  # inherited from the subscription


def test_the_role_of_an_assignment_is_found_by_the_id_it_has_there() -> None:
    tenant = healthy_tenant(NOW)
    extra = people.assign(tenant, people.OWNER, story.CONTRACTOR, "User", story.WORKFLOW)
    bare = f"/providers/Microsoft.Authorization/roleDefinitions/{people.OWNER}"
    extra["properties"]["roleDefinitionId"] = bare
    with reading(tenant) as one:
        found = index(one.read())
        assert len(one.asked(f"roleDefinitions/{people.OWNER}")) == 1
    for row_ in found.whole(f"{story.WORKFLOW}{ROLES}"):
        assert found.resource(row_.document["properties"]["roleDefinitionId"]).document["properties"]


def test_where_a_group_is_not_answered_each_resource_is_asked_by_itself() -> None:
    with reading() as one:
        one.server.faults.append(
            AzureFault(AzureFaultKind.FORBIDDEN, path=rf"(?i)resourceGroups/[^/]+{ROLES}\?")
        )
        snapshot = one.read()
        asked = one.asked(f"crm-sync{ROLES}?")
    assert len(asked) == 1
    assert "atScope" in asked[0]
    assert len(index(snapshot).whole(f"{story.WORKFLOW}{ROLES}")) == 4
    assert not [gap for gap in snapshot.gaps if gap.path.endswith(ROLES)]


def test_a_group_s_list_that_is_not_whole_decides_nothing() -> None:
    with reading() as one:
        one.server.faults.append(
            AzureFault(AzureFaultKind.FOREIGN_LINK, path=rf"(?i)resourceGroups/[^/]+{ROLES}\?")
        )
        snapshot = one.read()
    assert index(snapshot).whole(f"{story.WORKFLOW}{ROLES}")


def test_where_nothing_is_answered_the_missing_right_is_told_for_each_resource() -> None:
    with reading() as one:
        one.server.faults.append(AzureFault(AzureFaultKind.FORBIDDEN, path=CALLS["role assignments"]))
        snapshot = one.read()
    for path in (story.WORKFLOW, story.CONNECTION, story.SITE):
        with pytest.raises(CannotTell, match="missing right"):
            index(snapshot).whole(f"{path}{ROLES}")


def test_rights_that_wait_are_read_where_they_may_be() -> None:
    tenant = healthy_tenant(NOW)
    tenant.pim_readable = True
    tenant.eligible.append(people.eligible(tenant, people.OWNER, story.CONTRACTOR, story.GROUP_SCOPE))
    with reading(tenant) as one:
        found = index(one.read())
    path = f"{story.CONNECTION}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances"
    assert [get(row.document, "properties", "principalId") for row in found.whole(path)][:1] == [
        story.CONTRACTOR
    ]
