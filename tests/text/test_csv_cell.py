"""No cell is a formula, and none moves the cursor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.text.csv_cell import csv_text, guarded


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "|x", "%x", " =1", "＝1", "\t=1"])
def test_what_could_be_a_formula_is_text(text: str) -> None:
    assert guarded(text).startswith("'")


@given(st.text())
def test_no_control_character_is_left(text: str) -> None:
    assert guarded(text).isprintable() or "\n" not in guarded(text)


def test_a_file_has_a_line_a_row_and_no_formula() -> None:
    assert csv_text(("a", "b"), [("=1", "x,\ny")]) == 'a,b\n\'=1,"x, y"\n'
