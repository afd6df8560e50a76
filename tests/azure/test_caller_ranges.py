"""Ranges of callers as Azure writes them."""

from ipaddress import IPv4Address
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import ALL_V4, ALL_V6, AddressSet
from sfharden.azure.caller_ranges import caller_ranges


@pytest.mark.parametrize("everybody", ["0.0.0.0-255.255.255.255", "0.0.0.0/0", "*", "Any", " any "])
def test_each_way_to_say_everybody(everybody: str) -> None:
    assert caller_ranges([everybody]).addresses.v4.size == 2**32 - 1


@pytest.mark.parametrize("text", ["::/0", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"])
def test_all_of_ipv6_is_read_though_ipv4_lies_inside(text: str) -> None:
    found = caller_ranges([text])
    assert found.addresses == ALL_V6
    assert not found.broken


def test_the_range_for_nobody_holds_nobody() -> None:
    assert not caller_ranges(["0.0.0.0-0.0.0.0"]).addresses


@pytest.mark.parametrize("wrong", [None, 5, "", "nonsense", "1.2.3.4/99", "9.9.9.9-1.1.1.1", "::zz/0", {}])
def test_what_is_no_range_is_said_and_the_others_count(wrong: Any) -> None:
    found = caller_ranges([wrong, "203.0.113.0/28"])
    assert found.broken
    assert found.addresses == AddressSet.of(["203.0.113.0/28"])


def test_a_network_with_host_bits_is_taken_as_the_network() -> None:
    assert caller_ranges(["203.0.113.7/28"]).addresses == AddressSet.of(["203.0.113.0/28"])


@given(st.lists(st.integers(min_value=1, max_value=2**32 - 1), min_size=1, max_size=6, unique=True))
def test_ranges_that_add_up_to_everything_are_everything(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), 2**32]
    texts = [f"{IPv4Address(low)}-{IPv4Address(high - 1)}" for low, high in pairwise(edges)]
    assert caller_ranges(texts).addresses.v4 == ALL_V4 - AddressSet.of(["0.0.0.0"])
