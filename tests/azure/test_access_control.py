"""What stands under `accessControl` of a workflow."""

from typing import Any

import pytest

from sfharden.azure.access_control import entra_policies, range_list, signatures, unknown_keys
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureForm
from tests.orgs.azure_side import workflow


def controlled(control: Any, form: AzureForm = AzureForm.REST) -> Any:
    return workflow(accessControl=control).model_copy(update={"form": form})


@pytest.mark.parametrize("control", [{}, {"triggers": None}, {"triggers": {}}, {"TRIGGERS": {"x": 1}}])
def test_absent_empty_and_null_are_no_list(control: Any) -> None:
    assert range_list(controlled(control), "triggers").ranges is None


@pytest.mark.parametrize(
    "control", ["open", {"triggers": []}, {"triggers": {"allowedCallerIpAddresses": "1.2.3.4"}}]
)
def test_what_azure_does_not_write_cannot_be_told(control: Any) -> None:
    with pytest.raises(CannotTell):
        range_list(controlled(control), "triggers")


def test_an_expression_in_a_list_is_a_range_that_is_not_understood() -> None:
    entries = [{"addressRange": "[parameters('ip')]"}, {"addressRange": "1.2.3.4"}]
    control = {"triggers": {"allowedCallerIpAddresses": entries}}
    found = range_list(controlled(control, AzureForm.TEMPLATE), "triggers")
    assert found.ranges
    assert found.ranges.broken


def test_code_view_does_not_tell_access_control() -> None:
    with pytest.raises(CannotTell):
        range_list(controlled(None, AzureForm.CODE_VIEW), "triggers")


def test_an_empty_list_of_terraform_may_be_none_at_all() -> None:
    control: dict[str, Any] = {"triggers": {"allowedCallerIpAddresses": []}}
    with pytest.raises(CannotTell):
        range_list(controlled(control, AzureForm.TERRAFORM), "triggers")


def test_wrongly_named_claims_are_neither_issuer_nor_audience() -> None:
    claims = [{"name": "Issuer", "value": "https://x"}, {"name": "Audience", "value": "y"}]
    policies = {"p": {"type": "AAD", "claims": claims}}
    (found,) = entra_policies(
        controlled({"triggers": {"openAuthenticationPolicies": {"policies": policies}}})
    )
    assert not found.has_issuer
    assert not found.has_audience


@pytest.mark.parametrize(
    ("written", "told"), [("DISABLED", "disabled"), ("Enabled", "enabled"), (None, None)]
)
def test_the_state_of_signed_addresses(written: Any, told: Any) -> None:
    control = {"triggers": {"sasAuthenticationPolicy": {"state": written}}}
    assert signatures(controlled(control)).value == told


def test_a_state_that_is_not_known_cannot_be_told() -> None:
    with pytest.raises(CannotTell):
        signatures(controlled({"triggers": {"sasAuthenticationPolicy": {"state": "Perhaps"}}}))


def test_keys_that_azure_does_not_know_are_told() -> None:
    control = {
        "trigger": {},
        "triggers": {"allowedCallerIpAddresses:": [], "openAuthenticationPolicies": {"policy": {}}},
        "contents": {"x": 1},
    }
    found = list(unknown_keys(controlled(control), "triggers"))
    assert found == [
        "trigger",
        "triggers/allowedCallerIpAddresses:",
        "triggers/openAuthenticationPolicies/policy",
    ]


LOOP = [{"name": "allowedCallerIpAddresses", "count": 2, "input": {}}]


@pytest.mark.parametrize(
    ("control", "form", "keys"),
    [
        ({"copy": LOOP, "triggers": {"copy": LOOP}}, AzureForm.TEMPLATE, ()),
        ({"triggers": {"openAuthenticationPolicies": {"copy": LOOP}}}, AzureForm.TEMPLATE, ()),
        ({"triggers": {"copy": LOOP, "typo": []}}, AzureForm.TEMPLATE, ("triggers/typo",)),
        ({"triggers": {"copy": {}}}, AzureForm.TEMPLATE, ("triggers/copy",)),
        ({"triggers": {"copy": LOOP}}, AzureForm.REST, ("triggers/copy",)),
    ],
)
def test_a_loop_of_a_template_is_no_key(control: Any, form: AzureForm, keys: tuple[str, ...]) -> None:
    assert tuple(unknown_keys(controlled(control, form), "triggers")) == keys
