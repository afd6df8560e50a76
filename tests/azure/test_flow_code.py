"""The code of a workflow of either hosting."""

from typing import Any

import pytest

from sfharden.azure.calls import Certainty, calls_of
from sfharden.azure.flow_code import flow_code, own_texts, told_references
from sfharden.azure.readings import disputed
from sfharden.azure.steps import Step
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureForm
from tests.orgs.azure_flows import ask_salesforce, code_of, consumption, standard
from tests.orgs.azure_side import workflow


def test_the_code_tells_which_steps_call_salesforce() -> None:
    of_consumption = flow_code(consumption(code_of({"Ask": ask_salesforce()})))
    of_standard = flow_code(standard(code_of({"Ask": ask_salesforce(standard=True)})))
    for code in (of_consumption, of_standard):
        assert [(one.step, one.certainty) for one in calls_of(code.workflow)] == [("Ask", Certainty.YES)]
    assert (of_consumption.is_standard, of_standard.is_standard) == (False, True)


def test_where_a_step_stands() -> None:
    scope = {"type": "If", "actions": {}, "else": {"actions": {"A/b": {"type": "Compose"}}}}
    code = flow_code(consumption(code_of({"If": scope})))
    assert code.where(code.steps[-1].pointer).endswith("#/properties/definition/actions/If/else/actions/A~1b")
    code = flow_code(standard(code_of({"One": {"type": "Compose"}})))
    assert code.where(code.steps[-1].pointer).endswith(
        "#/properties/files/workflow.json/definition/actions/One"
    )


@pytest.mark.parametrize("definition", [None, "[variables('x')]", []])
def test_code_that_was_not_read_is_not_told(definition: Any) -> None:
    for one in (consumption(definition, AzureForm.TEMPLATE), standard(definition, AzureForm.TEMPLATE)):
        with pytest.raises(CannotTell):
            flow_code(one)


def test_code_under_a_condition_is_not_told() -> None:
    for one in (consumption(code_of({})), standard(code_of({}))):
        with pytest.raises(CannotTell):
            flow_code(one.model_copy(update={"is_conditional": True}))


def test_texts_of_a_step_are_its_own() -> None:
    body = {"type": "Foreach", "foreach": "@a", "inputs": [{"x": "b"}], "actions": {"In": {"type": "c"}}}
    assert sorted(own_texts(Step("x", body))) == ["@a", "Foreach", "b"]


@pytest.mark.parametrize(
    ("form", "parameters", "told"),
    [
        (AzureForm.REST, None, 0),
        (AzureForm.REST, {"$connections": {"value": {"a": {"id": "x"}}}}, 1),
        (AzureForm.TEMPLATE, {"$connections": {"value": "[variables('c')]"}}, None),
        (AzureForm.CODE_VIEW, None, None),
        (AzureForm.CODE_VIEW, {"$connections": {"value": {}}}, 0),
    ],
)
def test_references_are_all_told_or_none(form: AzureForm, parameters: Any, told: int | None) -> None:
    flow = consumption(code_of({}), form, parameters=parameters)
    if told is None:
        with pytest.raises(CannotTell):
            told_references(flow)
    else:
        assert len(told_references(flow)) == told


def test_a_standard_app_needs_its_connections_file_only_where_steps_use_connections() -> None:
    assert told_references(standard(code_of({}), connections_json=None)) == ()
    with pytest.raises(CannotTell):
        told_references(standard(code_of({"Ask": ask_salesforce(standard=True)}), connections_json=None))


@pytest.mark.parametrize(
    "parameters", ["@x", {"$connections": "[variables('c')]"}, {"$connections": {"value": []}}, {}, None]
)
def test_the_connections_of_its_steps_must_be_written_out_at_each_level(parameters: Any) -> None:
    with pytest.raises(CannotTell):
        told_references(workflow(parameters=parameters))
    if not parameters:
        assert told_references(workflow(parameters=parameters, definition={"actions": {}})) == ()


def test_what_is_not_told_elsewhere_is_no_matter_for_the_connections() -> None:
    flow = workflow().model_copy(update={"unknown_paths": ("properties.state",)})
    assert told_references(disputed(flow, "properties.accessControl"))
    with pytest.raises(CannotTell):
        told_references(disputed(flow, "properties.parameters.$connections.value.x"))
