"""`--expect-refused`: single addresses, and nothing wider."""

import pytest

from sfharden.addresses import AddressSet
from sfharden.commands.expect_refused import named_addresses
from sfharden.errors import UsageError


def test_addresses_are_taken_one_by_one() -> None:
    assert named_addresses(["192.0.2.1", "2001:db8::1"]) == AddressSet.of(["192.0.2.1", "2001:db8::1"])
    assert not named_addresses([])


@pytest.mark.parametrize("text", ["192.0.2.0/24", "192.0.2.1-192.0.2.9", "", "all", "0.0.0.0/0"])
def test_a_range_or_no_address_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="is not one address"):
        named_addresses([text])
