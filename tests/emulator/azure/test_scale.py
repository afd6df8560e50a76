"""Many workflows in many groups."""

from sfharden.emulator.azure import story
from sfharden.emulator.azure.scale import by_scale
from sfharden.emulator.azure.server import serve_azure
from tests.emulator.azure.kit import NOW, asking


def test_workflows_are_spread_over_groups_with_their_own_connections() -> None:
    with serve_azure(by_scale(NOW)) as server, asking(server) as arm:
        flows = arm.rows(f"{story.SCOPE}/providers/Microsoft.Logic/workflows")
        scaled = [one["id"] for one in flows if "/rg-scale-" in one["id"]]
        assert len(scaled) == 100
        assert len({one.split("/")[4] for one in scaled}) == 20
        assert server.started == 2  # the first page is full
        used = flows[-1]["properties"]["parameters"]["$connections"]["value"]["salesforce"]["connectionId"]
        assert used.split("/")[4] == flows[-1]["id"].split("/")[4]
        assert arm.get(used)["name"] == "salesforce"


def test_every_scope_inherits_every_role() -> None:
    tenant = by_scale(NOW, workflows=2, groups=2, roles=5)
    with serve_azure(tenant) as server, asking(server) as arm:
        path = f"{story.SCOPE}/resourceGroups/rg-scale-01/providers/Microsoft.Authorization/roleAssignments"
        rows = arm.rows(path, filter="atScope()")
        custom = [one for one in rows if one["properties"]["scope"] == story.SCOPE]
        assert len(custom) == 5 + 2  # the owners, and the caller
