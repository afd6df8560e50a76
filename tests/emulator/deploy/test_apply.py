"""What a deploy leaves in the org: an overlay for profiles and settings, a replacement for the rest."""

import pytest

from sfharden.emulator.generate import EGRESS, OPERATOR, PROFILE
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import (
    connected_app_xml,
    profile_xml,
    security_xml,
)
from sfharden.emulator.xmltree import parse
from tests.emulator.kit import Client
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
