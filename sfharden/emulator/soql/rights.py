"""Permission sets and groups, who has them, and which apps they may use."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.emulator import kinds
from sfharden.emulator.records import PermissionSet
from sfharden.emulator.soql.schema import (
    SETUP,
    Caller,
    Column,
    SObject,
    build,
    column,
    made,
    permission_columns,
    reference,
)
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.xmltree import Node, parse

_ASSIGNERS: Final = SETUP | {"AssignPermissionSets", "ManageUsers"}


def rights(org: DemoOrg, version: float) -> list[SObject]:
    """PermissionSet and what is around it."""
    permissions = permission_columns(org, version)
    access = [
        column("Id", "id", "id"),
        reference("ParentId", "parent_id", "Parent", "PermissionSet"),
        column("SetupEntityId", "id", "entity_id"),
        column("SetupEntityType", "picklist", "entity_type"),
    ]
    mine = [column("Id", "id", "id"), *permissions]
    return [
        build(
            "PermissionSet",
            lambda org, _: org.permission_sets,
            _set_columns(permissions),
            needs=_ASSIGNERS,
            api="both",
        ),
        build("PermissionSetAssignment", assignment_rows, _assignment_columns(), needs=_ASSIGNERS),
        build("SetupEntityAccess", lambda org, _: org.entity_access, access, needs=SETUP),
        build("ObjectPermissions", object_rows, _object_columns(), needs=SETUP),
        build("FieldPermissions", field_rows, _field_columns(), needs=SETUP),
        build("UserPermissionAccess", own_permissions, mine),
        *_groups(permissions),
    ]


def _set_columns(permissions: list[Column]) -> list[Column]:
    return [
        column("Id", "id", "id"),
        column("Name", "string", "name"),
        column("Label", "string", "label"),
        column("IsOwnedByProfile", "boolean", "owned"),
        made("IsCustom", "boolean", lambda _: True),
        column("Type", "picklist", "type"),
        column("NamespacePrefix", "string", "namespace"),
        column("HasActivationRequired", "boolean", "session_based"),
        reference("ProfileId", "profile_id", "Profile", "Profile"),
        reference("PermissionSetGroupId", "group_id", "PermissionSetGroup", "PermissionSetGroup"),
        *permissions,
    ]


def _assignment_columns() -> list[Column]:
    return [
        column("Id", "id", "id"),
        reference("AssigneeId", "assignee_id", "Assignee", "User"),
        reference("PermissionSetId", "permission_set_id", "PermissionSet", "PermissionSet"),
        reference("PermissionSetGroupId", "group_id", "PermissionSetGroup", "PermissionSetGroup"),
        column("ExpirationDate", "datetime", "expires"),
        column("IsActive", "boolean", "active"),
    ]


_OBJECT_FIELDS: Final = {
    "PermissionsCreate": "allowCreate",
    "PermissionsDelete": "allowDelete",
    "PermissionsEdit": "allowEdit",
    "PermissionsModifyAllRecords": "modifyAllRecords",
    "PermissionsRead": "allowRead",
    "PermissionsViewAllRecords": "viewAllRecords",
}


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """A row of ObjectPermissions or FieldPermissions: what a permission set, or a profile by its own one, permits."""

    parent_id: str
    object: str
    rights: frozenset[str]


def _object_columns() -> list[Column]:
    return [
        reference("ParentId", "parent_id", "Parent", "PermissionSet"),
        column("SobjectType", "picklist", "object"),
        *(made(field, "boolean", _permits(element)) for field, element in _OBJECT_FIELDS.items()),
    ]


def _field_columns() -> list[Column]:
    return [
        reference("ParentId", "parent_id", "Parent", "PermissionSet"),
        made("SobjectType", "picklist", lambda row: row.object.partition(".")[0]),
        column("Field", "picklist", "object"),
        made("PermissionsEdit", "boolean", _permits("editable")),
        made("PermissionsRead", "boolean", _permits("readable")),
    ]


def _permits(element: str) -> Callable[[ObjectRow], bool]:
    return lambda row: element in row.rights


def object_rows(org: DemoOrg, _caller: Caller) -> list[ObjectRow]:
    """What the files of profiles and permission sets say; nothing that View All Data or Modify All Data implies."""
    return _rows(org, "objectPermissions", "object")


def field_rows(org: DemoOrg, _caller: Caller) -> list[ObjectRow]:
    """The same of fields."""
    return _rows(org, "fieldPermissions", "field")


def _rows(org: DemoOrg, section: str, about: str) -> list[ObjectRow]:
    owned = {one.id: org.owned_set(one.id) for one in org.profiles}
    parents = [("Profile", one.full_name, owned[one.id]) for one in org.profiles]
    parents += [("PermissionSet", one.full_name, one) for one in org.permission_sets if one.plain]
    return [
        ObjectRow(parent.id, one.value(about), frozenset(_rights_in(one)))
        for kind, name, parent in parents
        if parent and (content := org.metadata.get(kinds.path_of(kinds.KINDS[kind], name)))
        for one in parse(content).all(section)
    ]


def _rights_in(entry: Node) -> Iterator[str]:
    return (child.name for child in entry.children if child.text.strip() == "true")


def _groups(permissions: list[Column]) -> list[SObject]:
    group = [
        column("Id", "id", "id"),
        column("DeveloperName", "string", "name"),
        column("MasterLabel", "string", "label"),
        column("Status", "picklist", "status"),
        column("HasActivationRequired", "boolean", "session_based"),
        made("NamespacePrefix", "string", lambda _: None),
    ]
    part = [
        column("Id", "id", "id"),
        reference("PermissionSetGroupId", "group_id", "PermissionSetGroup", "PermissionSetGroup"),
        # A muting set's id stands here as well (its prefix is 0QM); the relationship leads to no row then.
        reference("PermissionSetId", "permission_set_id", "PermissionSet", "PermissionSet"),
    ]
    muting = [
        column("Id", "id", "id"),
        column("DeveloperName", "string", "name"),
        column("MasterLabel", "string", "label"),
        *permissions,
    ]
    return [
        build("PermissionSetGroup", lambda org, _: org.groups, group, needs=SETUP),
        build("PermissionSetGroupComponent", lambda org, _: org.group_components, part, needs=SETUP),
        build("MutingPermissionSet", lambda org, _: org.muting_sets, muting, needs=SETUP),
    ]


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """A row of PermissionSetAssignment; the permission set a profile owns counts as assigned to its users."""

    id: str
    assignee_id: str
    permission_set_id: str
    group_id: str | None = None
    expires: object = None
    active: bool = True


def assignment_rows(org: DemoOrg, _caller: Caller) -> list[AssignmentRow]:
    """Profile-owned and given permission sets of every user; what expired is still there, and not active."""
    owned = {one.profile_id: one.id for one in org.permission_sets if one.owned}
    rows = [
        AssignmentRow(f"0Pa{user.id[3:]}", user.id, owned[user.profile_id])
        for user in org.users
        if user.profile_id in owned
    ]
    now = org.clock()
    return rows + [
        AssignmentRow(
            one.id, one.assignee_id, one.permission_set_id, one.group_id, one.expires, one.active(now)
        )
        for one in org.assignments
    ]


def own_permissions(_org: DemoOrg, caller: Caller) -> list[PermissionSet]:
    """The single row of UserPermissionAccess: what the caller may do."""
    return [PermissionSet(caller.user.id, "", "", set(caller.permissions))]
