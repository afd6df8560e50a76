"""The org of the tour: every mistake that the checklist is about, and none without its cast."""

from pathlib import Path

import pytest

from sfharden.demo.story import EGRESS_USED, INACTIVE_USER, LOOK_ALIKE, UNRELATED_USER, bad_org
from sfharden.emulator.generate import (
    ADMIN_RIGHTS,
    APP_LABEL,
    APP_NAME,
    INTEGRATION_USER,
    PROFILE,
)
from sfharden.emulator.http.server import serve
from sfharden.emulator.templates import connected_app_xml, profile_xml, security_xml
from sfharden.errors import InputError
from tests.emulator.kit import NOW, client


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


def test_the_bad_org_tells_its_story(folder: Path) -> None:
    with serve(bad_org(folder, NOW)) as server, client(server) as auditor:
        tokens = auditor.rows("SELECT AppName, AppMenuItemId, User.Username, User.IsActive FROM OauthToken")
        installed = auditor.column("SELECT Name FROM ConnectedApplication")
        elsewhere = {
            row["SourceIp"]
            for row in auditor.rows("SELECT SourceIp, Application FROM LoginHistory")
            if row["Application"] == APP_LABEL and row["SourceIp"] not in EGRESS_USED
        }
    assert APP_LABEL in installed
    assert LOOK_ALIKE not in installed
    assert {one["User"]["Username"] for one in tokens} == {INTEGRATION_USER, UNRELATED_USER, INACTIVE_USER}
    assert {one["User"]["IsActive"] for one in tokens if one["User"]["Username"] == INACTIVE_USER} == {False}
    strange = [one for one in tokens if one["AppName"] == LOOK_ALIKE]
    assert len(strange) == 2
    assert all(one["AppMenuItemId"] is None for one in strange)
    assert len(elsewhere) == 2


def test_a_folder_without_the_cast_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Azure Logic Apps"):
        bad_org(tmp_path, NOW)


def test_ten_requests_came_from_elsewhere_by_a_session_that_began_inside(folder: Path) -> None:
    org = bad_org(folder, NOW)
    outside = [one for one in org.api_requests if one.source not in EGRESS_USED]
    assert len(outside) == 10
    near = [login for login in org.logins if outside[0].source == login.source_ip]
    assert all(abs(login.time - outside[0].time).days > 1 for login in near)
