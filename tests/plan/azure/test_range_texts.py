"""Ranges as Azure takes them say the same addresses."""

from hypothesis import given
from hypothesis import strategies as st

from sfharden.addresses import AddressSet
from sfharden.plan.azure.range_texts import networks, range_entries

V4 = st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 5000)).map(
    lambda one: (one[0], min(sum(one), 2**32 - 1))
)
BASE = int("ffff00000000", 16)


@given(st.lists(V4, max_size=4))
def test_both_forms_hold_just_these_addresses(pairs: list[tuple[int, int]]) -> None:
    ranges = AddressSet.from_intervals((BASE + low, BASE + high) for low, high in pairs)
    assert AddressSet.of(networks(ranges)) == ranges
    assert AddressSet.of(one["addressRange"] for one in range_entries(ranges)) == ranges
    assert all("/" in one for one in networks(ranges))


def test_a_network_is_written_as_one_and_a_range_that_is_none_by_its_ends() -> None:
    ranges = AddressSet.of(["203.0.113.0/28", "198.51.100.7", "192.0.2.1-192.0.2.6", "2001:db8::/64"])
    texts = [one["addressRange"] for one in range_entries(ranges)]
    assert sorted(texts) == ["192.0.2.1-192.0.2.6", "198.51.100.7/32", "2001:db8::/64", "203.0.113.0/28"]
