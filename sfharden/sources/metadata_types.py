"""The metadata types that sfharden reads: their file suffixes, and what of each is kept.

Source for types, suffixes and elements: Metadata API Developer Guide, one page a type, and the
published metadata WSDL (API 61.0 to 66.0).
"""

from dataclasses import dataclass, field

from sfharden.model.kinds import (
    BLOCKED_CONSUMER,
    CONNECTED_APP,
    CONNECTED_APP_SETTINGS,
    EXTERNAL_APP,
    EXTERNAL_APP_SETTINGS,
    EXTERNAL_GLOBAL_OAUTH,
    EXTERNAL_OAUTH,
    EXTERNAL_OAUTH_POLICY,
    EXTERNAL_OAUTH_SECURITY,
    EXTERNAL_POLICY,
    MY_DOMAIN,
    OAUTH_OIDC,
    PERMISSION_SET,
    PROFILE,
    PROFILE_PASSWORD,
    PROFILE_SESSION,
    SECURITY,
)

# The suffix that every settings file shares; the root element tells which settings it holds.
SETTINGS_SUFFIX = ".settings"


@dataclass(frozen=True, slots=True)
class MetadataType:
    """One metadata type.

    `kept` names the elements below the root that are read; None keeps all of them.
    `lists` are the paths of elements that may repeat and have children.
    `decisive` are element names whose damage must be noticed: a name nearly like one of them is a gap.
    """

    kind: str
    suffix: str
    kept: frozenset[str] | None = None
    lists: frozenset[str] = frozenset()
    decisive: frozenset[str] = field(default_factory=frozenset)


_APP_NAMES = frozenset(
    {
        "oauthConfig", "oauthPolicy", "ipRelaxation", "refreshTokenPolicy", "isAdminApproved", "isPkceRequired",
        "isEnforceRefreshTokenTTL", "isIntrospectAllTokens", "profileName", "permissionSetName", "scopes",
        "sessionPolicy", "policyAction", "ipRanges", "isIpBindingEnabled",
    }
)  # fmt: skip
_EXTERNAL_NAMES = frozenset(
    {
        "externalClientApplication", "permittedUsersPolicyType", "ipRelaxationPolicyType", "refreshTokenPolicyType",
        "refreshTokenValidityPeriod", "refreshTokenValidityUnit", "commaSeparatedProfile",
        "commaSeparatedPermissionSet", "commaSeparatedOauthScopes", "commaSeparatedCustomScopes", "isPkceRequired",
        "isEnforceRefreshTokenTTL", "isIntrospectAllTokens", "trustedIpRanges", "tokenIpRanges", "isEnabled",
        "isOauthPluginEnabled",
    }
)  # fmt: skip
_SECURITY_NAMES = frozenset(
    {
        "networkAccess",
        "ipRanges",
        "sessionSettings",
        "enforceIpRangesEveryRequest",
        "sessionTimeout",
        "lockSessionsToIp",
    }
)
# Absence of these is a value (see facts.defaults), so a damaged spelling must not look like absence.
_ACCESS_CONTROL_NAMES = frozenset(
    {"enableAdminApprovedAppsOnly", "enableAdminApprovedAppsOnlyForExternalUser"}
)
_FLOW_NAMES = frozenset({"blockOAuthUnPwFlow", "blockOAuthUsrAgtFlow"})
_DOMAIN_NAMES = frozenset({"canOnlyLoginWithMyDomainUrl", "doesApiLoginRequireOrgDomain"})
_GRANTS = frozenset({"userPermissions"})

TYPES: tuple[MetadataType, ...] = (
    MetadataType(
        PROFILE,
        ".profile",
        kept=frozenset(
            {
                "custom",
                "fullName",
                "loginFlows",
                "loginHours",
                "loginIpRanges",
                "userLicense",
                "userPermissions",
            }
        ),
        lists=frozenset({"loginIpRanges", "userPermissions"}),
        decisive=frozenset({"loginIpRanges", "loginHours", "userPermissions", "custom"}),
    ),
    MetadataType(
        PERMISSION_SET,
        ".permissionset",
        kept=frozenset({"hasActivationRequired", "label", "license", "userPermissions"}),
        lists=_GRANTS,
        decisive=_GRANTS,
    ),
    MetadataType(CONNECTED_APP, ".connectedApp", lists=frozenset({"ipRanges"}), decisive=_APP_NAMES),
    MetadataType(EXTERNAL_APP, ".eca", decisive=_EXTERNAL_NAMES),
    MetadataType(EXTERNAL_OAUTH, ".ecaOauth", lists=frozenset({"trustedIpRanges"}), decisive=_EXTERNAL_NAMES),
    MetadataType(EXTERNAL_GLOBAL_OAUTH, ".ecaGlblOauth", decisive=_EXTERNAL_NAMES),
    MetadataType(EXTERNAL_OAUTH_POLICY, ".ecaOauthPlcy", decisive=_EXTERNAL_NAMES),
    MetadataType(EXTERNAL_POLICY, ".ecaPlcy", decisive=_EXTERNAL_NAMES),
    MetadataType(
        EXTERNAL_OAUTH_SECURITY,
        ".ecaOauthSecurity",
        lists=frozenset({"tokenIpRanges"}),
        decisive=_EXTERNAL_NAMES,
    ),
    MetadataType(
        SECURITY, SETTINGS_SUFFIX, lists=frozenset({"networkAccess.ipRanges"}), decisive=_SECURITY_NAMES
    ),
    MetadataType(CONNECTED_APP_SETTINGS, SETTINGS_SUFFIX, decisive=_ACCESS_CONTROL_NAMES),
    MetadataType(OAUTH_OIDC, SETTINGS_SUFFIX, decisive=_FLOW_NAMES),
    MetadataType(MY_DOMAIN, SETTINGS_SUFFIX, decisive=_DOMAIN_NAMES),
    MetadataType(EXTERNAL_APP_SETTINGS, SETTINGS_SUFFIX),
    MetadataType(PROFILE_SESSION, ".profileSessionSetting"),
    MetadataType(PROFILE_PASSWORD, ".profilePasswordPolicy"),
    MetadataType(BLOCKED_CONSUMER, ".blacklistedConsumer"),
)

BY_KIND = {metadata_type.kind: metadata_type for metadata_type in TYPES}
BY_SUFFIX = {
    metadata_type.suffix.lower(): metadata_type.kind
    for metadata_type in TYPES
    if metadata_type.suffix != SETTINGS_SUFFIX
}

SETTINGS = "Settings"  # what all settings types share: a folder, and a name in manifests
# The folder of each type (Metadata API Guide, the page of each type), without case.
FOLDERS = {
    "profiles": PROFILE,
    "permissionsets": PERMISSION_SET,
    "connectedapps": CONNECTED_APP,
    "externalclientapps": EXTERNAL_APP,
    "extlclntappoauthsettings": EXTERNAL_OAUTH,
    "extlclntappglobaloauthsets": EXTERNAL_GLOBAL_OAUTH,
    "extlclntappoauthpolicies": EXTERNAL_OAUTH_POLICY,
    "extlclntapppolicies": EXTERNAL_POLICY,
    "extlclntappoauthsecuritysettings": EXTERNAL_OAUTH_SECURITY,
    "settings": SETTINGS,
    "profilesessionsettings": PROFILE_SESSION,
    "profilepasswordpolicies": PROFILE_PASSWORD,
    "blacklistedconsumers": BLOCKED_CONSUMER,
}

# Types that are not read, and that may change who gets in or who holds what (Metadata API Guide, the page of each
# type): their folders and suffixes, without case. A proposal with one of them can't be judged whole.
OTHER_FOLDERS = frozenset(
    {
        "authproviders", "certs", "communities", "custompermissions", "delegategroups", "flows", "groups",
        "mutingpermissionsets", "networks", "oauthcustomscopes", "permissionsetgroups", "permissionsetlicenses",
        "roles", "samlssoconfigs", "sites", "transactionsecuritypolicies", "userprovisioningconfigs",
    }
)  # fmt: skip
OTHER_SUFFIXES = frozenset(
    {
        ".authprovider", ".custompermission", ".delegategroup", ".flow", ".loginflow", ".mutingpermissionset",
        ".network", ".oauthcustomscope", ".permissionsetgroup", ".samlssoconfig", ".site",
        ".transactionsecuritypolicy", ".userprovisioningconfig",
    }
)  # fmt: skip

# Types that can't touch who gets in (Metadata API Guide, the page of each type): what records have, where they are shown,
# in which words, and what is asked or told of them. Their suffixes, without case. Not among them, because each may have
# a hand in a sign-in: Apex (connected app plug-ins, registration handlers, transaction security, and whatever those
# call), flows and Visualforce pages (login flows), custom metadata (what such code may go by), workflow and triggers.
HARMLESS_SUFFIXES = frozenset(
    {
        ".app", ".asset", ".brandingset", ".businessprocess", ".cmp", ".compactlayout", ".dashboard",
        ".dashboardfolder", ".document", ".documentfolder", ".email", ".emailfolder", ".emailtemplatefolder", ".evt",
        ".field", ".fieldset", ".fieldtranslation", ".flexipage", ".globalvalueset", ".globalvaluesettranslation",
        ".homepagecomponent", ".homepagelayout", ".js", ".labels", ".layout", ".letter",
        ".lightningexperiencetheme", ".listview", ".messagechannel", ".object", ".objecttranslation",
        ".pathassistant", ".prompt", ".quickaction", ".recordtype", ".remotesite", ".report", ".reportfolder",
        ".reporttype", ".resource", ".standardvalueset", ".standardvaluesettranslation", ".tab", ".testsuite",
        ".translation", ".weblink",
    }
)  # fmt: skip

# In an entry of an ACCESS_SECTION, what it is about.
ENTRY_NAMES = frozenset(
    {"apexClass", "externalCredentialPrincipal", "externalDataSource", "field", "flow", "name", "object"}
)

# The file name of each settings type, for gaps in files whose root can't be read.
SETTINGS_NAMES = {
    "security": SECURITY,
    "connectedapp": CONNECTED_APP_SETTINGS,
    "oauthoidc": OAUTH_OIDC,
    "mydomain": MY_DOMAIN,
    "externalclientapp": EXTERNAL_APP_SETTINGS,
}

# Elements whose text is never kept. A key or a certificate is kept as the fact that it's there.
SECRET_ELEMENTS = frozenset(
    {
        "consumerSecret",
        "certificate",
        "secret",
        "privateKey",
        "tlsClientAuthCertParamValue",
        "password",
        "accessToken",
        "refreshToken",
        "apiKey",
        "userPassword",
    }
)
HASHED_ELEMENTS = frozenset({"consumerKey"})
# Personal data and free formulas that no check needs.
DROPPED_ELEMENTS = frozenset({"contactEmail", "contactPhone", "attributes", "customAttributes"})

# Sections of profiles and permission sets that hold nothing a check needs (metadata WSDL, API 66.0).
KNOWN_SECTIONS = frozenset(
    {
        "agentAccesses", "applicationVisibilities", "categoryGroupVisibilities", "classAccesses",
        "customMetadataTypeAccesses", "customPermissions", "customSettingAccesses", "dataspaceScopes", "description",
        "emailRoutingAddressAccesses", "externalCredentialPrincipalAccesses", "externalDataSourceAccesses",
        "fieldLevelSecurities", "fieldPermissions", "flowAccesses", "layoutAssignments",
        "objectPermissions", "pageAccesses", "profileActionOverrides", "recordTypeVisibilities",
        "servicePresenceStatusAccesses", "tabSettings", "tabVisibilities",
    }
)  # fmt: skip
