"""Ranges as sets: how they are cut into entries makes no difference, and what can't be read is no difference either."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import AddressSet
from sfharden.checks.drift.address_sets import AddressChange, compare_ranges, ends_of, touches
from sfharden.model.snapshot import Component, Group

from .kit import part

ENDS = ("startAddress", "endAddress")
PATH = "loginIpRanges"


def compare(old: Component, new: Component) -> AddressChange | None:
    return compare_ranges(old, new, PATH, ENDS)


def profile(*ranges: tuple[str, str]) -> Component:
    return part("Profile", "P", ranges=ranges)


def test_the_same_addresses_in_other_entries_are_no_change() -> None:
    whole, cut = (
        profile(("192.0.2.0", "192.0.2.9")),
        profile(("192.0.2.5", "192.0.2.9"), ("192.0.2.0", "192.0.2.6")),
    )
    assert compare(whole, cut) is None


def test_added_and_removed_addresses_are_told_as_ranges() -> None:
    change = compare(profile(("192.0.2.0", "192.0.2.9")), profile(("192.0.2.5", "192.0.2.12")))
    assert change == AddressChange(
        "10 addresses", "8 addresses", ("192.0.2.10-192.0.2.12",), ("192.0.2.0-192.0.2.4",)
    )


def test_a_range_that_cannot_be_read_leaves_the_sets_unknown() -> None:
    change = compare(profile(("192.0.2.0", "192.0.2.9")), profile(("192.0.2.0", "192.0.2.999")))
    assert change
    assert change.broken
    assert (change.added, change.removed) == ((), ())


@pytest.mark.parametrize("names", [("start", "end"), ("startIpAddress", "endIpAddress"), ENDS])
def test_ranges_are_known_by_how_they_name_their_ends(names: tuple[str, str]) -> None:
    held = part(groups={"x": (Group(line=1, values=dict.fromkeys(names, "192.0.2.1")),)})
    assert ends_of(part(), held, "x") == names
    assert ends_of(held, held, "y") is None


@given(
    st.lists(st.tuples(st.integers(0, 250), st.integers(0, 5)), max_size=6),
    st.lists(st.tuples(st.integers(0, 250), st.integers(0, 5)), max_size=6),
)
def test_what_was_and_what_was_added_less_what_was_removed_is_what_is(
    before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> None:
    sides = [[(f"192.0.2.{at}", f"192.0.2.{at + more}") for at, more in pairs] for pairs in (before, after)]
    was, now = (AddressSet.of([f"{first}-{last}" for first, last in one]) for one in sides)
    change = compare(*(profile(*one) for one in sides))
    if change is None:
        assert was == now
        return
    added, removed = AddressSet.of(change.added), AddressSet.of(change.removed)
    assert (was - removed) | added == now
    assert not added & was
    assert not removed & now


def test_a_row_on_other_addresses_does_not_touch_a_change() -> None:
    assert touches(["192.0.2.0-192.0.2.9"], "192.0.2.9", "192.0.2.20")
    assert not touches(["192.0.2.0-192.0.2.9"], "10.0.0.0", "10.0.0.255")
    assert touches(["192.0.2.0"], "anything", "else")
