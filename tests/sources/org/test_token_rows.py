"""Rows of OauthToken: names that stay the same and give nothing away, and rows that are what was asked for."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import AnswerError
from sfharden.salesforce.soql import soql_datetime
from sfharden.sources.org.token_rows import (
    RawToken,
    named,
    refuse_disorder,
    token_of,
    twin_moments,
    with_secret,
)
from tests.orgs.constants import NOW

ORG = "00Dxx0000000001EAA"
ROW: dict[str, Any] = {
    "AppName": "Azure Logic Apps",
    "AppMenuItemId": None,
    "UserId": "005me",
    "CreatedDate": "2026-11-24T12:00:00.123456+0000",
    "LastUsedDate": None,
    "UseCount": None,
}


def raw(minutes: int = 0, **changes: Any) -> RawToken:
    found = RawToken("", "App", "", "005me", NOW + timedelta(minutes=minutes), None, None)
    return found._replace(**changes)


def test_a_moment_is_cut_to_what_a_query_can_say() -> None:
    assert token_of(ROW).created == NOW + timedelta(milliseconds=123)


@pytest.mark.parametrize("field", ["UserId", "CreatedDate"])
def test_a_row_without_user_or_moment_is_refused(field: str) -> None:
    with pytest.raises(AnswerError, match=field):
        token_of({**ROW, field: None})


def test_with_its_secret_a_token_has_a_handle_that_tells_nothing_of_it() -> None:
    token, secret = with_secret({**ROW, "DeleteToken": "hush-hush"}, ORG)
    assert secret.reveal() == "hush-hush"
    assert len(token.handle) == 12
    assert "hush" not in repr((token, secret))
    again, _ = with_secret({**ROW, "DeleteToken": "hush-hush", "UseCount": 9}, ORG)
    assert again.handle == token.handle
    with pytest.raises(AnswerError, match="DeleteToken"):
        with_secret(ROW, ORG)


def test_a_name_is_not_changed_by_a_use_and_is_another_in_another_org() -> None:
    (before,) = named([raw()], ORG)
    (used,) = named([raw(last_used=NOW, use_count=8)], ORG)
    (elsewhere,) = named([raw()], "00Dxx0000000002EAA")
    assert before.handle == used.handle != elsewhere.handle


def test_a_handle_is_kept() -> None:
    assert [one.handle for one in named([raw(handle="already"), raw()], ORG)].count("already") == 1


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ab"), st.one_of(st.none(), st.integers(0, 3)))))
def test_all_have_a_name_of_their_own_whatever_the_order(looks: list[tuple[int, str, int | None]]) -> None:
    tokens = [raw(at, user_id=user, use_count=uses) for at, user, uses in looks]
    found = list(named(tokens, ORG))
    assert len({one.handle for one in found}) == len(tokens)
    assert found == list(named(tokens[::-1], ORG))


def test_rows_that_ascend_within_their_bounds_are_taken() -> None:
    low, high = soql_datetime(NOW), soql_datetime(NOW + timedelta(minutes=2))
    refuse_disorder([], low, high)
    refuse_disorder([raw(0), raw(0), raw(1)], low, high)


@pytest.mark.parametrize(
    ("minutes", "said"), [((1, 0), "another order"), ((-1, 0), "other tokens"), ((0, 2), "other tokens")]
)
def test_rows_in_another_order_or_that_nobody_asked_for_are_refused(
    minutes: tuple[int, int], said: str
) -> None:
    low, high = soql_datetime(NOW), soql_datetime(NOW + timedelta(minutes=2))
    with pytest.raises(AnswerError, match=said):
        refuse_disorder([raw(one) for one in minutes], low, high)


def test_only_tokens_that_show_the_very_same_are_twins() -> None:
    tokens = [raw(0), raw(0), raw(0, user_id="other"), raw(1), raw(1, use_count=1)]
    assert twin_moments(tokens) == {soql_datetime(NOW): 3}
