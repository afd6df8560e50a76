"""Who holds which role at which scope, as Azure answers it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from sfharden.azure.assignments import RoleAssignment, Roles, assigned, role_of
from sfharden.azure.index import AzureIndex
from sfharden.facts.values import CannotTell
from tests.orgs.azure_side import (
    GROUP,
    OWNER,
    READER,
    SUBSCRIPTION,
    WORKFLOW,
    gap,
    resource,
    role_assignment,
    role_definition,
    snapshot,
)

CORPUS = Path(os.environ.get("SFHARDEN_CORPUS", Path(__file__).resolve().parents[3] / "shared" / "corpus"))
RECORDED = CORPUS / "azure-controls" / "role-assignments-atscope.json"


def only(row: Any) -> RoleAssignment:
    (found,) = assigned([row], WORKFLOW).rows
    return found


def test_an_assignment_is_read_with_its_scope_role_and_principal() -> None:
    found = only(role_assignment(scope=GROUP.upper()))
    assert found.role_key == OWNER
    assert found.kind == "User"
    assert not found.is_conditional


def test_what_is_assigned_below_or_beside_is_not_in_force_here() -> None:
    rows = [role_assignment(scope=f"{GROUP}2"), role_assignment(scope=f"{WORKFLOW}/triggers/t")]
    assert not assigned(rows, WORKFLOW).rows


@pytest.mark.parametrize(
    ("written", "scope"),
    [
        ("/providers/Microsoft.Authorization/roleAssignments/x", "/"),
        (f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/x", GROUP),
    ],
)
def test_without_a_scope_it_is_told_by_the_id(written: str, scope: str) -> None:
    row = role_assignment(scope="").model_copy(update={"id": written})
    assert only(row).scope == scope


@pytest.mark.parametrize("change", [{"principalId": None}, {"roleDefinitionId": 5}, {"principalId": " "}])
def test_an_assignment_that_is_not_understood_is_told(change: dict[str, Any]) -> None:
    found = assigned([role_assignment(**change)], WORKFLOW)
    assert not found.rows
    assert found.broken


def test_a_condition_is_told() -> None:
    assert only(role_assignment(condition="((!(ActionMatches{'x'})))")).is_conditional


def test_a_role_is_found_by_the_end_of_its_id() -> None:
    elsewhere = role_definition(READER, "*/read").model_copy(
        update={"id": f"/providers/Microsoft.Authorization/roleDefinitions/{READER.upper()}"}
    )
    roles = Roles(AzureIndex(snapshot(elsewhere)))
    assert roles.read(only(role_assignment(role=READER))).permits("x/read")


def test_an_unread_role_is_named_where_its_id_is_known_and_says_why() -> None:
    row = only(role_assignment())
    definition = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{OWNER}"
    roles = Roles(AzureIndex(snapshot(gaps=(gap(definition),))))
    with pytest.raises(CannotTell, match="403"):
        roles.read(row)
    assert roles.name_of(row) == "Owner"
    assert roles.known(only(role_assignment(role="custom"))) is None


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"permissions": None},
        {"permissions": "*"},
        {"permissions": [{}]},
        {"permissions": [5]},
        {"permissions": [{"actions": "*"}]},
        {"permissions": [{"actions": [5]}]},
        {"permissions": [{"actions": ["*"], "notActions": "x"}]},
    ],
)
def test_a_definition_that_is_not_understood_cannot_be_told(properties: dict[str, Any]) -> None:
    definition = resource(
        f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/x", {"properties": properties}
    )
    with pytest.raises(CannotTell):
        role_of(definition)


def test_a_condition_within_a_role_is_told() -> None:
    assert role_of(role_definition("x", "*", condition="y")).is_conditional
    assert not role_of(role_definition("x", "*", condition=None)).is_conditional


@pytest.mark.skipif(not RECORDED.is_file(), reason="the corpus is not here")
def test_a_recorded_answer_of_all_scopes_above() -> None:
    rows = [resource(one["id"], one) for one in json.loads(RECORDED.read_text("utf-8"))["value"]]
    group = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/cli_role_assign000001"
    found = assigned(rows, f"{group}/providers/Microsoft.Logic/workflows/w")
    assert [one.scope for one in found.rows] == ["/", "/", group]
    assert not found.broken
