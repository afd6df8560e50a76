"""Which steps must secure what, and which do."""

from typing import Any

import pytest

from sfharden.azure.flow_code import flow_code
from sfharden.azure.secure_data import needed, reads_secret, secured
from sfharden.azure.steps import Step
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureForm
from tests.orgs.azure_flows import ask_salesforce, code_of, consumption, http

VAULT: dict[str, Any] = {
    "type": "ApiConnection",
    "inputs": {
        "host": {"connection": {"name": "@parameters('$connections')['keyvault']['connectionId']"}},
        "method": "get",
        "path": "/secrets/@{encodeURIComponent('sf-password')}/value",
    },
}
SECRET = "@body('Get_secret')?['value']"


def wanted(**steps: Any) -> dict[str, str]:
    """What each step must secure, but for the one that gets the secret."""
    code = flow_code(consumption(code_of(steps)))
    found = {
        one.step.path: "+".join(sorted(one.sides)) + ("" if one.is_sure else "?") for one in needed(code)
    }
    return {path: sides for path, sides in found.items() if sides.strip("?") and path != "Get_secret"}


def test_a_step_that_calls_salesforce_secures_both() -> None:
    assert wanted(Ask=ask_salesforce()) == {"Ask": "inputs+outputs"}
    assert wanted(Ask=http("https://acme.my.salesforce.com/services/data")) == {"Ask": "inputs+outputs"}
    assert wanted(Ask=http("@{parameters('base')}/x")) == {"Ask": "inputs+outputs?"}
    assert wanted(Ask=http("https://other.example/")) == {}


@pytest.mark.parametrize(
    "step",
    [
        VAULT,
        http("https://v.vault.azure.net/secrets/name?api-version=7.4"),
        {"type": "ServiceProvider", "inputs": {"serviceProviderConfiguration": {"serviceProviderId": "/serviceProviders/keyVault", "operationId": "getSecret"}}},
    ],
)  # fmt: skip
def test_a_secret_is_read_in_three_ways(step: dict[str, Any]) -> None:
    code = flow_code(consumption(code_of({"Get": step})))
    get = code.steps[1]
    assert reads_secret(get)
    assert [(one.step.path, *one.sides) for one in needed(code) if one.is_sure] == [("Get", "outputs")]


def test_a_secret_is_read_also_where_a_template_writes_the_path() -> None:
    path = "[concat('/secrets/@{encodeURIComponent(''', variables('name'), ''')}/value')]"
    step = {**VAULT, "inputs": {**VAULT["inputs"], "path": path}}
    code = flow_code(consumption(code_of({"Get": step}), AzureForm.TEMPLATE))
    assert reads_secret(code.steps[1])
    assert reads_secret(Step("x", http("@{concat('https://v.vault.azure.net/secrets/', variables('x'))}")))


@pytest.mark.parametrize(
    "step",
    [
        http("https://v.vault.azure.net/keys/name"),
        {**VAULT, "inputs": {"path": "/secrets"}},
        {"type": "Compose"},
    ],
)
def test_other_steps_read_none(step: dict[str, Any]) -> None:
    assert not reads_secret(Step("x", step))


@pytest.mark.parametrize(
    "steps",
    [
        {"Use": http(headers={"Authorization": f"Bearer @{{{SECRET[1:]}}}"})},
        {"Use": http(body={"a": ["@outputs('get_secret')"]})},
        {"Use": http(body="@actions('Get_secret')")},
        {"Mid": {"type": "Compose", "inputs": SECRET}, "Use": http(body="@outputs('Mid')")},
        {"Mid": {"type": "ParseJson", "inputs": {"content": SECRET}}, "Use": http(body="@body('Mid')?['x']")},
        {
            "Mid": {
                "type": "InitializeVariable",
                "inputs": {"variables": [{"name": "Pw", "type": "string", "value": SECRET}]},
            },
            "Use": http(body="@variables('pw')"),
        },
        {
            "Mid": {"type": "SetVariable", "inputs": {"name": "Pw", "value": SECRET}},
            "Use": http(body="@variables('Pw')"),
        },
        {"Mid": {"type": "Foreach", "foreach": SECRET, "actions": {"Use": http(body="@items('Mid')")}}},
        {"Mid": {"type": "Foreach", "foreach": SECRET, "actions": {"Use": http(body="@item()")}}},
    ],
)
def test_whoever_is_given_the_secret_secures_its_inputs(steps: dict[str, Any]) -> None:
    found = wanted(Get_secret=VAULT, **steps)
    assert {path.rpartition(" / ")[2]: sides for path, sides in found.items()}["Use"] == "inputs"
    # Steps that can't secure their inputs are not asked to.
    kinds = {path: steps[path]["type"] for path in found if path in steps}
    assert not {"InitializeVariable", "SetVariable", "Foreach"} & set(kinds.values())


def test_the_result_of_a_scope_holds_what_is_in_it() -> None:
    scope = {"type": "Scope", "actions": {"Get_secret": VAULT}}
    assert wanted(Safe=scope, Use=http(body="@result('Safe')"))["Use"] == "inputs"


def test_others_are_left_alone() -> None:
    steps = {"Other": http(body="@body('Http')"), "Plain": {"type": "Compose", "inputs": "text"}}
    assert wanted(Get_secret=VAULT, **steps) == {}


def test_an_expression_that_can_not_be_read_may_hold_it() -> None:
    assert wanted(Get_secret=VAULT, Use=http(body="@soonToCome('x')")) == {"Use": "inputs?"}
    assert wanted(Use=http(body="@soonToCome('x')")) == {}


@pytest.mark.parametrize(
    ("written", "sides"),
    [(None, []), (["inputs"], ["inputs"]), (["Inputs", "OUTPUTS"], ["inputs", "outputs"]), ([], [])],
)
def test_what_a_step_secures(written: Any, sides: list[str]) -> None:
    step = Step("x", {"runtimeConfiguration": {"secureData": {"properties": written}}})
    assert sorted(secured(step)) == sides


@pytest.mark.parametrize("written", ["inputs", "[parameters('x')]", [1], ["@parameters('x')"], {}])
def test_what_is_no_list_of_words_is_not_told(written: Any) -> None:
    with pytest.raises(CannotTell):
        secured(Step("x", {"runtimeConfiguration": {"secureData": {"properties": written}}}))


def test_a_long_row_of_steps_hands_a_secret_on_whatever_their_order() -> None:
    steps: dict[str, Any] = {
        f"S{at}": {"type": "Compose", "inputs": f"@outputs('S{at + 1}')"} for at in range(800)
    }
    found = wanted(**steps, S800={"type": "Compose", "inputs": SECRET}, Get_secret=VAULT)
    assert len(found) == 801


def test_a_step_in_a_scope_of_any_depth_is_known_by_its_own_name() -> None:
    scope: dict[str, Any] = {"Get_secret": VAULT}
    for at in range(40):
        scope = {f"A_scope_with_a_long_name_{at}": {"type": "Scope", "actions": scope}}
    outer = next(iter(scope))
    assert wanted(**scope, Use=http(body=f"@result('{outer}')"))["Use"] == "inputs"
