"""A live run reads all there is about an integration's resources, asks nothing twice, and takes no failure for an answer."""

import json
from typing import NoReturn

import pytest

from sfharden.azure.arm import WIDTH
from sfharden.azure.refusals import ArmRefusalError, refusal
from sfharden.azure.side import azure_side, site_workflows
from sfharden.emulator.azure import story
from sfharden.emulator.azure.calls import CALLS
from sfharden.emulator.azure.faults import HARMLESS, OF_LISTS, WAITING, AzureFault, AzureFaultKind
from sfharden.emulator.azure.healthy import BLOB_CONNECTION, empty_tenant, healthy_tenant
from sfharden.emulator.azure.scale import by_scale
from sfharden.emulator.azure.tenant import Right
from sfharden.emulator.azure.untidy import PLANTED, untidy_tenant
from sfharden.errors import AnswerError, AuthError, OrgError, UnreachableError, UsageError
from sfharden.facts.values import CannotTell
from sfharden.model.azure import WORKFLOWS, AzureEntry, AzureSnapshot
from sfharden.sources.azure.live import read_answers

from .live_kit import BOTH, NOW, index, reading

_NO_ANSWER = tuple(
    kind
    for kind in AzureFaultKind
    if kind not in {*HARMLESS, *WAITING, *OF_LISTS, AzureFaultKind.UNAUTHENTICATED, AzureFaultKind.EXPIRED}
)
_LINKS = tuple(kind for kind in AzureFaultKind if kind in OF_LISTS)


@pytest.fixture(name="healthy", scope="module")
def _healthy() -> AzureSnapshot:
    with reading() as one:
        return one.read()


def test_only_get_leaves_and_no_token_stands_in_an_address() -> None:
    with reading() as one:
        snapshot = one.read()
        assert one.server.writes == []
        assert one.server.leaks == []
        assert len(one.server.calls) == len(set(one.server.calls)) == snapshot.calls


def test_the_workflow_leads_to_its_connections_and_the_site_to_its_code(healthy: AzureSnapshot) -> None:
    side = azure_side(index(healthy), BOTH[0])
    assert [one.name for one in side.workflows] == ["crm-sync"]
    assert [one.name for one in side.sites] == ["crm-sync-standard"]
    assert {one.name for one in side.connections} == {"salesforce", "salesforce-standard"}
    assert side.not_found == ()
    assert index(healthy).find(BLOB_CONNECTION)
    assert index(healthy).find(story.STANDARD_CONNECTION)
    (code,) = site_workflows(side, side.sites[0])
    assert code.document["properties"]["files"]["workflow.json"]


@pytest.mark.parametrize(
    "path",
    [
        f"{story.SITE}/config/web",
        f"{story.SITE}/config/authsettingsV2",
        f"{story.SITE}/basicPublishingCredentialsPolicies/scm",
        f"{story.SITE}/basicPublishingCredentialsPolicies/ftp",
        story.WORKSPACE,
        f"{story.WORKSPACE}/tables/AzureDiagnostics",
        f"{story.WORKSPACE}/tables/LogicAppWorkflowRuntime",
        f"{story.WORKSPACE}/tables/AzureActivity",
        f"{story.WORKSPACE}/tables/StorageBlobLogs",
        story.STORAGE,
    ],
)
def test_each_single_question_has_its_answer(healthy: AzureSnapshot, path: str) -> None:
    assert index(healthy).resource(path).document


@pytest.mark.parametrize(
    "path",
    [
        f"{story.GROUP_SCOPE}/providers/Microsoft.Logic/workflows",
        f"{story.GROUP_SCOPE}/providers/Microsoft.Web/connections",
        f"{story.GROUP_SCOPE}/providers/Microsoft.Web/sites",
        f"{story.STANDARD_SCOPE}/providers/Microsoft.Web/sites",
        f"{story.CONNECTION}/accessPolicies",
        f"{story.WORKFLOW}/providers/Microsoft.Insights/diagnosticSettings",
        f"{story.SITE}/providers/Microsoft.Insights/diagnosticSettings",
        f"{story.SCOPE}/providers/Microsoft.Insights/diagnosticSettings",
        f"{story.SCOPE}/providers/Microsoft.Insights/activityLogAlerts",
        f"{story.STORAGE}/blobServices/default/providers/Microsoft.Insights/diagnosticSettings",
        f"{story.WORKFLOW}/providers/Microsoft.Authorization/roleAssignments",
        f"{story.CONNECTION}/providers/Microsoft.Authorization/roleAssignments",
        f"{story.SITE}/providers/Microsoft.Authorization/denyAssignments",
        f"{story.SCOPE}/providers/Microsoft.Insights/eventtypes/management/values?resource={story.WORKFLOW.lower()}",
    ],
)
def test_each_list_is_read_to_its_end(healthy: AzureSnapshot, path: str) -> None:
    index(healthy).whole(path)


def test_what_a_reader_may_not_see_is_a_gap_with_the_right_that_is_missing(healthy: AzureSnapshot) -> None:
    actions = {gap.action for gap in healthy.gaps}
    assert actions == {
        "Microsoft.Authorization/roleEligibilityScheduleInstances/read",
        "Microsoft.Insights/diagnosticSettings/read",  # of the management group above
    }
    waiting = "/providers/Microsoft.Authorization/roleEligibilityScheduleInstances"
    assert [gap.path for gap in healthy.gaps if gap.path.endswith(waiting)] == [
        f"{story.STANDARD_SCOPE}{waiting}",
        f"{story.GROUP_SCOPE}{waiting}",
    ]
    with pytest.raises(CannotTell):
        index(healthy).whole(f"{story.WORKFLOW}{waiting}")


def test_no_secret_gets_past_the_border() -> None:
    with reading(untidy_tenant(NOW), story.SUBSCRIPTION) as one:
        written = one.read([]).model_dump_json()
    assert [secret for secret in PLANTED if secret in written] == []


def test_the_same_answers_give_the_same_bytes() -> None:
    def once() -> str:
        with reading(untidy_tenant(NOW), story.SUBSCRIPTION) as one:
            return one.read([]).model_dump_json()

    assert once() == once()


@pytest.mark.parametrize("lower", [False, True])
def test_names_are_found_in_the_subscription_s_lists(lower: bool) -> None:
    tenant = healthy_tenant(NOW)
    tenant.lower_ids = lower
    entry = AzureEntry(
        subscription=story.SUBSCRIPTION,
        workflows=("CRM-sync", f"{story.STANDARD_GROUP}/crm-sync-standard"),
        connections=("salesforce-standard",),
    )
    with reading(tenant) as one:
        side = azure_side(index(one.read([entry])), entry)
    assert side.not_found == ()
    assert {app.name for app in side.apps} == {"crm-sync", "crm-sync-standard"}
    assert {one.name for one in side.connections} == {"salesforce", "salesforce-standard"}


def test_where_nobody_named_any_all_that_uses_salesforce_is_read() -> None:
    tenant = untidy_tenant(NOW)
    with reading(tenant, story.SUBSCRIPTION) as one:
        snapshot = one.read([])
    assert index(snapshot).resource(f"{story.SITE}/config/web").document
    flows = {body["id"]: "/managedapis/salesforce" in str(body).lower() for body in tenant.of_kind(WORKFLOWS)}
    read = {resource.id for resource in snapshot.resources if resource.type == WORKFLOWS}
    assert read == {path for path, uses in flows.items() if uses}
    assert not all(flows.values())


def test_without_a_subscription_all_that_the_login_sees_are_searched() -> None:
    with reading() as one:
        snapshot = one.read([AzureEntry(workflows=("crm-sync",))])
        assert len(one.asked("GET /subscriptions?")) == 1
    assert index(snapshot).resource(story.WORKFLOW).document


def test_subscriptions_that_are_listed_in_part_are_not_taken_for_all() -> None:
    with reading() as one:
        one.server.faults.append(AzureFault(AzureFaultKind.FOREIGN_LINK, path=r"GET /subscriptions\?"))
        with pytest.raises(AnswerError, match="the subscriptions"):
            one.read([])


@pytest.mark.parametrize("kind", [AzureFaultKind.FORBIDDEN, AzureFaultKind.NOT_FOUND])
def test_where_a_list_to_look_through_has_no_answer_something_may_be_in_it(kind: AzureFaultKind) -> None:
    with reading(subscription=story.SUBSCRIPTION) as one:
        path = r"GET /subscriptions/[^/]*/providers/Microsoft.Logic/workflows\?"
        one.server.faults.append(AzureFault(kind, path=path))
        side = azure_side(index(one.read([])), None)
    assert [one.kind for one in side.not_found] == ["azure-workflow"]


def test_a_login_that_sees_no_subscription_is_told_so() -> None:
    tenant = empty_tenant(NOW)
    tenant.rights.clear()
    with reading(tenant) as one, pytest.raises(UsageError, match="no subscription"):
        one.read([])


@pytest.mark.parametrize(
    "name", ["/subscriptions/s", "/x", "/subscriptions/../x", f"{story.SCOPE}/resourceGroups/g"]
)
def test_an_id_that_names_no_resource_is_a_gap(name: str) -> None:
    with reading(subscription=story.SUBSCRIPTION) as one:
        snapshot = one.read([AzureEntry(workflows=(name,))])
    assert [gap.reason for gap in snapshot.gaps if gap.path == name] == ["that is no id of a resource"]


def test_calls_do_not_grow_with_inherited_scopes_and_each_role_is_read_once() -> None:
    tenant = by_scale(NOW, workflows=20, groups=4, roles=10)
    names = [str(body["id"]) for body in tenant.of_kind("microsoft.logic/workflows") if "flow-" in body["id"]]
    with reading(tenant) as one:
        snapshot = one.read([AzureEntry(workflows=tuple(names))])
        assert len(one.asked("/roleAssignments?")) == 4
        assert len(one.asked("/roleDefinitions/")) == len(set(one.asked("/roleDefinitions/"))) == 12
        assert len(one.asked("/providers/Microsoft.Web/connections/salesforce?")) == 4
        assert len(one.server.calls) == len(set(one.server.calls))
    for name in names:
        rows = index(snapshot).whole(f"{name}/providers/Microsoft.Authorization/roleAssignments")
        assert len(rows) == 13  # 10 at the subscription, and the 3 that the healthy tenant inherits


def test_a_reader_of_two_groups_alone_reads_these_and_says_what_is_missing() -> None:
    tenant = healthy_tenant(NOW)
    tenant.rights[:] = [Right(story.GROUP_SCOPE), Right(story.STANDARD_SCOPE)]
    with reading(tenant) as one:
        snapshot = one.read()
    found = index(snapshot)
    found.whole(f"{story.GROUP_SCOPE}/providers/Microsoft.Logic/workflows")
    found.whole(f"{story.WORKFLOW}/providers/Microsoft.Authorization/roleAssignments")
    with pytest.raises(CannotTell, match=r"Microsoft\.Insights/activityLogAlerts/read"):
        found.whole(f"{story.SCOPE}/providers/Microsoft.Insights/activityLogAlerts")


@pytest.mark.parametrize("kind", _NO_ANSWER, ids=lambda kind: kind.name)
def test_whatever_is_wrong_everywhere_nothing_is_taken_for_an_answer(kind: AzureFaultKind) -> None:
    with reading() as one:
        one.server.faults.append(AzureFault(kind, path="GET "))
        try:
            snapshot = one.read()
        except OrgError as error:
            assert isinstance(error, UnreachableError)  # noqa: PT017 - the other outcome is a snapshot
            return
    assert snapshot.resources == ()
    assert [found.path for found in snapshot.lists] == []
    assert snapshot.gaps or snapshot.absent


@pytest.mark.parametrize("kind", _LINKS, ids=lambda kind: kind.name)
def test_a_list_that_leads_nowhere_is_not_whole(kind: AzureFaultKind) -> None:
    with reading() as one:
        one.server.faults.append(AzureFault(kind, path="GET "))
        snapshot = one.read()
    asked = [found for found in snapshot.lists if not found.is_whole]
    gaps = {gap.path for gap in snapshot.gaps}
    assert {found.path for found in asked} <= gaps
    assert not [found.path for found in snapshot.lists if found.is_whole]


@pytest.mark.parametrize("kind", [AzureFaultKind.UNAUTHENTICATED, AzureFaultKind.EXPIRED])
@pytest.mark.parametrize("times", [1, None])
def test_a_sign_in_that_ends_ends_all(kind: AzureFaultKind, times: int | None) -> None:
    with reading() as one:
        one.server.faults.append(AzureFault(kind, path="workflows", times=times))
        with pytest.raises(AuthError, match="AuthenticationToken"):
            one.read()


@pytest.mark.parametrize("name", list(CALLS))
def test_one_refused_call_leaves_all_others(name: str) -> None:
    with reading() as one:
        fault = AzureFault(AzureFaultKind.FORBIDDEN, path=CALLS[name])
        one.server.faults.append(fault)
        snapshot = one.read()
    refused = [gap for gap in snapshot.gaps if gap.action == "Microsoft.Resources/any/read"]
    assert bool(refused) == bool(fault.hits)
    found = {one.path.casefold() for one in snapshot.lists} | {one.key for one in snapshot.resources}
    assert not [gap.path for gap in refused if gap.path.casefold() in found]


def test_nobody_there_is_an_error_and_no_empty_snapshot() -> None:
    with reading() as one:
        pass
    with pytest.raises(UnreachableError, match="no connection to Azure"):
        one.read()


def test_where_nobody_answers_not_every_question_waits_for_that() -> None:
    names = tuple(
        f"{story.GROUP_SCOPE}/providers/Microsoft.Logic/workflows/w{number}" for number in range(200)
    )
    with reading() as one:
        one.server.faults.append(AzureFault(AzureFaultKind.UNAVAILABLE))
        with pytest.raises(UnreachableError, match="HTTP 503"):
            one.read([AzureEntry(workflows=names)])
        # Four attempts each, of as many as go side by side, and of those that were under way by then.
        assert len(one.server.calls) <= 4 * 2 * WIDTH


def test_it_is_json_with_the_time_it_was_taken() -> None:
    with reading() as one:
        told = json.loads(one.read().model_dump_json())
    assert told["taken_at"].startswith("2026-11-28T12:00:00")
    unread = ["Drafts of workflows are not read.", "Deployment slots of Standard apps are not read."]
    assert (told["source"], told["warnings"]) == ("live", unread)


@pytest.mark.parametrize(("named", "is_told"), [(story.WORKFLOW, False), (story.SITE, True)])
def test_slots_are_named_where_a_standard_app_is_judged(named: str, *, is_told: bool) -> None:
    with reading() as one:
        told = one.read([AzureEntry(workflows=(named,))]).warnings
    assert any("slots" in text for text in told) is is_told


class _Elsewhere:
    """An Azure of which every subscription is another tenant's."""

    def get(self, _path: str, _version: str, what: str, query: object = None) -> NoReturn:  # noqa: ARG002
        """Raises ArmRefusalError."""
        raise refusal(401, b'{"error": {"code": "InvalidAuthenticationTokenTenant"}}', what)

    def pages(self, path: str, api_version: str, what: str, query: object = None) -> NoReturn:
        """The same."""
        self.get(path, api_version, what, query)


def test_a_login_of_another_tenant_is_told_so() -> None:
    with pytest.raises(ArmRefusalError, match="InvalidAuthenticationTokenTenant"):
        read_answers(_Elsewhere(), BOTH, "", NOW)
