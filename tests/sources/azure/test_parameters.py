"""Parameters files: the one that fits a template is taken, and of several none."""

from typing import Any

import pytest

from sfharden.sources.azure.files import JsonFile
from sfharden.sources.azure.parameters import parameters_of

TEMPLATE = JsonFile(
    "f/azuredeploy.json",
    {"$schema": "https://x/deploymentTemplate.json#", "parameters": {"A": {}, "b": {}}, "resources": []},
)


def given(name: str, **values: Any) -> JsonFile:
    entries = {key: one if isinstance(one, dict) else {"value": one} for key, one in values.items()}
    return JsonFile(name, {"$schema": "https://x/deploymentParameters.json#", "parameters": entries})


@pytest.mark.parametrize(
    ("files", "values"),
    [
        ([given("f/p.json", a=1)], {"a": 1}),
        ([given("f/p.json", a={"reference": {"keyVault": {}}}, b=[2])], {"b": [2]}),
        ([given("f/p.json", other=1)], {}),
        ([given("f/p.json")], {}),
        ([given("f/azuredeploy.parameters.json", a=1), given("f/other.json", a=2)], {"a": 1}),
        ([], {}),
    ],
)
def test_the_one_that_fits(files: list[JsonFile], values: dict[str, Any]) -> None:
    parameters, rest = parameters_of([TEMPLATE, *files])
    assert parameters.for_template(TEMPLATE) == values
    assert rest == [TEMPLATE]
    assert parameters.warnings == []


def test_of_several_nobody_knows_which_is_deployed() -> None:
    parameters, _ = parameters_of([TEMPLATE, given("f/dev.json", a=1), given("f/prod.json", a=2)])
    assert parameters.for_template(TEMPLATE) == {}
    assert "f/dev.json, f/prod.json all fit" in parameters.warnings[0]


def test_without_a_template_they_are_left_to_be_called_by_their_name() -> None:
    alone = given("f/p.json", a=1)
    parameters, rest = parameters_of([alone])
    assert (parameters.files, rest) == ([], [alone])
    assert parameters.for_template(alone) == {}


def template(name: str, *declared: str) -> JsonFile:
    return JsonFile(name, {**TEMPLATE.content, "parameters": {one: {} for one in declared or ("a",)}})


@pytest.mark.parametrize(
    ("template_name", "others", "file", "is_taken"),
    [
        ("x/crm.json", ["x/other.json"], "x/other.parameters.json", False),
        ("x/crm.json", ["x/other.json"], "x/Crm.parameters.json", True),
        ("x/crm.json", ["x/other.json"], "x/crm.parameters.prod.json", True),
        ("x/crm.json", ["x/other.json"], "x/other-prod.parameters.json", False),
        ("x/crm.json", ["x/other.json"], "x/parameters.json", False),  # it fits both
        ("x/crm.json", [], "x/other.parameters.json", True),
        ("x/crm.json", ["x/crm-sync.json"], "x/crm-sync.parameters.json", False),
        ("x/crm-sync.json", ["x/crm.json"], "x/crm-sync.parameters.json", True),
        ("x/crm.json", ["x/crm-sync.json"], "x/crm-prod.parameters.json", True),
        ("a/main.json", ["b/main.json"], "b/main.parameters.json", False),
        ("a/main.json", ["b/main.json"], "b/parameters.json", False),
        ("b/main.json", ["a/main.json"], "b/parameters.json", True),
        ("a/main.json", ["b/main.json"], "p/main.parameters.json", False),
        ("t/crm.json", ["t/other.json"], "p/crm.parameters.json", True),
        ("t/crm.json", ["t/other.json"], "p/other.parameters.json", False),
    ],
)
def test_a_file_of_another_template_is_not_taken(
    template_name: str, others: list[str], file: str, *, is_taken: bool
) -> None:
    one = template(template_name)
    parameters, _ = parameters_of([one, *map(template, others), given(file, a=1)])
    assert parameters.for_template(one) == ({"a": 1} if is_taken else {})
    assert any(file in told for told in parameters.warnings) is not is_taken


def test_what_fits_only_one_is_that_ones() -> None:
    one, other = template("x/crm.json", "a", "b"), template("x/other.json", "a")
    parameters, _ = parameters_of([one, other, given("x/prod.json", a=1, b=2)])
    assert parameters.for_template(one) == {"a": 1, "b": 2}
    assert parameters.for_template(other) == {}
    assert parameters.warnings == []


@pytest.mark.parametrize(("unread", "is_taken"), [("x/other.bicep", False), ("x/crm.bicep", True)])
def test_a_template_that_cant_be_read_has_its_own_file(unread: str, *, is_taken: bool) -> None:
    one, file = template("x/crm.json"), given(f"{unread.removesuffix('.bicep')}.parameters.json", a=1)
    parameters, _ = parameters_of([one, file], [unread])
    assert bool(parameters.for_template(one)) is is_taken
