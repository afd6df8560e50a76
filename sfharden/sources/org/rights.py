"""Who may do what: permission sets, groups of them, who has which, and who is approved for which app.

Objects and fields: Object Reference, the page of each. Permissions are conditional, so PermissionSet is described
first and only fields that exist are asked for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from sfharden.errors import AnswerError, DeniedError
from sfharden.model.org import (
    AppAccess,
    Assignment,
    GroupMember,
    MutingSet,
    PermissionSetGroup,
    PermissionSetRow,
)
from sfharden.salesforce.rest import OrgClient
from sfharden.sources.org.records import OTHER_FORM
from sfharden.sources.org.values import Row, flag, moment, optional, required

_PREFIX: Final = "Permissions"
_GROUP: Final = "PermissionSetGroupId"
_ACTIVATION: Final = "HasActivationRequired"
_MUTING: Final = "0QM"  # what ids of MutingPermissionSet begin with

# Permissions that decide whether the caller sees everything, who gets around the settings, and who could
# repair a lock-out. Labels and names: metadata WSDL; conditional ones may not exist.
PERMISSIONS: Final = (
    "ApiEnabled",
    "ApiUserOnly",
    "AssignPermissionSets",
    "AuthorApex",
    "BulkApiHardDelete",
    "CanApproveUninstalledApps",
    "CustomizeApplication",
    "DataExport",
    "ExternalClientAppAdmin",
    "ExternalClientAppDeveloper",
    "ExternalClientAppViewer",
    "ManageDataIntegrations",
    "ManageEncryptionKeys",
    "ManageInternalUsers",
    "ManageProfilesPermissionsets",
    "ManageRemoteAccess",
    "ManageSecurityCommandCenter",
    "ManageUsers",
    "ModifyAllData",
    "ModifyMetadata",
    "MonitorLoginHistory",
    "PasswordNeverExpires",
    "ResetPasswords",
    "UseAnyApiAuth",
    "UseAnyApiClient",
    "ViewAllData",
    "ViewAllProfiles",
    "ViewAllUsers",
    "ViewClientSecret",
    "ViewEncryptedData",
    "ViewHealthCheck",
    "ViewSetup",
    "ViewSetupAuditTrail",
)


@dataclass(frozen=True, slots=True)
class PermissionFields:
    """Permissions that the org knows among those asked for; what else its permission sets tell."""

    asked: tuple[str, ...]
    known: tuple[str, ...]
    grouped: bool
    activated: bool = False


def permission_fields(client: OrgClient, extra: Iterable[str]) -> PermissionFields:
    """Describe PermissionSet: naming a field that isn't there would fail a whole query."""
    fields = {str(one.get("name", "")) for one in client.describe("PermissionSet")["fields"]}
    asked = tuple(sorted({*PERMISSIONS, *extra}))
    known = tuple(name for name in asked if _PREFIX + name in fields)
    return PermissionFields(asked, known, _GROUP in fields, _ACTIVATION in fields)


def permission_sets(client: OrgClient, fields: PermissionFields) -> tuple[PermissionSetRow, ...]:
    """All permission sets, profiles' own ones included."""
    more = [*([_GROUP] if fields.grouped else []), *([_ACTIVATION] if fields.activated else [])]
    columns = ["Id", "Name", "Label", "ProfileId", *more, *(_PREFIX + name for name in fields.known)]
    rows = client.query(f"SELECT {', '.join(columns)} FROM PermissionSet")  # noqa: S608 - described names
    return tuple(sorted((_permission_set(row, fields) for row in rows), key=itemgetter(0)))


def held_permissions(client: OrgClient, fields: PermissionFields) -> tuple[str, ...]:
    """What the caller holds, however it was given (Object Reference, UserPermissionAccess: one row, one's own)."""
    if not fields.known:
        raise AnswerError("The org knows none of the permissions asked for")
    columns = ", ".join(_PREFIX + name for name in fields.known)
    rows = list(client.query(f"SELECT {columns} FROM UserPermissionAccess"))  # noqa: S608 - described names
    if len(rows) != 1:
        raise AnswerError("The org did not say what this login holds")
    return tuple(name for name in fields.known if flag(rows[0], _PREFIX + name))


def _permission_set(row: Row, fields: PermissionFields) -> PermissionSetRow:
    return PermissionSetRow(
        required(row, "Id"),
        required(row, "Name"),
        optional(row, "Label"),
        optional(row, "ProfileId"),
        optional(row, _GROUP) if fields.grouped else "",
        tuple(name for name in fields.known if flag(row, _PREFIX + name)),
        flag(row, _ACTIVATION) if fields.activated else None,
    )


def assignments(client: OrgClient) -> tuple[Assignment, ...]:
    """Who has which permission set; profiles' own sets may be left out, since users name their profile.

    One that has expired stays as a row, and is not active (Object Reference, PermissionSetAssignment).
    """
    group, expiry = "PermissionSetGroupId", "IsActive, ExpirationDate"
    others = " WHERE PermissionSet.IsOwnedByProfile = false"
    forms = (f"{group}, {expiry}", others), (group, others), ("", "")
    for number, (more, where) in enumerate(forms):
        columns = ", ".join(filter(None, ("AssigneeId", "PermissionSetId", more)))
        try:
            rows = client.query(f"SELECT {columns} FROM PermissionSetAssignment{where}")  # noqa: S608 - constants
            return tuple(sorted(map(_assignment, rows), key=itemgetter(0, 1, 2)))
        except DeniedError as error:
            if error.code not in OTHER_FORM or number == len(forms) - 1:
                raise
    raise AssertionError


def _assignment(row: Row) -> Assignment:
    return Assignment(
        required(row, "AssigneeId"),
        optional(row, "PermissionSetId"),
        optional(row, "PermissionSetGroupId") if "PermissionSetGroupId" in row else "",
        flag(row, "IsActive") if "IsActive" in row else None,
        moment(row, "ExpirationDate"),
    )


def groups(client: OrgClient) -> tuple[PermissionSetGroup, ...]:
    """Permission set groups, and whether what they grant was worked out since they were changed."""
    rows = client.query("SELECT Id, DeveloperName, MasterLabel, Status FROM PermissionSetGroup")
    names = ("DeveloperName", "MasterLabel", "Status")
    return tuple(
        sorted(
            PermissionSetGroup(required(row, "Id"), *(optional(row, name) for name in names)) for row in rows
        )
    )


def group_members(client: OrgClient) -> tuple[GroupMember, ...]:
    """What is in which group. A muting permission set is told by the first letters of its id."""
    rows = client.query("SELECT PermissionSetGroupId, PermissionSetId FROM PermissionSetGroupComponent")
    pairs = ((required(row, "PermissionSetGroupId"), required(row, "PermissionSetId")) for row in rows)
    return tuple(sorted(GroupMember(group, one, one.startswith(_MUTING)) for group, one in pairs))


def muting_sets(client: OrgClient, fields: PermissionFields) -> tuple[MutingSet, ...]:
    """What muting permission sets take away. They may not have every permission that others have."""
    columns = ["Id", "DeveloperName", *(_PREFIX + name for name in fields.known)]
    try:
        rows = list(client.query(f"SELECT {', '.join(columns)} FROM MutingPermissionSet"))  # noqa: S608 - described
        known: tuple[str, ...] | None = fields.known
    except DeniedError as error:
        if error.code not in OTHER_FORM:
            raise
        rows, known = list(client.query("SELECT Id, DeveloperName FROM MutingPermissionSet")), None
    return tuple(sorted((_muting_set(row, known) for row in rows), key=itemgetter(0)))


def _muting_set(row: Row, known: Sequence[str] | None) -> MutingSet:
    held = None if known is None else tuple(name for name in known if flag(row, _PREFIX + name))
    return MutingSet(required(row, "Id"), optional(row, "DeveloperName"), held)


def app_access(client: OrgClient) -> tuple[AppAccess, ...]:
    """Which permission sets are pre-approved for which app."""
    types = "('ConnectedApplication','ExternalClientApplication')"
    query = f"SELECT ParentId, SetupEntityId FROM SetupEntityAccess WHERE SetupEntityType IN {types}"  # noqa: S608
    rows = client.query(query)
    return tuple(sorted(AppAccess(required(row, "ParentId"), required(row, "SetupEntityId")) for row in rows))
