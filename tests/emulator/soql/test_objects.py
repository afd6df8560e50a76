"""The catalogue of objects: columns that are null, lead on, or count."""

# ruff: noqa: S608 - the queries are put together from the tests' own literals

from sfharden.emulator.generate import INTEGRATION_USER
from sfharden.emulator.state import DemoOrg
from tests.emulator.kit import Client


def test_the_token_id_is_always_null_and_counts_nothing(auditor: Client) -> None:
    assert auditor.column("SELECT Id FROM OauthToken") == [None, None]
    assert auditor.rows("SELECT COUNT(Id) FROM OauthToken") == [{"expr0": 0}]


def test_a_token_leads_to_its_app_and_user(auditor: Client, org: DemoOrg) -> None:
    rows = auditor.rows(
        "SELECT AppName, AppMenuItem.ApplicationId, User.Username FROM OauthToken ORDER BY CreatedDate"
    )
    assert rows[0] == {
        "AppName": "Azure Logic Apps",
        "AppMenuItem": {"ApplicationId": org.connected_apps[0].id},
        "User": {"Username": INTEGRATION_USER},
    }
    assert rows[0]["AppMenuItem"]["ApplicationId"].startswith("0H4")
    assert rows[1]["AppMenuItem"] is None


def test_permission_holders_by_profile_and_permission_set_in_one_query(auditor: Client) -> None:
    where = "WHERE Assignee.IsActive = true AND PermissionSet.PermissionsCustomizeApplication = true"
    rows = auditor.rows(
        f"SELECT Assignee.Username, PermissionSet.IsOwnedByProfile FROM PermissionSetAssignment {where}"
    )
    by_profile = {row["Assignee"]["Username"] for row in rows if row["PermissionSet"]["IsOwnedByProfile"]}
    by_set = {row["Assignee"]["Username"] for row in rows if not row["PermissionSet"]["IsOwnedByProfile"]}
    assert by_profile == {"admin@acme.example"}
    assert "auditor@acme.example" in by_set
    assert "no-customize@acme.example" not in by_set
