"""For every shipped control: one change to the healthy running org that fails it, and what leaves it unknown."""

from collections.abc import Callable
from datetime import timedelta

from sfharden.emulator.generate import ADMIN_USER, APP_NAME, ELSEWHERE, INTEGRATION_USER, MINIMUM, PROFILE
from sfharden.model import kinds, org
from sfharden.model.snapshot import Component, Gap, Group, Snapshot, Value
from tests.orgs import live
from tests.orgs.metadata import NOW

Make = Callable[[], Snapshot]
APP_POLICY = "oauthPolicy"


def app(path: str, text: str | None) -> Make:
    return lambda: live.with_value(live.healthy(), kinds.CONNECTED_APP, APP_NAME, path, text)


def setting(kind: str, path: str, text: str) -> Make:
    name = kind.removesuffix("Settings")
    return lambda: live.with_value(live.healthy(), kind, name, path, text)


def override() -> Snapshot:
    one = Component(
        kind=kinds.PROFILE_SESSION, name="x", file="profileSessionSettings/x.profileSessionSetting"
    )
    snapshot = live.healthy()
    plain = {"profile": "sales", "sessionTimeout": "1440"}
    values = {key: (Value(text=text, line=1),) for key, text in plain.items()}
    made = one.model_copy(update={"values": values})
    return snapshot.model_copy(update={"components": (*snapshot.components, made)})


def stranger_on_the_profile() -> Snapshot:
    own = live.user(INTEGRATION_USER)
    return live.changed(users=(*live.table("users"), own._replace(id="005X", username="dana@acme.example")))


def approved_for_admins_too() -> Snapshot:
    # The administrator's profile is spared, so another one it is.
    minimum = live.own_set(MINIMUM)
    (row,) = (one for one in live.table("permission_sets") if one.name == minimum)
    access = live.table("app_access")
    return live.changed(app_access=(*access, access[0]._replace(permission_set_id=row.id)))


def trusted_everything() -> Snapshot:
    one = live.component(kinds.SECURITY, "Security")
    ranges = (Group(line=1, values={"start": "0.0.0.0", "end": "255.255.255.255"}),)
    return live.replaced(live.healthy(), one, groups={"networkAccess.ipRanges": ranges})


EGRESS_ONLY = (("203.0.113.0", "203.0.113.15"),)
OPERATOR_ONLY = (("198.51.100.7", "198.51.100.7"),)

FAILING: dict[str, Make] = {
    "integration-profile-dedicated": stranger_on_the_profile,
    "integration-profile-least-privilege": lambda: live.granting("ModifyAllData", live.own_set(PROFILE)),
    "login-ranges-cover-egress": lambda: live.with_ranges(live.healthy(), PROFILE, *OPERATOR_ONLY),
    "login-ranges-keep-operator-way-in": lambda: live.with_ranges(live.healthy(), PROFILE, *EGRESS_ONLY),
    "login-ranges-bounded": lambda: live.with_ranges(live.healthy(), PROFILE, ("10.0.0.0", "10.255.255.255")),
    "app-admin-approved": app("oauthConfig.isAdminApproved", "false"),
    "app-ip-enforced": app("oauthPolicy.ipRelaxation", "BYPASS"),
    "app-limited-to-integration-profile": approved_for_admins_too,
    "ip-enforced-on-every-request": setting(
        kinds.SECURITY, "sessionSettings.enforceIpRangesEveryRequest", "false"
    ),
    "login-ranges-everywhere": lambda: live.with_ranges(live.healthy(), "Admin"),
    "tokens-issued-after-hardening": lambda: live.changed(
        tokens=(live.token(created=live.HARDENED - timedelta(seconds=1)),)
    ),
    "tokens-held-by-integration-users": lambda: live.changed(
        tokens=(live.token(user_id=live.user(ADMIN_USER).id),)
    ),
    "failure-and-success-observed": lambda: live.changed(
        logins=(*live.table("logins"), live.login(source_ip=ELSEWHERE[0]))
    ),
    "app-refresh-token-bounded": app("oauthPolicy.refreshTokenPolicy", "specific_lifetime:12:MONTHS"),
    "app-pkce-required": lambda: live.with_value(
        app("oauthConfig.isPkceRequired", "false")(), kinds.OAUTH_OIDC, "OauthOidc", "isPkceRequired", "false"
    ),
    "app-scopes-minimal": app("oauthConfig.scopes", "Full"),
    "app-installed": lambda: live.changed(tokens=(live.token(app_id="", app_label="Azure Logic App"),)),
    "tokens-fresh": lambda: live.changed(tokens=(live.token(last_used=NOW - timedelta(days=91)),)),
    "approve-uninstalled-apps-restricted": lambda: live.granting(
        "CanApproveUninstalledApps", live.own_set(PROFILE)
    ),
    "use-any-api-client-restricted": lambda: live.granting("UseAnyApiClient", "Caller_auditor"),
    "api-access-control-on": setting(kinds.CONNECTED_APP_SETTINGS, "enableAdminApprovedAppsOnly", "false"),
    "password-and-user-agent-flows-blocked": setting(kinds.OAUTH_OIDC, "blockOAuthUnPwFlow", "false"),
    "session-timeout-bounded": override,
    "trusted-ranges-bounded": trusted_everything,
    "mydomain-login-enforced": setting(kinds.MY_DOMAIN, "doesApiLoginRequireOrgDomain", "false"),
    "external-client-app-secrets-protected": setting(
        kinds.EXTERNAL_APP_SETTINGS, "enableConsumerSecretApiAccess", "true"
    ),
    "login-outside-ranges-absent": lambda: live.changed(logins=(live.login(source_ip=ELSEWHERE[1]),)),
}

PROFILE_UNREAD: Make = lambda: live.unread(kinds.PROFILE, PROFILE)  # noqa: E731 - one of many alike
APP_UNREAD: Make = lambda: live.unread(kinds.CONNECTED_APP, APP_NAME)  # noqa: E731 - one of many alike


def told_by_nothing() -> Snapshot:
    """Neither the app's file nor its record says who may use it."""
    silent = app("oauthConfig.isAdminApproved", None)()
    assert silent.org is not None
    apps = tuple(one._replace(admin_approved=None) for one in silent.org.apps or ())
    return silent.model_copy(update={"org": silent.org.model_copy(update={"apps": apps})})


def settings_unread(kind: str) -> Make:
    return lambda: live.unread(kind, kind.removesuffix("Settings"))


def table_unread(kind: str, table: str) -> Make:
    return lambda: live.without(kind, table)


UNREADABLE: dict[str, tuple[Make, ...]] = {
    "integration-profile-dedicated": (
        PROFILE_UNREAD,
        table_unread(org.USERS, "users"),
        table_unread(org.PROFILES, "profiles"),
        lambda: live.partial(org.USERS),
        lambda: live.partial(org.PROFILES),
    ),
    "integration-profile-least-privilege": (
        PROFILE_UNREAD,
        table_unread(org.USERS, "users"),
        table_unread(org.PERMISSION_SETS, "permission_sets"),
        table_unread(org.ASSIGNMENTS, "assignments"),
        lambda: live.partial(org.USERS),
        lambda: live.partial(org.PERMISSION_SETS),
        lambda: live.partial(org.ASSIGNMENTS),
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
        lambda: live.partial(org.APP_ACCESS),
    ),
    "ip-enforced-on-every-request": (settings_unread(kinds.SECURITY),),
    "login-ranges-everywhere": (
        lambda: live.unread(kinds.PROFILE, "Admin"),
        lambda: live.changed(profiles=live.table("profiles")[:1]),
    ),
    "tokens-issued-after-hardening": (
        table_unread(org.TOKENS, "tokens"),
        table_unread(org.APPS, "apps"),
        lambda: live.partial(org.TOKENS),
        lambda: live.partial(org.APPS),
        lambda: live.changed(tokens=(live.token(created=None),)),
    ),
    "tokens-held-by-integration-users": (
        table_unread(org.TOKENS, "tokens"),
        table_unread(org.APPS, "apps"),
        table_unread(org.USERS, "users"),
        lambda: live.partial(org.TOKENS),
        lambda: live.partial(org.APPS),
    ),
    "failure-and-success-observed": (
        table_unread(org.LOGINS, "logins"),
        table_unread(org.USERS, "users"),
        lambda: live.partial(org.LOGINS),
        lambda: live.changed(logins_since=None),
        lambda: live.changed(logins_since=live.HARDENED + timedelta(seconds=1)),
        lambda: live.changed(logins=(*live.table("logins"), live.login(source_ip="Salesforce.com IP"))),
    ),
    "app-refresh-token-bounded": (APP_UNREAD, app("oauthPolicy.refreshTokenPolicy", "infinite")),
    "app-pkce-required": (
        lambda: live.with_value(
            settings_unread(kinds.OAUTH_OIDC)(),
            kinds.CONNECTED_APP,
            APP_NAME,
            "oauthConfig.isPkceRequired",
            None,
        ),
    ),
    "app-scopes-minimal": (APP_UNREAD, app("oauthConfig.scopes", None)),
    "app-installed": (
        table_unread(org.TOKENS, "tokens"),
        table_unread(org.EXTERNAL_TOKENS, "external_tokens"),
        table_unread(org.APPS, "apps"),
        lambda: live.partial(org.TOKENS),
        lambda: live.changed(tokens=(live.token(app_id="0H4000000000000AAA"),)),
        lambda: live.changed(tokens=(live.token(app_id=""),)),
    ),
    "tokens-fresh": (
        table_unread(org.TOKENS, "tokens"),
        table_unread(org.EXTERNAL_TOKENS, "external_tokens"),
        table_unread(org.USERS, "users"),
        lambda: live.partial(org.TOKENS),
        lambda: live.changed(tokens=(live.token(user_id="005NOBODY"),)),
        lambda: live.changed(tokens=(live.token(created=None, last_used=None),)),
    ),
    "approve-uninstalled-apps-restricted": (
        table_unread(org.USERS, "users"),
        table_unread(org.PERMISSION_SETS, "permission_sets"),
        table_unread(org.ASSIGNMENTS, "assignments"),
        table_unread(org.PROFILES, "profiles"),
        lambda: live.partial(org.USERS),
        lambda: live.partial(org.PERMISSION_SETS),
        lambda: live.partial(org.ASSIGNMENTS),
        lambda: live.changed(permission_names=()),
    ),
    "use-any-api-client-restricted": (
        table_unread(org.PERMISSION_SETS, "permission_sets"),
        lambda: live.partial(org.ASSIGNMENTS),
        lambda: live.changed(permission_names=(), permissions_asked=()),
    ),
    "api-access-control-on": (settings_unread(kinds.CONNECTED_APP_SETTINGS),),
    "password-and-user-agent-flows-blocked": (settings_unread(kinds.OAUTH_OIDC),),
    "session-timeout-bounded": (
        lambda: live.changed(Gap(what="overrides", reason="refused", kind=kinds.PROFILE_SESSION)),
        lambda: live.changed(read_at={}),
        settings_unread(kinds.SECURITY),
    ),
    "trusted-ranges-bounded": (settings_unread(kinds.SECURITY),),
    "mydomain-login-enforced": (settings_unread(kinds.MY_DOMAIN),),
    "external-client-app-secrets-protected": (settings_unread(kinds.EXTERNAL_APP_SETTINGS),),
    "login-outside-ranges-absent": (
        PROFILE_UNREAD,
        table_unread(org.LOGINS, "logins"),
        table_unread(org.USERS, "users"),
        lambda: live.partial(org.LOGINS),
        lambda: live.partial(org.USERS),
        lambda: live.changed(logins_since=live.HARDENED + timedelta(seconds=1)),
        lambda: live.changed(logins=(live.login(source_ip=""),)),
        lambda: live.with_ranges(live.healthy(), PROFILE),
    ),
}
