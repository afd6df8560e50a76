"""Secrets in plain sight, and references that lead to one."""

from typing import Any

import pytest

from sfharden.azure.flow_code import flow_code
from sfharden.azure.plain_secrets import app_settings_named, plain_secrets, setting_kind, told_at_deployment
from sfharden.model.azure import AzureForm
from tests.orgs.azure_flows import code_of, consumption, http, standard

CALL = "/properties/definition/actions/Call/inputs"


def found(definition: dict[str, Any], form: AzureForm = AzureForm.REST) -> dict[str, bool]:
    return {one.pointer: one.is_sure for one in plain_secrets(flow_code(consumption(definition, form)))}


def test_a_parameter_is_looked_up_without_case_and_only_where_a_secret_is_put_in() -> None:
    parameters = {"Pw": {"type": "string"}}
    secret = http(headers={"Authorization": "Bearer @{parameters('pw')}", "Accept": "@parameters('pw')"})
    assert found(code_of({"Call": secret}, parameters=parameters)) == {f"{CALL}/headers/Authorization": True}


def test_what_a_deployment_writes_is_told_and_not_sure() -> None:
    call = http(headers={"x-api-key": "[parameters('key')]"}, body="[parameters('other')]")
    code = flow_code(consumption(code_of({"Call": call}), AzureForm.TEMPLATE))
    assert found(code_of({"Call": call}), AzureForm.TEMPLATE) == {f"{CALL}/headers/x-api-key": False}
    assert sorted(told_at_deployment(code)) == [f"{CALL}/body", f"{CALL}/headers/x-api-key"]
    assert (
        found(code_of({"Call": call})) == {}
    )  # in an answer of ARM such a text is a literal, and a placeholder's


@pytest.mark.parametrize(
    "value", ["[resourceGroup().location]", "[subscription().subscriptionId]", "[concat('a', 'b')]", "plain"]
)
def test_what_holds_no_secret_is_told(value: str) -> None:
    code = flow_code(consumption(code_of({"Call": http(body=value)}), AzureForm.TEMPLATE))
    assert list(told_at_deployment(code)) == []


def test_app_settings_behind_a_secret_s_place() -> None:
    steps = {"Call": http(headers={"Authorization": "@appsetting('A')"}, body="@appsetting('B')")}
    assert [name for name, _ in app_settings_named(flow_code(standard(code_of(steps))))] == ["a"]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("@Microsoft.KeyVault(***)", "vault"),
        ("***", "literal"),
        ("AccountName=a;***", "literal"),
        ("[concat('***')]", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_masked_setting_still_tells_what_it_is(value: Any, kind: str) -> None:
    assert setting_kind(value) == kind


def test_of_two_parameters_whose_names_differ_by_case_each_must_be_secure() -> None:
    parameters = {"Pw": {"type": "securestring"}, "pw": {"type": "string"}}
    secret = http(headers={"Authorization": "@parameters('PW')"})
    assert found(code_of({"Call": secret}, parameters=parameters)) == {f"{CALL}/headers/Authorization": True}
