"""Handles: short names that give nothing away, the same from run to run; and the org that a token tells of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.salesforce.handles import handle_of, org_id_of
from sfharden.text.redact import Secret

ORG_ID = "00D50000000IehZEAS"
SECRETS = st.text(min_size=1, max_size=40).filter(str.isprintable)


def test_a_handle_stays_the_same_from_version_to_version() -> None:
    # Journals of users hold these.
    assert handle_of(Secret("delete-token-0001"), ORG_ID) == "bznfkzgq4oj3"


@given(SECRETS)
def test_a_handle_is_twelve_plain_characters_and_tells_nothing_of_its_secret(value: str) -> None:
    handle = handle_of(Secret(value), ORG_ID)
    assert len(handle) == 12
    assert set(handle) <= set("abcdefghijklmnopqrstuvwxyz234567")


@given(SECRETS, SECRETS)
def test_two_tokens_have_two_handles_and_so_has_one_in_two_orgs(one: str, other: str) -> None:
    assert (handle_of(Secret(one), ORG_ID) == handle_of(Secret(other), ORG_ID)) is (one == other)
    assert handle_of(Secret(one), ORG_ID) != handle_of(Secret(one), "00D000000000001AAA")


@pytest.mark.parametrize(
    ("token", "org_id"),
    [
        ("00D50000000IehZ!AQcAQH0dMHZfz", "00D50000000IehZEAS"),
        ("00Dxx0000000001!x", "00Dxx0000000001EAA"),
        ("00Dxx00000000!x", ""),
        ("00Dxx0000000001", ""),
        ("005xx0000000001!x", ""),
        ("eyJhbGciOiJSUzI1NiJ9.e30.c2ln", ""),
    ],
)
def test_an_opaque_token_tells_its_org(token: str, org_id: str) -> None:
    assert org_id_of(Secret(token)) == org_id
