"""Deploying: what it changes, and that the facts follow the files."""

import pytest

from sfharden.emulator.generate import EGRESS, OPERATOR, PROFILE
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import (
    connected_app_xml,
    external_app_files,
    permission_set_xml,
    profile_xml,
    security_xml,
)
from sfharden.emulator.xmltree import parse
from tests.emulator.kit import Client, manifest, zipped
from tests.emulator.packages import (
    APP_PATH,
    PROFILE_PATH,
    SECURITY,
    login_range,
    problems,
    profile,
    ranges_of,
    security,
)


def test_a_check_is_pending_first_and_changes_nothing(auditor: Client, org: DemoOrg) -> None:
    before = dict(org.metadata)
    content = zipped({PROFILE_PATH: profile(login_range("192.0.2.1", "192.0.2.9"))})
    started = auditor.start_deploy(content, check_only=True)
    name = started.json["id"]
    assert (started.status, started.json["deployResult"]["status"]) == (201, "Pending")
    pending = auditor.get(f"metadata/deployRequest/{name}").json["deployResult"]
    assert (pending["done"], pending["status"]) == (False, "InProgress")
    plain = auditor.get(f"metadata/deployRequest/{name}").json["deployResult"]
    assert (plain["status"], plain["checkOnly"], "details" in plain) == ("Succeeded", True, False)
    detailed = auditor.get(f"metadata/deployRequest/{name}?includeDetails=true").json["deployResult"]
    (success,) = detailed["details"]["componentSuccesses"]
    assert (success["fullName"], success["componentType"]) == (PROFILE, "Profile")
    assert org.metadata == before


def test_login_ranges_are_replaced_and_the_rest_is_an_overlay(auditor: Client, org: DemoOrg) -> None:
    change = login_range("192.0.2.1", "192.0.2.9") + "<description>dedicated</description>"
    assert auditor.deploy({PROFILE_PATH: profile(change)})["success"]
    assert ranges_of(org) == [("192.0.2.1", "192.0.2.9")]
    tree = parse(org.metadata[PROFILE_PATH])
    assert (tree.value("description"), tree.value("userLicense")) == ("dedicated", "Salesforce Integration")
    found = org.profile(PROFILE)
    assert found is not None
    assert found.permissions == {"ApiEnabled", "ApiUserOnly"}


@pytest.mark.parametrize(("knob", "left"), [("keep", [EGRESS, (OPERATOR, OPERATOR)]), ("clear", [])])
def test_omitted_ranges_stay_or_go_as_the_knob_says(
    auditor: Client, org: DemoOrg, knob: str, left: list[tuple[str, str]]
) -> None:
    org.knobs.omitted_login_ranges = knob
    assert auditor.deploy({PROFILE_PATH: profile("<description>x</description>")})["success"]
    assert ranges_of(org) == left


def test_one_empty_element_clears_ranges_and_hours(auditor: Client, org: DemoOrg) -> None:
    hours = "<loginHours><mondayEnd>1140</mondayEnd><mondayStart>420</mondayStart></loginHours>"
    assert auditor.deploy({PROFILE_PATH: profile(hours)})["success"]
    assert b"mondayStart" in org.metadata[PROFILE_PATH]
    assert auditor.deploy({PROFILE_PATH: profile("<loginHours/><loginIpRanges/>")})["success"]
    assert b"<loginHours/>" in org.metadata[PROFILE_PATH]
    assert b"loginIpRanges" not in org.metadata[PROFILE_PATH]


def test_permissions_change_only_where_named(auditor: Client, org: DemoOrg) -> None:
    off = "<userPermissions><enabled>false</enabled><name>ManageUsers</name></userPermissions>"
    on = "<userPermissions><enabled>true</enabled><name>ViewAllData</name></userPermissions>"
    admin = org.profile("Admin")
    assert admin is not None
    before = set(admin.permissions)
    assert auditor.deploy({"profiles/Admin.profile": profile(off + on)})["success"]
    assert admin.permissions == before - {"ManageUsers"} | {"ViewAllData"}
    assert b"ManageUsers" not in org.metadata["profiles/Admin.profile"]
    rows = auditor.rows(
        "SELECT Name FROM PermissionSet WHERE PermissionsManageUsers = true AND IsOwnedByProfile = true"
    )
    assert rows == []


def test_a_new_profile_starts_from_minimum_access(auditor: Client, org: DemoOrg) -> None:
    org.metadata["profiles/Minimum Access - Salesforce.profile"] = profile_xml(
        {"ViewHealthCheck"}, custom=False
    )
    permission = "<userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions>"
    path = "profiles/CRM Sync %28new%29.profile"
    assert auditor.deploy({path: profile("<custom>true</custom>" + permission)})["success"]
    new = org.profile("CRM Sync (new)")
    assert new is not None
    assert new.permissions == {"ApiEnabled", "ViewHealthCheck"}
    assert ranges_of(org, path) == []
    assert auditor.column("SELECT Name FROM Profile WHERE Name LIKE 'CRM%'") == ["CRM Sync (new)"]
    where = f"WHERE ProfileId = '{new.id}'"
    assert auditor.column(f"SELECT IsOwnedByProfile FROM PermissionSet {where}") == [True]  # noqa: S608


def test_an_app_policy_and_its_profiles_are_replaced_and_access_follows(
    auditor: Client, org: DemoOrg
) -> None:
    query = "SELECT Parent.Profile.Name FROM SetupEntityAccess WHERE SetupEntityType = 'ConnectedApplication'"
    assert [row["Parent"]["Profile"]["Name"] for row in auditor.rows(query)] == [PROFILE]
    app_id = org.connected_apps[0].id
    changed = connected_app_xml("Azure Logic Apps", admin_approved=False, profiles=["System Administrator"])
    assert auditor.deploy({APP_PATH: changed})["success"]
    assert [row["Parent"]["Profile"]["Name"] for row in auditor.rows(query)] == ["System Administrator"]
    (row,) = auditor.rows("SELECT Id, OptionsAllowAdminApprovedUsersOnly FROM ConnectedApplication")
    assert row == {"Id": app_id, "OptionsAllowAdminApprovedUsersOnly": False}
    assert auditor.deploy({APP_PATH: connected_app_xml("Azure Logic Apps")})["success"]
    assert auditor.rows(query) == []


def test_the_refresh_policy_shows_as_number_and_metric(auditor: Client) -> None:
    fields = "OptionsRefreshTokenValidityMetric, RefreshTokenValidityPeriod"
    query = f"SELECT {fields} FROM ConnectedApplication"  # noqa: S608
    seen = []
    for refresh in ("infinite", "specific_lifetime:12:HOURS", "specific_inactivity:7:DAYS"):
        auditor.deploy({APP_PATH: connected_app_xml("Azure Logic Apps", refresh=refresh)})
        (row,) = auditor.rows(query)
        seen.append(tuple(row.values()))
    assert seen == [(False, None), (False, 12), (True, 7)]


def test_the_consumer_key_stays_and_cannot_be_changed(auditor: Client, org: DemoOrg) -> None:
    without = connected_app_xml("Azure Logic Apps").replace(
        b"<consumerKey>3MVG9EXAMPLEONLY</consumerKey>", b""
    )
    assert auditor.deploy({APP_PATH: without})["success"]
    assert parse(org.metadata[APP_PATH]).value("oauthConfig.consumerKey") == "3MVG9EXAMPLEONLY"
    other = connected_app_xml("Azure Logic Apps", key="3MVG9OTHER")
    assert problems(auditor.deploy({APP_PATH: other})) == [
        "The consumer key of a connected app can't be changed"
    ]


def test_session_settings_are_an_overlay_and_trusted_ranges_a_list(auditor: Client, org: DemoOrg) -> None:
    trusted = (
        "<networkAccess><ipRanges><end>192.0.2.9</end><start>192.0.2.1</start></ipRanges></networkAccess>"
    )
    assert auditor.deploy({SECURITY: security(trusted)})["success"]
    off = (
        "<sessionSettings><enforceIpRangesEveryRequest>false</enforceIpRangesEveryRequest></sessionSettings>"
    )
    assert auditor.deploy({SECURITY: security(off)})["success"]
    tree = parse(org.metadata[SECURITY])
    assert tree.value("sessionSettings.enforceIpRangesEveryRequest") == "false"
    assert tree.value("sessionSettings.sessionTimeout") == "TwoHours"
    assert tree.value("networkAccess.ipRanges.start") == "192.0.2.1"
    assert auditor.deploy({SECURITY: security("<networkAccess/>")})["success"]
    assert parse(org.metadata[SECURITY]).value("networkAccess.ipRanges.start") == ""


@pytest.mark.parametrize("path", [SECURITY, PROFILE_PATH, APP_PATH, "settings/OauthOidc.settings"])
def test_deploying_what_is_there_changes_nothing(auditor: Client, org: DemoOrg, path: str) -> None:
    trusted = [("192.0.2.1", "192.0.2.1"), ("192.0.2.9", "192.0.2.9")]
    assert auditor.deploy({SECURITY: security_xml(trusted=trusted)})["success"]
    before = parse(org.metadata[path])
    assert auditor.deploy({path: org.metadata[path]})["success"]
    after = parse(org.metadata[path])
    assert sorted(map(repr, after.children)) == sorted(map(repr, before.children))


def test_an_external_apps_policy_follows_its_file(auditor: Client, org: DemoOrg) -> None:
    files = external_app_files("Reporting_Sync", "Reporting Sync", ipRelaxationPolicyType="Bypass")
    policy = {path: content for path, content in files.items() if path.endswith("Plcy")}
    assert auditor.deploy(policy)["success"]
    assert auditor.column("SELECT IpRelaxationPolicyType FROM ExtlClntAppOauthPlcyCnfg") == ["Bypass"]
    kinds = auditor.column("SELECT SetupEntityType FROM SetupEntityAccess")
    assert kinds == ["ConnectedApplication"]


def test_a_deleted_app_takes_its_access_along(auditor: Client, org: DemoOrg) -> None:
    policy = "extlClntAppOauthPolicies/Reporting_Sync_oauthPlcy.ecaOauthPlcy"
    spare = "permissionsets/Spare.permissionset"
    assert auditor.deploy({spare: permission_set_xml("Spare", {"ApiEnabled"})})["success"]
    assert org.permission_set("Spare") is not None
    changes = {"destructiveChangesPost.xml": manifest([APP_PATH, policy, spare]), "package.xml": manifest([])}
    assert auditor.deploy(changes)["success"]
    assert auditor.rows("SELECT Id FROM ConnectedApplication") == []
    assert auditor.rows("SELECT Id FROM SetupEntityAccess") == []
    assert auditor.column("SELECT Label FROM AppMenuItem") == ["Reporting Sync"]
    assert org.permission_set("Spare") is None


def test_a_deploy_is_in_the_audit_trail(auditor: Client) -> None:
    auditor.deploy({SECURITY: security("<networkAccess/>")})
    (row,) = auditor.rows("SELECT Action, Display, CreatedBy.Username FROM SetupAuditTrail")
    assert row["Display"] == f"Deployed {SECURITY}"
    assert row["CreatedBy"]["Username"] == "auditor@acme.example"
