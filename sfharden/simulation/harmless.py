"""What a proposal may change without touching who gets in, each with its reason; and what the engine judges.

Whatever stands in neither list and changes makes a row *can't tell*. Paths are those of `model.snapshot.Component`;
what stands below a listed path is listed with it. Sources: Metadata API Guide, the page of each type, where nothing
else is named; names as in the metadata WSDL, API 61.0 to 68.0.
"""

from collections.abc import Mapping
from typing import Final

from sfharden.access.facts import Flow
from sfharden.model import kinds

_SHOWN: Final = "it is only shown to people"
_BROWSER: Final = "it is about what a browser does with pages, and no API client is one"
_LASTING: Final = "it ends a session sooner or later, and whoever may come in may come in again"
_NEXT_PASSWORD: Final = "it is about the next password somebody chooses"  # noqa: S105 - no password
_SECRETS: Final = "it is about who may read the secrets of apps through an API"
_NAMES: Final = "it is how the file is bound to its app, or what it is called"
_INTROSPECTS: Final = "it is about what the app may ask of tokens that others hold"
_ID_TOKEN: Final = "it is about what an ID token tells"  # noqa: S105 - no token
_KEPT: Final = "the file never shows it, and the org keeps its own"
_OTHER_FLOW: Final = "it switches a flow that is in no row, and refuses no other"

# What is read and judged (access/gather, access/users, access/approval, facts/grants, simulation/client_credentials).
JUDGED: Final[Mapping[str, frozenset[str]]] = {
    kinds.PROFILE: frozenset({"loginIpRanges", "loginHours", "userPermissions"}),
    kinds.PERMISSION_SET: frozenset({"hasActivationRequired", "userPermissions"}),
    kinds.CONNECTED_APP: frozenset(
        {
            "oauthConfig.isAdminApproved", "oauthConfig.consumerKey", "oauthConfig.scopes",
            "oauthConfig.isClientCredentialEnabled", "oauthConfig.oauthClientCredentialUser",
            "oauthConfig.isIpBindingEnabled", "oauthPolicy.ipRelaxation",
            "oauthPolicy.refreshTokenPolicy", "sessionPolicy.policyAction", "profileName", "permissionSetName",
            "ipRanges", "label",
        }
    ),
    kinds.EXTERNAL_OAUTH: frozenset({"trustedIpRanges", "commaSeparatedOauthScopes"}),
    kinds.EXTERNAL_GLOBAL_OAUTH: frozenset({"consumerKey", "isIpBindingEnabled"}),
    kinds.EXTERNAL_OAUTH_POLICY: frozenset(
        {
            "permittedUsersPolicyType", "ipRelaxationPolicyType", "refreshTokenPolicyType",
            "refreshTokenValidityPeriod", "refreshTokenValidityUnit", "commaSeparatedProfile",
            "commaSeparatedPermissionSet", "policyAction", "requiredSessionLevel", "isClientCredentialsFlowEnabled",
            "clientCredentialsFlowUser",
        }
    ),
    kinds.EXTERNAL_POLICY: frozenset({"isEnabled", "isOauthPluginEnabled"}),
    kinds.EXTERNAL_OAUTH_SECURITY: frozenset({"tokenIpRanges"}),
    kinds.EXTERNAL_APP: frozenset({"label"}),
    kinds.SECURITY: frozenset(
        {"networkAccess", "sessionSettings.enforceIpRangesEveryRequest", "sessionSettings.lockSessionsToIp"}
    ),
    kinds.CONNECTED_APP_SETTINGS: frozenset({"enableAdminApprovedAppsOnly"}),
    kinds.OAUTH_OIDC: frozenset({"blockOAuthUnPwFlow", "blockOAuthUsrAgtFlow"}),
    kinds.BLOCKED_CONSUMER: frozenset({"consumerKey"}),
}  # fmt: skip


# Whose absence is judged, too: who is named nowhere is nobody (simulation/client_credentials).
ABSENCE_JUDGED: Final = frozenset({"oauthConfig.oauthClientCredentialUser", "clientCredentialsFlowUser"})

# Of a component that wasn't there: whom a new profile may be given to, which is told where somebody is to get it.
OF_NEW: Final = frozenset({(kinds.PROFILE, "userLicense")})


def _all(reason: str, paths: str) -> dict[str, str]:
    return dict.fromkeys(paths.split(), reason)


_OF_APPS: Final = _all(
    _SHOWN, "description iconUrl infoUrl logoUrl startUrl mobileStartUrl contactEmail contactPhone"
)
_OF_SECRETS: Final = ("consumerSecret", "certificate")
_PASSWORDS: Final = (
    "complexity historyRestriction minimumPasswordLength minimumPasswordLifetime obscureSecretAnswer "
    "questionRestriction passwordAssistanceMessage passwordAssistanceURL apiOnlyUserHomePageURL"
)
_PAGES: Final = (
    "disableTimeoutWarning enableCSPOnEmail enableCSRFOnGet enableCSRFOnPost enableCacheAndAutocomplete "
    "enableClickjackNonsetupSFDC enableClickjackNonsetupUser enableClickjackNonsetupUserHeaderless "
    "enableClickjackSetup enableContentSniffingProtection enablePostForSessions enableXssProtection "
    "grantCameraAccess grantMicrophoneAccess hasRetainedLoginHints hasUserSwitching hstsOnForcecomSites "
    "lockerServiceAPIVersion lockerServiceCSP lockerServiceNext lockerServiceNextControl logoutURL "
    "redirectionWarning referrerPolicy referrerPolicyDirective requireHttpOnly unescapedHtmlSanitization "
    "untrustedRedirect useLocalStorageForLogoutUrl vfInlineScriptInjection welcomeEmailTemplateId"
)

HARMLESS: Final[Mapping[str, Mapping[str, str]]] = {
    kinds.PROFILE: {"custom": _NAMES, "fullName": _NAMES, "description": _SHOWN},
    kinds.PERMISSION_SET: {"label": _NAMES, "description": _SHOWN},
    kinds.CONNECTED_APP: {
        **_OF_APPS,
        **_all(_KEPT, " ".join(f"oauthConfig.{one}" for one in (*_OF_SECRETS, "consumerKey"))),
        "oauthConfig.isIntrospectAllTokens": _INTROSPECTS,
        "oauthConfig.idTokenConfig": _ID_TOKEN,
        "sessionPolicy.sessionTimeout": _LASTING,
        "canvasConfig": _SHOWN,
        "mobileAppConfig": _SHOWN,
    },
    kinds.EXTERNAL_APP: _OF_APPS,
    kinds.EXTERNAL_OAUTH: _all(_NAMES, "label externalClientApplication oauthLink"),
    kinds.EXTERNAL_GLOBAL_OAUTH: {
        **_all(_NAMES, "label externalClientApplication"),
        **_all(_KEPT, " ".join((*_OF_SECRETS, "consumerKey"))),
        "isIntrospectAllTokens": _INTROSPECTS,
    },
    kinds.EXTERNAL_OAUTH_POLICY: {
        **_all(_NAMES, "label externalClientApplication"),
        "sessionTimeoutInMinutes": _LASTING,
    },
    kinds.EXTERNAL_POLICY: {
        **_all(_NAMES, "label externalClientApplication"),
        **_all(_SHOWN, "startPage startUrl"),
    },
    kinds.EXTERNAL_OAUTH_SECURITY: _all(_NAMES, "label externalClientApplication"),
    kinds.SECURITY: {
        "sessionSettings.sessionTimeout": _LASTING,
        "sessionSettings.forceLogoutOnSessionTimeout": _LASTING,
        **_all(_BROWSER, " ".join(f"sessionSettings.{one}" for one in _PAGES.split())),
        **_all(_NEXT_PASSWORD, " ".join(f"passwordPolicies.{one}" for one in _PASSWORDS.split())),
        **_all(
            _BROWSER,
            "enableAuraSecureEvalPref enableCoepHeader enableCoopHeader enableCrossOrgRedirects "
            "enablePermissionsPolicy redirectBlockModeEnabled sendCspForUncommonClients",
        ),
        "enableAuditFieldsInactiveOwner": "it is about what records say of who owns them",
    },
    kinds.CONNECTED_APP_SETTINGS: {"enableSkipUserProvisioningWizardWelcomePage": _SHOWN},
    kinds.OAUTH_OIDC: {"oAuthCdCrdtFlowEnable": _OTHER_FLOW},
    kinds.EXTERNAL_APP_SETTINGS: _all(
        _SECRETS,
        "enableClientSecretInRestApiAccess enableConsumerSecretApiAccess enablePackageEcaOauthFromDevOrg",
    ),
    kinds.PROFILE_SESSION: {
        **_all(_LASTING, "sessionTimeout forceLogout"),
        **_all(_NAMES, "profile sessionTimeoutWarning"),
    },
    kinds.PROFILE_PASSWORD: {
        **_all(
            _NEXT_PASSWORD,
            "minimumPasswordLength minimumPasswordLifetime obscure passwordComplexity passwordHistory "
            "passwordQuestion forgotPasswordRedirect",
        ),
        "profile": _NAMES,
    },
    kinds.BLOCKED_CONSUMER: {
        **_all(_NAMES, "consumerName masterLabel"),
        "blockedByApiWhitelisting": "a block is judged by its key, however it came about",
    },
}

# Switches that shut a way in: switched off, they keep nobody out.
LIFTED: Final[Mapping[tuple[str, str], str]] = {
    (kinds.MY_DOMAIN, "canOnlyLoginWithMyDomainUrl"): "false",
    (kinds.MY_DOMAIN, "doesApiLoginRequireOrgDomain"): "false",
    (kinds.SECURITY, "singleSignOnSettings.isLoginWithSalesforceCredentialsDisabled"): "false",
}
# About users of customers and partners alone (Metadata API Guide, ConnectedAppSettings).
OF_OUTSIDERS: Final = (kinds.CONNECTED_APP_SETTINGS, "enableAdminApprovedAppsOnlyForExternalUser")

# What bears on some flows only. PKCE and callback belong to the exchange of a code (RFC 7636; RFC 6749, 4.1.3),
# rotation to a refresh (RFC 6749, 6).
_CODE: Final = frozenset({Flow.CODE_EXCHANGE, Flow.USER_AGENT})
_REFRESH: Final = frozenset({Flow.REFRESH})
# What somebody may do with objects, fields and code counts once they call.
_CALL: Final = frozenset({Flow.API_CALL})
BEARS_ON: Final[Mapping[str, frozenset[Flow]]] = {
    "isPkceRequired": _CODE,
    "callbackUrl": _CODE,
    "isRefreshTokenRotationEnabled": _REFRESH,
    "isSecretRequiredForRefreshToken": _REFRESH,
    "isEnforceRefreshTokenTTL": _REFRESH,
    "refreshTokenPolicy": _REFRESH,
    "refreshTokenPolicyType": _REFRESH,
    "refreshTokenValidityPeriod": _REFRESH,
    "refreshTokenValidityUnit": _REFRESH,
    **dict.fromkeys(kinds.ACCESS_SECTIONS, _CALL),
}

# Permissions that the engine or the guard judges.
JUDGED_PERMISSIONS: Final = frozenset(
    {"ApiEnabled", "CanApproveUninstalledApps", "UseAnyApiClient", "ManageProfilesPermissionsets"}
)
# A permission lets its holder do something, and is named after it (metadata WSDL); giving or taking one of these
# keeps nobody out. Those that bind their holder instead, such as ApiUserOnly, IsSsoEnabled and ForceTwoFactor,
# begin with none of these verbs, and what a verb here would wrongly take in is named below.
_VERBS: Final = (
    "Access", "Activate", "Add", "Assign", "Author", "Bulk", "Change", "Convert", "Create", "Customize", "Data",
    "Delete", "Edit", "Export", "Import", "Install", "Manage", "Merge", "Modify", "Monitor", "Publish", "Query",
    "Read", "Run", "Schedule", "Select", "Send", "Share", "Solution", "Submit", "Subscribe", "Transfer", "View",
)  # fmt: skip
_BINDING: Final = frozenset(
    {
        "ManageTwoFactor",
        "ManageMultiFactor",
        "ManageSessionPermissionSets",
        "ManageSso",
        "AccessToServiceProvider",
    }
)


_ABILITIES: Final = frozenset(
    {"ClientSecretRotation", "EventLogReadAccess", "ExternalClientAppAdmin", "ExternalClientAppDeveloper"}
    | {"ExternalClientAppViewer", "ResetPasswords"}
)


def only_adds(permission: str) -> bool:
    """True for a permission that only adds to what its holder may do once they are in."""
    named = permission in _ABILITIES or permission.startswith(_VERBS)
    return named and permission not in _BINDING


def listed(paths: Mapping[str, object] | frozenset[str], path: str) -> bool:
    """True if a path, or one that it stands below, is listed."""
    parts = path.split(".")
    return any(".".join(parts[:end]) in paths for end in range(1, len(parts) + 1))
