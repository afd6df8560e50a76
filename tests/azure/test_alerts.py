"""Activity log alerts: whether one tells somebody of changes of a connection."""

from typing import Any

import pytest

from sfharden.azure.alerts import watches
from sfharden.model.azure import AzureForm
from tests.orgs.azure_side import CONNECTION, GROUP, SUBSCRIPTION, connection, resource

CATEGORY = {"field": "category", "equals": "Administrative"}
WRITE = {"field": "operationName", "equals": "Microsoft.Web/connections/write"}
KIND = {"field": "resourceType", "containsAny": ["microsoft.web/connections"]}


def alert(*conditions: Any, **properties: Any) -> Any:
    base = {
        "enabled": True,
        "scopes": [SUBSCRIPTION],
        "condition": {"allOf": list(conditions)},
        "actions": {"actionGroups": [{"actionGroupId": "/x"}]},
    }
    path = f"{GROUP}/providers/Microsoft.Insights/activityLogAlerts/a"
    return resource(path, {"properties": {**base, **properties}})


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (alert(CATEGORY), True),
        (alert(CATEGORY, WRITE), True),
        (alert(CATEGORY, KIND), True),
        (alert(CATEGORY, {"anyOf": [{"field": "operationName", "equals": "x"}, WRITE]}), True),
        (alert(CATEGORY, scopes=[GROUP.lower()]), True),
        (alert(CATEGORY, scopes=[CONNECTION]), True),
        (alert(CATEGORY, scopes=[f"{GROUP}-other"]), False),
        (alert(CATEGORY, {"field": "operationName", "equals": "Microsoft.Web/sites/write"}), False),
        (alert(CATEGORY, {"field": "caller", "equals": "ann"}), False),
        (alert(CATEGORY, enabled=False), False),
        (alert(CATEGORY, actions={"actionGroups": []}), False),
        (alert(), False),
        (alert(CATEGORY, enabled="[parameters('x')]").model_copy(update={"form": AzureForm.TEMPLATE}), False),
    ],
)
def test_an_alert_tells_if_it_is_on_covers_the_connection_and_has_a_receiver(found: Any, told: bool) -> None:
    assert watches(found, connection()) is told
