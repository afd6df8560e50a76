"""For every shipped control: one change to the healthy running org that fails it, and what leaves it unknown."""

from collections.abc import Callable
from datetime import timedelta

from sfharden.emulator.generate import ADMIN_USER, APP_NAME, ELSEWHERE, INTEGRATION_USER, MINIMUM, PROFILE
from sfharden.model import kinds, org
from sfharden.model.snapshot import Component, Gap, Group, Snapshot, Value
from tests.orgs import served
from tests.orgs.constants import NOW

Make = Callable[[], Snapshot]
APP_POLICY = "oauthPolicy"


def app(path: str, text: str | None) -> Make:
    return lambda: served.with_value(served.healthy(), kinds.CONNECTED_APP, APP_NAME, path, text)


def setting(kind: str, path: str, text: str) -> Make:
    name = kind.removesuffix("Settings")
    return lambda: served.with_value(served.healthy(), kind, name, path, text)


def override() -> Snapshot:
    one = Component(
        kind=kinds.PROFILE_SESSION, name="x", file="profileSessionSettings/x.profileSessionSetting"
    )
    snapshot = served.healthy()
    plain = {"profile": "sales", "sessionTimeout": "1440"}
    values = {key: (Value(text=text, line=1),) for key, text in plain.items()}
    made = one.model_copy(update={"values": values})
    return snapshot.model_copy(update={"components": (*snapshot.components, made)})


def stranger_on_the_profile() -> Snapshot:
    own = served.user(INTEGRATION_USER)
    return served.changed(
        users=(*served.table("users"), own._replace(id="005X", username="dana@acme.example"))
    )


def approved_for_admins_too() -> Snapshot:
    # The administrator's profile is spared, so another one it is.
    minimum = served.own_set(MINIMUM)
    (row,) = (one for one in served.table("permission_sets") if one.name == minimum)
    return served.changed(app_access=(*served.table("app_access"), served.access(permission_set_id=row.id)))


def without_api_only() -> Snapshot:
    sets = tuple(
        one._replace(permissions=tuple(name for name in one.permissions if name != "ApiUserOnly"))
        for one in served.table("permission_sets")
    )
    return served.changed(permission_sets=sets)


def signed_in_by_soap() -> Snapshot:
    soap = served.login(login_type="Other Apex API", subtype="SoapApiLogin")
    return served.changed(logins=(*served.table("logins"), soap))


def trusted_everything() -> Snapshot:
    one = served.component(kinds.SECURITY, "Security")
    ranges = (Group(line=1, values={"start": "0.0.0.0", "end": "255.255.255.255"}),)
    return served.replaced(served.healthy(), one, groups={"networkAccess.ipRanges": ranges})


def without_api_enabled() -> Snapshot:
    sets = tuple(
        one._replace(permissions=()) if one.name == served.own_set(PROFILE) else one
        for one in served.table("permission_sets")
    )
    return served.changed(permission_sets=sets)


def not_told_who_is_frozen() -> Snapshot:
    users = tuple(one._replace(frozen=None) for one in served.table("users"))
    return served.changed(users=users)


EGRESS_ONLY = (("203.0.113.0", "203.0.113.15"),)
OPERATOR_ONLY = (("198.51.100.7", "198.51.100.7"),)

FAILING: dict[str, Make] = {
    "integration-profile-dedicated": stranger_on_the_profile,
    "integration-profile-least-privilege": lambda: served.granting("ModifyAllData", served.own_set(PROFILE)),
    "integration-user-can-call-api": without_api_enabled,
    "login-ranges-cover-egress": lambda: served.with_ranges(served.healthy(), PROFILE, *OPERATOR_ONLY),
    "login-ranges-keep-operator-way-in": lambda: served.with_ranges(served.healthy(), PROFILE, *EGRESS_ONLY),
    "login-ranges-bounded": lambda: served.with_ranges(
        served.healthy(), PROFILE, ("10.0.0.0", "10.255.255.255")
    ),
    "app-admin-approved": app("oauthConfig.isAdminApproved", "false"),
    "app-ip-enforced": app("oauthPolicy.ipRelaxation", "BYPASS"),
    "app-limited-to-integration-profile": approved_for_admins_too,
    "ip-enforced-on-every-request": setting(
        kinds.SECURITY, "sessionSettings.enforceIpRangesEveryRequest", "false"
    ),
    "session-not-locked-to-ip": setting(kinds.SECURITY, "sessionSettings.lockSessionsToIp", "true"),
    "login-ranges-everywhere": lambda: served.with_ranges(served.healthy(), "Admin"),
    "tokens-issued-after-hardening": lambda: served.changed(
        tokens=(served.token(created=served.HARDENED - timedelta(seconds=1)),)
    ),
    "tokens-held-by-integration-users": lambda: served.changed(
        tokens=(served.token(user_id=served.user(ADMIN_USER).id),)
    ),
    "failure-and-success-observed": lambda: served.changed(
        logins=(*served.table("logins"), served.login(source_ip=ELSEWHERE[0]))
    ),
    "app-refresh-token-bounded": app("oauthPolicy.refreshTokenPolicy", "specific_lifetime:12:MONTHS"),
    "app-token-allowlist": app("oauthConfig.isIpBindingEnabled", "false"),
    "app-pkce-required": lambda: served.with_value(
        app("oauthConfig.isPkceRequired", "false")(), kinds.OAUTH_OIDC, "OauthOidc", "isPkceRequired", "false"
    ),
    "app-scopes-minimal": app("oauthConfig.scopes", "Full"),
    "app-refresh-token-rotation": app("oauthConfig.isRefreshTokenRotationEnabled", "false"),
    "app-device-flow-off": app("oauthConfig.isDeviceFlowEnabled", "true"),
    "app-secret-required": app("oauthConfig.isSecretRequiredForRefreshToken", "false"),
    "app-client-credentials-off": app("oauthConfig.isClientCredentialEnabled", "true"),
    "app-digital-signature": app("oauthConfig.isClientCredentialEnabled", "true"),
    "integration-user-api-only": without_api_only,
    "soap-login-ready": signed_in_by_soap,
    "app-installed": lambda: served.changed(tokens=(served.token(app_id="", app_label="Azure Logic App"),)),
    "tokens-fresh": lambda: served.changed(tokens=(served.token(last_used=NOW - timedelta(days=91)),)),
    "approve-uninstalled-apps-restricted": lambda: served.granting(
        "CanApproveUninstalledApps", served.own_set(PROFILE)
    ),
    "use-any-api-client-restricted": lambda: served.granting("UseAnyApiClient", "Caller_auditor"),
    "api-access-control-on": setting(kinds.CONNECTED_APP_SETTINGS, "enableAdminApprovedAppsOnly", "false"),
    "password-and-user-agent-flows-blocked": setting(kinds.OAUTH_OIDC, "blockOAuthUnPwFlow", "false"),
    "session-timeout-bounded": override,
    "trusted-ranges-bounded": trusted_everything,
    "mydomain-login-enforced": setting(kinds.MY_DOMAIN, "doesApiLoginRequireOrgDomain", "false"),
    "external-client-app-secrets-protected": setting(
        kinds.EXTERNAL_APP_SETTINGS, "enableConsumerSecretApiAccess", "true"
    ),
    "login-outside-ranges-absent": lambda: served.changed(logins=(served.login(source_ip=ELSEWHERE[1]),)),
}

PROFILE_UNREAD: Make = lambda: served.unread(kinds.PROFILE, PROFILE)  # noqa: E731 - one of many alike
APP_UNREAD: Make = lambda: served.unread(kinds.CONNECTED_APP, APP_NAME)  # noqa: E731 - one of many alike


def told_by_nothing() -> Snapshot:
    """Neither the app's file nor its record says who may use it."""
    silent = app("oauthConfig.isAdminApproved", None)()
    assert silent.org is not None
    apps = tuple(one._replace(admin_approved=None) for one in silent.org.apps or ())
    return silent.model_copy(update={"org": silent.org.model_copy(update={"apps": apps})})


def endless_of_an_old_version() -> Snapshot:
    """API 66.0 doesn't show a developer's idle limit."""
    endless = app("oauthPolicy.refreshTokenPolicy", "infinite")()
    source = endless.source.model_copy(update={"api_version": "66.0"})
    return endless.model_copy(update={"source": source})


def app_of_no_kind() -> Snapshot:
    """Neither a file nor a record of the app: it may be of either kind."""
    one = served.component(kinds.CONNECTED_APP, APP_NAME)
    gaps = (
        Gap(what=kind, reason="the org refused", kind=kind) for kind in (org.APPS, org.MENU_ITEMS, org.TOKENS)
    )
    snapshot = served.changed(*gaps, apps=None, menu_items=None, tokens=None)
    return snapshot.model_copy(
        update={"components": tuple(found for found in snapshot.components if found != one)}
    )


def settings_unread(kind: str) -> Make:
    return lambda: served.unread(kind, kind.removesuffix("Settings"))


def table_unread(kind: str, table: str) -> Make:
    return lambda: served.without(kind, table)


UNREADABLE: dict[str, tuple[Make, ...]] = {
    "integration-profile-dedicated": (
        PROFILE_UNREAD,
        table_unread(org.USERS, "users"),
        table_unread(org.PROFILES, "profiles"),
        lambda: served.partial(org.USERS),
        lambda: served.partial(org.PROFILES),
    ),
    "integration-user-can-call-api": (
        table_unread(org.USERS, "users"),
        table_unread(org.PERMISSION_SETS, "permission_sets"),
        table_unread(org.ASSIGNMENTS, "assignments"),
        lambda: served.changed(permission_names=()),
        not_told_who_is_frozen,
    ),
    "integration-profile-least-privilege": (
        PROFILE_UNREAD,
        table_unread(org.USERS, "users"),
        table_unread(org.PERMISSION_SETS, "permission_sets"),
        table_unread(org.ASSIGNMENTS, "assignments"),
        lambda: served.partial(org.USERS),
        lambda: served.partial(org.PERMISSION_SETS),
        lambda: served.partial(org.ASSIGNMENTS),
    ),
    "login-ranges-cover-egress": (PROFILE_UNREAD, table_unread(org.PROFILES, "profiles")),
    "login-ranges-keep-operator-way-in": (PROFILE_UNREAD, table_unread(org.PROFILES, "profiles")),
    "login-ranges-bounded": (PROFILE_UNREAD, table_unread(org.PROFILES, "profiles")),
    "app-admin-approved": (APP_UNREAD, told_by_nothing),
    "app-ip-enforced": (APP_UNREAD, PROFILE_UNREAD, app("oauthPolicy.ipRelaxation", "NEW_WORD")),
    "app-limited-to-integration-profile": (
        APP_UNREAD,
        table_unread(org.APPS, "apps"),
        table_unread(org.APP_ACCESS, "app_access"),
        table_unread(org.PERMISSION_SETS, "permission_sets"),
        table_unread(org.USERS, "users"),
        table_unread(org.PROFILES, "profiles"),
        lambda: served.partial(org.APP_ACCESS),
    ),
    "ip-enforced-on-every-request": (settings_unread(kinds.SECURITY),),
    "session-not-locked-to-ip": (settings_unread(kinds.SECURITY),),
    "login-ranges-everywhere": (
        lambda: served.unread(kinds.PROFILE, "Admin"),
        lambda: served.changed(profiles=served.table("profiles")[:1]),
    ),
    "tokens-issued-after-hardening": (
        table_unread(org.TOKENS, "tokens"),
        table_unread(org.APPS, "apps"),
        lambda: served.partial(org.TOKENS),
        lambda: served.partial(org.APPS),
        lambda: served.changed(tokens=(served.token(created=None),)),
    ),
    "tokens-held-by-integration-users": (
        table_unread(org.TOKENS, "tokens"),
        table_unread(org.APPS, "apps"),
        table_unread(org.USERS, "users"),
        lambda: served.partial(org.TOKENS),
        lambda: served.partial(org.APPS),
    ),
    "failure-and-success-observed": (
        table_unread(org.LOGINS, "logins"),
        table_unread(org.USERS, "users"),
        lambda: served.partial(org.LOGINS),
        lambda: served.changed(logins_since=None),
        lambda: served.changed(logins_since=served.HARDENED + timedelta(seconds=1)),
        lambda: served.changed(logins=(*served.table("logins"), served.login(source_ip="Salesforce.com IP"))),
    ),
    "app-refresh-token-bounded": (APP_UNREAD, endless_of_an_old_version),
    "app-token-allowlist": (
        APP_UNREAD,
        app("oauthConfig.isIpBindingEnabled", None),
        app("oauthConfig.isIpBindingEnabled", "perhaps"),
    ),
    "app-pkce-required": (
        lambda: served.with_value(
            settings_unread(kinds.OAUTH_OIDC)(),
            kinds.CONNECTED_APP,
            APP_NAME,
            "oauthConfig.isPkceRequired",
            None,
        ),
    ),
    "app-scopes-minimal": (APP_UNREAD, app("oauthConfig.scopes", None)),
    "app-refresh-token-rotation": (APP_UNREAD, app("oauthConfig.isRefreshTokenRotationEnabled", None)),
    "app-device-flow-off": (APP_UNREAD, app("oauthConfig.isDeviceFlowEnabled", None)),
    "app-secret-required": (APP_UNREAD, app("oauthConfig.isConsumerSecretOptional", "perhaps")),
    "app-client-credentials-off": (APP_UNREAD, app("oauthConfig.isClientCredentialEnabled", None)),
    "app-digital-signature": (APP_UNREAD, app("oauthConfig.isClientCredentialEnabled", None)),
    "connected-app-end-of-support": (app_of_no_kind,),
    "app-sender-constrained-tokens": (APP_UNREAD,),
    "integration-user-api-only": (
        table_unread(org.USERS, "users"),
        table_unread(org.PERMISSION_SETS, "permission_sets"),
    ),
    "soap-login-ready": (
        table_unread(org.LOGINS, "logins"),
        table_unread(org.USERS, "users"),
        lambda: served.partial(org.LOGINS),
        lambda: served.changed(logins=(served.login(login_type="Other Apex API", subtype=""),)),
    ),
    "app-installed": (
        table_unread(org.TOKENS, "tokens"),
        table_unread(org.EXTERNAL_TOKENS, "external_tokens"),
        table_unread(org.APPS, "apps"),
        lambda: served.partial(org.TOKENS),
        lambda: served.changed(tokens=(served.token(app_id="0H4000000000000AAA"),)),
        lambda: served.changed(tokens=(served.token(app_id=""),)),
    ),
    "tokens-fresh": (
        table_unread(org.TOKENS, "tokens"),
        table_unread(org.EXTERNAL_TOKENS, "external_tokens"),
        table_unread(org.USERS, "users"),
        lambda: served.partial(org.TOKENS),
        lambda: served.changed(tokens=(served.token(user_id="005NOBODY"),)),
        lambda: served.changed(tokens=(served.token(created=None, last_used=None),)),
    ),
    "approve-uninstalled-apps-restricted": (
        table_unread(org.USERS, "users"),
        table_unread(org.PERMISSION_SETS, "permission_sets"),
        table_unread(org.ASSIGNMENTS, "assignments"),
        table_unread(org.PROFILES, "profiles"),
        lambda: served.partial(org.USERS),
        lambda: served.partial(org.PERMISSION_SETS),
        lambda: served.partial(org.ASSIGNMENTS),
        lambda: served.changed(permission_names=()),
    ),
    "use-any-api-client-restricted": (
        table_unread(org.PERMISSION_SETS, "permission_sets"),
        lambda: served.partial(org.ASSIGNMENTS),
        lambda: served.changed(permission_names=(), permissions_asked=()),
    ),
    "api-access-control-on": (settings_unread(kinds.CONNECTED_APP_SETTINGS),),
    "password-and-user-agent-flows-blocked": (settings_unread(kinds.OAUTH_OIDC),),
    "session-timeout-bounded": (
        lambda: served.changed(Gap(what="overrides", reason="refused", kind=kinds.PROFILE_SESSION)),
        lambda: served.changed(read_at={}),
        settings_unread(kinds.SECURITY),
    ),
    "trusted-ranges-bounded": (settings_unread(kinds.SECURITY),),
    "mydomain-login-enforced": (settings_unread(kinds.MY_DOMAIN),),
    "external-client-app-secrets-protected": (settings_unread(kinds.EXTERNAL_APP_SETTINGS),),
    "login-outside-ranges-absent": (
        PROFILE_UNREAD,
        table_unread(org.LOGINS, "logins"),
        table_unread(org.USERS, "users"),
        lambda: served.partial(org.LOGINS),
        lambda: served.partial(org.USERS),
        lambda: served.changed(logins_since=served.HARDENED + timedelta(seconds=1)),
        lambda: served.changed(logins=(served.login(source_ip=""),)),
        lambda: served.with_ranges(served.healthy(), PROFILE),
    ),
}
