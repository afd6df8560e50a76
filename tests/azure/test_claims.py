"""What a token says of itself, where it says anything."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.azure.claims import Claims, claims_of, moment_in
from sfharden.text.redact import Secret

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def jwt(**claims: Any) -> Secret:
    """A token with these claims, signed by nobody."""
    return Secret(f"{part({'alg': 'RS256'})}.{part(claims)}.c2ln")


def test_audience_and_end_are_read() -> None:
    claims = claims_of(jwt(aud="https://management.azure.com", exp=NOW.timestamp()))
    assert claims.audience == "https://management.azure.com"
    assert claims.has_ended(NOW)
    assert not claims_of(jwt(exp=NOW.timestamp() + 1)).has_ended(NOW)


@pytest.mark.parametrize("end", ["1", None, True, [], float("inf"), float("nan"), 10**400])
def test_what_is_no_time_ends_nothing(end: Any) -> None:
    assert moment_in(end) is None
    assert not claims_of(jwt(exp=end)).has_ended(NOW)


@pytest.mark.parametrize(
    "token",
    ["", "opaque", "a.b", "a.b.c", f"a.{part([])}.c", f"a.{part(7)}.c", "a.ééé.c", f"a.{'A' * 99_999}.c"],
)
def test_a_token_of_another_kind_says_nothing(token: str) -> None:
    assert claims_of(Secret(token)) == Claims()


@given(st.text(max_size=80))
def test_no_token_breaks_it(token: str) -> None:
    claims_of(Secret(f"a.{token}.c"))


@pytest.mark.parametrize(
    ("claims", "owner", "tenant"),
    [({"oid": "o", "tid": "t"}, "o", "t"), ({}, "", ""), ({"oid": 7, "tid": None}, "", "")],
)
def test_whose_a_token_is_stands_in_it_or_is_not_known(
    claims: dict[str, Any], owner: str, tenant: str
) -> None:
    told = claims_of(jwt(**claims))
    assert (told.object_id, told.tenant) == (owner, tenant)
