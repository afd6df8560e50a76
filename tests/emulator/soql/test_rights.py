"""Permission sets and who has them: what ended, sleeps or leads nowhere is shown, and grants nothing."""

# ruff: noqa: S608 - the queries are put together from the tests' own literals

from datetime import timedelta

from sfharden.emulator.state import DemoOrg
from sfharden.emulator.untidy import APPROVER, BREAK_GLASS, COLLEAGUE, DELETED_SET
from tests.emulator.kit import NOW, Client

APPROVE = "CanApproveUninstalledApps"


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


def test_what_expired_is_still_there_and_counts_for_nothing(untidy: DemoOrg, reader: Client) -> None:
    where = f"WHERE PermissionSet.Name = '{APPROVER}' AND IsActive = false"
    query = f"SELECT Assignee.Username, ExpirationDate FROM PermissionSetAssignment {where}"
    (row,) = reader.rows(query)
    assert row["Assignee"] == {"Username": COLLEAGUE}
    assert row["ExpirationDate"] == "2026-10-15T12:00:00.000+0000"
    dana = untidy.user(COLLEAGUE)
    assert dana is not None
    assert APPROVE not in untidy.permissions_of(dana)
    untidy.clock = lambda: NOW - timedelta(days=41)
    assert APPROVE in untidy.permissions_of(dana)


def test_a_session_based_set_is_asleep(untidy: DemoOrg, reader: Client) -> None:
    query = f"SELECT Type, HasActivationRequired FROM PermissionSet WHERE Name = '{BREAK_GLASS}'"
    assert reader.rows(query) == [{"Type": "Session", "HasActivationRequired": True}]
    dana = untidy.user(COLLEAGUE)
    assert dana is not None
    assert "ManageUsers" not in untidy.permissions_of(dana)


def test_rows_that_lead_nowhere_are_shown_as_they_are(reader: Client) -> None:
    query = "SELECT Assignee.Username, PermissionSetId, PermissionSet.Name FROM PermissionSetAssignment"
    orphans = [row for row in reader.rows(query) if row["Assignee"] is None]
    assert [row["PermissionSet"] for row in orphans if row["PermissionSetId"] == DELETED_SET] == [None]
    assert len(orphans) == 2
    # What the set would say can't be compared, so this condition leaves such a row out.
    owned = reader.column(
        "SELECT PermissionSetId FROM PermissionSetAssignment WHERE PermissionSet.IsOwnedByProfile = false"
    )
    assert DELETED_SET not in owned
