"""Whether a package may be deployed: the rules the platform documents, one function a type.

Sources: Metadata API Guide (Profile, ConnectedApp, SecuritySettings, deploy); Security Guide (login ranges).
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from sfharden.emulator import kinds
from sfharden.emulator.access import file_tree
from sfharden.emulator.allowlist import list_faults, pairs_of
from sfharden.emulator.deploy.types import Component, Package, Problem
from sfharden.emulator.derive import names
from sfharden.emulator.derive_groups import enabled_permissions
from sfharden.emulator.files import API_ACCESS_CONTROL, too_new
from sfharden.emulator.ranges import WIDEST_TRUSTED, read_range
from sfharden.emulator.soql.schema import permission_names
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.xmltree import Node, XmlError, parse

Faults = Iterator[str]
_TIMEOUTS: Final = re.compile(
    "(?:Fifteen|Thirty|Sixty|Ninety)Minutes|(?:Two|Four|Eight|Twelve|TwentyFour)Hours"
)
_RELAXATIONS: Final = frozenset({"ENFORCE", "ENFORCE_RELAXREFRESH", "BYPASS_2FACTOR", "BYPASS"})
_REFRESH: Final = re.compile(r"infinite|zero|specific_(?:lifetime|inactivity):[1-9]\d*:(?:HOURS|DAYS|MONTHS)")
_POLICY_VALUES: Final = {
    "permittedUsersPolicyType": {"AllSelfAuthorized", "AdminApprovedPreAuthorized"},
    "ipRelaxationPolicyType": {"Enforce", "Bypass", "Bypass_2factor", "Enforce_RelaxRefresh"},
    "refreshTokenPolicyType": {"Infinite", "Zero", "SpecificLifetime", "SpecificInactivity"},
    "refreshTokenValidityUnit": {"Hours", "Days", "Months"},
}
_BOOLEANS: Final = re.compile(r"(?:is|enable|enforce|lock|force|require|disable)[A-Z]\w*")
_RANGES_ALLOWED: Final = 5


def check(org: DemoOrg, package: Package) -> list[Problem]:
    """Every problem of a package, sorted by component; none means it can be deployed."""
    problems = list(_manifest_problems(org, package))
    for component in package.components:
        faults = _component(org, component, package)
        problems += [Problem(component.path, text) for text in faults]
    return problems + list(_deletions(org, package))


def _manifest_problems(org: DemoOrg, package: Package) -> Iterator[Problem]:
    if package.version and f"{package.version}" not in org.versions:
        yield Problem("package.xml", f"Invalid version specified: {package.version}")
    there = {component.path for component in package.components}
    for kind_name, name in package.members:
        kind = kinds.KINDS.get(kind_name)
        if kind is None:
            yield Problem("package.xml", f"Unknown type name '{kind_name}' specified in package.xml")
        elif name != "*" and kinds.path_of(kind, name) not in there:
            what = f"An object '{name}' of type {kind_name} was named in package.xml"
            yield Problem("package.xml", f"{what}, but was not found in zipped directory")


def _component(org: DemoOrg, component: Component, package: Package) -> Faults:
    known = kinds.kind_of(component.path)
    if known is None or component.path != kinds.path_of(*known):
        yield "Not available for deploy: unknown type, or the wrong folder for its type"
        return
    kind, name = known
    if (kind.name, name) not in package.members and (kind.name, "*") not in package.members:
        yield f"The component {name} of type {kind.name} is not in package.xml"
        return
    try:
        tree = parse(component.content)
    except XmlError as error:
        yield f"Error parsing file: {error}"
        return
    root = f"{name}Settings" if kind.name == "Settings" else kind.name
    if tree.name != root:
        yield f"Error parsing file: unexpected element {tree.name}, expected {root}"
        return
    version = package.version or float(max(org.versions, key=float))
    for path in too_new(tree, version):
        yield f"Error parsing file: Element {path} invalid at this location in type {root}"
    yield from _bad_booleans(tree)
    yield from _CHECKS.get(root, _nothing)(org, name, tree)


def _nothing(_org: DemoOrg, _name: str, _tree: Node) -> Faults:
    return iter(())


def _bad_booleans(node: Node) -> Faults:
    for child in node.children:
        wrong = not child.children and child.text.strip() not in ("true", "false", "1", "0")
        if _BOOLEANS.fullmatch(child.name) and wrong and child.attributes.get("xsi:nil") != "true":
            yield f"'{child.text.strip()}' is not a valid value for the boolean {child.name}"
        yield from _bad_booleans(child)


def _range_faults(start: str, end: str) -> Faults:
    try:
        read_range(start, end)
    except ValueError as error:
        yield str(error)


def _profile(org: DemoOrg, name: str, tree: Node) -> Faults:
    ranges = list(tree.all("loginIpRanges"))
    if not (len(ranges) == 1 and not ranges[0].children):  # one empty element clears the list
        for one in ranges:
            yield from _range_faults(one.value("startAddress"), one.value("endAddress"))
    for hours in tree.all("loginHours"):
        yield from _hours(hours)
    unknown = _listed_permissions(tree) - _known_permissions(org)
    yield from (f"Unknown user permission: {one}" for one in sorted(unknown))
    existing = file_tree(org, "Profile", name)
    licence = tree.value("userLicense")
    if existing and licence and licence != (existing.value("userLicense") or licence):
        yield "The user license of a profile can't be changed"
    if existing is None and tree.value("custom") == "false":
        yield "A standard profile can't be created"
    if org.knobs.five_range_rule and len(ranges) > _RANGES_ALLOWED and _enforced(org):
        yield "CANNOT_ENABLE_IP_RESTRICT_REQUESTS: a profile has more than five IP ranges"


def _hours(hours: Node) -> Faults:
    given = {child.name: child.text.strip() for child in hours.children}
    for name, value in given.items():
        if not value.isdecimal() or int(value) % 60 or int(value) > 24 * 60:
            yield f"{name} must be a number of minutes divisible by 60"
        other = name.replace("Start", "End") if name.endswith("Start") else name.replace("End", "Start")
        if other not in given:
            yield f"{name} needs a matching {other}"


def _listed_permissions(tree: Node) -> set[str]:
    return {one.value("name") for one in tree.all("userPermissions")}


def _known_permissions(org: DemoOrg) -> set[str]:
    """Permission fields of the org, and whatever its own files name already."""
    named = set(permission_names(org, float(max(org.versions, key=float))))
    named = named.union(*(one.permissions for one in org.permission_sets))
    for profile in org.profiles:
        tree = file_tree(org, "Profile", profile.full_name)
        named |= _listed_permissions(tree) if tree else set()
    return named


def _permission_set(org: DemoOrg, _name: str, tree: Node) -> Faults:
    if not tree.value("label"):
        yield "Required field is missing: label"
    unknown = enabled_permissions(tree) - _known_permissions(org)
    yield from (f"Unknown user permission: {one}" for one in sorted(unknown))


def _connected_app(org: DemoOrg, name: str, tree: Node) -> Faults:
    existing = file_tree(org, "ConnectedApp", name)
    if existing is None and not org.knobs.connected_app_creation:
        yield "You can't create a connected app. To enable creation, contact Salesforce Customer Support."
    for element in ("label", "contactEmail"):
        if not tree.value(element):
            yield f"Required field is missing: {element}"
    key = tree.value("oauthConfig.consumerKey")
    if existing and key and key != existing.value("oauthConfig.consumerKey"):
        yield "The consumer key of a connected app can't be changed"
    yield from _oauth_policy(tree)
    for profile in tree.values("profileName"):
        if org.profile(profile) is None:
            yield f"In field: profileName - no Profile named {profile} found"
    for one in tree.values("permissionSetName"):
        if org.permission_set(one) is None:
            yield f"In field: permissionSetName - no PermissionSet named {one} found"
    for one_range in tree.all("ipRanges"):
        yield from _range_faults(one_range.value("start"), one_range.value("end"))


def _oauth_policy(tree: Node) -> Faults:
    policy = tree.first("oauthPolicy")
    if policy is None:
        return
    # Files of real projects leave either out, and were deployed.
    if policy.first("ipRelaxation") and policy.value("ipRelaxation") not in _RELAXATIONS:
        yield f"'{policy.value('ipRelaxation')}' is not a valid value for ipRelaxation"
    if policy.first("refreshTokenPolicy") and not _REFRESH.fullmatch(policy.value("refreshTokenPolicy")):
        yield f"'{policy.value('refreshTokenPolicy')}' is not a valid value for refreshTokenPolicy"


def _security(org: DemoOrg, _name: str, tree: Node) -> Faults:
    timeout = tree.value("sessionSettings.sessionTimeout")
    if timeout and not _TIMEOUTS.fullmatch(timeout):
        yield f"'{timeout}' is not a valid value for the enum 'SessionTimeout'"
    access = tree.first("networkAccess") or Node("networkAccess")
    for one in access.all("ipRanges"):
        yield from _trusted(one.value("start"), one.value("end"))
    turned_on = tree.value("sessionSettings.enforceIpRangesEveryRequest") == "true"
    if org.knobs.five_range_rule and turned_on and _crowded(org):
        yield "CANNOT_ENABLE_IP_RESTRICT_REQUESTS: a profile has more than five IP ranges"


def _trusted(start: str, end: str) -> Faults:
    try:
        low, high = read_range(start, end)
    except ValueError as error:
        yield str(error)
        return
    if low.version == 4 and int(high) - int(low) + 1 > WIDEST_TRUSTED:
        yield f"The IP range may hold at most {WIDEST_TRUSTED} addresses"


def _crowded(org: DemoOrg) -> bool:
    trees = (file_tree(org, "Profile", one.full_name) for one in org.profiles)
    return any(len(list(tree.all("loginIpRanges"))) > _RANGES_ALLOWED for tree in trees if tree)


def _enforced(org: DemoOrg) -> bool:
    tree = file_tree(org, "Settings", "Security")
    return tree is not None and tree.value("sessionSettings.enforceIpRangesEveryRequest") == "true"


def _app_settings(org: DemoOrg, _name: str, tree: Node) -> Faults:
    for element in (one for one in API_ACCESS_CONTROL if tree.first(one)):
        if not org.knobs.api_access_control:
            yield f"Not available for deploy for this organization: {element}"


def _external_policy(org: DemoOrg, _name: str, tree: Node) -> Faults:
    yield from _child_of_external(org, _name, tree)
    for element, allowed in _POLICY_VALUES.items():
        value = tree.value(element)
        if value and value not in allowed:
            yield f"'{value}' is not a valid value for {element}"
    for profile in names(tree, "commaSeparatedProfile"):
        if org.profile(profile) is None:
            yield f"In field: commaSeparatedProfile - no Profile named {profile} found"


def _allowlist(org: DemoOrg, _name: str, tree: Node) -> Faults:
    yield from _child_of_external(org, _name, tree)
    yield from list_faults(pairs_of(tree))


def _child_of_external(org: DemoOrg, _name: str, tree: Node) -> Faults:
    parent = tree.value("externalClientApplication")
    if all(one.developer_name != parent for one in org.external_apps):
        yield f"In field: externalClientApplication - no ExternalClientApplication named {parent} found"


def _deletions(org: DemoOrg, package: Package) -> Iterator[Problem]:
    for kind_name, name in package.deleted:
        kind = kinds.KINDS.get(kind_name)
        path = kinds.path_of(kind, name) if kind else "destructiveChanges.xml"
        if kind is None or path not in org.metadata:
            yield Problem(path, f"No {kind_name} named: {name} found")
        elif kind_name == "Profile":
            yield from _profile_deletion(org, path, name)


def _profile_deletion(org: DemoOrg, path: str, name: str) -> Iterator[Problem]:
    profile = org.profile(name)
    if name in kinds.STANDARD_PROFILES:
        yield Problem(path, "A standard profile can't be deleted")
    elif profile and any(user.profile_id == profile.id for user in org.users):
        yield Problem(path, "The profile is in use by users and can't be deleted")


_CHECKS: Final[dict[str, Callable[[DemoOrg, str, Node], Faults]]] = {
    "Profile": _profile,
    "PermissionSet": _permission_set,
    "ConnectedApp": _connected_app,
    "SecuritySettings": _security,
    "ConnectedAppSettings": _app_settings,
    "ExtlClntAppOauthConfigurablePolicies": _external_policy,
    "ExtlClntAppConfigurablePolicies": _child_of_external,
    "ExtlClntAppOauthSettings": _child_of_external,
    "ExtlClntAppGlobalOauthSettings": _child_of_external,
    "ExtlClntAppOauthSecuritySettings": _allowlist,
}
