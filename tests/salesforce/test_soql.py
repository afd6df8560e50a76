"""Nothing that a value holds can end its quotes, and no list is too long to send."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import AnswerError
from sfharden.salesforce.soql import encoded_size, soql_datetime, soql_in, soql_name, soql_quote

VALUES = st.text(
    st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\r\t'\\\"%_"), max_size=40
)
_UNESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def read_literal(text: str) -> tuple[str, str]:
    """What SOQL reads from a quoted literal, and what is left after it."""
    assert text[0] == "'"
    value, rest = "", iter(text[1:])
    for character in rest:
        if character == "'":
            break
        if character == "\\":
            escaped = next(rest)
            character = _UNESCAPES.get(escaped, escaped)
        value += character
    return value, "".join(rest)


@given(VALUES)
def test_a_quoted_value_is_read_back_whole(value: str) -> None:
    assert read_literal(soql_quote(value)) == (value, "")


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("O'Brien", r"'O\'Brien'"),
        ("a\\", r"'a\\'"),
        ("' OR Name != '", r"'\' OR Name != \''"),
        ("50% off_", "'50% off_'"),
        ("a\nb", r"'a\nb'"),
        ('営業/本社 & "co"', "'営業/本社 & \\\"co\\\"'"),
    ],
)
def test_quotes(value: str, literal: str) -> None:
    assert soql_quote(value) == literal


@pytest.mark.parametrize("value", ["\x00", "a\x1bb", "\x7f", "\ud800"])
def test_what_no_query_can_carry_is_refused(value: str) -> None:
    with pytest.raises(AnswerError):
        soql_quote(value)


@pytest.mark.parametrize("name", ["", "a b", "Name FROM User", "1a", "a.", "Ä", "a\n", "a'"])
def test_only_names_are_names(name: str) -> None:
    with pytest.raises(AnswerError):
        soql_name(name)


def test_a_path_of_names_is_a_name() -> None:
    assert soql_name("PermissionSet.PermissionsModifyAllData") == "PermissionSet.PermissionsModifyAllData"


@given(st.lists(VALUES, max_size=60), st.integers(600, 2000))
def test_lists_hold_every_value_once_within_the_budget(values: list[str], budget: int) -> None:
    found: list[str] = []
    for text in soql_in(values, budget):
        assert encoded_size(text) <= budget
        assert text[0] == "("
        rest = text[1:]
        while rest != ")":
            value, rest = read_literal(rest.removeprefix(","))
            found.append(value)
    assert found == list(dict.fromkeys(values))


def test_a_value_over_the_budget_is_refused() -> None:
    with pytest.raises(AnswerError, match="too long"):
        list(soql_in(["a", "営" * 100], 200))


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 24, 9, 0, tzinfo=UTC), "2026-11-24T09:00:00.000Z"),
        (datetime(2026, 1, 1, 0, 30, 0, 999_999, timezone(timedelta(hours=2))), "2025-12-31T22:30:00.999Z"),
    ],
)
def test_moments_are_utc(moment: datetime, text: str) -> None:
    assert soql_datetime(moment) == text


def test_a_moment_without_a_zone_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="time zone"):
        soql_datetime(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
