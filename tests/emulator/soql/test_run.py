"""Indexes, own rows and big groups: never another answer than a plain scan gives."""

# ruff: noqa: S608 - the queries are put together from the tests' own literals

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sfharden.emulator.records import OauthToken
from sfharden.emulator.state import DemoOrg
from tests.emulator.kit import NOW
from tests.emulator.soql_kit import ask, rows, small_org

MOMENTS = [NOW - timedelta(hours=hour) for hour in range(6)]
FIELDS = {"UserId": "user_id", "CreatedDate": "created"}


def token_org(entries: Sequence[tuple[int, int]]) -> DemoOrg:
    org = small_org()
    org.tokens.extend(
        OauthToken("App", org.users[user].id, MOMENTS[moment], f"delete-{number}", use_count=number)
        for number, (user, moment) in enumerate(entries)
    )
    return org


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=30),
    st.integers(0, 3),
    st.integers(0, 5),
    st.sampled_from(["<", "<=", ">", ">=", "="]),
    st.sampled_from(["<", "<=", ">", ">="]),
)
def test_indexed_conditions_find_what_a_scan_would(
    entries: list[tuple[int, int]], user: int, moment: int, first: str, second: str
) -> None:
    org = token_org(entries)
    literal, other = (one.isoformat().replace("+00:00", "Z") for one in (MOMENTS[moment], MOMENTS[2]))
    condition = (
        f"UserId = '{org.users[user].id}' AND CreatedDate {first} {literal} AND CreatedDate {second} {other}"
    )
    # A path through a relationship, or OR with nothing, keeps the engine from using an index.
    scan = f"(User.Id = '{org.users[user].id}') AND (CreatedDate {first} {literal} OR AppName = 'x')"
    scan += f" AND (CreatedDate {second} {other} OR AppName = 'x')"
    select = "SELECT UseCount FROM OauthToken WHERE"
    assert rows(org, f"{select} {condition}") == rows(org, f"{select} {scan}")


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=30), st.integers(0, 3))
def test_own_rows_only_are_own_rows_whatever_is_asked(entries: list[tuple[int, int]], user: int) -> None:
    org = token_org(entries)
    caller = org.users[user]
    for where in ("", f"WHERE UserId = '{org.users[0].id}'", "WHERE CreatedDate >= 2026-11-24T09:00:00Z"):
        seen = ask(org, f"SELECT UserId FROM OauthToken {where}", caller, frozenset({"ApiEnabled"}))
        assert {row["UserId"] for row in seen.records(0, 100)} <= {caller.id}


def test_a_sorted_answer_does_not_outlive_a_change() -> None:
    org = token_org([(0, 0), (1, 3)])
    text = "SELECT UseCount FROM OauthToken ORDER BY CreatedDate"
    assert [row["UseCount"] for row in rows(org, text)] == [1, 0]
    org.tokens.remove("delete-1")
    org.tokens.put(
        OauthToken("App", org.users[0].id, datetime(2020, 1, 1, tzinfo=NOW.tzinfo), "new", use_count=7)
    )
    assert [row["UseCount"] for row in rows(org, text)] == [7, 0]


def test_a_list_of_indexed_values_finds_each_row_once_in_order() -> None:
    org = token_org([(0, 0), (1, 1), (2, 2), (0, 3), (1, 1)])
    both = f"'{org.users[1].id}', '{org.users[0].id}', '{org.users[1].id}'"
    found = rows(org, f"SELECT UseCount FROM OauthToken WHERE UserId IN ({both})")
    assert [row["UseCount"] for row in found] == [0, 1, 3, 4]
    inner = "SELECT Id FROM User WHERE Username = 'user2'"
    assert rows(org, f"SELECT UseCount FROM OauthToken WHERE UserId IN ({inner})") == [{"UseCount": 2}]
