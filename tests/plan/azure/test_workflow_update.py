"""When a workflow may be read and put back whole, and that nothing of it stands in the command but what is set."""

from typing import Any

import pytest

from sfharden.model.azure import MASK, AzureForm, AzureResource
from sfharden.plan.azure.access_control import READERS, SIGNATURES, plan_access
from sfharden.plan.azure.pointers import edit_of, one_line
from sfharden.plan.azure.workflow_update import parameter_types, why_not_updated
from tests.orgs import azure_side as az
from tests.plan.azure.kit import ENTRY, one_change, wish


def flow_with(parameters: Any) -> AzureResource:
    flow = az.workflow(accessControl=None)
    flow.document["properties"]["definition"]["parameters"] = parameters
    return flow


def why(flow: AzureResource, *keys: str) -> str:
    return why_not_updated(flow, [edit_of(flow, keys or ("properties", "accessControl"), {})])


@pytest.mark.parametrize(
    "parameters", [None, {}, {"a": {"type": "String"}, "$connections": {"type": "Object"}}]
)
def test_plain_parameters_come_back_so_it_may_be_put(parameters: Any) -> None:
    assert why(flow_with(parameters)) == ""


@pytest.mark.parametrize("kind", ["securestring", "SecureString", "SECUREOBJECT"])
def test_secure_parameters_dont_come_back_so_it_may_not(kind: str) -> None:
    assert "secure parameters" in why(flow_with({"a": {"type": "String"}, "b": {"type": kind}}))


@pytest.mark.parametrize("parameters", [[], "x", {"a": {}}, {"a": "x"}, {"a": {"type": None}}])
def test_parameters_that_cant_be_told_are_taken_for_secure(parameters: Any) -> None:
    assert "can't be told" in why(flow_with(parameters))


def test_without_a_definition_it_cant_be_told() -> None:
    assert "can't be told" in why(az.workflow(definition=None))


@pytest.mark.parametrize("form", [AzureForm.TEMPLATE, AzureForm.TERRAFORM, AzureForm.PROJECT])
def test_what_a_deployment_would_set_is_changed_there(form: AzureForm) -> None:
    flow = az.workflow().model_copy(update={"form": form, "file": "main.json"})
    assert "main.json" in why(flow)


def test_a_strange_id_gets_no_command() -> None:
    flow = az.workflow().model_copy(update={"id": f"{az.WORKFLOW}; rm -rf /"})
    assert "id" in why(flow)


@pytest.mark.parametrize("name", ["a.b", "a[0]", "a b", "a=b", "ä"])
def test_names_that_az_would_take_apart_get_no_command(name: str) -> None:
    assert "characters" in why(az.workflow(), "properties", "definition", "actions", name)


def test_a_mask_is_never_written() -> None:
    flow = az.workflow(state=MASK)
    assert "secret" in why(flow, "properties", "state")


def test_the_types_are_asked_again_before_it_is_put() -> None:
    flow = flow_with({"b": {"type": "String"}, "a": {"type": "Array"}})
    assert parameter_types(flow) == ["Array", "String"]
    change = one_change(plan_access(wish(flow, READERS)))
    assert change.guards[-1].question.endswith('[].type) == `["Array","String"]`')
    assert change.undo_guards[-1] == change.guards[-1]
    assert {one.resource for one in change.guards} == {az.WORKFLOW}


def test_what_was_not_there_is_removed_again() -> None:
    change = one_change(plan_access(wish(az.workflow(accessControl=None), READERS)))
    assert change.undo[0][-2:] == ("--remove", "properties.accessControl")
    assert change.commands[-1][-4:] == ("--query", "properties.accessControl", "--output", "json")


def test_no_command_holds_the_definition_or_puts_a_body() -> None:
    flow = az.workflow(accessControl=None)
    change = one_change(plan_access(wish(flow, READERS)))
    words = [word for one in (*change.commands, *change.undo) for word in one]
    assert not any("Get_record" in word or "definition" in word for word in words)
    assert not any(word.casefold() in ("put", "--body", "--properties") for word in words)


def test_signed_addresses_may_be_off_and_not_be_answered() -> None:
    claims = [{"name": "iss", "value": "https://sts.windows.net/x/"}]
    policies = {"policies": {"p": {"type": "AAD", "claims": claims}}}
    control = {"Triggers": {"openAuthenticationPolicies": policies}}
    entry = ENTRY.model_copy(update={"allowed_callers": ()})
    change = one_change(plan_access(wish(az.workflow(accessControl=control), SIGNATURES, entry=entry)))
    one, _, other = change.undo_guards[0].question.partition(" || ")
    assert "sasAuthenticationPolicy" in one
    assert other == f'"properties"."accessControl" == `{one_line(control)}`'
