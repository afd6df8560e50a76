"""Where readings of one id differ."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.azure.index import AzureIndex, value
from sfharden.azure.readings import disputed, reconciled
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureForm, AzureResource
from tests.orgs.azure_side import WORKFLOW, absent, listed, snapshot, workflow

LIST = f"{WORKFLOW.rpartition('/')[0]}"
AC = "properties.accessControl"
TRIGGERS = f"{AC}.triggers"


def as_form(form: AzureForm, **properties: Any) -> AzureResource:
    return workflow(**properties).model_copy(update={"form": form})


@pytest.mark.parametrize("other", [AzureForm.REST, AzureForm.GRAPH])
@pytest.mark.parametrize(
    "written", [{}, None, {"triggers": {}}, {"triggers": {"allowedCallerIpAddresses": []}}]
)
def test_what_two_answers_tell_in_two_ways_is_not_told(other: AzureForm, written: Any) -> None:
    bad = as_form(other, accessControl=written)
    for read in ((workflow(), bad), (bad, workflow())):
        (one,) = AzureIndex(snapshot(*read)).of_type("microsoft.logic/workflows")
        with pytest.raises(CannotTell, match="read more than once"):
            value(one, TRIGGERS)
        assert value(one, "properties.state").value == "Enabled"


def test_a_row_of_a_list_may_leave_out_what_the_answer_has() -> None:
    short = workflow(accessControl=None, definition=None)
    bare = short.model_copy(update={"document": {"location": "westeurope"}})
    for row in (short, bare):
        index = AzureIndex(snapshot(workflow(), lists=(listed(LIST, row),)))
        assert value(index.resource(WORKFLOW), AC).value
        assert not index.whole(LIST)[0].disputed
    other = workflow(accessControl={"triggers": {}})
    index = AzureIndex(snapshot(workflow(), lists=(listed(LIST, other),)))
    for one in (index.resource(WORKFLOW), *index.whole(LIST), *index.rows(LIST)):
        with pytest.raises(CannotTell):
            value(one, AC)


def test_what_the_answer_sets_nothing_at_and_a_row_does_is_not_told() -> None:
    index = AzureIndex(snapshot(workflow(accessControl=None), lists=(listed(LIST, workflow()),)))
    with pytest.raises(CannotTell):
        value(index.resource(WORKFLOW), AC)


def test_a_template_says_nothing_by_an_expression_or_by_what_it_leaves_out() -> None:
    for written in ("[parameters('ac')]", None):
        planned = as_form(AzureForm.TEMPLATE, accessControl=written)
        assert value(reconciled([workflow(), planned], 2), AC).value
    later = workflow(accessControl={}).model_copy(update={"unknown_paths": (AC,)})
    assert value(reconciled([workflow(), later], 2), AC).value
    with pytest.raises(CannotTell):
        value(reconciled([workflow(), as_form(AzureForm.TEMPLATE, accessControl={"triggers": {}})], 2), AC)


def test_what_is_said_to_be_there_and_not_to_be_there_is_not_told() -> None:
    index = AzureIndex(snapshot(workflow(), absent=(absent(WORKFLOW),)))
    assert index.absence(WORKFLOW) == ""
    with pytest.raises(CannotTell):
        value(index.resource(WORKFLOW), AC)


def test_a_list_that_was_read_twice_must_have_the_same_rows() -> None:
    row = workflow()
    same = AzureIndex(snapshot(lists=(listed(LIST, row), listed(LIST, row))))
    assert same.whole(LIST) == (row,)
    for lists in (
        (listed(LIST), listed(LIST, row)),
        (listed(LIST, row), listed(LIST)),
        (listed(LIST), listed(LIST, row, whole=False)),
    ):
        with pytest.raises(CannotTell, match="different rows"):
            AzureIndex(snapshot(lists=lists)).whole(LIST)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(max_value=3) | st.sampled_from(["", "a", "b"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("abc"), JSON, max_size=3))
def test_the_same_read_twice_is_never_in_dispute(document: dict[str, Any]) -> None:
    one = workflow().model_copy(update={"document": document})
    assert reconciled([one, one.model_copy()], 2) == one


@given(JSON, JSON)
def test_which_was_read_first_makes_no_difference(one: Any, other: Any) -> None:
    read = [workflow().model_copy(update={"document": {"properties": found}}) for found in (one, other)]
    assert reconciled(read, 2).disputed == reconciled(read[::-1], 2).disputed


def test_a_dispute_is_not_kept_in_a_snapshot() -> None:
    assert "disputed" not in disputed(workflow(), AC).model_dump()
