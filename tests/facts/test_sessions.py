"""Sessions that are locked to their address: only what surely says so does."""

import pytest

from sfharden.facts.sessions import is_locked
from sfharden.model import kinds
from tests.orgs.files import HEALTHY, SECURITY, snapshot_of, swapped


@pytest.mark.parametrize(
    ("said", "locked"), [(">true<", True), (">false<", False), (">perhaps<", False), ("><", False)]
)
def test_only_what_surely_says_so_is_locked(said: str, locked: bool) -> None:
    files = swapped(HEALTHY, SECURITY, ("lockSessionsToIp>false<", f"lockSessionsToIp{said}"))
    (one,) = snapshot_of(files).of_kind(kinds.SECURITY)
    assert is_locked(one) is locked


def test_a_file_that_does_not_say_is_not_taken_for_locked() -> None:
    files = swapped(HEALTHY, SECURITY, ("<lockSessionsToIp>false</lockSessionsToIp>", ""))
    (one,) = snapshot_of(files).of_kind(kinds.SECURITY)
    assert not is_locked(one)
