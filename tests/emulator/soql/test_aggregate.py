"""GROUP BY and the aggregate functions, as the org answers them."""

from sfharden.emulator.records import OauthToken
from tests.emulator.kit import NOW
from tests.emulator.soql.test_run import token_org
from tests.emulator.soql_kit import code, rows, small_org


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


def test_sums_and_null_groups() -> None:
    org = token_org([(0, 0), (1, 1), (2, 2)])
    assert rows(org, "SELECT SUM(UseCount) FROM OauthToken") == [{"expr0": 3}]
    text = (
        "SELECT AppMenuItemId, COUNT(AppName) FROM OauthToken GROUP BY AppMenuItemId ORDER BY AppMenuItemId"
    )
    assert rows(org, text) == [{"AppMenuItemId": None, "expr0": 3}]
    assert rows(org, "SELECT COUNT(AppName) FROM OauthToken WHERE UseCount > 9") == [{"expr0": 0}]


def test_more_than_2000_groups_cannot_be_paged() -> None:
    org = small_org()
    org.tokens.extend(
        OauthToken(f"App {number}", org.users[0].id, NOW, f"d{number}") for number in range(2001)
    )
    text = "SELECT AppName, COUNT(UserId) FROM OauthToken GROUP BY AppName"
    assert code(org, text) == "EXCEEDED_ID_LIMIT"
    assert len(rows(org, f"{text} ORDER BY AppName LIMIT 2000")) == 2000
