"""Permission set groups, what mutes them, and the permission set that holds what each grants.

Sources: Metadata API Guide, PermissionSetGroup, MutingPermissionSet; Object Reference, PermissionSet ("contains
the aggregated permissions for the group"), PermissionSetGroupComponent.
"""

from collections.abc import Iterable

from sfharden.emulator.records import GroupComponent, MutingPermissionSet, PermissionSet, PermissionSetGroup
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.xmltree import Node

Trees = Iterable[tuple[str, Node]]


def enabled_permissions(tree: Node) -> set[str]:
    """The permissions that a profile or permission set file switches on."""
    return {one.value("name") for one in tree.all("userPermissions") if one.value("enabled") == "true"}


def sync_groups(org: DemoOrg, groups: Trees, muting: Trees) -> None:
    """Make groups, muting sets and what the groups grant agree with their files."""
    for name, tree in muting:
        _sync_muting(org, name, tree)
    for name, tree in groups:
        _sync_group(org, name, tree)


def _sync_muting(org: DemoOrg, name: str, tree: Node) -> None:
    found = next((one for one in org.muting_sets if one.name == name), None)
    if found is None:
        found = MutingPermissionSet(org.new_id("0QM"), name, name)
        org.muting_sets.append(found)
    found.label = tree.value("label") or name
    found.permissions = enabled_permissions(tree)


def _sync_group(org: DemoOrg, name: str, tree: Node) -> None:
    group = next((one for one in org.groups if one.name == name), None)
    if group is None:
        group = PermissionSetGroup(org.new_id("0PG"), name, name)
        org.groups.append(group)
    group.label = tree.value("label") or name
    group.session_based = tree.value("hasActivationRequired") == "true"
    group.status = tree.value("status") or "Updated"
    sets = [one for one in map(org.permission_set, tree.values("permissionSets")) if one]
    wanted = set(tree.values("mutingPermissionSets"))
    muting = [one for one in org.muting_sets if one.name in wanted]
    _sync_components(org, group, [*(one.id for one in sets), *(one.id for one in muting)])
    _aggregate(org, group, sets, muting)


def _sync_components(org: DemoOrg, group: PermissionSetGroup, members: list[str]) -> None:
    mine = {one.permission_set_id: one for one in org.group_components if one.group_id == group.id}
    org.group_components[:] = [one for one in org.group_components if one.group_id != group.id]
    for member in members:
        org.group_components.append(mine.get(member) or GroupComponent(org.new_id("0PF"), group.id, member))


def _aggregate(
    org: DemoOrg,
    group: PermissionSetGroup,
    sets: Iterable[PermissionSet],
    muting: Iterable[MutingPermissionSet],
) -> None:
    """What the group grants; while it waits to be calculated again, that is what it granted before."""
    found = next((one for one in org.permission_sets if one.group_id == group.id), None)
    if found is None:
        found = PermissionSet(org.new_id("0PS"), group.name, group.label, group_id=group.id)
        org.permission_sets.append(found)
    found.label, found.session_based = group.label, group.session_based
    if group.status == "Updated":
        granted = set[str]().union(*(one.permissions for one in sets))
        found.permissions = granted.difference(*(one.permissions for one in muting))


def drop_group(org: DemoOrg, kind: str, name: str) -> None:
    """Take away a group with its members and its assignments, or a muting set."""
    if kind == "MutingPermissionSet":
        org.muting_sets[:] = [one for one in org.muting_sets if one.name != name]
        return
    lost = {one.id for one in org.groups if one.name == name}
    org.groups[:] = [one for one in org.groups if one.id not in lost]
    org.group_components[:] = [one for one in org.group_components if one.group_id not in lost]
    org.permission_sets[:] = [one for one in org.permission_sets if one.group_id not in lost]
    org.assignments[:] = [one for one in org.assignments if one.group_id not in lost]
