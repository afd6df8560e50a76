"""Which rights of an old profile a plan offers again, and which it never does.

Names: metadata WSDL, PermissionSet.userPermissions; labels: Salesforce Help, App and System Permissions in Profiles.
Only rights on data and on the API are offered. Salesforce refuses a permission set in which one is missing on which
another depends. That tasks and events depend on Access Activities is inferred; where an old profile has it, it's offered
with them. What isn't listed here is left out and named.
"""

from typing import Final

from sfharden.facts.api_access import API_ENABLED

# By API name, with the label.
_ORDINARY: Final = {
    API_ENABLED: "API Enabled",
    "ActivitiesAccess": "Access Activities",
    "ApiUserOnly": "API Only User",
    "EditEvent": "Edit Events",
    "EditTask": "Edit Tasks",
    "RunReports": "Run Reports",
}
# What has to stand in the same permission set.
DEPENDS_ON: Final = {"EditEvent": "ActivitiesAccess", "EditTask": "ActivitiesAccess"}
# With one of these, whoever steals a token has more than the integration's data. Those that the control
# integration-profile-least-privilege forbids, and what else administers the org or its users.
ADMINISTRATIVE: Final = frozenset(
    {
        "AssignPermissionSets", "AuthorApex", "BulkApiHardDelete", "CanApproveUninstalledApps", "CustomizeApplication",
        "DataExport", "ExternalClientAppAdmin", "ExternalClientAppDeveloper", "InstallPackaging",
        "ManageAuthProviders", "ManageCertificates", "ManageCustomPermissions", "ManageDataIntegrations",
        "ManageEncryptionKeys", "ManageInternalUsers", "ManageIpAddresses", "ManageLoginAccessPolicies",
        "ManageNetworks", "ManagePasswordPolicies", "ManageProfilesPermissionsets", "ManageRemoteAccess",
        "ManageRoles", "ManageSandboxes", "ManageSecurityCommandCenter", "ManageSessionPermissionSets",
        "ManageSharing", "ManageUsers", "ModifyAllData", "ModifyMetadata", "MonitorLoginHistory",
        "PasswordNeverExpires", "ResetPasswords", "TransactionSecurityExempt", "UseAnyApiAuth", "UseAnyApiClient",
        "ViewAllData", "ViewAllUsers", "ViewClientSecret", "ViewEncryptedData", "ViewSetup",
    }
)  # fmt: skip
# What has to be asked of an org to tell what a permission set gives back, and what else.
ASKED_FOR: Final = ADMINISTRATIVE.union(_ORDINARY)
# With these a profile permits objects that no row of it names (Object Reference, ObjectPermissions).
ALL_OBJECTS: Final = frozenset({"ModifyAllData", "ViewAllData"})
# What a permission set may offer of an object, with the elements of its file (Metadata API Guide,
# PermissionSetObjectPermissions). View All and Modify All pass over sharing, and are never offered.
OBJECT_ELEMENTS: Final = {
    "Create": "allowCreate",
    "Delete": "allowDelete",
    "Edit": "allowEdit",
    "Read": "allowRead",
}
_SHOWN: Final = ("Read", "Create", "Edit", "Delete")  # as Setup has them


def is_offered(right: str) -> bool:
    """True for a plain right on data or on the API."""
    return right in _ORDINARY


def label_of(right: str) -> str:
    """A right in the words of Setup, where they are known."""
    return _ORDINARY.get(right, right)


def object_text(name: str, rights: frozenset[str]) -> str:
    """`Account (Read, Edit)`."""
    plain = [one for one in _SHOWN if one in rights]
    return f"{name} ({', '.join((*plain, *sorted(rights.difference(plain))))})"


def in_order(rights: frozenset[str]) -> tuple[str, ...]:
    """API Enabled first, then the other rights that are offered, then the rest."""
    return tuple(sorted(rights, key=lambda one: (one != API_ENABLED, not is_offered(one), one)))
