"""The parts of a reading joined by record id: who is looked up, and what leads nowhere is a gap."""

import pytest

from sfharden.emulator.generate import INTEGRATION_USER, healthy_org
from sfharden.emulator.http.faults import Fault, FaultKind
from sfharden.emulator.http.server import serve
from sfharden.model import org as tables
from sfharden.model.org import AppRow, MenuItem, ProfileRow, User
from sfharden.model.snapshot import Gap
from sfharden.salesforce.metadata_api import FileProperties
from sfharden.sources.org.joins import Questions, join
from sfharden.sources.org.metadata import MetadataReading
from sfharden.sources.org.rights import PERMISSIONS, PermissionFields
from sfharden.sources.org.token_rows import RawToken
from sfharden.sources.org.tokens import TokenReading
from tests.orgs.reading import NOW, read, read_once, reasons
from tests.orgs.served import org_of

ME = User("005me", "me@acme.example", "00e1", True, "Standard", None)
OTHER = ME._replace(id="005other", username="other@acme.example")


def test_a_look_up_answered_with_strangers_is_no_crash() -> None:
    """Rows that nobody asked for, one of them a second time with another last login."""
    raw = RawToken("h", "App", "", "005gone", NOW, None, None)
    values = {tables.USERS: (ME,), tables.TOKENS: TokenReading((raw,))}
    asking = Questions(lambda _: [ME._replace(last_login=NOW), OTHER], NOW)
    found = join(values, (), asking).tables.users or ()
    assert {one.id for one in found} == {ME.id, OTHER.id}


def test_inactive_users_that_tokens_and_logins_name_are_looked_up() -> None:
    org = healthy_org(NOW)
    service = org.user(INTEGRATION_USER)
    assert service is not None
    service.is_active = False
    snapshot = read_once(org).snapshot
    (found,) = [one for one in org_of(snapshot).users or () if one.username == INTEGRATION_USER]
    assert not found.active
    assert snapshot.gaps == ()


def test_a_look_up_that_fails_is_a_gap() -> None:
    org = healthy_org(NOW)
    service = org.user(INTEGRATION_USER)
    assert service is not None
    service.is_active = False
    with serve(org) as server:
        server.faults = [Fault(FaultKind.LIMIT, path=r"Id\+IN")]
        snapshot = read(server).snapshot
    assert reasons(snapshot, tables.USERS) == ["Querying: the org answered REQUEST_LIMIT_EXCEEDED"]


def test_an_app_whose_label_was_not_read_is_a_gap() -> None:
    """Its tokens can be told by the label only; nobody may call them tokens of an app that isn't there."""
    org = healthy_org(NOW)
    org.metadata["externalClientApps/Reporting_Sync.eca"] = b"<Broken"
    snapshot = read_once(org).snapshot
    assert "its label was not read" in reasons(snapshot, tables.APPS)


NOBODY = Questions(lambda _: [], NOW)


# Whoever is signed in holds every permission, so nothing is hidden.
SEES_ALL = {
    tables.CALLER: ("005me", "me@acme.example"),
    "held": PERMISSIONS,
    "permissions": PermissionFields(PERMISSIONS, PERMISSIONS, grouped=True),
}


def listed(kind: str, name: str, record: str) -> FileProperties:
    return FileProperties(kind, name, "", record, "", "", "", "")


def test_of_nothing_at_all_every_table_is_unread() -> None:
    found = join({}, (), NOBODY)
    assert (found.anything, found.secrets) == (False, {})
    assert {name: getattr(found.tables, name) for name in ("users", "profiles", "apps", "tokens", "logins")} == {
        "users": None, "profiles": None, "apps": None, "tokens": None, "logins": None,
    }  # fmt: skip


def test_a_profile_gets_its_name_by_record_id_in_15_characters_or_18() -> None:
    reading = MetadataReading(listed=[listed("Profile", "Admin", "00e000000000001")])
    labels = {"00e000000000001AAA": "System Administrator", "00e000000000002AAA": "Sales"}
    found = join({"metadata": reading, tables.PROFILES: labels}, (), NOBODY)
    assert found.tables.profiles == (
        ProfileRow("00e000000000001AAA", "System Administrator", "Admin"),
        ProfileRow("00e000000000002AAA", "Sales", ""),
    )


def test_names_of_profiles_that_are_hidden_are_a_gap() -> None:
    found = join({**SEES_ALL, tables.PROFILES: {"00e1": "", "00e2": "Sales"}}, (), NOBODY)
    assert [(gap.kind, gap.reason) for gap in found.gaps] == [
        (tables.PROFILES, "the names of 1 profile are not shown")
    ]


def test_an_app_that_is_listed_and_has_no_record_is_a_gap() -> None:
    reading = MetadataReading(
        listed=[listed("ConnectedApp", "Ours", "0H4000000000001AAA"), listed("ConnectedApp", "Lost", "0H4x")]
    )
    values = {
        **SEES_ALL,
        "metadata": reading,
        tables.APPS: {"0H4000000000001AAA": ("Ours, Ltd", True)},
        "external": {},
    }
    found = join(values, (), NOBODY)
    assert found.tables.apps == (AppRow("0H4000000000001AAA", "Ours, Ltd", "Ours", False, True),)
    assert [gap.what for gap in found.gaps] == ["Connected app Lost"]


def test_a_list_of_external_apps_that_nobody_read_is_a_gap_and_not_an_empty_list() -> None:
    (gap,) = join({**SEES_ALL, tables.APPS: {}}, (), NOBODY).gaps
    assert (gap.what, gap.kind) == ("External client apps", tables.APPS)
    assert join({**SEES_ALL, tables.APPS: {}, "external": {}}, (), NOBODY).gaps == []


@pytest.mark.parametrize(
    ("menu_id", "app"),
    [("", ""), ("0DSours", "0H4ours"), ("0DSempty", "0DSempty"), ("0DShidden", "0DShidden")],
)
def test_a_token_with_a_menu_item_that_leads_nowhere_has_some_app_and_not_none(
    menu_id: str, app: str
) -> None:
    """A token without any app may be of one that nobody installed; this one is of an app, whichever."""
    menu = (
        MenuItem("0DSours", "0H4ours", "Ours", "Ours", "ConnectedApplication"),
        MenuItem("0DSempty", "", "?", "?", ""),
    )
    raw = RawToken("h", "App", menu_id, "005me", NOW, None, None)
    values = {tables.TOKENS: TokenReading((raw,)), tables.MENU_ITEMS: menu}
    (token,) = join(values, (), NOBODY).tables.tokens or ()
    assert token.app_id == app


def test_without_the_list_of_the_frozen_nobody_is_told_free() -> None:
    values = {**SEES_ALL, tables.USERS: (ME, OTHER), tables.FROZEN: frozenset({"005me"})}
    frozen = {one.id: one.frozen for one in join(values, (), NOBODY).tables.users or ()}
    assert frozen == {"005me": True, "005other": False}
    cut = Gap(what="frozen", reason="cut off", kind=tables.FROZEN)
    frozen = {one.id: one.frozen for one in join(values, (cut,), NOBODY).tables.users or ()}
    assert frozen == {"005me": True, "005other": None}
