"""Tokens and logins: indexes that can't go stale, and histories that only grow."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.emulator.records import Login, User
from sfharden.emulator.store import Bounds, LoginStore, Rows
from tests.emulator.kit import NOW


@given(st.lists(st.integers(0, 9)), st.integers(0, 9), st.integers(0, 9), st.booleans(), st.booleans())
def test_bounds(values: list[int], low: int, high: int, low_open: bool, high_open: bool) -> None:
    table = [User("", str(value), "") for value in values]
    found = Rows(table).between("username", Bounds(str(low), str(high), low_open, high_open))
    expected = [
        place
        for place, value in enumerate(values)
        if (low < value or (low == value and not low_open))
        and (value < high or (value == high and not high_open))
    ]
    assert list(found) == expected


def test_a_late_login_can_only_be_later() -> None:
    store = LoginStore([Login("0Ya000000000001CAA", "005", NOW, "192.0.2.1")])
    with pytest.raises(ValueError, match="older"):
        store.add(Login("0Ya000000000002CAA", "005", NOW - timedelta(days=1), "192.0.2.1"))
