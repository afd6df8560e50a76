"""Users of every kind, and profiles as far as the caller is shown them."""

import pytest

from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.untidy import AUTOMATED, FROZEN, GONE, GUEST
from tests.emulator.kit import Client, client


def test_users_are_of_every_kind_and_some_have_no_profile(reader: Client) -> None:
    rows = reader.rows("SELECT Username, UserType, IsActive, ProfileId, Profile.Name FROM User")
    kinds = {row["UserType"] for row in rows}
    assert kinds == {
        *("Standard", "AutomatedProcess", "CloudIntegrationUser", "Guest"),
        *("CspLitePortal", "PowerCustomerSuccess", "CsnOnly"),
    }
    (process,) = (row for row in rows if row["Username"] == AUTOMATED)
    assert (process["IsActive"], process["ProfileId"], process["Profile"]) == (True, None, None)
    assert [row["Username"] for row in rows if not row["IsActive"]] == [GONE]
    frozen = reader.rows("SELECT UserId, IsFrozen FROM UserLogin WHERE IsFrozen = true")
    assert frozen == [{"UserId": _id(reader, FROZEN), "IsFrozen": True}]


def _id(reader: Client, username: str) -> str:
    (found,) = reader.column(f"SELECT Id FROM User WHERE Username = '{username}'")  # noqa: S608 - our own
    return str(found)


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
