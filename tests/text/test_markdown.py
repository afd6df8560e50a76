"""Foreign text in Markdown stays text: no markup, no link, nobody is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from sfharden.text.markdown import escaped, markdown_table
from sfharden.text.redact import safe_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@acme/everyone", "@<!-- -->acme/everyone"), ("(@bob)", "(@<!-- -->bob)"), ("svc@acme.example", "svc@acme.example"),
        ("a|b", "a\\|b"), ("a\nb", "a b"),
        ("do `az x --y [z]` now", "do `az x --y [z]` now"), ("`@bob`", "`@bob`"), ("a`b", "a\\`b"), ("``a`", "\\`\\`a\\`"),
    ],
)  # fmt: skip
def test_nobody_is_called_and_no_line_ends(text: str, shown: str) -> None:
    assert escaped(text) == shown


@given(st.text(max_size=40))
def test_a_table_has_the_rows_that_it_was_given(text: str) -> None:
    """Whatever stands in a cell, a reader of Markdown sees three cells, and no HTML but our comment."""
    lines = list(markdown_table(("A", "B", "C"), [("x", text, "y")]))
    tokens = MarkdownIt("commonmark").enable("table").parse("\n".join(lines))
    assert sum(one.type == "td_open" for one in tokens) == 3
    inside = [one for token in tokens for one in token.children or ()]
    assert {one.content for one in inside if one.type == "html_inline"} <= {"<!-- -->"}
    assert not {one.type for one in inside} & {"link_open", "image", "em_open", "strong_open"}
    assert read_back(inside) == "".join(f"ABCx{safe_text(text)}y".split())


TICKS = st.text("`\\|a <@[]*\n", max_size=20)


@given(TICKS)
def test_code_is_what_stands_between_two_backticks_and_all_is_shown_once(text: str) -> None:
    """By another's parser, in a table and outside: the same text, whatever the backticks, bars and backslashes are."""
    reader = MarkdownIt("commonmark").enable("table")
    for page in (f"x {escaped(text)} y", "\n".join(markdown_table(("A",), [(f"x {text} y",)]))):
        tokens = reader.parse(page)
        inside = [one for token in tokens for one in token.children or ()]
        assert not {one.type for one in inside} & {"link_open", "image", "em_open", "strong_open"}
        assert {one.content for one in inside if one.type == "html_inline"} <= {"<!-- -->"}
        assert read_back(inside).removeprefix("A") == "".join(f"x{safe_text(text)}y".split())


def read_back(tokens: list[Token]) -> str:
    """What a reader sees, with code between backticks, without spaces."""
    shown = (
        f"`{one.content}`" if one.type == "code_inline" else one.content
        for one in tokens
        if one.type in ("text", "text_special", "code_inline")
    )
    return "".join("".join(shown).split())


def test_a_long_cell_is_cut_and_no_row_is_no_table() -> None:
    assert list(markdown_table(("A",), [("x" * 99,)], limit=9))[-1] == f"| {'x' * 8}… |"
    assert list(markdown_table(("A",), [])) == []
