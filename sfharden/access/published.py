"""The published rules that decisions rest on, by the name of the page."""

from typing import Final

RANGES: Final = "Security Guide: Restrict Login IP Addresses in Profiles"
RELAXATION: Final = "Help: Connected App IP Relaxation and Continuous IP Enforcement"
EVERY_REQUEST: Final = "Metadata API Guide: SecuritySettings, enforceIpRangesEveryRequest"
LOCK: Final = "Metadata API Guide: SecuritySettings, lockSessionsToIp"
TRUSTED: Final = "Security Guide: Set Trusted IP Ranges for Your Organization"
HOURS: Final = "Metadata API Guide: Profile, loginHours"
PERMITTED: Final = "Help: Manage OAuth Access Policies (Permitted Users)"
UNINSTALLED: Final = "Help 005132365: changes to the use of uninstalled connected apps"
ANY_CLIENT: Final = "Help 005228838: Use Any API Client"
ACCESS_CONTROL: Final = "Metadata API Guide: ConnectedAppSettings, enableAdminApprovedAppsOnly"
BLOCKED_FLOWS: Final = "Metadata API Guide: OauthOidcSettings"
BLOCKED_APPS: Final = "Metadata API Guide: BlacklistedConsumer"
SESSION_POLICY: Final = "Metadata API Guide: ConnectedApp, sessionPolicy"
JWT: Final = "Help: OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration"
CLIENT_CREDENTIALS: Final = "Metadata API Guide: ConnectedApp, isClientCredentialEnabled"
TOKEN_ALLOWLIST: Final = "Help: Set Up an IP Allowlist for Refresh Tokens"  # noqa: S105 - a page
REFRESH_POLICY: Final = "Metadata API Guide: ConnectedApp, refreshTokenPolicy (zero)"
SCOPES: Final = "Help: OAuth Tokens and Scopes"
CONSUMER_KEY: Final = "Help: OAuth Authorization Flows (client_id)"
UNDOCUMENTED: Final = "not documented"
