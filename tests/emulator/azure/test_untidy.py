"""The tenant before hardening: every mistake is there to be found."""

import json

import pytest

from sfharden.emulator.azure import story
from sfharden.emulator.azure.healthy import BLOB_CONNECTION
from sfharden.emulator.azure.tenant import Tenant
from sfharden.emulator.azure.untidy import (
    FAR_WORKSPACE,
    NEWSLETTER,
    PLANTED,
    STOCK,
    STRANGER_APP,
    bad_tenant,
)
from tests.emulator.azure.kit import NOW, Asker

SETTINGS = "/providers/Microsoft.Insights/diagnosticSettings"


def test_the_workflow_is_open_and_logs_nothing(bad_arm: Asker) -> None:
    assert "accessControl" not in bad_arm.get(story.WORKFLOW)["properties"]
    assert bad_arm.rows(story.WORKFLOW + SETTINGS) == []
    assert bad_arm.rows(story.SCOPE + SETTINGS) == []


@pytest.mark.parametrize("secret", PLANTED)
def test_every_planted_secret_can_be_read(bad: Tenant, secret: str) -> None:
    assert secret in json.dumps([*bad.resources.values()])


def test_strangers_use_the_connection_here_and_elsewhere(bad_arm: Asker) -> None:
    for path in (NEWSLETTER, STOCK):
        used = bad_arm.get(path)["properties"]["parameters"]["$connections"]["value"]
        assert used["salesforce"]["connectionId"] == story.CONNECTION
    rows = bad_arm.rows(f"{story.STANDARD_CONNECTION}/accessPolicies")
    named = {one["properties"]["principal"]["identity"]["objectId"] for one in rows}
    assert named == {story.SITE_IDENTITY, STRANGER_APP}


def test_a_log_may_go_where_the_caller_may_not_look(bad_arm: Asker) -> None:
    (setting,) = bad_arm.rows(STOCK + SETTINGS)
    assert bad_arm.refusal(setting["properties"]["workspaceId"]) == (403, "AuthorizationFailed")
    assert setting["properties"]["workspaceId"] == FAR_WORKSPACE


def test_what_is_kept_is_kept_by_a_key_and_nobody_logs_who_reads_it(bad_arm: Asker) -> None:
    values = bad_arm.get(BLOB_CONNECTION)["properties"]["nonSecretParameterValues"]
    assert values == {"accountName": "stcrmsync"}
    assert bad_arm.rows(f"{story.STORAGE}/blobServices/default{SETTINGS}") == []
    assert bad_arm.get(story.STORAGE)["properties"]["allowSharedKeyAccess"] is True


def test_a_person_owns_the_group(bad: Tenant) -> None:
    owned = [
        one["properties"] for one in bad.assignments if one["properties"]["principalId"] == story.CONTRACTOR
    ]
    assert [(one["scope"], one["principalType"]) for one in owned] == [(story.GROUP_SCOPE, "User")]


def test_the_standard_app_is_open(bad_arm: Asker) -> None:
    web = bad_arm.get(f"{story.SITE}/config/web")["properties"]
    assert (web["minTlsVersion"], web["ftpsState"]) == ("1.0", "AllAllowed")
    assert bad_arm.get(story.SITE)["kind"].startswith("workflowapp,")
    policy = bad_arm.get(f"{story.SITE}/basicPublishingCredentialsPolicies/scm")
    assert policy["properties"] == {"allow": True}


def test_what_was_logged_is_soon_deleted(bad_arm: Asker) -> None:
    rules = bad_arm.get(f"{story.ARCHIVE}/managementPolicies/default")["properties"]["policy"]["rules"]
    assert rules[0]["definition"]["filters"]["prefixMatch"] == ["insights-logs-workflowruntime"]


def test_the_demos_tenant_is_without_the_odd_rows() -> None:
    names = [one["name"] for one in bad_tenant(NOW).of_kind("microsoft.logic/workflows")]
    assert names == ["crm-sync", "newsletter", "stock-levels"]
