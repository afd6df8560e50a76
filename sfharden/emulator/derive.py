"""What follows from the metadata files: profiles, permission sets, apps, who may use them.

A deploy changes files only; `sync` then brings the records in line, and keeps the ids they had.
"""

from collections.abc import Iterator
from pathlib import Path

from sfharden.emulator import kinds
from sfharden.emulator.derive_groups import drop_group, enabled_permissions, sync_groups
from sfharden.emulator.records import (
    AppMenuItem,
    ConnectedApplication,
    EntityAccess,
    ExternalClientApp,
    PermissionSet,
    Profile,
)
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.xmltree import Node, XmlError, parse

# What users of a licence are (Object Reference, Profile, UserType); all others are `Standard`.
_USER_TYPES = {
    "Guest User License": "Guest",
    "Customer Community": "CspLitePortal",
    "Customer Community Plus": "PowerCustomerSuccess",
    "Partner Community": "PowerPartner",
    "Chatter Free": "CsnOnly",
}


def load_metadata(org: DemoOrg, folder: Path) -> None:
    """Add a folder of metadata files, at any depth: source form (`*-meta.xml`) or Metadata API form.

    Files that hold no type the org knows are left out.
    """
    for file in sorted(folder.rglob("*")):
        known = kinds.kind_of(file.name)
        if known and file.is_file():
            org.metadata[kinds.path_of(*known)] = file.read_bytes()
    sync(org)


def sync(org: DemoOrg) -> None:
    """Make every derived record agree with the metadata files."""
    with org.lock:
        trees = {kind: list(_trees(org, kind)) for kind in kinds.KINDS if kind != "Settings"}
        for name, tree in trees["Profile"]:
            _sync_profile(org, name, tree)
        for name, tree in trees["PermissionSet"]:
            _sync_permission_set(org, name, tree)
        _own_sets(org)
        sync_groups(org, trees["PermissionSetGroup"], trees["MutingPermissionSet"])
        for name, tree in trees["ConnectedApp"]:
            _sync_connected_app(org, name, tree)
        for name, tree in trees["ExternalClientApplication"]:
            _sync_external_app(org, name, tree)
        for _, tree in trees["ExtlClntAppOauthConfigurablePolicies"]:
            _sync_policy(org, tree)
        _drop_lost(org)
        _sync_access(org, trees)


def _trees(org: DemoOrg, kind: str) -> Iterator[tuple[str, Node]]:
    folder = kinds.KINDS[kind].folder + "/"
    for path, content in org.metadata.items():
        if path.startswith(folder):
            known = kinds.kind_of(path)
            tree = _tree(content)
            if known and tree:
                yield known[1], tree


def _tree(content: bytes) -> Node | None:
    # A test may put a broken file into an org; the records simply don't follow it.
    try:
        return parse(content)
    except XmlError:
        return None


def _sync_profile(org: DemoOrg, full_name: str, tree: Node) -> None:
    profile = next((one for one in org.profiles if one.full_name == full_name), None)
    if profile is None:
        profile = Profile(org.new_id("00e"), kinds.decode_name(full_name), full_name)
        org.profiles.append(profile)
    profile.permissions = enabled_permissions(tree)
    profile.user_licence = tree.value("userLicense") or profile.user_licence
    profile.user_type = _USER_TYPES.get(profile.user_licence, "Standard")


def _sync_permission_set(org: DemoOrg, name: str, tree: Node) -> None:
    found = next((one for one in org.permission_sets if one.full_name == name and one.plain), None)
    if found is None:
        namespace, short = kinds.namespaced(name)
        found = PermissionSet(org.new_id("0PS"), short, short, namespace=namespace)
        org.permission_sets.append(found)
    found.label = tree.value("label") or found.name
    found.permissions = enabled_permissions(tree)
    found.session_based = tree.value("hasActivationRequired") == "true"
    found.user_licence = tree.value("license") or None


def _own_sets(org: DemoOrg) -> None:
    owned = {one.profile_id: one for one in org.permission_sets if one.owned}
    for profile in org.profiles:
        if profile.id not in owned:
            name = f"X{profile.id[:15]}"
            owned[profile.id] = PermissionSet(org.new_id("0PS"), name, name, profile_id=profile.id)
            org.permission_sets.append(owned[profile.id])
        # One set object, so that the two can't disagree.
        owned[profile.id].permissions = profile.permissions


def _sync_connected_app(org: DemoOrg, full_name: str, tree: Node) -> None:
    app = next((one for one in org.connected_apps if one.full_name == full_name), None)
    now = org.clock()
    if app is None:
        app = ConnectedApplication(org.new_id("0H4"), full_name, full_name, now, now)
        org.connected_apps.append(app)
    app.name = tree.value("label") or full_name
    app.admin_approved_only = tree.value("oauthConfig.isAdminApproved") == "true"
    app.high_assurance = tree.value("sessionPolicy.sessionLevel") == "HIGH_ASSURANCE"
    kind, _, rest = tree.value("oauthPolicy.refreshTokenPolicy").partition(":")
    number = rest.partition(":")[0]
    app.validity_from_last_use = kind == "specific_inactivity"
    app.refresh_token_validity_period = int(number) if number.isdecimal() else None
    _sync_menu_item(org, app.id, app.full_name, app.name, app.admin_approved_only)


def _sync_external_app(org: DemoOrg, name: str, tree: Node) -> None:
    app = next((one for one in org.external_apps if one.developer_name == name), None)
    if app is None:
        app = ExternalClientApp(org.new_id("0xI"), name, name, org.new_id("0yG"))
        org.external_apps.append(app)
    app.label = tree.value("label") or name
    _sync_menu_item(org, app.id, name, app.label, False)


def _sync_policy(org: DemoOrg, tree: Node) -> None:
    app = org.external_app(tree.value("externalClientApplication"))
    if app is None:
        return
    period = tree.value("refreshTokenValidityPeriod")
    app.permitted_users = tree.value("permittedUsersPolicyType") or app.permitted_users
    app.ip_relaxation = tree.value("ipRelaxationPolicyType") or app.ip_relaxation
    app.refresh_policy = tree.value("refreshTokenPolicyType") or app.refresh_policy
    app.validity_period = int(period) if period.isdecimal() else None
    app.validity_unit = tree.value("refreshTokenValidityUnit") or None
    app.session_level = tree.value("requiredSessionLevel") or None
    _sync_menu_item(
        org, app.id, app.developer_name, app.label, app.permitted_users == "AdminApprovedPreAuthorized"
    )


def _sync_menu_item(org: DemoOrg, app_id: str, name: str, label: str, admin: bool) -> None:
    item = next((one for one in org.menu_items if one.application_id == app_id), None)
    if item is None:
        item = AppMenuItem(org.new_id("0DS"), label, name, app_id)
        org.menu_items.append(item)
    item.label = label
    item.uses_admin_authorization = admin


def _drop_lost(org: DemoOrg) -> None:
    """Take away profiles and apps whose file was deleted by a deploy; records that never had a file stay."""
    for path in [path for path, content in org.metadata.items() if not content]:
        del org.metadata[path]
        known = kinds.kind_of(path)
        if known:
            _drop(org, known[0].name, known[1])


def _drop(org: DemoOrg, kind: str, name: str) -> None:
    if kind == "Profile":
        lost = {one.id for one in org.profiles if one.full_name == name}
        org.profiles[:] = [one for one in org.profiles if one.id not in lost]
        org.permission_sets[:] = [one for one in org.permission_sets if one.profile_id not in lost]
    elif kind == "PermissionSet":
        org.permission_sets[:] = [
            one for one in org.permission_sets if not one.plain or one.full_name != name
        ]
    elif kind in ("PermissionSetGroup", "MutingPermissionSet"):
        drop_group(org, kind, name)
    elif kind == "ConnectedApp":
        gone = {one.id for one in org.connected_apps if one.full_name == name}
        org.connected_apps[:] = [one for one in org.connected_apps if one.id not in gone]
        org.entity_access[:] = [one for one in org.entity_access if one.entity_id not in gone]
    elif kind == "ExternalClientApplication":
        gone = {one.id for one in org.external_apps if one.developer_name == name}
        org.external_apps[:] = [one for one in org.external_apps if one.id not in gone]
        org.entity_access[:] = [one for one in org.entity_access if one.entity_id not in gone]
    known = {one.id for one in org.connected_apps} | {one.id for one in org.external_apps}
    org.menu_items[:] = [
        one for one in org.menu_items if one.type != "ConnectedApplication" or one.application_id in known
    ]


def _sync_access(org: DemoOrg, trees: dict[str, list[tuple[str, Node]]]) -> None:
    kept = {(one.parent_id, one.entity_id): one for one in org.entity_access}
    wanted = dict.fromkeys(_access(org, trees))
    described = _described(org, trees)
    # Rows of apps that have no file, or that are gone, stay as they are.
    org.entity_access[:] = [one for one in org.entity_access if one.entity_id not in described]
    for parent, entity, kind in wanted:
        row = kept.get((parent, entity)) or EntityAccess(org.new_id("0J0"), parent, entity, kind)
        org.entity_access.append(row)


def _described(org: DemoOrg, trees: dict[str, list[tuple[str, Node]]]) -> set[str]:
    """Ids of the apps that have metadata files."""
    connected = {name for name, _ in trees["ConnectedApp"]}
    external = {name for name, _ in trees["ExternalClientApplication"]}
    found = {one.id for one in org.connected_apps if one.full_name in connected}
    return found | {one.id for one in org.external_apps if one.developer_name in external}


def _access(org: DemoOrg, trees: dict[str, list[tuple[str, Node]]]) -> Iterator[tuple[str, str, str]]:
    for name, tree in trees["ConnectedApp"]:
        app = next((one for one in org.connected_apps if one.full_name == name), None)
        if app:
            profiles, sets = tree.values("profileName"), tree.values("permissionSetName")
            for parent in _parents(org, profiles, sets):
                yield parent, app.id, "ConnectedApplication"
    for _, tree in trees["ExtlClntAppOauthConfigurablePolicies"]:
        external = org.external_app(tree.value("externalClientApplication"))
        if external:
            profiles, sets = names(tree, "commaSeparatedProfile"), names(tree, "commaSeparatedPermissionSet")
            for parent in _parents(org, profiles, sets):
                yield parent, external.id, "ExternalClientApplication"


def names(tree: Node, element: str) -> list[str]:
    """The entries of a comma-separated list."""
    return [part.strip() for part in tree.value(element).split(",") if part.strip()]


def _parents(org: DemoOrg, profiles: list[str], sets: list[str]) -> Iterator[str]:
    for name in profiles:
        profile = org.profile(name)
        owned = org.owned_set(profile.id) if profile else None
        if owned:
            yield owned.id
    for name in sets:
        found = org.permission_set(name)
        if found:
            yield found.id
