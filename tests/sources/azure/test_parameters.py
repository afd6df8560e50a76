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
