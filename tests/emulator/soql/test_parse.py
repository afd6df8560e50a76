"""The query engine: what it answers, and what it refuses in the org's own words."""

# ruff: noqa: S608 - the queries are put together from the tests' own literals

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.soql import parse as soql
from tests.emulator.kit import NOW
from tests.emulator.soql_kit import ask, code, rows, small_org

WORDS = [
    *("SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "GROUP", "ORDER", "BY", "LIMIT"),
    *("NULLS", "LAST", "User", "Id", "u.Name", "COUNT", "(", ")", ",", "=", "<=", "'x'", "'\\"),
    *("2026-01-01", "2026-99-99", "7", "9" * 40, "LAST_N_DAYS:9999", "TODAY", "null", "true", "-1.5"),
    *("Id = 'x'", "SELECT Id FROM User WHERE"),
]


def test_an_alias_of_the_object_may_stand_before_its_fields() -> None:
    assert rows(small_org(), "SELECT u.Username FROM User u WHERE u.Name = 'a_b'") == [{"Username": "user5"}]


def test_count_has_no_records() -> None:
    found = ask(small_org(), "SELECT COUNT() FROM User WHERE IsActive = true")
    assert (found.total, found.records(0, 10)) == (6, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT Nope FROM User", "INVALID_FIELD"),
        ("SELECT Id FROM User WHERE Nope = 1", "INVALID_FIELD"),
        ("SELECT Nope.Name FROM User", "INVALID_FIELD"),
        ("SELECT Id FROM Nope", "INVALID_TYPE"),
        ("SELECT Id FROM ProfileLoginIpRange", "INVALID_TYPE"),
        ("SELECT Id FROM SecurityHealthCheck", "INVALID_TYPE"),
        ("SELECT Id User", "MALFORMED_QUERY"),
        ("SELECT FROM User", "MALFORMED_QUERY"),
        ("SELECT Id FROM User WHERE", "MALFORMED_QUERY"),
        ("SELECT Id FROM User WHERE Name = 'open", "MALFORMED_QUERY"),
        ("SELECT Id FROM User WHERE Name = 'O'Neil'", "MALFORMED_QUERY"),
        ("SELECT Id FROM User WHERE Name = 'bad \\x escape'", "MALFORMED_QUERY"),
        ("SELECT Id FROM User WHERE Name = 'a' AND Name = 'b' OR Name = 'c'", "MALFORMED_QUERY"),
        ("SELECT Id FROM User LIMIT many", "MALFORMED_QUERY"),
        ("SELECT Id, COUNT(Name) FROM User", "MALFORMED_QUERY"),
        ("SELECT Id FROM User HAVING COUNT(Id) > 1", "MALFORMED_QUERY"),
        ("SELECT Id FROM User WHERE IsActive = 'true'", "INVALID_FIELD"),
        ("SELECT Id FROM User WHERE LastLoginDate > '2026-01-01T00:00:00Z'", "INVALID_FIELD"),
        ("SELECT Id FROM User OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
        ("SELECT COUNT(Id) FROM SetupAuditTrail", "INVALID_FIELD"),
        ("SELECT Id FROM AuthSession WHERE SourceIp LIKE '203%'", "INVALID_FIELD"),
        ("SELECT Id FROM LoginHistory ORDER BY Status", "INVALID_FIELD"),
        *(
            (f"SELECT Id FROM LoginHistory WHERE {field} = 'x'", "INVALID_FIELD")
            for field in (
                "Status",
                "Application",
                "Browser",
                "Platform",
                "ApiType",
                "SourceIp",
                "LoginSubType",
            )
        ),
    ],
)
def test_refusals(text: str, expected: str) -> None:
    assert code(small_org(), text) == expected


def test_too_long_a_query_is_refused() -> None:
    assert code(small_org(), f"SELECT Id FROM User WHERE Name = '{'x' * 100_000}'") == "MALFORMED_QUERY"


@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_any_text_is_a_query_or_a_refusal(text: str) -> None:
    with suppress(RefusalError):
        assert soql.parse(text, NOW).select


def test_deep_nesting_is_refused() -> None:
    assert (
        code(small_org(), f"SELECT Id FROM User WHERE {'(' * 5000}Id = null{')' * 5000}") == "MALFORMED_QUERY"
    )
