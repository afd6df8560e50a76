"""The metadata types the embedded org knows: where each lives in a zip, and which API version brought what.

Sources: Metadata API Guide, the page of each type; versions of single elements likewise.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

_PLAIN: Final = " -_"


@dataclass(frozen=True, slots=True)
class Kind:
    """One metadata type: its folder and suffix in a zip, the first API version that has it."""

    name: str
    folder: str
    suffix: str
    since: int = 29


KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind("Profile", "profiles", "profile"),
        Kind("PermissionSet", "permissionsets", "permissionset"),
        Kind("PermissionSetGroup", "permissionsetgroups", "permissionsetgroup", 45),
        Kind("MutingPermissionSet", "mutingpermissionsets", "mutingpermissionset", 46),
        Kind("ConnectedApp", "connectedApps", "connectedApp"),
        Kind("Settings", "settings", "settings"),
        Kind("BlacklistedConsumer", "blacklistedConsumers", "blacklistedConsumer", 49),
        Kind("ProfileSessionSetting", "profileSessionSettings", "profileSessionSetting", 40),
        Kind("ProfilePasswordPolicy", "profilePasswordPolicies", "profilePasswordPolicy", 40),
        Kind("ExternalClientApplication", "externalClientApps", "eca", 59),
        Kind("ExtlClntAppOauthSettings", "extlClntAppOauthSettings", "ecaOauth", 59),
        Kind("ExtlClntAppGlobalOauthSettings", "extlClntAppGlobalOauthSets", "ecaGlblOauth", 59),
        Kind("ExtlClntAppOauthConfigurablePolicies", "extlClntAppOauthPolicies", "ecaOauthPlcy", 59),
        Kind("ExtlClntAppConfigurablePolicies", "extlClntAppPolicies", "ecaPlcy", 60),
        Kind("ExtlClntAppOauthSecuritySettings", "extlClntAppOauthSecuritySettings", "ecaOauthSecurity", 67),
    )
}
_BY_SUFFIX: Final = {kind.suffix: kind for kind in KINDS.values()}

# First version of elements that came after their type, by root element and dotted path.
ELEMENT_SINCE: Final[dict[str, dict[str, int]]] = {
    "ConnectedApp": {
        "oauthPolicy": 49,
        "sessionPolicy": 49,
        "profileName": 46,
        "permissionSetName": 46,
        "oauthConfig.isAdminApproved": 46,
        "oauthConfig.isIntrospectAllTokens": 49,
        "oauthConfig.isConsumerSecretOptional": 49,
        "oauthConfig.isSecretRequiredForRefreshToken": 51,
        "oauthConfig.isClientCredentialEnabled": 56,
        "oauthConfig.isCodeCredentialEnabled": 57,
        "oauthConfig.isPkceRequired": 59,
        "oauthConfig.isNamedUserJwtEnabled": 59,
        "oauthConfig.isRefreshTokenRotationEnabled": 60,
        "oauthConfig.isTokenExchangeEnabled": 60,
        "oauthConfig.isEnforceRefreshTokenTTL": 68,
        "oauthConfig.isDeviceFlowEnabled": 68,
        "oauthConfig.isDPopEnabled": 68,
        "oauthConfig.isPKImTLSEnabled": 68,
        "oauthConfig.isIpBindingEnabled": 68,
    },
    "ExtlClntAppGlobalOauthSettings": {"isEnforceRefreshTokenTTL": 67, "isDPopEnabled": 68},
    "ExtlClntAppOauthSettings": {"isFirstPartyAppEnabled": 62},
    "ExtlClntAppOauthConfigurablePolicies": {"commaSeparatedProfile": 62},
    "OauthOidcSettings": {"isPkceRequired": 59},
    "ExternalClientAppSettings": {
        "enableClientSecretInRestApiAccess": 62,
        "enablePackageEcaOauthFromDevOrg": 62,
    },
    "SecuritySettings": {
        "sessionSettings.enforceIpRangesEveryRequest": 34,
        "sessionSettings.requireHttpOnly": 40,
        "sessionSettings.enforceUserDeviceRevoked": 50,
        "sessionSettings.untrustedRedirect": 64,
        "sessionSettings.unescapedHtmlSanitization": 67,
    },
    "Profile": {"loginFlows": 51, "agentAccesses": 63},
}

SETTINGS_SINCE: Final = {"ConnectedApp": 47, "OauthOidc": 56, "ExternalClientApp": 58}

# retrieve() gives these parts of a profile only for components that the same package.xml names
# (Metadata API Guide, Profile, "Retrieving profiles").
PROFILE_PART_NEEDS: Final = {
    "applicationVisibilities": "CustomApplication",
    "classAccesses": "ApexClass",
    "customMetadataTypeAccesses": "CustomObject",
    "customPermissions": "CustomPermission",
    "customSettingAccesses": "CustomObject",
    "externalDataSourceAccesses": "ExternalDataSource",
    "fieldPermissions": "CustomObject",
    "flowAccesses": "Flow",
    "layoutAssignments": "Layout",
    "objectPermissions": "CustomObject",
    "pageAccesses": "ApexPage",
    "recordTypeVisibilities": "CustomObject",
    "tabVisibilities": "CustomTab",
}

STANDARD_PROFILES: Final = {
    "Admin": "System Administrator",
    "Standard": "Standard User",
    "ReadOnly": "Read Only",
    "MarketingProfile": "Marketing User",
    "ContractManager": "Contract Manager",
    "SolutionManager": "Solution Manager",
    "StandardAul": "Standard Platform User",
}


def path_of(kind: Kind, full_name: str) -> str:
    """Where a component stands in a zip, below its root."""
    return f"{kind.folder}/{full_name}.{kind.suffix}"


def namespaced(full_name: str) -> tuple[str | None, str]:
    """The namespace of a managed component, and the rest of its full name."""
    namespace, mark, rest = full_name.partition("__")
    return (namespace, rest) if mark and namespace.isalnum() and rest else (None, full_name)


def kind_of(path: str) -> tuple[Kind, str] | None:
    """The type and full name of a zip path or a source file's name; None for what the org doesn't know."""
    name = path.rpartition("/")[2].removesuffix("-meta.xml")
    stem, dot, suffix = name.rpartition(".")
    kind = _BY_SUFFIX.get(suffix)
    return (kind, stem) if dot and kind else None


def since(kind: Kind, full_name: str) -> int:
    """The first API version in which a component can be read."""
    return SETTINGS_SINCE.get(full_name, kind.since) if kind.name == "Settings" else kind.since


def encode_name(label: str) -> str:
    """A label as a full name: ASCII punctuation is percent-encoded, all other characters stay."""
    return "".join(map(_encoded, label))


def _encoded(character: str) -> str:
    if not character.isascii() or character.isalnum() or character in _PLAIN:
        return character
    # quote() leaves a few marks alone that the platform encodes in names, the full stop among them.
    quoted = quote(character, safe="")
    return quoted if quoted != character else f"%{ord(character):02X}"


def decode_name(full_name: str) -> str:
    """The label that a full name stands for; of a managed one, without its namespace."""
    return STANDARD_PROFILES.get(full_name) or unquote(namespaced(full_name)[1])
