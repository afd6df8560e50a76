"""A change in rows: every value once, foreign text harmless, and folded only where it's said where the rest is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.model.plan import PlannedChange
from sfharden.plan.readable import MOST_SHOWN, ValueRow, folded, folded_text, rows

NAMES = st.lists(st.text("abc", min_size=1, max_size=3), unique=True, max_size=20).map(tuple)


def change(before: tuple[str, ...], after: tuple[str, ...], setting: str = "login ranges") -> PlannedChange:
    return PlannedChange(
        kind="Profile",
        name="A",
        setting=setting,
        before=before,
        after=after,
        control="c",
        file="f",
        member="m",
    )


def test_one_value_is_told_as_it_is_and_as_it_will_be() -> None:
    found = list(rows(change(("BYPASS",), ("ENFORCE",), "IP relaxation")))
    assert found == [
        ValueRow("today", ("Relax IP restrictions",)),
        ValueRow("after", ("Enforce IP restrictions",)),
    ]
    assert list(rows(change((), ("a",)))) == [ValueRow("today", ("not set",)), ValueRow("after", ("a",))]


@given(NAMES, NAMES)
def test_every_value_of_a_list_is_in_one_row(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    found = {row.label: set(row.values) for row in rows(change((*before, "x"), (*after, "y")))}
    old, new = {*before, "x"}, {*after, "y"}
    if len(before) + len(after):
        assert found["added"] == new - old
        assert found["removed"] == old - new
        assert found.get("stays", set()) == old & new


def test_foreign_text_is_harmless() -> None:
    assert list(rows(change(("\x1b[2J",), ("\u202e",)))) == [
        ValueRow("today", ("\ufffd[2J",)),
        ValueRow("after", ("\ufffd",)),
    ]
    assert folded_text("a\nb\x1b", "there") == "a b\ufffd"


@pytest.mark.parametrize("number", [0, 1, MOST_SHOWN, MOST_SHOWN + 1, 500])
def test_what_is_folded_says_how_much_and_where_it_is(number: int) -> None:
    values = [str(one) for one in range(number)]
    assert folded(values, "") == ", ".join(values)
    more = number - MOST_SHOWN
    assert (f"and {more} more, there" in folded(values, "there")) == (more > 0)
    text = "word " * number + "end."
    assert folded_text(text, "") == text
    assert (folded_text(text, "there") == text) == (len(text) <= 600)
