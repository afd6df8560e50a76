"""Look-ups in JSON that may hold anything: no wrong type is an error, and names have no case."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.azure.objects import get, has, kind, mapping, text

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abAB"), inner, max_size=3),
    max_leaves=10,
)


def test_a_value_is_found_below_its_keys_whatever_their_case() -> None:
    assert get({"Inputs": {"HOST": {"api": 1}}}, "inputs", "host", "API") == 1
    assert get({"a": {"b": None}}, "a", "b") is None
    assert get({"a": 1}) == {"a": 1}


def test_of_two_spellings_the_one_asked_for_counts() -> None:
    assert get({"uri": "exact", "URI": "other"}, "uri") == "exact"
    assert get({"URI": "other", "uri": "exact"}, "uri") == "exact"


@given(ANYTHING, st.lists(st.sampled_from("abx"), max_size=3))
def test_no_wrong_type_is_an_error(value: Any, keys: list[str]) -> None:
    get(value, *keys)
    assert isinstance(kind(value), str)
    assert isinstance(has(value, "a"), bool)


@pytest.mark.parametrize("value", [None, 7, [], ["a"], "a"])
def test_what_is_no_object_has_nothing(value: Any) -> None:
    assert not has(value, "a")
    assert mapping(value) == {}


def test_a_property_is_there_whatever_its_value() -> None:
    assert has({"Else": None}, "else")
    assert not has({"else2": 1}, "else")


def test_only_texts_are_texts_and_types_have_no_case() -> None:
    assert (text("x"), text(7), text(None)) == ("x", "", "")
    assert kind({"Type": "HTTP"}) == "http"
    assert kind({"type": 7}) == ""
