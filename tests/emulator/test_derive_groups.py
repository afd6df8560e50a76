"""Permission set groups: what they grant by their sets and what mutes them, and what goes with them."""

from sfharden.emulator.derive import sync
from sfharden.emulator.derive_groups import drop_group
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.untidy import APPROVER, COLLEAGUE, GROUP, MUTING
from tests.emulator.kit import Client

APPROVE = "CanApproveUninstalledApps"


def test_a_group_grants_what_its_sets_grant_less_what_is_muted(untidy: DemoOrg, reader: Client) -> None:
    fields = f"Type, Permissions{APPROVE}, PermissionSetGroup.DeveloperName, PermissionSetGroup.Status"
    (row,) = reader.rows(f"SELECT {fields} FROM PermissionSet WHERE Type = 'Group'")  # noqa: S608 - our own
    assert row == {
        "Type": "Group",
        f"Permissions{APPROVE}": False,
        "PermissionSetGroup": {"DeveloperName": GROUP, "Status": "Updated"},
    }
    parts = reader.rows("SELECT PermissionSetId, PermissionSet.Name FROM PermissionSetGroupComponent")
    # Of a muting set there's an id, and no permission set behind it.
    assert [one["PermissionSet"] for one in parts if one["PermissionSetId"].startswith("0QM")] == [None]
    assert APPROVER in {one["PermissionSet"]["Name"] for one in parts if one["PermissionSet"]}
    assert reader.column(f"SELECT Permissions{APPROVE} FROM MutingPermissionSet") == [True]  # noqa: S608
    dana = untidy.user(COLLEAGUE)
    assert dana is not None
    assert APPROVE not in untidy.permissions_of(dana)


def test_a_group_that_waits_to_be_calculated_grants_what_it_did(reader: Client, untidy: DemoOrg) -> None:
    path = f"permissionsetgroups/{GROUP}.permissionsetgroup"
    waiting = untidy.metadata[path].replace(b"Updated", b"Outdated")
    unmuted = waiting.replace(b"<mutingPermissionSets>Support_Team_Muting</mutingPermissionSets>", b"")
    granted = untidy.group_set(GROUP)
    assert granted is not None
    assert reader.deploy({path: unmuted, "package.xml": _manifest(GROUP)})["success"]
    assert APPROVE not in granted.permissions
    assert reader.column("SELECT Status FROM PermissionSetGroup") == ["Outdated"]
    done = unmuted.replace(b"Outdated", b"Updated")
    assert reader.deploy({path: done, "package.xml": _manifest(GROUP)})["success"]
    assert APPROVE in granted.permissions


def test_a_deleted_group_takes_its_members_and_assignments_along(reader: Client) -> None:
    changes = {"destructiveChanges.xml": _manifest(GROUP), "package.xml": _manifest()}
    assert reader.deploy(changes)["success"]
    assert reader.rows("SELECT Id FROM PermissionSetGroupComponent") == []
    assert reader.rows("SELECT Id FROM PermissionSet WHERE Type = 'Group'") == []
    assert set(reader.column("SELECT PermissionSetGroupId FROM PermissionSetAssignment")) == {None}


def _manifest(*names: str) -> bytes:
    inner = "".join(f"<members>{name}</members>" for name in names)
    types = f"<types>{inner}<name>PermissionSetGroup</name></types>" if names else ""
    return f"<Package>{types}<version>66.0</version></Package>".encode()


def test_a_set_that_a_group_names_and_nobody_made_is_no_member(untidy: DemoOrg) -> None:
    group = f"permissionsetgroups/{GROUP}.permissionsetgroup"
    named = b"<permissionSets>No_Such_Set</permissionSets></PermissionSetGroup>"
    before = len(untidy.group_components)
    untidy.metadata[group] = untidy.metadata[group].replace(b"</PermissionSetGroup>", named)
    sync(untidy)
    assert len(untidy.group_components) == before


def test_reading_the_same_files_again_changes_no_record(untidy: DemoOrg) -> None:
    def ids() -> list[str]:
        members = [one.id for one in untidy.group_components]
        return [*members, *(one.id for one in untidy.groups), *(one.id for one in untidy.muting_sets)]

    before = ids()
    sync(untidy)
    assert ids() == before


def test_without_its_muting_set_a_group_grants_all_that_its_sets_do(untidy: DemoOrg) -> None:
    drop_group(untidy, "MutingPermissionSet", MUTING)
    del untidy.metadata[f"mutingpermissionsets/{MUTING}.mutingpermissionset"]
    sync(untidy)
    granted = untidy.group_set(GROUP)
    assert granted is not None
    assert APPROVE in granted.permissions
