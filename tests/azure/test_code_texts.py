"""What of a text is code, and what a literal that only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.azure.code_texts import (
    TextPiece,
    constant_of,
    is_code,
    is_unclear,
    literals_of,
    names_in,
    pieces_of,
    with_literals,
)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("plain", [TextPiece("plain")]),
        ("@parameters('x')", [TextPiece("parameters('x')", "@%s")]),
        ("@@parameters('x')", [TextPiece("@@parameters('x')")]),
        ("@dm1n!Password", [TextPiece("dm1n!Password", "@%s", False)]),
        ("@secret", [TextPiece("secret", "@%s", False)]),
        ("@secret('x')", [TextPiece("secret('x')", "@%s", False)]),
        ("a@{body('x')?['y']}b", [TextPiece("a"), TextPiece("body('x')?['y']", "@{%s}"), TextPiece("b")]),
        ("@{concat('}', 'it''s')}", [TextPiece("concat('}', 'it''s')", "@{%s}")]),
        ("a@{unclosed(", [TextPiece("a@{unclosed(")]),
        ("a@{hunter2}", [TextPiece("a"), TextPiece("hunter2", "@{%s}", False)]),
        ("@triggerBody()?.name", [TextPiece("triggerBody()?.name", "@%s")]),
        ("@null", [TextPiece("null", "@%s")]),
        ("", []),
    ],
)
def test_pieces_of_a_workflow_s_text(text: str, pieces: list[TextPiece]) -> None:
    assert pieces_of(text, in_template=False) == pieces


@pytest.mark.parametrize(
    ("text", "is_expression"),
    [
        ("[parameters('x')]", True),
        ("[reference(resourceId('a/b', 'c'), '2020-01-01').outputs.x]", True),
        ("[listKeys(variables('a'), '2019-06-01').keys[0].value]", True),
        ("[listQueryKeys(variables('a')).value]", True),
        ("[1.*, 2.0.0)", False),
        ("[[x]", False),
        ("[my secret]", False),
    ],
)
def test_brackets_are_code_in_templates_only(text: str, is_expression: bool) -> None:
    told = [any(one.is_code for one in pieces_of(text, in_template=mode)) for mode in (True, False)]
    assert told == [is_expression, False]


@pytest.mark.parametrize(
    "code", ["concat('a'", "concat)'a'(", "['x']", "concat('a)", "true false() x", "123456789", ""]
)
def test_what_is_not_closed_or_not_known_is_no_code(code: str) -> None:
    assert not is_code(code)


@pytest.mark.parametrize(
    ("text", "unclear"),
    [("@soonToCome('x')", True), ("a@{hunter2}", True), ("@body('x')", False), ("@@x", False)],
)
def test_what_stands_where_code_should_and_is_not_understood(text: str, unclear: bool) -> None:
    assert is_unclear(text, in_template=False) is unclear


def test_names_are_told_with_their_function() -> None:
    text = "Bearer @{concat(Body('Get_Secret')?['value'], variables('V'))}"
    assert list(names_in(text, in_template=False)) == [("body", "get_secret"), ("variables", "v")]


def test_literals_are_names_or_values() -> None:
    code = "concat(parameters('p'), 'v', body('b')?['i'], resourceId('t', 'n'))"
    assert list(literals_of(code)) == [
        ("p", True),
        ("v", False),
        ("b", True),
        ("i", True),
        ("t", False),
        ("n", False),
    ]


@given(st.text(max_size=60))
def test_code_put_together_again_is_what_it_was(text: str) -> None:
    parts = pieces_of(text, in_template=True)
    assert (
        "".join(part.frame.replace("%s", part.text) if part.frame else part.text for part in parts).strip()
        == text.strip()
    )
    assert with_literals(f"concat('{text.replace(chr(39), chr(39) * 2)}')", lambda one, _: one) == (
        f"concat('{text.replace(chr(39), chr(39) * 2)}')"
    )


@pytest.mark.parametrize(
    ("code", "constant"),
    [
        ("'a'", "a"),
        ("concat('Basic ', base64('u:p'))", "Basic u:p"),
        ("concat('a', if(equals(1, 1), 'b', null))", "ab"),
        ("concat('a', parameters('p'))", None),
        ("concat('a', triggerBody()?['x'])", None),
        ("appsetting('a')", None),
    ],
)
def test_code_of_literals_alone_is_the_same_in_every_run(code: str, constant: str | None) -> None:
    assert constant_of(code) == constant
