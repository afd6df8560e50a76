"""Where logs go is asked wherever that is: workspaces with the tables that matter, accounts with their rules."""

from datetime import timedelta
from urllib.parse import unquote

import pytest

from sfharden.azure.objects import get
from sfharden.emulator.azure import logs, story
from sfharden.emulator.azure.healthy import healthy_tenant
from sfharden.emulator.azure.tenant import Tenant
from sfharden.model.azure import key_of

from .live_kit import NOW, index, reading

EVENTS = f"{story.SCOPE}/providers/Microsoft.Insights/eventtypes/management/values?resource={key_of(story.WORKFLOW)}"


def sending(**where: str) -> Tenant:
    """The healthy tenant with a setting of the workflow that sends there alone."""
    tenant = healthy_tenant(NOW)
    tenant.set_diagnostics(story.WORKFLOW, logs.setting(story.WORKFLOW, **where))  # type: ignore[arg-type]
    return tenant


def test_an_archive_is_asked_for_its_rules_and_having_none_is_an_answer() -> None:
    with reading(sending(storage=story.ARCHIVE)) as one:
        found = index(one.read())
    assert found.resource(story.ARCHIVE).document
    assert found.absence(f"{story.ARCHIVE}/managementPolicies/default") == "ManagementPolicyNotFound"


def test_an_archive_s_rules_are_read() -> None:
    tenant = sending(storage=story.ARCHIVE)
    tenant.add(logs.lifecycle(story.ARCHIVE, 400))
    with reading(tenant) as one:
        found = index(one.read())
    assert found.resource(f"{story.ARCHIVE}/managementPolicies/default").document


def test_a_workspace_in_a_subscription_that_is_not_seen_is_a_gap_or_an_absence() -> None:
    far = story.WORKSPACE.replace(story.SUBSCRIPTION, "00000000-0000-0000-0000-0000000000ee")
    with reading(sending(workspace=far)) as one:
        snapshot = one.read()
    assert index(snapshot).absence(far) == "SubscriptionNotFound"
    assert index(snapshot).find(story.WORKFLOW)


@pytest.mark.parametrize(("groups", "asked"), [(["audit"], 1), (["Audit"], 1), (["allLogs"], 0), ([], 0)])
def test_categories_are_asked_only_where_a_group_of_unknown_members_is_sent(
    groups: list[str], asked: int
) -> None:
    tenant = healthy_tenant(NOW)
    setting = logs.setting(story.WORKFLOW, logs=(), groups=groups, workspace=story.WORKSPACE)
    tenant.set_diagnostics(story.WORKFLOW, setting)
    with reading(tenant) as one:
        snapshot = one.read()
        assert (
            len(one.asked("workflows/crm-sync/providers/Microsoft.Insights/diagnosticSettingsCategories"))
            == asked
        )
    rows = index(snapshot).rows(f"{story.WORKFLOW}/providers/Microsoft.Insights/diagnosticSettingsCategories")
    assert bool(rows) == bool(asked)


def test_events_are_asked_as_far_back_as_azure_tells_and_without_who_did_it() -> None:
    with reading() as one:
        snapshot = one.read()
        (asked,) = one.asked("eventtypes")
    since = f"{NOW - timedelta(days=90) + timedelta(minutes=10):%Y-%m-%dT%H:%M:%SZ}"
    assert f"eventTimestamp ge '{since}' and resourceUri eq '{story.WORKFLOW}'" in unquote(asked)
    rows = index(snapshot).whole(EVENTS)
    assert {get(row.document, "operationName", "value").rpartition("/")[2] for row in rows} == {
        "action",
        "write",
    }
    assert story.DEPLOYER not in "".join(row.model_dump_json() for row in rows)


def test_the_settings_of_management_groups_that_assignments_tell_of_are_asked() -> None:
    tenant = healthy_tenant(NOW)
    above = f"/providers/Microsoft.Management/managementGroups/{story.MANAGEMENT_GROUP}"
    tenant.rights.append(tenant.rights[0]._replace(scope=above))
    with reading(tenant) as one:
        found = index(one.read())
    found.whole(f"{above}/providers/Microsoft.Insights/diagnosticSettings")
