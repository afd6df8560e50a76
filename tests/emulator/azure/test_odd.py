"""What real tenants hold besides."""

import pytest

from sfharden.emulator.azure import story
from sfharden.emulator.azure.odd import SPLIT_ROLE, WILD_ROLE, odd_access
from sfharden.emulator.azure.tenant import Tenant
from sfharden.emulator.azure.untidy import OTHER_SCOPE
from tests.emulator.azure.kit import Asker


def test_connections_come_in_every_state(bad_arm: Asker) -> None:
    rows = bad_arm.rows(f"{OTHER_SCOPE}/providers/Microsoft.Web/connections")
    assert {one.get("kind") for one in rows} == {None, "V1", "V2"}
    assert {one["properties"].get("overallStatus") for one in rows} == {None, "Connected", "Ready", "Error"}
    assert any("/customApis/" in one["properties"]["api"]["id"] for one in rows)


def test_other_apps_are_no_logic_apps(bad_arm: Asker) -> None:
    kinds = [one["kind"] for one in bad_arm.rows(f"{OTHER_SCOPE}/providers/Microsoft.Web/sites")]
    assert len(kinds) == 3
    assert not any("workflowapp" in one for one in kinds)


@pytest.mark.parametrize("name", sorted(odd_access()))
def test_every_odd_access_control_is_on_a_workflow(bad_arm: Asker, name: str) -> None:
    flow = bad_arm.get(f"{OTHER_SCOPE}/providers/Microsoft.Logic/workflows/{name}")
    assert flow["properties"]["accessControl"] == odd_access()[name]


def test_a_null_access_control_is_said(bad_arm: Asker) -> None:
    flow = bad_arm.get(f"{OTHER_SCOPE}/providers/Microsoft.Logic/workflows/off")
    assert flow["properties"]["accessControl"] is None
    assert flow["properties"]["state"] == "Disabled"


def test_principals_conditions_and_custom_roles_are_odd(bad: Tenant) -> None:
    rows = [one["properties"] for one in bad.assignments]
    assert "AgentIdentityOfTomorrow" in {one["principalType"] for one in rows}
    assert any(one["condition"] for one in rows)
    given = {one["roleDefinitionId"].rpartition("/")[2] for one in rows}
    assert {WILD_ROLE, SPLIT_ROLE} <= given
    assert bad.deny_assignments[0]["properties"]["scope"] == story.GROUP_SCOPE
    assert bad.eligible


def test_an_alert_tells_nobody(bad_arm: Asker) -> None:
    (alert,) = bad_arm.rows(f"{story.SCOPE}/providers/Microsoft.Insights/activityLogAlerts")
    assert alert["properties"]["actions"]["actionGroups"] == []
