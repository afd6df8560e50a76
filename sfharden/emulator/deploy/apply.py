"""What a deploy leaves in the org: an overlay for profiles and settings, a replacement for the rest.

Sources: Metadata API Guide, Profile and SecuritySettings.
Login ranges and trusted ranges are replaced as lists.
"""

from typing import Final

from sfharden.emulator import kinds
from sfharden.emulator.access import file_tree
from sfharden.emulator.deploy.types import Component
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.xmltree import Node, document, leaf, parse

# What tells two entries of a profile's list apart.
_KEYS: Final = {
    "userPermissions": ("name",),
    "customPermissions": ("name",),
    "objectPermissions": ("object",),
    "fieldPermissions": ("field",),
    "classAccesses": ("apexClass",),
    "pageAccesses": ("apexPage",),
    "flowAccesses": ("flow",),
    "tabVisibilities": ("tab",),
    "applicationVisibilities": ("application",),
    "recordTypeVisibilities": ("recordType",),
    "layoutAssignments": ("layout", "recordType"),
    "customMetadataTypeAccesses": ("name",),
    "customSettingAccesses": ("name",),
    "externalDataSourceAccesses": ("externalDataSource",),
}
_WHOLE: Final = frozenset({"networkAccess"})
_BASE: Final = "Minimum Access - Salesforce"
_OLD_BASE: Final = "Standard"


def apply(org: DemoOrg, component: Component, version: float) -> None:
    """Put a component that passed the check into the org."""
    known = kinds.kind_of(component.path)
    if known is None:
        return
    kind, name = known
    tree = parse(component.content)
    if kind.name == "Profile":
        content = document(_profile(org, name, tree, version))
    elif kind.name == "Settings":
        existing = file_tree(org, "Settings", name)
        content = document(_overlay(existing, tree)) if existing else component.content
    elif kind.name == "ConnectedApp":
        content = _connected_app(org, name, tree, component.content)
    else:
        content = component.content
    org.metadata[component.path] = content


def _profile(org: DemoOrg, name: str, tree: Node, version: float) -> Node:
    existing = file_tree(org, "Profile", name)
    base = existing or _new_profile(org, tree, version)
    deployed = {child.name for child in tree.children}
    lists = {child.name for child in tree.children if child.name in _KEYS}
    merged = [child for child in base.children if child.name not in deployed or child.name in lists]
    if existing and "loginIpRanges" not in deployed and org.knobs.omitted_login_ranges == "clear":
        merged = [child for child in merged if child.name != "loginIpRanges"]
    for child in tree.children:
        if child.name in lists:
            merged = [one for one in merged if not _same_entry(one, child)]
        if child.children or child.name != "loginIpRanges":  # an empty one clears the list
            merged.append(child.copy())
    return Node(
        "Profile", children=sorted(_shown(merged), key=lambda one: one.name), attributes=dict(base.attributes)
    )


def _shown(children: list[Node]) -> list[Node]:
    """Without permissions that are off: only enabled ones are ever retrieved."""
    return [one for one in children if one.name != "userPermissions" or one.value("enabled") == "true"]


def _new_profile(org: DemoOrg, tree: Node, version: float) -> Node:
    # With nothing set it starts from Minimum Access (API 60 and later), or from Standard User.
    name = _BASE if version >= 60 or not version else _OLD_BASE
    profile = org.profile(name)
    base = file_tree(org, "Profile", profile.full_name) if profile else None
    kept = [child for child in base.children if child.name == "userPermissions"] if base else []
    licence = (base.value("userLicense") if base else "") or "Salesforce"
    return Node(
        "Profile",
        children=[leaf("custom", True), *kept, leaf("userLicense", licence)],
        attributes=dict(tree.attributes),
    )


def _same_entry(one: Node, other: Node) -> bool:
    keys = _KEYS[other.name]
    return one.name == other.name and all(one.value(key) == other.value(key) for key in keys)


def _overlay(existing: Node, tree: Node) -> Node:
    """Settings: groups are laid over each other member by member, lists and trusted ranges are replaced."""
    sent = {child.name for child in tree.children}
    kept = [child.copy() for child in existing.children if child.name not in sent]
    laid = [_laid_over(existing, tree, child) for child in tree.children]
    merged = sorted([*kept, *laid], key=lambda one: one.name)
    return Node(existing.name, existing.text, merged, dict(existing.attributes))


def _laid_over(existing: Node, tree: Node, child: Node) -> Node:
    olds, news = list(existing.all(child.name)), list(tree.all(child.name))
    group = len(olds) == len(news) == 1 and olds[0].children and child.children
    return _overlay(olds[0], child) if group and child.name not in _WHOLE else child.copy()


def _connected_app(org: DemoOrg, name: str, tree: Node, content: bytes) -> bytes:
    """Replaced as a whole, but for the consumer key, which stays when the file doesn't name it."""
    existing = file_tree(org, "ConnectedApp", name)
    key = existing.value("oauthConfig.consumerKey") if existing else ""
    oauth = tree.first("oauthConfig")
    if not key or oauth is None or oauth.value("consumerKey"):
        return content
    oauth.children.append(leaf("consumerKey", key))
    oauth.children.sort(key=lambda one: one.name)
    return document(tree)
