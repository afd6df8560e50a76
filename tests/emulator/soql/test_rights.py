"""Who has which permission set: what has ended, what sleeps, and what leads nowhere."""

from datetime import timedelta

from sfharden.emulator.state import DemoOrg
from sfharden.emulator.untidy import APPROVER, BREAK_GLASS, COLLEAGUE, DELETED_SET
from tests.emulator.kit import NOW, Client

APPROVE = "CanApproveUninstalledApps"


def test_what_expired_is_still_there_and_counts_for_nothing(untidy: DemoOrg, reader: Client) -> None:
    where = f"WHERE PermissionSet.Name = '{APPROVER}' AND IsActive = false"
    query = f"SELECT Assignee.Username, ExpirationDate FROM PermissionSetAssignment {where}"  # noqa: S608
    (row,) = reader.rows(query)
    assert row["Assignee"] == {"Username": COLLEAGUE}
    assert row["ExpirationDate"] == "2026-10-15T12:00:00.000+0000"
    dana = untidy.user(COLLEAGUE)
    assert dana is not None
    assert APPROVE not in untidy.permissions_of(dana)
    untidy.clock = lambda: NOW - timedelta(days=41)
    assert APPROVE in untidy.permissions_of(dana)


def test_a_session_based_set_is_asleep(untidy: DemoOrg, reader: Client) -> None:
    query = f"SELECT Type, HasActivationRequired FROM PermissionSet WHERE Name = '{BREAK_GLASS}'"  # noqa: S608
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
