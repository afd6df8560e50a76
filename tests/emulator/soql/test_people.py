"""Users, profiles and licences: who is shown which."""

import pytest

from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.soql.people import licence_id
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.untidy import GUEST
from tests.emulator.kit import Client, client


@pytest.mark.parametrize(
    ("filtering", "expected"),
    [("blank", {"", "Minimum Access - Salesforce"}), ("absent", {"Minimum Access - Salesforce"})],
)
def test_profile_names_of_others_need_view_all_profiles(
    untidy: DemoOrg, untidy_server: DemoServer, filtering: str, expected: set[str]
) -> None:
    untidy.knobs.profile_filtering = filtering
    with client(untidy_server, "no-profile-names") as caller:
        assert set(caller.column("SELECT Name FROM Profile")) == expected
        (row,) = caller.rows(f"SELECT Profile.Name FROM User WHERE Username = '{GUEST}'")  # noqa: S608
        assert row["Profile"] == ({"Name": ""} if filtering == "blank" else None)
        untidy.knobs.profile_filtering = "shown"
        assert "System Administrator" in caller.column("SELECT Name FROM Profile")


def test_who_is_frozen_is_shown_to_managers_of_users_only(untidy_server: DemoServer) -> None:
    query = "SELECT UserId FROM UserLogin WHERE IsFrozen = true"
    with client(untidy_server) as manager, client(untidy_server, "no-logins") as other:
        assert len(manager.rows(query)) == 1
        assert other.query(query).code == "INVALID_TYPE"


def test_a_user_without_a_profile_leads_to_none(reader: Client) -> None:
    where = "WHERE UserType = 'AutomatedProcess'"
    (row,) = reader.rows(f"SELECT ProfileId, Profile.Name, Profile.UserLicense.Name FROM User {where}")  # noqa: S608
    assert (row["ProfileId"], row["Profile"]) == (None, None)


def test_each_licence_is_one_row_with_an_id_of_its_own(reader: Client) -> None:
    rows = reader.rows("SELECT Id, Name FROM UserLicense")
    assert len({row["Id"] for row in rows}) == len({row["Name"] for row in rows}) == len(rows)
    assert {row["Id"] for row in rows} == {licence_id(row["Name"]) for row in rows}
