"""Ranges as the org checks them: both ends count, of one family, and what can't be read is no range."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.emulator.ranges import app_ranges, inside, login_ranges, read_range
from sfharden.emulator.xmltree import parse

RANGE = [read_range("192.0.2.4", "192.0.2.8"), read_range("2001:db8::1", "2001:db8::9")]


@given(st.integers(0, 15), st.integers(0, 15), st.integers(0, 15))
def test_both_ends_are_inside(low: int, high: int, address: int) -> None:
    if low <= high:
        found = [read_range(f"192.0.2.{low}", f"192.0.2.{high}")]
        assert inside(f"192.0.2.{address}", found) is (low <= address <= high)


@pytest.mark.parametrize(
    ("address", "expected"),
    [("192.0.2.4", True), ("192.0.2.9", False), ("2001:DB8::9", True), ("::ffff:192.0.2.4", False), ("nobody", False), ("", False)],
)  # fmt: skip
def test_an_address_is_compared_within_its_family(address: str, expected: bool) -> None:
    assert inside(address, RANGE) is expected


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("192.0.2.9", "192.0.2.1", "before the start"),
        ("192.0.2.1", "2001:db8::1", "same type"),
        ("192.0.2.256", "192.0.2.1", "Invalid IP Address"),
        ("192.0.2.0/28", "192.0.2.15", "Invalid IP Address"),
    ],
)
def test_the_org_says_why_a_range_is_none(start: str, end: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_range(start, end)


def test_ranges_of_a_file_that_can_not_be_read_are_left_out() -> None:
    good = "<endAddress>192.0.2.8</endAddress><startAddress>192.0.2.4</startAddress>"
    file = f"<Profile><loginIpRanges>{good}</loginIpRanges><loginIpRanges>{good[:20]}</endAddress></loginIpRanges></Profile>"
    assert login_ranges(parse(file.encode())) == RANGE[:1]
    app = b"<ConnectedApp><ipRanges><end>192.0.2.8</end><start>192.0.2.4</start></ipRanges><ipRanges/></ConnectedApp>"
    assert app_ranges(parse(app)) == RANGE[:1]
    assert login_ranges(parse(b"<Profile/>")) == []
