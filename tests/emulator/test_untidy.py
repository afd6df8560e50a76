"""What every real org has besides: there, and shown as the platform shows it."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.untidy import (
    APPROVER,
    AUTOMATED,
    BREAK_GLASS,
    COLLEAGUE,
    COURIER,
    DELETED_SET,
    FROZEN,
    GONE,
    GROUP,
    GUEST,
    VAULT,
    add_untidiness,
)
from sfharden.emulator.xmltree import parse
from tests.emulator.kit import NOW, Client, client, members

APPROVE = "CanApproveUninstalledApps"


@pytest.fixture
def untidy() -> DemoOrg:
    return healthy_org(NOW)


@pytest.fixture
def untidy_server(untidy: DemoOrg) -> Iterator[DemoServer]:
    with serve(untidy) as running:
        yield running


@pytest.fixture
def reader(untidy_server: DemoServer) -> Iterator[Client]:
    with client(untidy_server) as one:
        yield one


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


def test_whoever_is_frozen_or_gone_gets_in_nowhere(untidy: DemoOrg, untidy_server: DemoServer) -> None:
    for username in (FROZEN, GONE):
        user = untidy.user(username)
        assert user is not None
        with client(untidy_server, token=untidy.open_session(user)) as caller:
            assert caller.query("SELECT Id FROM User").code == "INVALID_SESSION_ID"
            code = untidy.authorise(COURIER, username)
            assert caller.form("token", grant_type="authorization_code", code=code).status == 400
    assert untidy.logins.rows()[-2].status == "User Is Frozen"


def test_a_group_grants_what_its_sets_grant_less_what_is_muted(untidy: DemoOrg, reader: Client) -> None:
    fields = f"Type, Permissions{APPROVE}, PermissionSetGroup.DeveloperName, PermissionSetGroup.Status"
    (row,) = reader.rows(f"SELECT {fields} FROM PermissionSet WHERE Type = 'Group'")  # noqa: S608 - our own
    assert row == {
        "Type": "Group",
        f"Permissions{APPROVE}": False,
        "PermissionSetGroup": {"DeveloperName": GROUP, "Status": "Updated"},
    }
    parts = reader.rows("SELECT PermissionSetId, PermissionSet.Name FROM PermissionSetGroupComponent")
    # Of a muting set there's an id, and no permission set behind it.
    assert [one["PermissionSet"] for one in parts if one["PermissionSetId"].startswith("0QM")] == [None]
    assert APPROVER in {one["PermissionSet"]["Name"] for one in parts if one["PermissionSet"]}
    assert reader.column(f"SELECT Permissions{APPROVE} FROM MutingPermissionSet") == [True]  # noqa: S608
    dana = untidy.user(COLLEAGUE)
    assert dana is not None
    assert APPROVE not in untidy.permissions_of(dana)


def test_a_group_that_waits_to_be_calculated_grants_what_it_did(reader: Client, untidy: DemoOrg) -> None:
    path = f"permissionsetgroups/{GROUP}.permissionsetgroup"
    waiting = untidy.metadata[path].replace(b"Updated", b"Outdated")
    unmuted = waiting.replace(b"<mutingPermissionSets>Support_Team_Muting</mutingPermissionSets>", b"")
    granted = untidy.group_set(GROUP)
    assert granted is not None
    assert reader.deploy({path: unmuted, "package.xml": _manifest(GROUP)})["success"]
    assert APPROVE not in granted.permissions
    assert reader.column("SELECT Status FROM PermissionSetGroup") == ["Outdated"]
    done = unmuted.replace(b"Outdated", b"Updated")
    assert reader.deploy({path: done, "package.xml": _manifest(GROUP)})["success"]
    assert APPROVE in granted.permissions


def test_a_deleted_group_takes_its_members_and_assignments_along(reader: Client) -> None:
    changes = {"destructiveChanges.xml": _manifest(GROUP), "package.xml": _manifest()}
    assert reader.deploy(changes)["success"]
    assert reader.rows("SELECT Id FROM PermissionSetGroupComponent") == []
    assert reader.rows("SELECT Id FROM PermissionSet WHERE Type = 'Group'") == []
    assert set(reader.column("SELECT PermissionSetGroupId FROM PermissionSetAssignment")) == {None}


def _manifest(*names: str) -> bytes:
    inner = "".join(f"<members>{name}</members>" for name in names)
    types = f"<types>{inner}<name>PermissionSetGroup</name></types>" if names else ""
    return f"<Package>{types}<version>66.0</version></Package>".encode()


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


def test_labels_come_twice_and_managed_names_have_a_namespace(reader: Client) -> None:
    apps = Counter(reader.column("SELECT Name FROM ConnectedApplication"))
    assert apps == {"Azure Logic Apps": 1, COURIER: 2, VAULT: 1}
    sets = Counter(reader.column("SELECT Label FROM PermissionSet WHERE IsOwnedByProfile = false"))
    assert sets["Sales Ops"] == 2
    spaces = reader.rows("SELECT Name, NamespacePrefix FROM PermissionSet WHERE NamespacePrefix != null")
    assert spaces == [{"Name": "Reader", "NamespacePrefix": "courier"}]
    listed = [
        (one.value("fullName"), one.value("namespacePrefix"), one.value("manageableState"))
        for one in reader.call(
            "<m:listMetadata><m:queries><m:type>ConnectedApp</m:type></m:queries></m:listMetadata>"
        ).all("result")
    ]
    assert ("courier__Courier", "courier", "installed") in listed
    assert ("Courier_Old", "", "unmanaged") in listed
    # The record of one app has no metadata at all.
    assert not any(VAULT in name for name, *_ in listed)


def test_tokens_lack_a_name_or_a_use(reader: Client) -> None:
    rows = reader.rows("SELECT AppName, AppMenuItem.Label, LastUsedDate FROM OauthToken")
    (nameless,) = (row for row in rows if not row["AppName"])
    assert nameless["AppMenuItem"] == {"Label": COURIER}
    assert [row["AppName"] for row in rows if row["LastUsedDate"] is None] == [VAULT]


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


def test_the_audit_trail_may_need_a_permission_of_its_own(untidy: DemoOrg, reader: Client) -> None:
    untidy.knobs.audit_trail_permission = True
    given = untidy.permission_set("Caller auditor")
    assert given is not None
    assert reader.query("SELECT Id FROM SetupAuditTrail").status == 200
    given.permissions.discard("ViewSetupAuditTrail")
    assert reader.query("SELECT Id FROM SetupAuditTrail").code == "INVALID_TYPE"


def test_api_access_control_shows_only_where_support_enabled_it(untidy: DemoOrg, reader: Client) -> None:
    path = "settings/ConnectedApp.settings"
    assert reader.retrieve(members("Settings", "ConnectedApp")).files[path] == untidy.metadata[path]
    untidy.knobs.api_access_control = False
    shown = parse(reader.retrieve(members("Settings", "ConnectedApp")).files[path])
    assert [one.name for one in shown.children] == ["enableSkipUserProvisioningWizardWelcomePage"]
    types = "<types><members>ConnectedApp</members><name>Settings</name></types>"
    package = f"<Package>{types}<version>66.0</version></Package>".encode()
    result = reader.deploy({path: untidy.metadata[path], "package.xml": package})
    assert "Not available for deploy" in result["details"]["componentFailures"][0]["problem"]


def test_settings_of_external_apps_come_without_their_secret(untidy: DemoOrg, reader: Client) -> None:
    path = "extlClntAppGlobalOauthSets/Reporting_Sync_glbloauth.ecaGlblOauth"
    end = b"</ExtlClntAppGlobalOauthSettings>"
    secret = untidy.metadata[path].replace(end, b"<consumerSecret>hush</consumerSecret>" + end)
    untidy.metadata[path] = secret
    untidy.knobs.eca_settings_readable = True
    found = reader.retrieve(members("ExtlClntAppGlobalOauthSettings", "*")).files[path]
    assert b"isPkceRequired" in found
    assert b"hush" not in found


def test_an_org_takes_the_mess_of_its_own_files_first(untidy: DemoOrg) -> None:
    before = dict(untidy.metadata)
    add_untidiness(untidy, NOW)
    assert untidy.metadata == before
