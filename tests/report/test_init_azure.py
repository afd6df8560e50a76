"""The Azure side that `init` writes: what is sure is an entry, what isn't is a placeholder, and hostile names do nothing."""

import re
from typing import Any

import pytest
import yaml

from sfharden.addresses import AddressSet
from sfharden.emulator.azure import connections, flows, story
from sfharden.emulator.azure.healthy import healthy_tenant
from sfharden.emulator.azure.sites import site
from sfharden.emulator.azure.tenant import Tenant
from sfharden.emulator.azure.untidy import NEWSLETTER, untidy_tenant
from sfharden.model.azure import AzureSnapshot
from sfharden.model.integration import (
    EDIT_ADDRESS,
    EDIT_LOGIC_APP,
    EDIT_PRINCIPAL,
    EDIT_WORKFLOW,
    IntegrationFile,
    placeholders_of,
)
from sfharden.model.snapshot import Snapshot, Source, Tool
from sfharden.report.init_azure import apps_found
from sfharden.report.integration_yaml import integration_text
from sfharden.sources.azure.outgoing import outgoing_of
from tests.sources.azure.live_kit import NOW, reading


def read(tenant: Tenant) -> AzureSnapshot:
    with reading(tenant, story.SUBSCRIPTION) as one:
        return one.read([])


def text_of(found: AzureSnapshot) -> str:
    whole = Snapshot(tool=Tool(version="test"), source=Source(kind="azure", name="x"), azure=found)
    return integration_text(whole, outgoing_of(found, None))


def written(tenant: Tenant) -> tuple[dict[str, Any], str]:
    text = text_of(read(tenant))
    (entry,) = yaml.safe_load(text)["integrations"]
    IntegrationFile.model_validate(yaml.safe_load(text))
    return dict(entry), text


def consumption_alone() -> Tenant:
    tenant = healthy_tenant(NOW)
    for one in (story.SITE, story.STANDARD_CONNECTION):
        tenant.remove(one)
    return tenant


def test_one_workflow_is_taken_as_a_guess_with_the_addresses_that_azure_lists() -> None:
    entry, text = written(consumption_alone())
    assert entry["azure"]["workflows"] == [story.WORKFLOW]
    assert entry["azure"]["connections"] == [story.CONNECTION]
    (given,) = entry["egress"]
    assert AddressSet.of(given["ranges"]) == AddressSet.of(story.CONNECTOR_EGRESS)
    assert "as Azure listed them on 2026-11-28" in text


def test_of_several_a_stranger_never_passes_as_its_own() -> None:
    entry, _ = written(untidy_tenant(NOW))
    assert {story.WORKFLOW, NEWSLETTER, EDIT_WORKFLOW} <= set(entry["azure"]["workflows"])
    assert {"logic_app": EDIT_LOGIC_APP} in entry["egress"]


def test_what_only_a_person_knows_is_a_placeholder_that_is_told() -> None:
    _, text = written(healthy_tenant(NOW))
    (entry,) = IntegrationFile.model_validate(yaml.safe_load(text)).integrations
    told = placeholders_of(entry)
    for key, placeholder in (
        ("allowed_principals", EDIT_PRINCIPAL),
        ("allowed_callers", EDIT_ADDRESS),
        ("data_readers", EDIT_ADDRESS),
        ("workflows", EDIT_WORKFLOW),
    ):
        assert f"azure, {key}: {placeholder}" in told


def test_who_reaches_it_is_told_by_object_id_and_role_and_not_allowed() -> None:
    entry, text = written(untidy_tenant(NOW))
    assert entry["azure"]["allowed_principals"] == [EDIT_PRINCIPAL]
    assert f"#   {story.DEPLOYER} (ServicePrincipal): Contributor in resource group rg-integration" in text
    assert f"#   {story.SITE_IDENTITY}: access policy of salesforce-standard" in text


def test_readers_stand_apart_by_the_name_of_their_role_and_a_role_that_is_gone_is_called_so() -> None:
    _, text = written(untidy_tenant(NOW))
    before, _, after = text.partition("# By the names of their roles these only read")
    readers = after.partition("allowed_principals")[0]
    assert all(re.findall(r": .*Reader in ", line) for line in readers.splitlines()[1:] if "#   " in line)
    assert "Reader in" in readers
    assert story.DEPLOYER in before
    assert re.search(r"a role whose definition is gone \([0-9a-f-]{36}\)", text)


def test_where_nothing_was_found_nothing_is_guessed() -> None:
    tenant = healthy_tenant(NOW)
    tenant.resources.clear()
    entry, text = written(tenant)
    assert entry["azure"]["workflows"] == [EDIT_WORKFLOW]
    assert entry["egress"] == [{"logic_app": EDIT_LOGIC_APP}]
    assert "none was found" in text


def test_a_standard_app_whose_code_is_not_told_is_asked_about() -> None:
    tenant = healthy_tenant(NOW)
    tenant.hide_code = True
    entry, text = written(tenant)
    assert story.SITE not in entry["azure"]["workflows"]
    assert f"Not told whether it uses Salesforce: {story.SITE}" in text


def test_a_standard_app_of_something_else_is_left_out() -> None:
    tenant = healthy_tenant(NOW)
    other = f"{story.STANDARD_SCOPE}/providers/Microsoft.Web/sites/payroll"
    tenant.add(site(other))
    assert other not in written(tenant)[1]


@pytest.mark.parametrize("bad", ["x\n    app: evil", 'a" # b', "\x1b[31m", "##vso[task]"])
def test_hostile_names_stay_in_their_place(bad: str) -> None:
    """A role's name and a connection's key come from the tenant; both are shown in comments alone."""
    tenant = consumption_alone()
    for one in tenant.role_definitions:
        one["properties"]["roleName"] = bad
    parameters = {"$connections": {"value": {bad: {"connectionId": story.CONNECTION, "id": flows_api()}}}}
    flow = tenant.find(story.WORKFLOW)
    assert flow
    flow["properties"]["parameters"] = parameters
    entry, text = written(tenant)
    assert entry["app"] == "EDIT: name of the app"
    assert "\x1b" not in text
    assert "##vso[" not in text


def flows_api() -> str:
    value = flows.connections_value(story.CONNECTION)["$connections"]["value"]
    return str(value["salesforce"]["id"])


def test_apps_that_use_salesforce_are_counted() -> None:
    assert apps_found(read(healthy_tenant(NOW))) == 2
    tenant = consumption_alone()
    tenant.add(connections.salesforce(f"{story.GROUP_SCOPE}/providers/Microsoft.Web/connections/unused", NOW))
    assert apps_found(read(tenant)) == 1


def test_what_has_no_id_is_named_as_check_finds_it() -> None:
    found = read(consumption_alone())
    bare = found.model_copy(
        update={
            "resources": tuple(
                one.model_copy(update={"id": f"main.json/providers/{one.type}/{one.name}"})
                for one in found.resources
                if one.name == "crm-sync"
            ),
            "lists": (),
        }
    )
    (entry,) = yaml.safe_load(text_of(bare))["integrations"]
    assert entry["azure"]["workflows"] == ["crm-sync"]


def test_a_workflow_that_calls_by_http_is_an_entry_and_one_that_may_a_comment() -> None:
    tenant = consumption_alone()
    for name, uri in (
        ("by-http", "https://acme.my.salesforce.com/services/data"),
        ("may", "@parameters('u')"),
    ):
        step = {"type": "Http", "runAfter": {}, "inputs": {"method": "GET", "uri": uri}}
        code = flows.definition({"manual": flows.request_trigger()}, {"Go": step})
        tenant.add(flows.workflow(f"{story.WORKFLOW.rpartition('/')[0]}/{name}", code, NOW))
    entry, text = written(tenant)
    assert [one.rpartition("/")[2] for one in entry["azure"]["workflows"][:2]] == ["by-http", "crm-sync"]
    assert "Not told whether it uses Salesforce: rg-integration/may: of step 'Go'" in text
