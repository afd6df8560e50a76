"""What a login must hold to read which part of an org, and which controls rest on that part.

Permissions and labels: Object Reference, "Special Access Rules" of each object; Metadata API Guide, retrieve()
(there is no permission to only read metadata). Names: metadata WSDL.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from sfharden.checks.policy import Policy
from sfharden.checks.registry import CHECKS
from sfharden.facts.directory import Directory
from sfharden.facts.grants import Grants
from sfharden.facts.values import CannotTell
from sfharden.model import org as tables
from sfharden.model.snapshot import Snapshot


class Need(NamedTuple):
    """A permission that matters: any one of `names` will do. `parts` can't be read, or not all, without it."""

    names: tuple[str, ...]
    label: str
    parts: tuple[str, ...]


NEEDS: Final = (
    Need(("ApiEnabled",), "API Enabled", ()),
    Need(
        ("ViewSetup",),
        "View Setup and Configuration",
        (
            tables.PERMISSION_SETS,
            tables.GROUPS,
            tables.GROUP_MEMBERS,
            tables.MUTING_SETS,
            tables.OBJECT_RIGHTS,
            tables.APP_ACCESS,
            tables.APPS,
            tables.SETUP_CHANGES,
            tables.HEALTH,
        ),
    ),
    Need(("ViewAllProfiles",), "View All Profiles", (tables.PROFILES,)),
    Need(
        ("ModifyMetadata", "ModifyAllData"),
        "Modify Metadata Through Metadata API Functions",
        (tables.METADATA,),
    ),
    Need(("CustomizeApplication",), "Customize Application", (tables.TOKENS,)),
    Need(
        ("ManageUsers",),
        "Manage Users",
        (tables.TOKENS, tables.USERS, tables.FROZEN, tables.SESSIONS, tables.LOGINS),
    ),
    Need(("ManageUsers", "MonitorLoginHistory"), "Monitor Login History", (tables.LOGINS,)),
    Need(
        ("ExternalClientAppAdmin", "ExternalClientAppDeveloper", "ExternalClientAppViewer"),
        "View all External Client Apps",
        (tables.EXTERNAL_TOKENS, tables.EXTERNAL_APPS),
    ),
    Need(("ViewSetupAuditTrail",), "View Setup Audit Trail", (tables.SETUP_CHANGES,)),
)
# Orgs have it from API 68.0 on (metadata WSDL); where it doesn't exist, View Setup and Configuration is enough.
_NEWER: Final = frozenset({"ViewSetupAuditTrail"})

# What the least-privilege permission set grants: of each need the first name, and what lists logins.
GRANTED: Final = (
    "ApiEnabled",
    "CustomizeApplication",
    "ExternalClientAppAdmin",
    "ManageUsers",
    "ModifyMetadata",
    "MonitorLoginHistory",
    "ViewAllProfiles",
    "ViewSetup",
    "ViewSetupAuditTrail",
)


def is_met(need: Need, held: Iterable[str]) -> bool:
    """True if one of its permissions is held."""
    return bool(set(need.names) & set(held))


def held_by_caller(snapshot: Snapshot) -> frozenset[str] | None:
    """The permissions that whoever read the org holds; None if that can't be told."""
    try:
        return Grants(Directory(snapshot)).caller_permissions()
    except CannotTell:
        return None


def needs_of(snapshot: Snapshot) -> tuple[Need, ...]:
    """The needs in this org; where it didn't tell which permissions it knows, all."""
    known = frozenset(snapshot.org.permission_names if snapshot.org else ())
    return tuple(one for one in NEEDS if not known or known & set(one.names) or not _NEWER & set(one.names))


def unmet(snapshot: Snapshot) -> list[Need]:
    """What whoever read the org is known to lack."""
    held = held_by_caller(snapshot)
    return [need for need in needs_of(snapshot) if held is not None and not is_met(need, held)]


def controls_without(need: Need, policies: Iterable[Policy]) -> Iterator[str]:
    """The controls that would be unknown without it; for API access that's all of them."""
    for policy in policies:
        for control in policy.controls:
            check = CHECKS.get(control.check)
            parts = check.parts if check else ()
            if not need.parts or set(need.parts) & set(parts):
                yield control.id


def permission_set_xml() -> str:
    """A permission set with what reading an org takes, ready to deploy.

    Salesforce may ask for permissions that these depend on when it's deployed. An org whose API is older than 68.0
    has no View Setup Audit Trail, and refuses the file with it: a comment says so.
    """
    grants = "".join(
        f"    <userPermissions>\n        <enabled>true</enabled>\n        <name>{name}</name>\n"
        "    </userPermissions>\n"
        for name in GRANTED
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<!-- Before API 68.0 (Winter '27) an org has no ViewSetupAuditTrail: take that one out there. -->\n"
        '<PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata">\n'
        "    <description>What sfharden needs to read an org. Modify Metadata can also write: Salesforce has\n"
        "        no permission that only reads metadata. Assign it for the run, and take it away again."
        "</description>\n"
        "    <hasActivationRequired>false</hasActivationRequired>\n"
        "    <label>sfharden reader</label>\n"
        f"{grants}</PermissionSet>\n"
    )
