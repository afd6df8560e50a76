"""The gate that every call goes through, and plain answers."""

import pytest

from sfharden.emulator.azure import story
from sfharden.emulator.azure.tenant import READER, Right, Tenant
from sfharden.emulator.azure.untidy import FAR_WORKSPACE
from tests.emulator.azure.kit import Asker, target

FLOWS = "/providers/Microsoft.Logic/workflows"


def test_a_version_must_be_given_and_right(arm: Asker) -> None:
    missing = arm.send("GET", story.WORKFLOW)
    assert (missing.status, missing.json["error"]["code"]) == (400, "MissingApiVersionParameter")
    wrong = arm.ask(story.WORKFLOW, version="2099-01-01")
    assert (wrong.status, wrong.json["error"]["code"]) == (400, "InvalidApiVersionParameter")
    assert "2016-06-01,2018-07-01-preview,2019-05-01" in wrong.json["error"]["message"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/subscriptions/none", "SubscriptionNotFound"),
        (f"{story.SCOPE}/resourceGroups/none", "ResourceGroupNotFound"),
        (f"{story.SCOPE}/resourceGroups/none{FLOWS}", "ResourceGroupNotFound"),
        (f"{story.WORKFLOW}x", "ResourceNotFound"),
        (f"{story.SITE}x/config/web", "ResourceNotFound"),
        (f"{story.SITE}/config/other", "ResourceNotFound"),
        (f"{story.CONNECTION}x/accessPolicies", "ResourceNotFound"),
        (f"{story.STORAGE}x/managementPolicies/default", "ResourceNotFound"),
        (f"{story.STORAGE}/managementPolicies/default", "ManagementPolicyNotFound"),
        (f"{story.SCOPE}/providers/Microsoft.Unheard/things", "InvalidResourceType"),
        (f"{story.SCOPE}/providers/Microsoft.Network/locations/mars/serviceTags", "ResourceNotFound"),
    ],
)
def test_what_is_not_there_is_told_apart(arm: Asker, path: str, code: str) -> None:
    assert arm.refusal(path) == (404, code)


def test_a_reader_of_groups_is_refused_at_the_subscription(tenant: Tenant, arm: Asker) -> None:
    tenant.rights = [Right(story.GROUP_SCOPE), Right(story.STANDARD_SCOPE)]
    assert arm.refusal(story.SCOPE + FLOWS) == (403, "AuthorizationFailed")
    assert len(arm.rows(story.GROUP_SCOPE + FLOWS)) == 1
    assert arm.refusal(story.WORKSPACE) == (403, "AuthorizationFailed")
    assert arm.refusal(f"{story.SCOPE}/providers/Microsoft.Insights/diagnosticSettings")[0] == 403
    names = [one["name"] for one in arm.rows(story.SCOPE + "/resourceGroups")]
    assert names == [story.GROUP, story.STANDARD_GROUP]
    assert len(arm.rows("/subscriptions")) == 1


def test_a_refusal_names_the_caller_and_the_missing_right(tenant: Tenant, arm: Asker) -> None:
    tenant.rights = []
    message = arm.ask(story.WORKFLOW).json["error"]["message"]
    assert f"object id '{tenant.caller}'" in message
    assert "'Microsoft.Logic/workflows/read'" in message
    assert arm.rows("/subscriptions") == []


def test_rights_come_before_existence(tenant: Tenant, arm: Asker) -> None:
    tenant.rights = [Right(story.STANDARD_SCOPE)]
    assert arm.refusal(story.WORKFLOW + "x") == (403, "AuthorizationFailed")


def test_what_a_right_leaves_out_is_refused(tenant: Tenant, arm: Asker) -> None:
    tenant.rights = [Right(story.SCOPE, READER, ("Microsoft.Web/sites/config/read",))]
    assert arm.ask(story.SITE).status == 200
    assert arm.refusal(story.SITE + "/config/web") == (403, "AuthorizationFailed")


def test_another_subscription_needs_its_own_right(bad_arm: Asker) -> None:
    assert bad_arm.refusal(FAR_WORKSPACE) == (403, "AuthorizationFailed")


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("POST", f"{story.SITE}/config/appsettings/list", "microsoft.web/sites/config/list/action"),
        ("POST", f"{story.WORKFLOW}/triggers/t/listCallbackUrl", "/triggers/listcallbackurl/action"),
        ("POST", f"{story.CONNECTION}/listConsentLinks", "/connections/listconsentlinks/action"),
        ("PUT", story.CONNECTION, "Microsoft.Web/connections/write"),
        ("DELETE", story.WORKFLOW, "Microsoft.Logic/workflows/delete"),
    ],
)
def test_all_but_reading_is_refused(tenant: Tenant, arm: Asker, method: str, path: str, action: str) -> None:
    answer = arm.send(method, target(path))
    assert (answer.status, answer.json["error"]["code"]) == (403, "AuthorizationFailed")
    assert action in answer.json["error"]["message"]
    tenant.rights = [Right("/", ("*",))]
    assert arm.send(method, target(path)).status == 405
    assert len(arm.server.writes) == 2


def test_lists_of_a_scope_hold_what_is_below_it(bad_arm: Asker) -> None:
    everywhere = bad_arm.rows(story.SCOPE + FLOWS)
    here = bad_arm.rows(story.GROUP_SCOPE + FLOWS)
    assert [one["name"] for one in here] == ["crm-sync", "newsletter"]
    assert len(everywhere) > len(here)
    assert here[0] == bad_arm.get(story.WORKFLOW)


def test_lists_come_in_pages(bad: Tenant, bad_arm: Asker) -> None:
    whole = bad_arm.rows(story.SCOPE + FLOWS)
    assert bad_arm.rows(story.SCOPE + FLOWS, top="2") == whole
    bad.page_size = 3
    assert bad_arm.rows(story.SCOPE + FLOWS) == whole


def test_lists_of_sites_end_with_a_null(arm: Asker) -> None:
    answer = arm.get(f"{story.SCOPE}/providers/Microsoft.Web/sites")
    assert (answer["nextLink"], len(answer["value"])) == (None, 1)


def test_the_code_of_a_standard_app_comes_with_the_single_workflow(tenant: Tenant, arm: Asker) -> None:
    (listed,) = arm.rows(f"{story.SITE}/workflows")
    assert listed["properties"]["files"] is None
    path = f"{story.SITE}/workflows/orders"
    assert "definition" in arm.get(path)["properties"]["files"]["workflow.json"]
    tenant.hide_code = True
    assert arm.get(path)["properties"]["files"] is None


def test_ids_may_come_in_lower_case(tenant: Tenant, arm: Asker) -> None:
    tenant.lower_ids = True
    assert arm.get(story.WORKFLOW)["id"] == story.WORKFLOW.lower()


def test_resources_are_listed_without_properties_and_children(arm: Asker) -> None:
    rows = arm.rows(f"{story.GROUP_SCOPE}/resources")
    assert {one["type"] for one in rows} == {
        "Microsoft.Logic/workflows",
        "Microsoft.Storage/storageAccounts",
        "Microsoft.Web/connections",
    }
    assert all("properties" not in one for one in rows)


def test_management_groups_are_another_scope(tenant: Tenant, arm: Asker) -> None:
    place = "/providers/Microsoft.Management/managementGroups"
    settings = f"{place}/acme/providers/Microsoft.Insights/diagnosticSettings"
    assert arm.rows(place) == []
    assert arm.refusal(settings) == (403, "AuthorizationFailed")
    tenant.rights = [Right(f"{place}/acme")]
    assert arm.get(f"{place}/acme")["name"] == "acme"
    assert [one["name"] for one in arm.rows(place)] == ["acme"]
    assert arm.get(settings) == {"value": []}
    tenant.rights = [Right("/")]
    assert arm.refusal(f"{place}/none") == (404, "ResourceNotFound")


def test_address_lists_are_answered_by_location(tenant: Tenant, arm: Asker) -> None:
    tenant.service_tags["northeurope"] = {"name": "Public", "values": []}
    path = f"{story.SCOPE}/providers/Microsoft.Network/locations/NorthEurope/serviceTags"
    assert arm.get(path)["values"] == []
