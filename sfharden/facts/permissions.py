"""Which permissions there are, and what it means that an org doesn't show one.

Names: metadata WSDL and the types generated from it. A permission is a field of PermissionSet, so the object's
description lists every permission that the org has (Object Reference, PermissionSet). A newer version of the API
would not show more: the newest one that the org knows is read with, up to 68.0, and no name below is younger.
"""

from typing import Final

from sfharden.facts.index import Index
from sfharden.facts.values import has, text
from sfharden.model import kinds
from sfharden.text.names import one_edit_apart

OF_ACCESS_CONTROL: Final = "UseAnyApiClient"  # comes with API Access Control (Help 005228838)

KNOWN: Final = frozenset(
    {
        "ApiEnabled", "ApiUserOnly", "AssignPermissionSets", "AuthorApex", "BulkApiHardDelete",
        "CanApproveUninstalledApps", "ClientSecretRotation", "CustomizeApplication", "DataExport",
        "EventLogReadAccess", "ExternalClientAppAdmin", "ExternalClientAppDeveloper", "ExternalClientAppViewer",
        "ForceTwoFactor", "ManageDataIntegrations", "ManageEncryptionKeys", "ManageHealthCheck",
        "ManageInternalUsers", "ManageProfilesPermissionsets", "ManageRemoteAccess", "ManageSecurityCommandCenter",
        "ManageUsers", "ModifyAllData", "ModifyMetadata", "MonitorLoginHistory", "PasswordNeverExpires",
        "ResetPasswords", "TransactionSecurityExempt", "TwoFactorApi", "UseAnyApiAuth", "UseAnyApiClient",
        "ViewAllData", "ViewAllProfiles", "ViewAllUsers", "ViewClientSecret", "ViewEncryptedData",
        "ViewEventLogFiles", "ViewHealthCheck", "ViewSetup", "ViewSetupAuditTrail",
    }
)  # fmt: skip


def why_unsure(index: Index, name: str) -> str:
    """Why a permission that the org doesn't show may be held all the same; empty if the org surely doesn't have it.

    Who doesn't exist holds nothing: an org without the permission has nobody who holds it.
    """
    tables = index.directory.tables
    if name not in tables.permissions_asked:
        return "was not asked for"
    if name not in KNOWN:
        return "is a name that sfharden doesn't know, so it may be misspelt"
    if any(one_edit_apart(one, name) for one in tables.permission_names):
        return "looks like one that the org has under another spelling"
    if name == OF_ACCESS_CONTROL and access_control_is_on(index):
        return "is not shown, although API Access Control is on"
    return ""


def access_control_is_on(index: Index) -> bool:
    """Whether a settings file that was read says that API Access Control is on for anybody."""
    return any(
        has(one, path) and text(one, path).value == "true"
        for one in index.snapshot.of_kind(kinds.CONNECTED_APP_SETTINGS)
        for path in ("enableAdminApprovedAppsOnly", "enableAdminApprovedAppsOnlyForExternalUser")
    )
