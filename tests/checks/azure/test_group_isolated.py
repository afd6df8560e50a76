"""Whether others share the connection or its resource group."""

from typing import Any

import pytest

from sfharden.checks.azure.group_isolated import judge_group_isolated
from sfharden.checks.common import NoParameters, Verdict
from sfharden.model.azure import AzureEntry, AzureForm, AzureList, AzureResource
from tests.orgs.azure_side import (
    CONNECTION,
    GROUP,
    SITE,
    SUBSCRIPTION,
    connection,
    context,
    gap,
    listed,
    other_workflow,
    site,
    site_workflow,
    snapshot,
    workflow,
)

FLOWS, SITES = "providers/Microsoft.Logic/workflows", "providers/Microsoft.Web/sites"
OTHER_GROUP = f"{SUBSCRIPTION}/resourceGroups/other-rg"
NAMED = AzureEntry(workflows=("crm-sync",))


def lists_with(*rows: AzureResource, sites: tuple[AzureResource, ...] = ()) -> tuple[AzureList, ...]:
    group = tuple(one for one in rows if one.key.startswith(f"{GROUP}/".casefold()))
    return (
        listed(f"{GROUP}/{FLOWS}", *group),
        listed(f"{GROUP}/{SITES}", *sites),
        listed(f"{SUBSCRIPTION}/{FLOWS}", *rows),
    )


def judged(
    *rows: AzureResource,
    entry: AzureEntry | None = NAMED,
    sites: tuple[AzureResource, ...] = (),
    lists: tuple[AzureList, ...] | None = None,
    **more: Any,
) -> Verdict:
    every = lists_with(workflow(), *rows, sites=sites) if lists is None else lists
    read = snapshot(workflow(), connection(), lists=every, **more)
    every_one = judge_group_isolated(context(read, entry), NoParameters())
    (found,) = [one for one in every_one if one.subject.name == "crm-rg/salesforce"]
    return found


def test_alone_in_its_group_it_passes() -> None:
    assert judged().status == "pass"
    assert judged(entry=None).status == "pass"
    assert judged(other_workflow("o", OTHER_GROUP)).status == "pass"


def test_a_stranger_in_the_group_fails_and_is_listed() -> None:
    found = judged(other_workflow("o"))
    assert found.status == "fail"
    assert "crm-rg/o" in found.message
    assert judged(sites=(site(),)).status == "fail"
    assert judged(other_workflow("o"), entry=None).status == "fail"


def test_a_workflow_of_others_that_uses_the_connection_fails_wherever_it_is() -> None:
    for group in (GROUP, OTHER_GROUP):
        found = judged(other_workflow("u", group, CONNECTION.lower()))
        assert found.status == "fail"
        assert "may use it" in found.message
        assert len(found.evidence) == 1


def test_a_workflow_of_this_integration_in_another_group_is_no_stranger() -> None:
    own = other_workflow("second", OTHER_GROUP, CONNECTION)
    entry = AzureEntry(workflows=("crm-sync", "second"))
    assert judged(own, entry=entry).status == "pass"


def test_neighbours_of_the_integration_file_may_stay() -> None:
    entry = AzureEntry(workflows=("crm-sync",), neighbours=("o", "crm-rg/crm-standard"))
    assert judged(other_workflow("o"), entry=entry, sites=(site(),)).status == "pass"


def test_a_plain_web_app_is_no_logic_app() -> None:
    plain = site().model_copy(update={"document": {"kind": "app,linux"}})
    assert judged(sites=(plain,)).status == "pass"
    odd = site().model_copy(update={"document": {"kind": None}})
    assert judged(sites=(odd,)).status == "unknown"


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_each_list_is_needed_for_a_pass(missing: int) -> None:
    whole = lists_with(workflow())
    part = tuple(
        one.model_copy(update={"is_whole": False}) if at == missing else one for at, one in enumerate(whole)
    )
    expected = "pass" if missing == 0 else "unknown"  # the subscription's list holds the group's workflows
    assert judged(lists=part).status == expected
    gone = tuple(one for at, one in enumerate(whole) if at != missing)
    gaps = (gap(whole[missing].path),)
    assert judged(lists=gone, gaps=gaps).status == expected


def test_a_stranger_in_a_part_of_a_list_fails() -> None:
    part = (listed(f"{GROUP}/{FLOWS}", other_workflow("o"), whole=False),)
    assert judged(lists=part).status == "fail"


def test_a_template_alone_does_not_tell_what_else_is_in_the_group() -> None:
    forms = {"form": AzureForm.TEMPLATE}
    read = snapshot(
        *(one.model_copy(update=forms) for one in (workflow(), connection(), other_workflow("o")))
    )
    (found,) = judge_group_isolated(context(read, NAMED), NoParameters())
    assert found.status == "unknown"


def test_a_row_that_does_not_tell_its_connections_is_unknown() -> None:
    short = other_workflow("s", OTHER_GROUP).model_copy(update={"document": {"properties": {}}})
    assert judged(short).status == "unknown"


def test_while_a_workflow_of_the_file_was_not_found_nobody_is_surely_alone() -> None:
    found = judged(entry=AzureEntry(workflows=("crm-sync", "lost")))
    assert found.status == "unknown"


def test_a_standard_app_that_nobody_names_is_own_by_its_workflows() -> None:
    assert judged(entry=None, sites=(site(),)).status == "unknown"
    uses = {
        "connections.json": {
            "managedApiConnections": {
                "s": {"connection": {"id": CONNECTION}, "api": {"id": "/x/managedApis/salesforce"}}
            }
        }
    }
    for files, status in ((uses, "pass"), ({}, "fail")):
        child = listed(f"{SITE}/workflows", site_workflow("Request", **files))
        whole = (*lists_with(workflow(), sites=(site(),)), child)
        assert judged(entry=None, lists=whole).status == status


def test_a_connection_that_was_not_found_is_unknown() -> None:
    read = context(snapshot(workflow(), gaps=(gap(CONNECTION),)), NAMED)
    assert [one.status.value for one in judge_group_isolated(read, NoParameters())] == ["unknown"]
