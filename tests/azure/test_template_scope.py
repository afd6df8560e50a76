"""Parameters and variables: a given value counts, a default only names, and what repeats itself ends."""

from typing import Any

import pytest

from sfharden.azure.template_scope import Budget, TemplateScope

SCOPE = TemplateScope(
    given={"env": "prod", "ranges": [{"addressRange": "203.0.113.0/28"}]},
    declared={"name": {"defaultValue": "sync"}, "salt": {"defaultValue": "[uniqueString('x')]"}, "bare": {}},
    variables={"full": "[concat(parameters('env'), '-x')]", "open": "[parameters('name')]", "me": "[variables('me')]",
               "part": {"a": 1, "b": "[parameters('name')]"}},
    base="f.json",
)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("[parameters('Ranges')]", [{"addressRange": "203.0.113.0/28"}]),
        ("[variables('full')]", "prod-x"),
        ("[parameters('name')]", "[parameters('name')]"),  # a default may be another at the deployment
        ("[variables('open')]", "[variables('open')]"),
        ("[variables('me')]", "[variables('me')]"),
        ("[variables('part').a]", 1),
        ("[[escaped]", "[[escaped]"),
        ({"k": ["[parameters('env')]", 7]}, {"k": ["prod", 7]}),
    ],
)
def test_only_what_is_given_is_put_in(written: Any, value: Any) -> None:
    assert SCOPE.resolved(written) == value


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("plain", "plain"),
        ("[parameters('name')]", "sync"),
        ("[parameters('salt')]", "<salt>"),
        ("[parameters('bare')]", "<bare>"),
        ("[format('{0}/web', variables('open'))]", "sync/web"),
        ("[concat('a', uniqueString(resourceGroup().id))]", "a<uniqueString>"),
        ("[a b / c]", "[a b c]"),
        (None, ""),
    ],
)
def test_a_name_is_found_for_all(written: Any, name: str) -> None:
    assert SCOPE.named(written) == name


def test_a_reference_within_the_deployment_is_the_id_that_the_resource_has_here() -> None:
    assert SCOPE.reference("[resourceId('Microsoft.Web/connections', parameters('name'))]") == (
        "f.json/providers/Microsoft.Web/connections/sync"
    )
    assert SCOPE.reference("[resourceId('other', 'Microsoft.Web/connections', 'x')]") == ""
    assert SCOPE.reference("/providers/x/y/z") == ""


def test_variables_of_variables_do_not_grow_without_end() -> None:
    variables: dict[str, Any] = {"v0": ["x"] * 10}
    for number in range(1, 40):
        variables[f"v{number}"] = [f"[variables('v{number - 1}')]"] * 2
    scope = TemplateScope(variables=variables, budget=Budget(1_000))
    found = scope.resolved(["[variables('v39')]"])
    assert len(str(found)) < 200_000


def test_names_of_names_do_not_grow_without_end() -> None:
    variables = {"v0": "x"} | {
        f"v{n}": f"[concat(variables('v{n - 1}'), variables('v{n - 1}'))]" for n in range(1, 40)
    }
    scope = TemplateScope(variables=variables, budget=Budget(1_000))
    assert len(scope.named("[variables('v39')]")) < 30_000


def test_a_nested_template_sees_what_it_is_given_else_its_defaults() -> None:
    template = {
        "parameters": {
            "a": {"defaultValue": 1},
            "b": {"defaultValue": 2},
            "c": {"defaultValue": "[x()]"},
            "d": {},
        }
    }
    passed = {"b": {"value": "[parameters('env')]"}, "d": {"value": "[parameters('name')]"}}
    inner = SCOPE.inner({"properties": {"template": template, "parameters": passed}})
    names = [inner.resolved(f"[parameters('{name}')]") for name in "abcd"]
    assert names == [1, "prod", "[parameters('c')]", "[parameters('d')]"]
    assert inner.named("[parameters('d')]") == "sync"


@pytest.mark.parametrize(
    ("more", "value"),
    [
        ({"parameters": {"R": {"value": "everybody"}}}, "everybody"),  # names don't differ by case
        ({"parameters": {"R": {"reference": {"keyVault": {}}}}}, "[parameters('r')]"),
        ({"parameters": {"R": "[variables('open')]"}}, "[parameters('r')]"),
        ({"parameters": "[variables('part')]"}, "[parameters('r')]"),
        ({"parametersLink": {"uri": "https://x.example/p.json"}}, "[parameters('r')]"),
        ({"ParametersLink": {"uri": "https://x.example/p.json"}, "parameters": {}}, "[parameters('r')]"),
        ({"copy": [{"name": "parameters", "count": 1}]}, "[parameters('r')]"),
        ({"parameters": {}}, "mine"),
        ({"parameters": None}, "mine"),
        ({}, "mine"),
    ],
)
def test_an_own_default_counts_only_where_nothing_can_be_passed(more: dict[str, Any], value: str) -> None:
    template = {"parameters": {"r": {"DefaultValue": "mine"}}}
    inner = SCOPE.inner({"properties": {"template": template, **more}})
    assert inner.resolved("[parameters('r')]") == value
