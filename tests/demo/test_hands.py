"""What people do in the tour: deploy, tidy up, authorise; on the embedded org, as it would answer them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sfharden.demo.hands import ADMIN_RIGHTS, authorise, deploy_folder, relax, tidy_up
from sfharden.demo.story import EGRESS_USED
from sfharden.demo.tour_org import serve_tour
from sfharden.emulator.generate import APP_NAME, ELSEWHERE, PROFILE
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.untidy import COLLEAGUE
from tests.orgs.constants import NOW

PACKAGE = (
    '<Package xmlns="http://soap.sforce.com/2006/04/metadata"><types><members>{}</members><name>{}</name></types>'
    "<version>68.0</version></Package>"
)


@pytest.fixture(name="server")
def _server() -> Iterator[DemoServer]:
    with serve_tour(NOW) as running:
        yield running


def deployed(server: DemoServer, folder: Path, path: str, content: str, kind: str) -> bool:
    (folder / path).parent.mkdir(parents=True)
    (folder / path).write_text(content)
    (folder / "package.xml").write_text(PACKAGE.format(Path(path).stem, kind))
    return deploy_folder(server, folder)


def test_a_package_changes_the_org(server: DemoServer, tmp_path: Path) -> None:
    path = f"profiles/{PROFILE}.profile"
    ranges = "<loginIpRanges><endAddress>192.0.2.1</endAddress><startAddress>192.0.2.1</startAddress></loginIpRanges>"
    profile = f'<Profile xmlns="http://soap.sforce.com/2006/04/metadata">{ranges}</Profile>'
    assert deployed(server, tmp_path, path, profile, "Profile")
    assert server.org.metadata[path].count(b"<loginIpRanges>") == 1


def test_a_package_that_the_org_refuses_changes_nothing(server: DemoServer, tmp_path: Path) -> None:
    before = dict(server.org.metadata)
    assert not deployed(server, tmp_path, f"profiles/{PROFILE}.profile", "<Profile", "Profile")
    assert server.org.metadata == before


def test_tidying_up_takes_the_rights_and_opens_the_feature(server: DemoServer) -> None:
    tidy_up(server)
    profile = server.org.profile(PROFILE)
    assert profile
    assert not profile.permissions & set(ADMIN_RIGHTS)
    assert server.org.knobs.api_access_control
    app = server.org.metadata[f"connectedApps/{APP_NAME}.connectedApp"].decode()
    assert "<scopes>Full" not in app
    assert "isPkceRequired>true" in app
    assert "isIpBindingEnabled>true" in app


def test_authorising_depends_on_the_address_once_the_profile_has_ranges(
    server: DemoServer, tmp_path: Path
) -> None:
    assert authorise(server, ELSEWHERE[0])  # the bad org lets anybody in
    app = server.org.metadata[f"connectedApps/{APP_NAME}.connectedApp"]
    server.org.metadata[f"connectedApps/{APP_NAME}.connectedApp"] = app.replace(b"BYPASS", b"ENFORCE")
    assert not authorise(server, ELSEWHERE[0])
    assert authorise(server, EGRESS_USED[0])


def test_who_relaxes_the_policy_leaves_a_row_of_the_audit_trail(server: DemoServer) -> None:
    path = f"connectedApps/{APP_NAME}.connectedApp"
    server.org.metadata[path] = re.sub(rb"BYPASS<|BYPASS2FACTOR<", b"ENFORCE<", server.org.metadata[path])
    relax(server, NOW)
    assert b"BYPASS<" in server.org.metadata[path]
    row, users = server.org.audit_trail[-1], {one.id: one.username for one in server.org.users}
    assert (users[row.created_by_id], row.created) == (COLLEAGUE, NOW)
    assert "Relax IP restrictions" in row.display
