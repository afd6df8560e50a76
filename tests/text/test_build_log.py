"""No text gives an order to the log of a build, and what is written without one still says the same."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sfharden.text.build_log import gives_orders, json_without_orders, yaml_without_orders

HOSTILE = st.lists(
    st.sampled_from(
        ["#", "##", "##[", "##vso[", "##VSO[task.a]", "::error::", ":", " ", "\n", "a", "\\", '"', "\u00e9"]
    )
).map("".join)


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("##vso[task.a]b", True),
        ("a ##[error]b", True),
        ("a\n##VSO[a]", True),
        ("::error::a", True),
        ("a\n  \t::stop-commands::x", True),
        ("a ::error::b", False),
        ("# # [a] ## b", False),
        ("2001:db8::1", False),
        ("", False),
    ],
)
def test_what_a_log_takes_for_a_command(text: str, orders: bool) -> None:
    assert gives_orders(text) is orders


@given(st.dictionaries(HOSTILE, st.lists(HOSTILE)), st.sampled_from([None, 1, 2]))
def test_json_says_the_same_and_gives_none(data: dict[str, list[str]], indent: int | None) -> None:
    text = json_without_orders(json.dumps(data, indent=indent))
    assert json.loads(text) == data
    assert not gives_orders(text)


@given(HOSTILE)
def test_quoted_yaml_says_the_same_and_gives_none(name: str) -> None:
    text = f"name: {yaml_without_orders(json.dumps(name))}\n"
    assert yaml.safe_load(text) == {"name": name}
    assert not gives_orders(text)
