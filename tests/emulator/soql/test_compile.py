"""Conditions and paths as functions of a row: comparisons without case, escapes as documented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.emulator.soql_kit import ask, names, rows, small_org


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
