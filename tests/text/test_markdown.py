"""Foreign text in Markdown stays text: no markup, no link, nobody is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sfharden.text.markdown import escaped, markdown_table
from sfharden.text.redact import safe_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@acme/everyone", "@<!-- -->acme/everyone"), ("(@bob)", "(@<!-- -->bob)"), ("svc@acme.example", "svc@acme.example"),
        ("a|b", "a\\|b"), ("a\nb", "a b"),
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
    assert not {one.type for one in inside} & {"link_open", "image", "code_inline", "em_open", "strong_open"}
    shown = "".join(one.content for one in inside if one.type in ("text", "text_special"))
    assert "".join(shown.split()) == "".join(f"ABCx{safe_text(text)}y".split())


def test_a_long_cell_is_cut_and_no_row_is_no_table() -> None:
    assert list(markdown_table(("A",), [("x" * 99,)], limit=9))[-1] == f"| {'x' * 8}… |"
    assert list(markdown_table(("A",), [])) == []
