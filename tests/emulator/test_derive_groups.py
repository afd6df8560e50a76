"""Permission set groups: what they grant, and what is muted in them."""

from sfharden.emulator.state import DemoOrg
from sfharden.emulator.untidy import APPROVER, COLLEAGUE, GROUP
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
