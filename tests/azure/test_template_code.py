"""The language of templates: what is certain is its value, and all else is not, whatever it's written like."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.azure.template_code import NotCertain, evaluated

LOOK = {"parameters": {"p": "v", "n": 3, "o": {"a": [{"b": "c"}]}, "x": "[reference('y')]"}.__getitem__}


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("'it''s'", "it's"),
        ("parameters('p')", "v"),
        ("PARAMETERS( 'p' )", "v"),
        ("parameters('o').a[0].b", "c"),
        ("parameters('o')['a'][0]['B']", "c"),
        ("concat('a/', parameters('p'), 7)", "a/v7"),
        ("format('{0}-{1}-{0}', 'a', 'b')", "a-b-a"),
        ("if(equals(parameters('p'), 'v'), createObject('k', null()), null())", {"k": None}),
        ("not(empty(createArray()))", False),
        ("and(true(), or(false(), true()))", True),
        ("coalesce(null(), 'x')", "x"),
        ("json('{\"a\": [1]}').a", [1]),
        ("toUpper(toLower('Ab'))", "AB"),
    ],
)
def test_what_is_certain(code: str, value: Any) -> None:
    assert evaluated(code, LOOK) == value


@pytest.mark.parametrize(
    "code",
    [
        "reference('x').y",
        "listKeys('x', 'y').keys[0].value",
        "concat('a', parameters('x'))",  # an expression is not its own text
        "empty(parameters('x'))",
        "parameters('p').q",
        "parameters('o').a[1]",
        "concat(parameters('o'))",
        "if('true', 'a', 'b')",
        "equals(createArray(), createArray())",
        "format('{3}', 'a')",
        "json('{')",
        "json('" + "[" * 15_000 + "')",
        "concat('a'",
        "concat('a')) and concat('b')",
        "concat('a' 'b')",
        "'unclosed",
        "p",
        "",
        "concat(" * 5_000,
        "'" + "x" * 30_000 + "'",
        "createObject('a')",
        "coalesce()",
    ],
)
def test_what_only_a_deployment_can_tell(code: str) -> None:
    with pytest.raises(NotCertain):
        evaluated(code, {"parameters": lambda name: LOOK["parameters"](name)})


def test_an_unknown_function_may_have_a_stand_in() -> None:
    found = evaluated("concat('a', uniqueString(resourceGroup().id))", {}, lambda name: f"<{name}>")
    assert found == "a<uniqueString>"


@given(st.text(alphabet="concatpr('),[]. 0ax", max_size=40))
def test_no_text_breaks_it(code: str) -> None:
    try:
        evaluated(code, {})
    except NotCertain:
        return
