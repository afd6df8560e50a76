"""A permission set's name is one that Salesforce takes, and no other integration's."""

import re

from hypothesis import given
from hypothesis import strategies as st

from sfharden.plan.set_names import set_label, set_name, set_names
from tests.orgs.constants import INTEGRATION

TAKEN = re.compile(r"[A-Za-z](?:[A-Za-z0-9]|_(?!_))*[A-Za-z0-9]")
NAMES = st.one_of(st.text(min_size=1), st.text(st.sampled_from("ab-_ 1"), min_size=1))


def test_a_plain_name_stays_readable() -> None:
    assert set_name("crm-sync") == "crm_sync_rights"
    assert set_label("crm-sync") == "crm-sync rights"
    assert set_names([INTEGRATION]) == (set_name(INTEGRATION.name),)


@given(NAMES, NAMES)
def test_every_name_is_taken_and_no_two_are_the_same(one: str, other: str) -> None:
    assert TAKEN.fullmatch(set_name(one))
    assert len(set_name(one)) <= 80
    assert len(set_label(one)) <= 80
    assert (set_name(one) == set_name(other)) is (one == other)
