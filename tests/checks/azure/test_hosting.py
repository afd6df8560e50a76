"""Controls of one kind of app, for integrations that have none of it."""

import pytest

from sfharden.checks.azure.hosting import judge_connections, judge_hosted
from sfharden.checks.common import Verdict, passed
from sfharden.facts.values import CannotTell
from sfharden.model.azure import SITES, WORKFLOWS, AzureEntry, AzureSnapshot
from tests.orgs.azure_side import (
    CONNECTION,
    SITE,
    SUBSCRIPTION,
    connection,
    context,
    gap,
    listed,
    site,
    site_workflow,
    snapshot,
    workflow,
)

NAMED = AzureEntry(workflows=("crm-sync",))
ALL_SITES = listed(f"{SUBSCRIPTION}/providers/Microsoft.Web/sites")


def judged(read: AzureSnapshot, kind: str, entry: AzureEntry | None = None) -> list[Verdict]:
    return list(judge_hosted(context(read, entry), kind, lambda _, about: passed(about, "Yes.")))


def test_each_app_of_the_kind_is_judged_and_no_other() -> None:
    read = snapshot(workflow(), connection(), site())
    assert [one.subject.name for one in judged(read, SITES)] == ["crm-rg/crm-standard"]
    assert [one.subject.name for one in judged(read, WORKFLOWS)] == ["crm-rg/crm-sync"]


def test_not_applicable_where_the_file_names_all_apps_and_says_what_was_looked_at() -> None:
    (found,) = judged(snapshot(workflow(), connection(), site()), SITES, NAMED)
    assert found.status == "not-applicable"
    assert "crm-rg/crm-sync" in found.message


def test_unknown_where_a_named_one_was_not_found() -> None:
    entry = AzureEntry(workflows=("crm-sync", "lost"))
    assert [one.status for one in judged(snapshot(workflow(), connection()), SITES, entry)] == ["unknown"]


def test_without_names_not_applicable_only_where_the_whole_subscription_was_looked_through() -> None:
    (found,) = judged(snapshot(workflow(), connection(), lists=(ALL_SITES,)), SITES)
    assert found.status == "not-applicable"
    part = ALL_SITES.model_copy(update={"is_whole": False})
    for lists in ((), (part,)):
        with pytest.raises(CannotTell):
            judged(snapshot(workflow(), connection(), lists=lists), SITES)


def test_connections_alone_do_not_tell_that_there_is_no_app() -> None:
    entry = AzureEntry(connections=("salesforce",))
    with pytest.raises(CannotTell):
        judged(snapshot(connection(), lists=(ALL_SITES,)), SITES, entry)


def of_connections(read: AzureSnapshot, *names: str) -> list[str]:
    found = judge_connections(
        context(read, AzureEntry(workflows=names)), lambda _, about: passed(about, "Yes.")
    )
    return [one.status.value for one in found]


def test_each_salesforce_connection_is_judged() -> None:
    assert of_connections(snapshot(workflow(), connection()), "crm-sync") == ["pass"]
    assert of_connections(snapshot(workflow(), gaps=(gap(CONNECTION),)), "crm-sync") == ["unknown"]


def test_not_applicable_where_no_app_uses_one() -> None:
    other = {"office365": {"connectionId": "/x", "id": "/y/managedApis/office365"}}
    for parameters in (None, {"$connections": {"value": other}}):
        read = snapshot(workflow(parameters=parameters, definition={"actions": {}}))
        assert of_connections(read, "crm-sync") == ["not-applicable"]
    code = listed(f"{SITE}/workflows", site_workflow("Request"))
    assert of_connections(snapshot(site(), lists=(code,)), "crm-standard") == ["not-applicable"]


@pytest.mark.parametrize(
    "read",
    [
        snapshot(workflow(parameters=None, definition=None)),
        snapshot(workflow(parameters={"$connections": {"value": "x"}})),
        snapshot(workflow(parameters={"$connections": "@x"})),
        snapshot(workflow(parameters="@x")),
        snapshot(workflow(parameters=None)),
    ],
)
def test_unknown_where_one_may(read: AzureSnapshot) -> None:
    with pytest.raises(CannotTell):
        of_connections(read, "crm-sync")


@pytest.mark.parametrize("entry", [{"connectionId": CONNECTION}, {"id": "[parameters('api')]"}])
def test_a_connection_whose_connector_is_not_named_is_told_by_itself_or_unknown(
    entry: dict[str, str],
) -> None:
    flow = workflow(parameters={"$connections": {"value": {"salesforce": entry}}})
    assert of_connections(snapshot(flow), "crm-sync") == ["unknown"]
    assert of_connections(snapshot(flow, connection(api={})), "crm-sync") == ["unknown"]
    told = of_connections(snapshot(flow, connection()), "crm-sync")
    assert told == (["pass"] if "connectionId" in entry else ["unknown"])


def test_unknown_while_the_code_of_a_standard_app_was_not_read() -> None:
    for lists in ((), (listed(f"{SITE}/workflows", site_workflow("Request"), whole=False),)):
        assert of_connections(snapshot(site(), lists=lists), "crm-standard") == ["unknown"]
