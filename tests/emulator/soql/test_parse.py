"""The query engine: what it answers, and what it refuses in the org's own words."""

# ruff: noqa: S608 - the queries are put together from the tests' own literals

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.soql import parse as soql
from sfharden.emulator.soql.run import run, scope_for
from sfharden.emulator.soql.schema import Caller
from tests.emulator.kit import NOW
from tests.emulator.soql_kit import ALL, ask, code, names, rows, small_org

WORDS = [
    *("SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "GROUP", "ORDER", "BY", "LIMIT"),
    *("NULLS", "LAST", "User", "Id", "u.Name", "COUNT", "(", ")", ",", "=", "<=", "'x'", "'\\"),
    *("2026-01-01", "2026-99-99", "7", "9" * 40, "LAST_N_DAYS:9999", "TODAY", "null", "true", "-1.5"),
    *("Id = 'x'", "SELECT Id FROM User WHERE"),
]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("WHERE Username = 'USER1'", [1]),
        ("WHERE Username != 'user1' LIMIT 2", [0, 2]),
        ("WHERE Username IN ('user1', 'user4')", [1, 4]),
        ("WHERE Username NOT IN ('user0','user1','user2','user3','user4')", [5, 6]),
        ("WHERE Username LIKE 'USER%' AND IsActive = false", [3]),
        ("WHERE Name LIKE 'a\\_b'", [5]),
        ("WHERE Name LIKE '100\\%%'", [1]),
        ("WHERE Name = 'O\\'Neil & Sons'", [0]),
        ("WHERE Name = 'back\\\\slash'", [4]),
        ("WHERE Name = '営業部'", [3]),
        ("WHERE LastLoginDate = null", [0, 2, 4, 6]),
        ("WHERE LastLoginDate != NULL", [1, 3, 5]),
        ("WHERE LastLoginDate >= 2026-11-21T12:00:00Z", [1, 3]),
        ("WHERE LastLoginDate < 2026-11-21T12:00:00.000+0000", [5]),
        ("WHERE LastLoginDate >= LAST_N_DAYS:2", [1]),
        ("WHERE NOT (IsActive = true OR Username = 'user0')", [3]),
        ("WHERE (Username = 'user1' OR Username = 'user2') AND Profile.Name = 'Standard User'", [1, 2]),
        ("WHERE Profile.Name = 'System Administrator'", [0]),
        ("WHERE ProfileId IN (SELECT Id FROM Profile WHERE PermissionsManageUsers = true)", [0]),
        ("ORDER BY LastLoginDate DESC LIMIT 5", [0, 2, 4, 6, 1]),
        ("ORDER BY LastLoginDate ASC NULLS LAST LIMIT 4", [5, 3, 1, 0]),
        ("ORDER BY IsActive, Username DESC LIMIT 2 OFFSET 1", [6, 5]),
    ],
)
def test_conditions_and_order(where: str, expected: list[int]) -> None:
    assert names(small_org(), where) == [f"user{number}" for number in expected]


def test_an_alias_of_the_object_may_stand_before_its_fields() -> None:
    assert rows(small_org(), "SELECT u.Username FROM User u WHERE u.Name = 'a_b'") == [{"Username": "user5"}]


def test_relationships_are_records_in_records_and_null_where_there_is_none() -> None:
    org = small_org()
    (row,) = ask(org, "SELECT Username, Profile.UserLicense.Name FROM User LIMIT 1").records(0, 1)
    assert row["Profile"]["attributes"]["type"] == "Profile"
    assert row["Profile"]["UserLicense"]["Name"] == "Salesforce"
    org.users[0].profile_id = "00e000000000000AAA"
    assert rows(org, "SELECT Username, Profile.Name FROM User LIMIT 1") == [
        {"Username": "user0", "Profile": None}
    ]


def test_moments_end_in_plus_0000() -> None:
    assert rows(small_org(), "SELECT LastLoginDate FROM User WHERE Username = 'user1'") == [
        {"LastLoginDate": "2026-11-23T12:00:00.000+0000"}
    ]


def test_groups_and_aggregates() -> None:
    org = small_org()
    text = (
        "SELECT Profile.Name, COUNT(Id) total, MAX(LastLoginDate) FROM User "
        "GROUP BY Profile.Name ORDER BY COUNT(Id) DESC"
    )
    assert rows(org, text) == [
        {"Name": "Standard User", "total": 6, "expr1": "2026-11-23T12:00:00.000+0000"},
        {"Name": "System Administrator", "total": 1, "expr1": None},
    ]
    assert rows(org, "SELECT COUNT(LastLoginDate), COUNT_DISTINCT(IsActive), MIN(Username) FROM User") == [
        {"expr0": 3, "expr1": 2, "expr2": "user0"}
    ]
    assert rows(org, "SELECT IsActive FROM User GROUP BY IsActive ORDER BY IsActive") == [
        {"IsActive": False},
        {"IsActive": True},
    ]


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


def test_conditional_permission_fields_exist_only_where_provisioned() -> None:
    org = small_org()
    assert code(org, "SELECT PermissionsUseAnyApiClient FROM PermissionSet") == "INVALID_FIELD"
    assert code(org, "SELECT PermissionsUseAnyApiAuth FROM PermissionSet") == "INVALID_FIELD"
    org.knobs.api_access_control = True
    assert len(rows(org, "SELECT PermissionsUseAnyApiClient FROM PermissionSet")) == 2
    newer = scope_for(org, Caller(org.users[0], ALL), "67.0")
    assert run(newer, soql.parse("SELECT PermissionsUseAnyApiAuth FROM PermissionSet", NOW)).total == 2


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


def test_a_short_id_finds_the_record_with_the_long_one() -> None:
    org = small_org()
    assert names(org, f"WHERE Id = '{org.users[2].id[:15]}'") == ["user2"]
    assert names(org, f"WHERE Id = '{org.users[2].id.lower()}'") == []


@given(st.text(max_size=20).filter(lambda text: "\x00" not in text))
def test_any_text_escaped_as_documented_finds_its_row(text: str) -> None:
    org = small_org()
    org.users[4].name = text
    escaped = text
    for character, code_ in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        escaped = escaped.replace(character, code_)
    assert "user4" in names(org, f"WHERE Name = '{escaped}'")
