"""What every real org has besides: there, and shown as the platform shows it."""

from collections import Counter

from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.untidy import (
    AUTOMATED,
    COURIER,
    FROZEN,
    GONE,
    VAULT,
    add_untidiness,
)
from sfharden.emulator.xmltree import parse
from tests.emulator.kit import NOW, Client, client, members


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
