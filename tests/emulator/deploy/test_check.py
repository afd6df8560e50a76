"""What can't be deployed, and the reason the org gives."""

from typing import Any

import pytest

from sfharden.emulator.generate import INTEGRATION_USER, PROFILE
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import connected_app_xml, external_app_files, permission_set_xml, profile_xml
from tests.emulator.kit import Client, client, manifest, zipped
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


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("192.0.2.9", "192.0.2.1", "before the start"),
        ("192.0.2.9", "2001:db8::1", "same type"),
        ("192.0.2.256", "192.0.2.257", "Invalid IP Address"),
        ("", "192.0.2.1", "Invalid IP Address"),
    ],
)
def test_bad_login_ranges(auditor: Client, org: DemoOrg, start: str, end: str, text: str) -> None:
    before = dict(org.metadata)
    (problem,) = problems(auditor.deploy({PROFILE_PATH: profile(login_range(start, end))}))
    assert text in problem
    assert org.metadata == before


@pytest.mark.parametrize(
    ("path", "content", "text"),
    [
        (PROFILE_PATH, profile("<loginHours><mondayStart>61</mondayStart></loginHours>"), "divisible by 60"),
        (
            PROFILE_PATH,
            profile("<loginHours><mondayStart>60</mondayStart></loginHours>"),
            "matching mondayEnd",
        ),
        (PROFILE_PATH, profile("<userLicense>Salesforce</userLicense>"), "license"),
        (PROFILE_PATH, profile_xml({"FlyToTheMoon"}, licence="Salesforce Integration"), "FlyToTheMoon"),
        (PROFILE_PATH, b"<Profile>", "Error parsing file"),
        (PROFILE_PATH, b'<!DOCTYPE Profile [<!ENTITY a "b">]><Profile/>', "Error parsing file"),
        (PROFILE_PATH, b"<PermissionSet/>", "expected Profile"),
        ("profiles/Fresh.profile", profile_xml(custom=False), "standard profile"),
        (
            APP_PATH,
            connected_app_xml("Azure Logic Apps", profiles=["Nobody"]),
            "no Profile named Nobody found",
        ),
        (APP_PATH, connected_app_xml("Azure Logic Apps", relaxation="Enforce"), "ipRelaxation"),
        (
            APP_PATH,
            connected_app_xml("Azure Logic Apps", refresh="specific_lifetime:0:DAYS"),
            "refreshTokenPolicy",
        ),
        (APP_PATH, connected_app_xml(""), "Required field is missing: label"),
        ("connectedApps/New.connectedApp", connected_app_xml("New"), "can't create a connected app"),
        ("permissionsets/P.permissionset", permission_set_xml("", {"ApiEnabled"}), "missing: label"),
        (
            SECURITY,
            security("<sessionSettings><sessionTimeout>TwoDays</sessionTimeout></sessionSettings>"),
            "TwoDays",
        ),
        (
            SECURITY,
            security("<sessionSettings><lockSessionsToIp>maybe</lockSessionsToIp></sessionSettings>"),
            "lockSessionsToIp",
        ),
        (
            SECURITY,
            security(
                "<networkAccess><ipRanges><end>127.255.255.255</end><start>0.0.0.0</start></ipRanges></networkAccess>"
            ),
            "at most",
        ),
        (SECURITY, b"<OauthOidcSettings/>", "expected SecuritySettings"),
        (
            "extlClntAppOauthPolicies/P.ecaOauthPlcy",
            external_app_files("Nobody", "x")["extlClntAppOauthPolicies/Nobody_oauthPlcy.ecaOauthPlcy"],
            "no ExternalClientApplication named Nobody",
        ),
    ],
)
def test_components_are_refused_with_a_reason(auditor: Client, path: str, content: bytes, text: str) -> None:
    result = auditor.deploy({path: content})
    assert any(text in one for one in problems(result))
    assert result["numberComponentErrors"] == 1


def test_one_bad_component_keeps_the_good_ones_out(auditor: Client, org: DemoOrg) -> None:
    before = dict(org.metadata)
    bad = {APP_PATH: connected_app_xml("Azure Logic Apps", profiles=["Nobody"])}
    result = auditor.deploy({PROFILE_PATH: profile(login_range("192.0.2.1", "192.0.2.1")), **bad})
    assert len(problems(result)) == 1
    assert org.metadata == before


def test_elements_newer_than_the_package_are_refused(server: DemoServer, org: DemoOrg) -> None:
    org.versions = ("58.0", *org.versions)
    files = {APP_PATH: connected_app_xml("Azure Logic Apps")}
    files["package.xml"] = manifest([APP_PATH], "58.0")
    with client(server) as auditor:
        found = problems(auditor.deploy(files))
    assert any("isPkceRequired" in one for one in found)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"not a zip", "zip"),
        (zipped({"readme.txt": b"", "package.xml": b"<Package"}), "package.xml"),
        (zipped({"package.xml": b"<Other/>"}), "package.xml"),
    ],
)
def test_a_broken_package_fails_as_a_whole(auditor: Client, content: bytes, text: str) -> None:
    result = auditor.deploy_zip(content)
    assert (result["status"], result["success"]) == ("Failed", False)
    assert text in result["errorMessage"]


def test_a_zip_without_manifest_fails(auditor: Client) -> None:
    content = zipped({"deep/er/package.xml": b"", "package.xml": b""}).replace(b"package.xml", b"package.xmL")
    assert auditor.deploy_zip(content)["errorMessage"] == "No package.xml found"


def test_manifest_and_files_must_agree(auditor: Client) -> None:
    files = {SECURITY: security("<networkAccess/>"), "package.xml": manifest([PROFILE_PATH])}
    found = problems(auditor.deploy(files))
    assert any("was not found in zipped directory" in one for one in found)
    assert any("is not in package.xml" in one for one in found)
    stray = {"profiles/x.nonsense": b"<x/>", "package.xml": manifest([])}
    assert "unknown type" in problems(auditor.deploy(stray))[0]
    too_new = {"package.xml": manifest([], "99.0")}
    assert problems(auditor.deploy(too_new)) == ["Invalid version specified: 99.0"]


def test_a_package_may_stand_in_a_folder(auditor: Client, org: DemoOrg) -> None:
    inside = {
        PROFILE_PATH: profile(login_range("192.0.2.1", "192.0.2.1")),
        "package.xml": manifest([PROFILE_PATH]),
    }
    assert auditor.deploy(
        {f"package/{path}": content for path, content in inside.items()} | {"package/x/": b""}
    )["success"]
    assert ranges_of(org) == [("192.0.2.1", "192.0.2.1")]


def test_a_profile_in_use_or_a_standard_one_cannot_be_deleted(auditor: Client, org: DemoOrg) -> None:
    def delete(path: str) -> dict[str, Any]:
        return auditor.deploy({"destructiveChanges.xml": manifest([path]), "package.xml": manifest([])})

    assert "in use" in problems(delete(PROFILE_PATH))[0]
    assert "standard" in problems(delete("profiles/Admin.profile"))[0]
    assert "No Profile named" in problems(delete("profiles/Nobody.profile"))[0]
    user = org.user(INTEGRATION_USER)
    assert user is not None
    user.profile_id = org.profiles[0].id
    assert delete(PROFILE_PATH)["success"]
    assert org.profile(PROFILE) is None
    assert PROFILE_PATH not in org.metadata
    assert auditor.rows("SELECT Id FROM SetupEntityAccess") == []


@pytest.mark.parametrize(("ranges", "refused"), [(5, False), (6, True)])
def test_the_five_range_rule_is_a_knob(auditor: Client, org: DemoOrg, ranges: int, refused: bool) -> None:
    many = "".join(login_range(f"192.0.2.{number}", f"192.0.2.{number}") for number in range(ranges))
    assert auditor.deploy({PROFILE_PATH: profile(many)})["success"]
    org.knobs.five_range_rule = True
    result = auditor.deploy({PROFILE_PATH: profile(many)}, check_only=True)
    assert result["success"] is not refused
    on = "<sessionSettings><enforceIpRangesEveryRequest>true</enforceIpRangesEveryRequest></sessionSettings>"
    assert auditor.deploy({SECURITY: security(on)}, check_only=True)["success"] is not refused
