"""What a login must hold to read which part of an org, and which controls rest on that part.

Permissions and labels: Object Reference, "Special Access Rules" of each object; Metadata API Guide, retrieve()
(there is no permission to only read metadata). Names: metadata WSDL.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from sfharden.checks.policy import Policy
from sfharden.checks.registry import CHECKS
from sfharden.facts.directory import Directory
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
        (tables.PERMISSION_SETS, tables.APP_ACCESS, tables.APPS, tables.SETUP_CHANGES, tables.HEALTH),
    ),
    Need(
        ("ModifyMetadata", "ModifyAllData"),
        "Modify Metadata Through Metadata API Functions",
        (tables.METADATA,),
    ),
    Need(("CustomizeApplication",), "Customize Application", (tables.TOKENS,)),
    Need(("ManageUsers",), "Manage Users", (tables.TOKENS, tables.USERS, tables.SESSIONS, tables.LOGINS)),
    Need(("ManageUsers", "MonitorLoginHistory"), "Monitor Login History", (tables.LOGINS,)),
    Need(
        ("ExternalClientAppAdmin", "ExternalClientAppDeveloper", "ExternalClientAppViewer"),
        "View all External Client Apps",
        (tables.EXTERNAL_TOKENS,),
    ),
)

# What the least-privilege permission set grants: of each need the first name, and what lists logins.
GRANTED: Final = (
    "ApiEnabled",
    "CustomizeApplication",
    "ExternalClientAppAdmin",
    "ManageUsers",
    "ModifyMetadata",
    "MonitorLoginHistory",
    "ViewSetup",
)


def is_met(need: Need, held: Iterable[str]) -> bool:
    """True if one of its permissions is held."""
    return bool(set(need.names) & set(held))


def held_by_caller(snapshot: Snapshot) -> frozenset[str] | None:
    """The permissions that whoever read the org holds; None if that can't be told."""
    try:
        return Directory(snapshot).caller_permissions()
    except CannotTell:
        return None


def unmet(snapshot: Snapshot) -> list[Need]:
    """What whoever read the org is known to lack."""
    held = held_by_caller(snapshot)
    return [need for need in NEEDS if held is not None and not is_met(need, held)]


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

    Salesforce may ask for permissions that these depend on when it's deployed.
    """
    grants = "".join(
        f"    <userPermissions>\n        <enabled>true</enabled>\n        <name>{name}</name>\n"
        "    </userPermissions>\n"
        for name in GRANTED
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata">\n'
        "    <description>What sfharden needs to read an org. Modify Metadata can also write: Salesforce has\n"
        "        no permission that only reads metadata. Assign it for the run, and take it away again."
        "</description>\n"
        "    <hasActivationRequired>false</hasActivationRequired>\n"
        "    <label>sfharden reader</label>\n"
        f"{grants}</PermissionSet>\n"
    )
