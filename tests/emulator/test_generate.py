"""The generated orgs: the same every time, consistent in themselves, telling the story they should."""

from pathlib import Path

import pytest

from sfharden.demo.story import bad_org
from sfharden.emulator.generate import (
    ADMIN_RIGHTS,
    APP_LABEL,
    APP_NAME,
    PROFILE,
    healthy_org,
)
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import connected_app_xml, profile_xml, security_xml
from tests.emulator.kit import NOW
from tests.orgs.sized import HARD_NAMES, Spread, sized_org


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


def fingerprint(org: DemoOrg) -> object:
    tokens = [one.delete_token for one in org.tokens]
    return org.metadata, tokens, list(org.logins), org.users, org.callers, org.entity_access


def test_generated_orgs_are_the_same_every_time(folder: Path) -> None:
    assert fingerprint(healthy_org(NOW)) == fingerprint(healthy_org(NOW))
    assert fingerprint(bad_org(folder, NOW)) == fingerprint(bad_org(folder, NOW))
    first, second = (sized_org(NOW, profiles=8, apps=2, users=5, tokens=40, logins=30) for _ in range(2))
    assert fingerprint(first) == fingerprint(second)


def test_a_sized_org_has_what_was_asked_for() -> None:
    org = sized_org(NOW, profiles=20, apps=4, users=9, tokens=3000, spread=Spread(3, 1, 1000))
    assert len(org.connected_apps) == 4
    assert len({one.user_id for one in org.tokens}) == 3
    assert {one.app_name for one in org.tokens} == {"App 000"}
    assert len({one.created for one in org.tokens}) == 3
    assert set(HARD_NAMES) <= {one.name for one in org.profiles}
    assert len({one.delete_token for one in org.tokens}) == 3000


def test_logins_are_made_when_looked_at_and_ascend() -> None:
    org = sized_org(NOW, profiles=6, apps=1, users=3, tokens=0, logins=1_000_000)
    rows = org.logins.rows()
    assert len(rows) == 1_000_000
    assert rows[0].time < rows[500_000].time < rows[-1].time < NOW
    assert len(rows[999_999].id) == 18
