"""Edits of a document: what is set, what is kept, and the same as JSON Patch, as a body and as a question."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.plan.azure.pointers import body_of, edit_of, edited, keys_of, one_line, patch_of, question
from tests.orgs.azure_side import WORKFLOW, resource

KEYS = st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=4)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def test_what_is_missing_on_the_way_is_made_and_nothing_else_touched() -> None:
    flow = resource(WORKFLOW, {"properties": {"state": "Enabled", "accessControl": None}})
    edit = edit_of(flow, ("properties", "accessControl", "contents"), {"a": 1})
    assert (edit.pointer, edit.is_there, edit.before) == ("/properties/accessControl", True, None)
    after = edited(flow.document, [edit])
    assert after == {"properties": {"state": "Enabled", "accessControl": {"contents": {"a": 1}}}}
    assert flow.document["properties"]["accessControl"] is None


def test_keys_are_those_of_the_document_whatever_their_case() -> None:
    site = resource(WORKFLOW, {"Properties": {"HttpsOnly": False}})
    edit = edit_of(site, ("properties", "httpsOnly"), True)
    assert (edit.pointer, edit.before, edit.after) == ("/Properties/HttpsOnly", False, True)


@given(JSON.filter(lambda one: isinstance(one, dict)), KEYS, JSON)
def test_an_edit_sets_just_what_it_says(document: Any, keys: list[str], after: Any) -> None:
    found = resource(WORKFLOW, document)
    edit = edit_of(found, keys, after)
    changed = edited(found.document, [edit])
    held: Any = changed
    for key in keys_of(edit.pointer):
        held = held[key]
    assert held == edit.after
    assert _by_patch(document, list(patch_of([edit]))) == changed


def _by_patch(document: Any, operations: list[dict[str, Any]]) -> Any:
    """A second reader of JSON Patch, for `test`, `add` and `replace` of members."""
    changed = json.loads(json.dumps(document))
    for one in operations:
        *path, last = [part.replace("~1", "/").replace("~0", "~") for part in one["path"].split("/")[1:]]
        holder = changed
        for key in path:
            holder = holder[key]
        if one["op"] == "test":
            assert holder[last] == one["value"]
        else:
            assert (last in holder) == (one["op"] == "replace")
            holder[last] = one["value"]
    return changed


def test_a_body_holds_nothing_but_what_is_set() -> None:
    site = resource(WORKFLOW, {"properties": {"a": 1, "b": 2, "c": 3}})
    edits = [edit_of(site, ("properties", "a"), 9), edit_of(site, ("properties", "d", "e"), [])]
    assert body_of(edits) == {"properties": {"a": 9, "d": {"e": []}}}


@pytest.mark.parametrize("value", ["a`b", {"`": "'"}, 'é\n"\\', "\x00\x7f\x9b"])
def test_json_in_a_question_has_no_backtick_of_its_own_and_stays_what_it_is(value: Any) -> None:
    text = one_line(value)
    assert text.isascii()
    assert "`" not in text
    assert text.isprintable()  # else the shell would refuse the whole plan for one odd name
    assert json.loads(text) == value


def test_a_question_quotes_every_key() -> None:
    flow = resource(WORKFLOW, {"properties": {'a"b': {"c.d": 1}}})
    edit = edit_of(flow, ("properties", 'a"b', "c.d"), 2)
    assert question(edit) == '"properties"."a\\"b"."c.d" == `1`'
