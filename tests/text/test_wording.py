"""Numbers, names and ranges in words: sorted, cut after a few, and what was cut is counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import ALL_V4, AddressSet
from sfharden.text.wording import MOST_SHOWN, count, show_names, show_ranges


@pytest.mark.parametrize(
    ("number", "noun", "words"),
    [
        (0, "token", "0 tokens"),
        (1, "token", "1 token"),
        (2000, "address", "2,000 addresses"),
        (1, "address", "1 address"),
        (10**15, "address", "about 10^15 addresses"),
        (2**96, "address", "about 10^28 addresses"),
    ],
)
def test_a_number_with_its_noun(number: int, noun: str, words: str) -> None:
    assert count(number, noun) == words


def test_none_is_said() -> None:
    assert show_names([]) == "none"
    assert show_ranges(AddressSet()) == "none"


@given(st.lists(st.text("abc", min_size=1), max_size=20))
def test_no_name_is_left_out_without_being_counted(names: list[str]) -> None:
    words = show_names(names)
    more = max(0, len(names) - MOST_SHOWN)
    assert words.endswith(f" and {more} more") is bool(more)
    assert len(words.partition(" and ")[0].split(", ")) == max(1, len(names) - more)


def test_names_are_sorted_so_that_the_same_input_gives_the_same_words() -> None:
    assert show_names({"b", "c", "a"}) == "a, b, c"


def test_ranges_are_shown_as_ranges_and_cut() -> None:
    many = AddressSet.of([f"192.0.2.{2 * number}" for number in range(9)])
    assert show_ranges(many).startswith("192.0.2.0, 192.0.2.2, ")
    assert show_ranges(many).endswith(" and 3 more")
    assert show_ranges(ALL_V4) == "0.0.0.0-255.255.255.255"
