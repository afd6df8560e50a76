"""Questions go out side by side and once; what comes back is an answer, an absence or a gap."""

import threading

import pytest
import responses

from sfharden.azure.index import value
from sfharden.azure.questions import question_called
from sfharden.errors import AuthError
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureList, AzureResource
from sfharden.sources.azure.asking import Asking
from tests.azure.kit import HOME, make_arm

GROUP = "/subscriptions/s/resourceGroups/g"
WORKFLOW = f"{GROUP}/providers/Microsoft.Logic/workflows/w"
POLICY = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/a"
ONE, LISTED, LIFECYCLE = map(question_called, ("workflow", "group-workflows", "storage-lifecycle"))


@pytest.fixture(name="asking")
def _asking() -> Asking:
    return Asking(make_arm())


@responses.activate
def test_what_an_answer_leads_to_is_asked_and_nothing_twice(asking: Asking) -> None:
    responses.get(f"{HOME}{LISTED.path(GROUP)}", json={"value": [{"id": WORKFLOW, "name": "w"}]})
    responses.get(f"{HOME}{WORKFLOW}", json={"id": WORKFLOW.upper(), "properties": {"definition": {}}})
    seen: list[AzureResource] = []

    def follow(found: AzureList) -> None:
        for row in found.rows:
            asking.one(ONE, row.id, seen.append)
            asking.one(ONE, row.id.upper(), seen.append)

    asking.many(LISTED, GROUP, follow)
    asking.many(LISTED, f"{GROUP}/", follow)
    asking.run()
    assert [one.id for one in seen] == [WORKFLOW.upper()]  # in the answer's own letters
    assert len(responses.calls) == 2


@responses.activate
def test_a_lower_rank_goes_first() -> None:
    asking, order = Asking(make_arm(), width=1), list[str]()
    for name in ("a", "b", "c"):
        responses.get(f"{HOME}{GROUP}/providers/Microsoft.Logic/workflows/{name}", json={"id": name})
    for name, rank in (("a", 2), ("b", 1), ("c", 0)):
        path = f"{GROUP}/providers/Microsoft.Logic/workflows/{name}"
        asking.one(ONE, path, lambda one: order.append(one.name), rank=rank)
    asking.run()
    assert order == ["c", "b", "a"]


@responses.activate
def test_a_404_with_a_code_is_an_absence_and_one_without_is_a_gap(asking: Asking) -> None:
    absent = {"error": {"code": "ManagementPolicyNotFound", "message": "No ManagementPolicy found"}}
    responses.get(f"{HOME}{LIFECYCLE.path(POLICY)}", status=404, json=absent)
    responses.get(f"{HOME}{WORKFLOW}", status=404, body="")
    asking.one(LIFECYCLE, POLICY)
    asking.one(ONE, WORKFLOW)
    asking.run()
    (found,) = asking.answered.absent.values()
    (gap,) = asking.answered.gaps.values()
    assert (found.path, found.code) == (f"{POLICY}/managementPolicies/default", "ManagementPolicyNotFound")
    assert (gap.path, gap.what, gap.reason) == (WORKFLOW, "the workflow g/w", "Azure answered HTTP 404")


@responses.activate
def test_a_refusal_is_a_gap_with_code_and_right(asking: Asking) -> None:
    message = "… does not have authorization to perform action 'Microsoft.Logic/workflows/read' over scope"
    responses.get(
        f"{HOME}{WORKFLOW}", status=403, json={"error": {"code": "AuthorizationFailed", "message": message}}
    )
    asking.one(ONE, WORKFLOW, lambda _: pytest.fail("there was no answer"))
    asking.run()
    (gap,) = asking.answered.gaps.values()
    assert (gap.code, gap.action) == ("AuthorizationFailed", "Microsoft.Logic/workflows/read")
    assert not asking.answered.anything


@responses.activate
def test_part_of_a_list_is_kept_as_part_and_says_why_it_ends(asking: Asking) -> None:
    url = f"{HOME}{LISTED.path(GROUP)}"
    responses.get(url, json={"value": [{"id": WORKFLOW}], "nextLink": "https://evil.example/"})
    rows: list[int] = []
    asking.many(LISTED, GROUP, lambda found: rows.append(len(found.rows)))
    asking.run()
    (found,) = asking.answered.lists.values()
    (gap,) = asking.answered.gaps.values()
    assert (found.is_whole, rows) == (False, [1])
    assert "another host" in gap.reason


@pytest.mark.parametrize("is_begun", [True, False])
@responses.activate
def test_a_list_that_is_said_not_to_be_there_is_a_gap(asking: Asking, is_begun: bool) -> None:
    url = f"{HOME}{LISTED.path(GROUP)}"
    if is_begun:
        responses.get(url, json={"value": [{"id": WORKFLOW}], "nextLink": f"{url}?page=2"})
    responses.get(url, status=404, json={"error": {"code": "SubscriptionNotFound", "message": "x"}})
    asking.many(LISTED, GROUP)
    asking.run()
    assert not asking.answered.absent
    (gap,) = asking.answered.gaps.values()
    assert gap.code == "SubscriptionNotFound"


@pytest.mark.parametrize("told", [{"id": WORKFLOW, "status": "ok"}, {"id": "x", "state": "Enabled"}])
@responses.activate
def test_an_answer_without_properties_tells_nothing_of_them(asking: Asking, told: dict[str, str]) -> None:
    responses.get(f"{HOME}{WORKFLOW}", json=told)
    responses.get(f"{HOME}{LISTED.path(GROUP)}", json={"value": [told]})
    asking.one(ONE, WORKFLOW)
    asking.many(LISTED, GROUP)
    asking.run()
    (single,), (listed,) = asking.answered.resources.values(), asking.answered.lists.values()
    for one in (single, *listed.rows):
        with pytest.raises(CannotTell):
            value(one, "properties.accessControl")


@responses.activate
def test_what_must_be_told_follows_from_what_was_asked_for(asking: Asking) -> None:
    responses.get(f"{HOME}{WORKFLOW}", json={"properties": {"state": "Enabled"}})
    asking.one(ONE, WORKFLOW)
    asking.run()
    (found,) = asking.answered.resources.values()
    with pytest.raises(CannotTell):
        value(found, "properties.definition")


@responses.activate
def test_a_sign_in_that_ended_ends_the_run() -> None:
    asking = Asking(make_arm(), width=2)
    responses.get(
        f"{HOME}{WORKFLOW}", status=401, json={"error": {"code": "ExpiredAuthenticationToken", "message": ""}}
    )
    asking.one(ONE, WORKFLOW)
    with pytest.raises(AuthError):
        asking.run()


@responses.activate
def test_what_is_in_another_tenant_is_a_gap_and_ends_nothing(asking: Asking) -> None:
    elsewhere = {"error": {"code": "InvalidAuthenticationTokenTenant", "message": "from the wrong issuer"}}
    responses.get(f"{HOME}{POLICY}", status=401, json=elsewhere)
    responses.get(f"{HOME}{WORKFLOW}", json={"id": WORKFLOW, "properties": {"definition": {}}})
    asking.one(question_called("storage"), POLICY)
    asking.run()
    assert asking.answered.elsewhere
    asking.one(ONE, WORKFLOW)
    asking.run()
    (gap,) = asking.answered.gaps.values()
    assert (gap.path, gap.code) == (POLICY, "InvalidAuthenticationTokenTenant")
    assert asking.answered.resources
    assert not asking.answered.elsewhere


@responses.activate
def test_a_fault_of_ours_is_not_swallowed_and_no_thread_stays(asking: Asking) -> None:
    responses.get(f"{HOME}{WORKFLOW}", json={"id": WORKFLOW})

    def stumble(_: AzureResource) -> None:
        raise KeyError("ours")

    asking.one(ONE, WORKFLOW, stumble)
    with pytest.raises(KeyError):
        asking.run()
    assert not [one for one in threading.enumerate() if one.name.startswith("azure")]


@pytest.mark.parametrize("told", ["/subscriptions/other", "", None, 7])
@responses.activate
def test_an_answer_is_kept_by_what_was_asked(asking: Asking, told: object) -> None:
    responses.get(f"{HOME}{WORKFLOW}", json={"id": told, "properties": {}})
    asking.one(ONE, WORKFLOW)
    asking.run()
    (found,) = asking.answered.resources.values()
    assert (found.id, found.type) == (WORKFLOW, "microsoft.logic/workflows")


@responses.activate
def test_rows_without_an_id_are_told_apart(asking: Asking) -> None:
    responses.get(
        f"{HOME}{LISTED.path(GROUP)}", json={"value": [{"properties": {}}, {"properties": {}}, {"name": "x"}]}
    )
    asking.many(LISTED, GROUP)
    asking.run()
    (found,) = asking.answered.lists.values()
    assert len({row.key for row in found.rows}) == 3


@responses.activate
def test_what_cannot_be_asked_is_a_gap_without_a_call(asking: Asking) -> None:
    asking.gap(ONE, "/x", "that is no id of a resource")
    asking.run()
    (gap,) = asking.answered.gaps.values()
    assert (gap.path, gap.reason) == ("/x", "that is no id of a resource")
    assert len(responses.calls) == 0
