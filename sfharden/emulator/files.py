"""Metadata files as the API shows them: who may read which, what an API version leaves out, properties."""

from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape

from sfharden.emulator import kinds
from sfharden.emulator.ids import NO_ID
from sfharden.emulator.kinds import Kind
from sfharden.emulator.soql.schema import Caller
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.wire import zulu
from sfharden.emulator.xmltree import Node, XmlError, document, parse

Properties = dict[str, str]
_SECRET_KINDS: Final = frozenset({"ExtlClntAppOauthSettings", "ExtlClntAppGlobalOauthSettings"})
_POLICY_KINDS: Final = frozenset(
    {
        "ExtlClntAppOauthConfigurablePolicies",
        "ExtlClntAppConfigurablePolicies",
        "ExtlClntAppOauthSecuritySettings",
    }
)
_POLICY_READERS: Final = ("ExternalClientAppAdmin", "ExternalClientAppViewer")
# Hidden until Salesforce Support enables API Access Control (Metadata API Guide, ConnectedAppSettings).
API_ACCESS_CONTROL: Final = ("enableAdminApprovedAppsOnly", "enableAdminApprovedAppsOnlyForExternalUser")
_SECRETS: Final = ("consumerSecret",)
_APP_SETTINGS: Final = "settings/ConnectedApp.settings"


def may_read(org: DemoOrg, kind: Kind, caller: Caller) -> bool:
    """True if special access to a type isn't needed, or is there."""
    if kind.name in _SECRET_KINDS:
        with_secret = org.knobs.eca_secrets_readable and caller.has("ViewClientSecret")
        return with_secret or (org.knobs.eca_settings_readable and caller.has(*_POLICY_READERS))
    return kind.name not in _POLICY_KINDS or caller.has(*_POLICY_READERS)


def listed(org: DemoOrg, kind: Kind, version: str, caller: Caller) -> list[str]:
    """Full names of the components of a type that the caller can see in that version, sorted."""
    if not may_read(org, kind, caller):
        return []
    return sorted(name for name in _names(org, kind) if float(version) >= kinds.since(kind, name))


def _names(org: DemoOrg, kind: Kind) -> Iterator[str]:
    for path in org.metadata:
        if path.startswith(f"{kind.folder}/") and path not in org.knobs.unlisted:
            known = kinds.kind_of(path)
            if known and known[0] == kind:
                yield known[1]


def record_id(org: DemoOrg, kind: Kind, name: str) -> str:
    """The id of the record behind a component; empty where there's none."""
    tables = {
        "Profile": ((one.full_name, one.id) for one in org.profiles),
        "PermissionSet": ((one.full_name, one.id) for one in org.permission_sets if one.plain),
        "PermissionSetGroup": ((one.name, one.id) for one in org.groups),
        "MutingPermissionSet": ((one.name, one.id) for one in org.muting_sets),
        "ConnectedApp": ((one.full_name, one.id) for one in org.connected_apps),
        "ExternalClientApplication": ((one.developer_name, one.id) for one in org.external_apps),
    }
    rows = tables.get(kind.name, iter(()))
    return next((found for one, found in rows if one == name), NO_ID if kind.name == "Settings" else "")


def file_properties(org: DemoOrg, kind: Kind, name: str, root: str = "") -> Properties:
    """What listMetadata and retrieve tell about a file; element names as in the guide, in its order."""
    admin = org.users[0] if org.users else None
    by, who = (admin.id, admin.name) if admin else (NO_ID, "")
    when = zulu(org.clock()) or ""
    namespace, _ = kinds.namespaced(name)
    managed = {"namespacePrefix": namespace} if namespace else {}
    return {
        "createdById": by,
        "createdByName": who,
        "createdDate": when,
        "fileName": root + kinds.path_of(kind, name),
        "fullName": name,
        "id": record_id(org, kind, name),
        "lastModifiedById": by,
        "lastModifiedByName": who,
        "lastModifiedDate": when,
        "manageableState": "installed" if namespace else "unmanaged",
        **managed,
        "type": kind.name,
    }


def properties_xml(element: str, properties: Properties) -> str:
    """File properties as XML."""
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in properties.items())
    return f"<{element}>{inner}</{element}>"


def read_component(org: DemoOrg, kind: Kind, name: str, version: str | float) -> bytes | None:
    """A component's file as that API version shows it; None if the org has none."""
    path = kinds.path_of(kind, name)
    content = org.metadata.get(path)
    if content is None or path in org.knobs.unlisted:
        return None
    if path == _APP_SETTINGS and not org.knobs.api_access_control:
        content = _hiding(content, API_ACCESS_CONTROL)
    if kind.name in _SECRET_KINDS and not org.knobs.eca_secrets_readable:
        content = _hiding(content, _SECRETS)
    return for_version(content, float(version))


def _hiding(content: bytes, elements: Sequence[str]) -> bytes:
    """The file without these elements; its own bytes if it has none of them."""
    if not any(name.encode() in content for name in elements):
        return content
    try:
        return without(parse(content), list(elements))
    except XmlError:
        return content


def for_version(content: bytes, version: float) -> bytes:
    """The file without elements that came after the version; its own bytes if there are none."""
    late = {
        path
        for elements in kinds.ELEMENT_SINCE.values()
        for path, since in elements.items()
        if version < since and path.rpartition(".")[2].encode() in content
    }
    if not late:
        return content
    try:
        tree = parse(content)
    except XmlError:
        return content
    dropped = too_new(tree, version)
    return without(tree, dropped) if dropped else content


def too_new(tree: Node, version: float) -> list[str]:
    """Dotted paths of the elements in a file that came after the version."""
    table = kinds.ELEMENT_SINCE.get(tree.name, {})
    return [path for path, since in table.items() if version < since and _has(tree, path)]


def _has(tree: Node, path: str) -> bool:
    node: Node | None = tree
    for step in path.split("."):
        node = node.first(step) if node else None
    return node is not None


def without(tree: Node, paths: list[str]) -> bytes:
    """The file without the elements at these paths."""
    for path in paths:
        head, _, last = path.rpartition(".")
        parents = [tree] if not head else list(tree.all(head))
        for parent in parents:
            parent.children = [child for child in parent.children if child.name != last]
    return document(tree)
