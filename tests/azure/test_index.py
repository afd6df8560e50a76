"""Questions to what was read of Azure: known for sure, or CannotTell."""

from typing import Any

import pytest

from sfharden.azure.index import AzureIndex, given, pointer_to, value
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureForm, AzureResource
from tests.orgs.azure_side import GROUP, WORKFLOW, absent, gap, listed, snapshot, workflow

LIST = f"{GROUP}/providers/Microsoft.Logic/workflows"


def in_form(form: AzureForm, **properties: Any) -> AzureResource:
    return workflow(**properties).model_copy(update={"form": form})


def test_a_resource_is_found_by_its_id_in_any_case() -> None:
    index = AzureIndex(snapshot(workflow()))
    assert index.resource(WORKFLOW.upper()).name == "crm-sync"


def test_what_was_asked_for_singly_wins_over_a_row_of_a_list() -> None:
    single = workflow(state="Disabled")
    index = AzureIndex(snapshot(single, lists=(listed(LIST, workflow(state=None)),)))
    assert index.of_type("microsoft.logic/workflows") == (single,)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, "was not read"),
        (
            {"gaps": (gap(WORKFLOW, "403", "Microsoft.Logic/workflows/read"),)},
            "missing right: Microsoft.Logic",
        ),
        ({"absent": (absent(WORKFLOW),)}, "isn't there (ResourceNotFound)"),
    ],
)
def test_what_was_not_read_raises_with_its_reason(more: dict[str, Any], reason: str) -> None:
    index = AzureIndex(snapshot(**more))
    assert index.find(WORKFLOW) is None
    with pytest.raises(CannotTell) as caught:
        index.resource(WORKFLOW)
    assert reason in caught.value.reason


def test_only_a_whole_list_tells_what_is_not_in_it() -> None:
    part = AzureIndex(snapshot(lists=(listed(LIST, workflow(), whole=False),)))
    assert part.rows(LIST)
    with pytest.raises(CannotTell, match="in part"):
        part.whole(LIST)
    assert AzureIndex(snapshot(lists=(listed(LIST),))).whole(LIST.lower()) == ()


@pytest.mark.parametrize("form", [AzureForm.REST, AzureForm.TEMPLATE, AzureForm.TERRAFORM, AzureForm.GRAPH])
@pytest.mark.parametrize("written", [None, {}])
def test_absent_null_and_empty_are_all_known_to_set_nothing(form: AzureForm, written: Any) -> None:
    one = in_form(form, accessControl=written)
    assert value(one, "properties.accessControl.triggers").is_absent
    with pytest.raises(CannotTell):
        given(one, "properties.accessControl.triggers")


@pytest.mark.parametrize("form", [AzureForm.CODE_VIEW, AzureForm.PROJECT])
def test_code_view_hides_what_surrounds_a_definition(form: AzureForm) -> None:
    with pytest.raises(CannotTell, match="not in this kind of file"):
        value(in_form(form, accessControl=None), "properties.accessControl")


def test_an_expression_of_a_template_is_never_a_value() -> None:
    one = in_form(AzureForm.TEMPLATE, accessControl="[parameters('ac')]", state="[1.*, 2.0.0)")
    for path in ("properties.accessControl", "properties.accessControl.triggers"):
        with pytest.raises(CannotTell, match="expression"):
            value(one, path)
    assert value(one, "properties.state").value == "[1.*, 2.0.0)"
    assert value(in_form(AzureForm.REST, state="[x]"), "properties.state").value == "[x]"


def test_what_a_condition_or_a_later_step_decides_is_not_known() -> None:
    conditional = workflow().model_copy(update={"is_conditional": True})
    later = workflow().model_copy(update={"unknown_paths": ("properties.accessControl.triggers",)})
    for one in (conditional, later):
        for path in ("properties.accessControl", "properties.accessControl.triggers.sasAuthenticationPolicy"):
            with pytest.raises(CannotTell):
                value(one, path)
    assert value(later, "properties.state").value == "Enabled"


def test_pointers_escape_what_a_pointer_must() -> None:
    assert pointer_to("properties.a/b.c~d") == "/properties/a~1b/c~0d"


@pytest.mark.parametrize("written", [{"a": {"b": "***"}}, {"a": "***"}])
def test_what_is_masked_is_never_a_value_nor_absent(written: Any) -> None:
    with pytest.raises(CannotTell, match="masked"):
        value(in_form(AzureForm.REST, **written), "properties.a.b")
