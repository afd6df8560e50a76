"""The names of the metadata types that the nouns are made from (Metadata API Developer Guide)."""

PROFILE = "Profile"
PERMISSION_SET = "PermissionSet"
CONNECTED_APP = "ConnectedApp"
EXTERNAL_APP = "ExternalClientApplication"
EXTERNAL_OAUTH = "ExtlClntAppOauthSettings"
EXTERNAL_GLOBAL_OAUTH = "ExtlClntAppGlobalOauthSettings"
EXTERNAL_OAUTH_POLICY = "ExtlClntAppOauthConfigurablePolicies"
EXTERNAL_POLICY = "ExtlClntAppConfigurablePolicies"
EXTERNAL_OAUTH_SECURITY = "ExtlClntAppOauthSecuritySettings"
SECURITY = "SecuritySettings"
CONNECTED_APP_SETTINGS = "ConnectedAppSettings"
OAUTH_OIDC = "OauthOidcSettings"
MY_DOMAIN = "MyDomainSettings"
EXTERNAL_APP_SETTINGS = "ExternalClientAppSettings"
PROFILE_SESSION = "ProfileSessionSetting"
PROFILE_PASSWORD = "ProfilePasswordPolicy"  # noqa: S105 - a metadata type, not a password
BLOCKED_CONSUMER = "BlacklistedConsumer"

SETTINGS_KINDS = (SECURITY, CONNECTED_APP_SETTINGS, OAUTH_OIDC, MY_DOMAIN, EXTERNAL_APP_SETTINGS)
EXTERNAL_KINDS = (
    EXTERNAL_APP,
    EXTERNAL_OAUTH,
    EXTERNAL_GLOBAL_OAUTH,
    EXTERNAL_OAUTH_POLICY,
    EXTERNAL_POLICY,
    EXTERNAL_OAUTH_SECURITY,
)

# Sections that permit what an integration calls for: an entry says in so many words what is permitted and what isn't
# (Metadata API Guide, Profile and PermissionSet). Of a proposal it's kept that one isn't wholly permitted, and no more.
ACCESS_SECTIONS = frozenset(
    {
        "classAccesses", "customMetadataTypeAccesses", "customPermissions", "customSettingAccesses",
        "externalCredentialPrincipalAccesses", "externalDataSourceAccesses", "fieldLevelSecurities", "fieldPermissions",
        "flowAccesses", "objectPermissions",
    }
)  # fmt: skip
