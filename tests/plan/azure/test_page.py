"""The page of the Azure side: each change with its command, its way back and whom it hits."""

from sfharden.plan.azure.access_control import READERS, plan_access
from sfharden.plan.azure.page import azure_readme
from sfharden.plan.azure.records import RUNS, plan_runs
from tests.orgs import azure_side as az
from tests.plan.azure.kit import one_change, wish


def test_a_change_has_its_command_its_way_back_and_its_risks() -> None:
    change = one_change(plan_access(wish(az.workflow(accessControl=None), READERS)))
    page = azure_readme([change])
    assert "\n## 1. access control of crm-rg/crm-sync\n" in page
    assert "\n    az resource update --output none --ids " in page
    assert "--remove properties.accessControl" in page
    assert all(one.split(":")[0] in page for one in change.risks)
    assert "sfharden has changed nothing" in page


def test_what_a_person_must_set_and_what_is_done_by_hand_is_said() -> None:
    path = f"{az.WORKFLOW}/providers/Microsoft.Insights/diagnosticSettings"
    change = one_change(plan_runs(wish(az.workflow(), RUNS, lists=(az.listed(path),))))
    page = azure_readme(
        [change, change.model_copy(update={"commands": (), "undo": (), "by_hand": "Do *it*."})]
    )
    assert "set `WORKSPACE_ID` first" in page
    assert "by hand: Do \\*it\\*." in page


def test_a_name_is_no_markup_and_no_line_of_its_own() -> None:
    change = one_change(plan_access(wish(az.workflow(), READERS)))
    evil = change.model_copy(
        update={"name": "[x](http://evil)\n# y", "resource": "a`\n# z", "commands": (), "undo": ()}
    )
    page = azure_readme([evil])
    assert "[x](http" not in page
    assert not any(line.startswith(("# y", "# z")) for line in page.splitlines())
