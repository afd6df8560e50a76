"""The generated orgs: the same every time, consistent in themselves, telling the story they should."""

from pathlib import Path

import pytest

from sfharden.demo.story import EGRESS_USED, INACTIVE_USER, LOOK_ALIKE, UNRELATED_USER, bad_org
from sfharden.emulator import ids, kinds
from sfharden.emulator.derive import load_metadata
from sfharden.emulator.generate import (
    ADMIN_RIGHTS,
    APP_LABEL,
    APP_NAME,
    INTEGRATION_USER,
    PROFILE,
    healthy_org,
)
from sfharden.emulator.http.server import serve
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import connected_app_xml, profile_xml, security_xml
from sfharden.emulator.xmltree import XmlError, document, parse
from sfharden.errors import InputError
from tests.emulator.kit import NOW, client
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


def test_ids_are_unique_and_carry_their_case() -> None:
    made = {ids.make_id("005", number) for number in range(5000)}
    assert len(made) == 5000
    assert {len(one) for one in made} == {18}
    assert ids.long_id("001A000000zPpgA") == "001A000000zPpgAIAS"
    assert ids.long_id("0H4Aa0000000000") != ids.long_id("0H4aA0000000000")


def test_a_refresh_token_leads_back_to_its_delete_token() -> None:
    token = ids.opaque("x")
    assert ids.delete_token_of(ids.refresh_token(token)) == token == ids.delete_token_of(token)


@pytest.mark.parametrize("label", [*HARD_NAMES, "plain name", "tab\tbed", "~`^"])
def test_names_survive_encoding(label: str) -> None:
    assert kinds.decode_name(kinds.encode_name(label)) == label


def test_standard_profiles_have_their_own_names() -> None:
    assert kinds.decode_name("Admin") == "System Administrator"


@pytest.mark.parametrize("text", [b"", b"<a>", b"<a></b>", b"<!DOCTYPE a><a/>", b"\xff\xfe", b"<a/><b/>"])
def test_hostile_xml_is_refused(text: bytes) -> None:
    with pytest.raises(XmlError):
        parse(text)


def test_xml_written_and_read_is_the_same() -> None:
    tree = parse(b'<a><b>x &amp; &lt;y&gt;</b><b/><c xsi:nil="true"/></a>')
    assert parse(document(tree)).children == tree.children
