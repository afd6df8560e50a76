"""Ids of 15 characters in their long form."""

from hypothesis import given
from hypothesis import strategies as st

from sfharden.emulator import ids
from sfharden.text.record_ids import long_id

SHORT = st.text("abcxyzABCXYZ0189", min_size=15, max_size=15)


@given(SHORT)
def test_the_long_form_is_the_one_that_the_embedded_org_writes(short: str) -> None:
    assert long_id(short) == ids.long_id(short)


@given(SHORT)
def test_a_long_id_stays_as_it_is(short: str) -> None:
    assert long_id(long_id(short)) == long_id(short)


def test_what_is_no_short_id_stays_as_it_is() -> None:
    for text in ("", "user@acme.example", "Salesforce.com IP", "äöüäöüäöüäöüäöü"):
        assert long_id(text) == text
