"""The snapshot with the changes made: wherever a resource stands, and nothing else."""

from sfharden.plan.azure.access_control import READERS, plan_access
from sfharden.plan.azure.applied import applied
from tests.orgs import azure_side as az
from tests.plan.azure.kit import one_change, snapshot, wish


def test_a_resource_changes_wherever_it_stands() -> None:
    flow = az.workflow(accessControl=None)
    change = one_change(plan_access(wish(flow, READERS)))
    path = f"{az.GROUP}/providers/Microsoft.Logic/workflows"
    short = az.resource(az.WORKFLOW.replace("crm-sync", "CRM-SYNC"), {"properties": {}})
    before = snapshot(az.snapshot(flow, az.connection(), lists=(az.listed(path, short),)))
    after = applied(before, [change])
    assert after.azure is not None
    assert before.azure is not None
    ranges = [
        one.document["properties"]["accessControl"]["contents"]["allowedCallerIpAddresses"]
        for one in after.azure.every_resource()
        if one.key == flow.key
    ]
    assert ranges == [[{"addressRange": "198.51.100.0/24"}]] * 2
    assert after.azure.resources[1] == before.azure.resources[1]
    assert "accessControl" not in before.azure.resources[0].document["properties"]


def test_without_azure_there_is_nothing_to_change() -> None:
    org = snapshot(az.snapshot()).model_copy(update={"azure": None})
    assert applied(org, []) is org
