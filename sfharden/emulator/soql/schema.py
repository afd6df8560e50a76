"""The objects a query can name: their columns, where the rows come from, who may see them.

Sources: Object Reference, the page of each object; Tooling API Guide for the health check.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final

from sfharden.emulator.records import User
from sfharden.emulator.state import DemoOrg

# Permission fields that every org has (Object Reference, PermissionSet; the Tooling WSDL).
PERMISSIONS: Final = frozenset(
    {
        "ActivitiesAccess",
        "ApiEnabled",
        "ApiUserOnly",
        "AssignPermissionSets",
        "AuthorApex",
        "CanApproveUninstalledApps",
        "ClientSecretRotation",
        "CustomizeApplication",
        "EditEvent",
        "EditTask",
        "EventLogReadAccess",
        "ExternalClientAppAdmin",
        "ExternalClientAppDeveloper",
        "ExternalClientAppViewer",
        "ForceTwoFactor",
        "ManageHealthCheck",
        "ManageProfilesPermissionsets",
        "ManageRemoteAccess",
        "ManageUsers",
        "ModifyAllData",
        "ModifyMetadata",
        "MonitorLoginHistory",
        "PasswordNeverExpires",
        "RunReports",
        "TransactionSecurityExempt",
        "TwoFactorApi",
        "ViewAllData",
        "ViewAllProfiles",
        "ViewClientSecret",
        "ViewEventLogFiles",
        "ViewHealthCheck",
        "ViewSetup",
    }
)
_SINCE: Final = {"UseAnyApiAuth": 67, "ViewSetupAuditTrail": 68, "BreakGlassLoginAllowed": 68}

SETUP: Final = frozenset({"ViewSetup"})
EXTERNAL: Final = frozenset({"ExternalClientAppAdmin", "ExternalClientAppViewer"})


@dataclass(frozen=True, slots=True)
class Column:
    """A field: how it is read from a row, and what a query may do with it.

    `refers` is the relationship's name and the object it leads to.
    """

    name: str
    kind: str
    get: Callable[[Any], Any]
    attribute: str = ""
    filterable: bool = True
    countable: bool = True
    refers: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a user, and what they may do."""

    user: User
    permissions: frozenset[str]

    def has(self, *permissions: str) -> bool:
        """True if the caller holds one of them."""
        return not self.permissions.isdisjoint(permissions)


@dataclass(frozen=True, slots=True)
class SObject:
    """An object.

    Without one of `needs` it is denied; without one of `all_rows` only the caller's own rows show.
    """

    name: str
    rows: "RowSource"
    columns: dict[str, Column]
    needs: frozenset[str] = frozenset()
    all_rows: frozenset[str] = frozenset()
    own: str = ""
    api: str = "standard"  # "standard", "tooling" or "both"
    page: int = 2000
    relationships: dict[str, Column] = field(default_factory=dict)


RowSource = Callable[[DemoOrg, Caller], Sequence[Any]]


def column(name: str, kind: str, attribute: str, **details: Any) -> Column:
    """A column read from an attribute of the row."""
    return Column(name, kind, attrgetter(attribute), attribute, **details)


def made(name: str, kind: str, get: Callable[[Any], Any], **details: Any) -> Column:
    """A column computed from the row."""
    return Column(name, kind, get, **details)


def reference(name: str, attribute: str, relationship: str, target: str) -> Column:
    """A lookup field with its relationship."""
    return column(name, "reference", attribute, refers=(relationship, target))


def build(name: str, rows: RowSource, columns: list[Column], **how: Any) -> SObject:
    """An object with its columns by lower-case name."""
    relationships = {one.refers[0].lower(): one for one in columns if one.refers}
    by_name = {one.name.lower(): one for one in columns}
    return SObject(name, rows, by_name, relationships=relationships, **how)


def permission_names(org: DemoOrg, version: float) -> list[str]:
    """Permission fields this org has in that API version, conditional ones included where provisioned."""
    conditional = set(org.knobs.conditional_permissions)
    if org.knobs.api_access_control:
        conditional.add("UseAnyApiClient")
    late = {name for name, since in _SINCE.items() if version >= since}
    return sorted(PERMISSIONS | late | conditional)


def permission_columns(org: DemoOrg, version: float) -> list[Column]:
    """One boolean column a permission, for rows with a `permissions` set."""
    return [made(f"Permissions{name}", "boolean", _holds(name)) for name in permission_names(org, version)]


def _holds(permission: str) -> Callable[[Any], bool]:
    return lambda row: permission in row.permissions
