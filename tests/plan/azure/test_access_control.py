"""Access control of a workflow: set as a whole, from what is declared, and never so that the operator is shut out."""

import json
from typing import Any

import pytest

from sfharden.model.azure import MASK, AzureEntry, AzureForm
from sfharden.plan.azure.access_control import CALLERS, READERS, SIGNATURES, plan_access
from sfharden.plan.azure.wish import AzureWish
from tests.orgs import azure_side as az
from tests.plan.azure.kit import ENTRY, one_change, one_need, wish

POLICY = {"type": "AAD", "claims": [{"name": "iss", "value": "https://sts.windows.net/t/"}]}


def flow_wish(control: Any, *checks: str, entry: AzureEntry = ENTRY) -> AzureWish:
    return wish(az.workflow(accessControl=control), *checks, entry=entry)


def with_policies(**policies: Any) -> dict[str, Any]:
    return {"triggers": {"openAuthenticationPolicies": {"policies": policies}}}


def set_by(words: tuple[str, ...]) -> Any:
    """What the command sets, and that it sets nothing else."""
    head = (
        "az",
        "resource",
        "update",
        "--output",
        "none",
        "--ids",
        az.WORKFLOW,
        "--api-version",
        "2019-05-01",
    )
    assert words[:10] == (*head, "--set")
    (part,) = words[10:]
    path, _, value = part.partition("=")
    assert path == "properties.accessControl"
    return json.loads(value)


@pytest.mark.parametrize("control", [None, {}, {"triggers": None}])
def test_callers_and_readers_are_set_by_one_command(control: Any) -> None:
    change = one_change(plan_access(flow_wish(control, CALLERS, READERS)))
    assert set_by(change.commands[0]) == {
        "triggers": {
            "allowedCallerIpAddresses": [
                {"addressRange": "198.51.100.7/32"},
                {"addressRange": "203.0.113.0/28"},
            ]
        },
        "contents": {"allowedCallerIpAddresses": [{"addressRange": "198.51.100.0/24"}]},
    }
    assert change.guards[0].question.startswith('"properties"."accessControl" == `')
    assert change.undo[0][:2] == ("az", "resource") or change.undo[0][1] == "resource"


NARROW = [
    [],
    [{"addressRange": "0.0.0.0-0.0.0.0"}],
    [{"addressRange": "203.0.113.1"}],
    [{"addressRange": "203.0.113.0/28"}, {"addressRange": "198.51.100.7/32"}],
]


@pytest.mark.parametrize("ranges", NARROW)
@pytest.mark.parametrize(
    "more", [{"allowedCallerIpAddresses:": []}, {"openAuthenticationPolicies": {"policies": {"own": {}}}}]
)
def test_no_list_of_callers_is_ever_widened(ranges: list[Any], more: dict[str, Any]) -> None:
    """It fails by something else, such as a misspelt key; what was shut to all but a few stays shut."""
    control = {"triggers": {"allowedCallerIpAddresses": ranges, **more}}
    text = one_need(plan_access(flow_wish(control, CALLERS, SIGNATURES))).text
    assert "within azure: allowed_callers, so they stay" in text
    assert text.endswith("It fails.")


@pytest.mark.parametrize("ranges", NARROW[1:3])
def test_no_list_of_readers_is_ever_widened(ranges: list[Any]) -> None:
    entry = ENTRY.model_copy(update={"data_readers": ("203.0.113.0/28", "198.51.100.7")})
    need = one_need(
        plan_access(flow_wish({"contents": {"allowedCallerIpAddresses": ranges}}, READERS, entry=entry))
    )
    assert "within azure: data_readers, so they stay" in need.text


@pytest.mark.parametrize("entry", ["192.0.2.1", "203.0.113.0-203.0.113.255", "*"])
def test_a_list_that_lets_in_more_than_is_declared_is_replaced(entry: str) -> None:
    control = {"triggers": {"allowedCallerIpAddresses": [{"addressRange": entry}]}}
    after = set_by(one_change(plan_access(flow_wish(control, CALLERS))).commands[0])
    assert [one["addressRange"] for one in after["triggers"]["allowedCallerIpAddresses"]] == [
        "198.51.100.7/32",
        "203.0.113.0/28",
    ]


def test_what_isnt_named_stays_policies_actions_and_all() -> None:
    control = {
        **with_policies(own=POLICY),
        "actions": {"allowedCallerIpAddresses": [{"addressRange": "192.0.2.0/24"}]},
        "workflowManagement": {"x": 1},
        "Contents": {"AllowedCallerIpAddresses": []},
    }
    change = one_change(plan_access(flow_wish(control, READERS)))
    after = set_by(change.commands[0])
    assert after["triggers"] == control["triggers"]
    assert after["actions"] == control["actions"]
    assert after["workflowManagement"] == {"x": 1}
    assert after["Contents"]["AllowedCallerIpAddresses"] == [{"addressRange": "198.51.100.0/24"}]
    assert "contents" not in after
    assert set_by(("az", *change.undo[0][1:])) == control


def test_signatures_go_off_only_where_a_policy_with_an_issuer_stands_and_no_ranges_are_declared() -> None:
    without = ENTRY.model_copy(update={"allowed_callers": ()})
    change = one_change(plan_access(flow_wish(with_policies(own=POLICY), CALLERS, SIGNATURES, entry=without)))
    after = set_by(change.commands[0])
    assert after["triggers"]["sasAuthenticationPolicy"] == {"state": "Disabled"}
    assert after["triggers"]["openAuthenticationPolicies"] == {"policies": {"own": POLICY}}
    assert any("signed address is refused" in one for one in change.risks)
    declared = one_change(plan_access(flow_wish(with_policies(own=POLICY), CALLERS, SIGNATURES)))
    assert "sasAuthenticationPolicy" not in set_by(declared.commands[0])["triggers"]


@pytest.mark.parametrize(
    "policies",
    [
        {},
        {"own": {**POLICY, "claims": [{"name": "Issuer", "value": "https://x"}]}},
        {"own": {**POLICY, "claims": [{"name": "iss", "value": ""}]}},
        {"own": {"claims": POLICY["claims"]}},
        {"own": POLICY, "other": {"type": "AAD", "claims": []}},
        {"own": "text"},
    ],
)
def test_without_such_a_policy_nobody_could_call_so_it_stays(policies: dict[str, Any]) -> None:
    without = ENTRY.model_copy(update={"allowed_callers": ()})
    need = one_need(plan_access(flow_wish(with_policies(**policies), CALLERS, SIGNATURES, entry=without)))
    assert "azure: allowed_callers" in need.text


@pytest.mark.parametrize(("check", "key"), [(CALLERS, "allowed_callers"), (READERS, "data_readers")])
def test_without_declared_addresses_none_are_guessed(check: str, key: str) -> None:
    need = one_need(plan_access(flow_wish(None, check, entry=AzureEntry(workflows=("crm-sync",)))))
    assert f"needs: azure: {key}" in need.text
    assert not need.is_first


@pytest.mark.parametrize(("check", "key"), [(CALLERS, "allowed_callers"), (READERS, "data_readers")])
@pytest.mark.parametrize(("range_", "said"), [("nowhere", "nowhere"), ("0.0.0.0/0", "keep nobody out")])
def test_a_range_that_is_none_or_is_all_is_told(check: str, key: str, range_: str, said: str) -> None:
    need = one_need(plan_access(flow_wish(None, check, entry=ENTRY.model_copy(update={key: (range_,)}))))
    assert f"azure: {key}: " in need.text
    assert said in need.text


def test_readers_without_the_operator_are_refused_and_the_callers_still_planned() -> None:
    entry = ENTRY.model_copy(update={"data_readers": ("203.0.113.0/28",)})
    need, change = plan_access(flow_wish(None, CALLERS, READERS, entry=entry))
    assert "shut out the operator (198.51.100.7)" in need.text  # type: ignore[union-attr]
    assert need.is_first  # type: ignore[union-attr]
    assert list(set_by(change.commands[0])) == ["triggers"]  # type: ignore[union-attr]


@pytest.mark.parametrize("control", ["open", [], {"triggers": "open"}, {"contents": []}])
def test_what_isnt_written_as_azure_writes_it_is_left(control: Any) -> None:
    assert "not written as Azure writes it" in one_need(plan_access(flow_wish(control, READERS))).text


def test_a_document_without_access_control_tells_nothing() -> None:
    flow = az.workflow(accessControl=None).model_copy(update={"form": AzureForm.CODE_VIEW})
    assert "can't be told" in one_need(plan_access(wish(flow, READERS))).text


def test_what_was_masked_is_never_put_back() -> None:
    control = with_policies(own={"type": "AAD", "claims": [{"name": "iss", "value": MASK}]})
    change = one_change(plan_access(flow_wish(control, READERS)))
    assert (change.commands, change.undo) == ((), ())
    assert "may be a secret" in change.by_hand
