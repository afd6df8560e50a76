"""What a login must hold to read which part of an org, and which controls rest on that part.

Permissions and labels: Object Reference, "Special Access Rules" of each object; Metadata API Guide, retrieve()
(there is no permission to only read metadata). Names: metadata WSDL.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from sfharden.checks.policy import Policy
from sfharden.model import org as tables

METADATA: Final = "metadata"


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
        (METADATA,),
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

_PEOPLE: Final = (tables.USERS, tables.PERMISSION_SETS, tables.ASSIGNMENTS)
# A profile or an app is found by its record, and known by its file.
_PROFILE: Final = (METADATA, tables.PROFILES)
_TOKENS: Final = (METADATA, tables.TOKENS, tables.EXTERNAL_TOKENS, tables.APPS)
# Which parts each check rests on; a test holds this against what the checks do.
PARTS_OF: Final[dict[str, tuple[str, ...]]] = {
    "profile_dedicated": (*_PROFILE, tables.USERS),
    "profile_least_privilege": (*_PROFILE, *_PEOPLE),
    "login_ranges_cover_egress": _PROFILE,
    "login_ranges_keep_operator": _PROFILE,
    "login_ranges_bounded": _PROFILE,
    "login_ranges_everywhere": (*_PROFILE, *_PEOPLE),
    "app_admin_approved": (METADATA,),
    "app_ip_enforced": _PROFILE,
    "app_limited_to_profile": (*_PROFILE, tables.APP_ACCESS, tables.APPS, *_PEOPLE),
    "app_refresh_bounded": (METADATA,),
    "app_pkce": (METADATA,),
    "app_scopes": (METADATA,),
    "ip_ranges_every_request": (METADATA,),
    "session_timeout": (METADATA,),
    "trusted_ranges": (METADATA,),
    "setting": (METADATA,),
    "permission_holders": (tables.PROFILES, *_PEOPLE),
    "tokens_after_hardening": _TOKENS,
    "tokens_of_integration_users": (*_TOKENS, tables.USERS),
    "apps_installed": _TOKENS,
    "tokens_fresh": (tables.TOKENS, tables.EXTERNAL_TOKENS, tables.USERS),
    "failure_and_success": (*_PROFILE, tables.LOGINS, tables.USERS),
    "logins_inside_ranges": (*_PROFILE, tables.LOGINS, tables.USERS),
}


def is_met(need: Need, held: Iterable[str]) -> bool:
    """True if one of its permissions is held."""
    return bool(set(need.names) & set(held))


def controls_without(need: Need, policies: Iterable[Policy]) -> Iterator[str]:
    """The controls that would be unknown without it; for API access that's all of them."""
    for policy in policies:
        for control in policy.controls:
            parts = PARTS_OF.get(control.check, ())
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
