"""What follows from the files: records that agree with them, and keep the ids they had."""

from pathlib import Path

import pytest

from sfharden.emulator.derive import load_metadata
from sfharden.emulator.generate import (
    ADMIN_RIGHTS,
    APP_LABEL,
    APP_NAME,
    PROFILE,
)
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import (
    connected_app_xml,
    external_app_files,
    permission_set_xml,
    profile_xml,
    security_xml,
)
from tests.emulator.kit import NOW, Client, manifest
from tests.emulator.packages import (
    APP_PATH,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small sample in source form, as the tour's own is."""
    files = {
        f"main/profiles/{PROFILE}.profile-meta.xml": profile_xml(ADMIN_RIGHTS),
        "main/profiles/Admin.profile-meta.xml": profile_xml(ADMIN_RIGHTS, custom=False),
        f"main/connectedApps/{APP_NAME}.connectedApp-meta.xml": connected_app_xml(
            APP_LABEL, admin_approved=False, relaxation="BYPASS", refresh="infinite"
        ),
        "main/settings/Security.settings-meta.xml": security_xml(every_request=False),
        "README.md": b"no metadata",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path


def test_source_and_zip_form_load_alike(folder: Path, tmp_path: Path) -> None:
    org = DemoOrg(clock=lambda: NOW)
    load_metadata(org, folder)
    assert set(org.metadata) == {
        f"profiles/{PROFILE}.profile",
        "profiles/Admin.profile",
        f"connectedApps/{APP_NAME}.connectedApp",
        "settings/Security.settings",
    }
    assert {one.name for one in org.profiles} == {PROFILE, "System Administrator"}
    flat = tmp_path / "flat"
    for path, content in org.metadata.items():
        (flat / path).parent.mkdir(parents=True, exist_ok=True)
        (flat / path).write_bytes(content)
    again = DemoOrg(clock=lambda: NOW)
    load_metadata(again, flat)
    assert again.metadata == org.metadata


def test_the_refresh_policy_shows_as_number_and_metric(auditor: Client) -> None:
    fields = "OptionsRefreshTokenValidityMetric, RefreshTokenValidityPeriod"
    query = f"SELECT {fields} FROM ConnectedApplication"  # noqa: S608
    seen = []
    for refresh in ("infinite", "specific_lifetime:12:HOURS", "specific_inactivity:7:DAYS"):
        auditor.deploy({APP_PATH: connected_app_xml("Azure Logic Apps", refresh=refresh)})
        (row,) = auditor.rows(query)
        seen.append(tuple(row.values()))
    assert seen == [(False, None), (False, 12), (True, 7)]


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
