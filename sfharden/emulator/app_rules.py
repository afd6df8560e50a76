"""What an app's own files say of who comes in: its scopes, its key, a block, its session policy, its ranges.

Sources: Help, OAuth Tokens and Scopes (a client gets no scope that the app hasn't; `api` or `full` calls the API,
`refresh_token` refreshes); Metadata API Guide, ConnectedApp (sessionPolicy, ipRanges), BlacklistedConsumer, SecuritySettings
(isLoginWithSalesforceCredentialsDisabled); Help 005132365 (apps that nobody installed).
"""

from typing import Final

from sfharden.emulator import kinds
from sfharden.emulator.ranges import Range, app_ranges, spans
from sfharden.emulator.records import User
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.xmltree import Node, XmlError, parse

Refused = tuple[str, str]
_CALLING: Final = frozenset({"api", "full"})
_REFRESHING: Final = frozenset({"refreshtoken", "offlineaccess"})
_KEY: Final = "3MVG"  # how consumer keys begin; what doesn't is no client id
_BY_HAND: Final = ("web", "login")
_APPROVE: Final = "CanApproveUninstalledApps"


def why_shut(org: DemoOrg, user: User, app: str, flow: str) -> Refused | None:
    """Why an app's files, or the org's, refuse a sign-in whatever the address; None if they don't."""
    if flow in _BY_HAND and _single_sign_on_only(org, user):
        return "invalid_grant", "log in by single sign-on"
    if not app:
        return None
    if is_blocked(org, app):
        return "app_blocked", "this app is blocked by admin"
    action = session_action(org, app)
    if action == "Block" or (action == "RaiseSessionLevel" and flow == "jwt"):
        return "invalid_grant", "the session level of this app is too high"
    if flow == "refresh" and not may_refresh(org, app):
        return "invalid_scope", "the app has no scope to refresh tokens"
    if flow == "web" and not (may_call(org, app) and may_refresh(org, app)):
        return "invalid_scope", "the requested scope is not allowed"
    if flow == "web" and _is_foreign(org, app) and not _may_take_foreign(org, user, app):
        return "invalid_client", "the app is not installed"
    return None


def is_blocked(org: DemoOrg, app: str) -> bool:
    """True if a BlacklistedConsumer names the app's consumer key."""
    key = consumer_key(org, app)
    blocks = _trees(org, "BlacklistedConsumer")
    return bool(key) and any(one.value("consumerKey") == key for one in blocks)


def knows_client(org: DemoOrg, app: str, client: str) -> bool:
    """False for a client id that is a consumer key, and not this app's."""
    key = consumer_key(org, app)
    return not key or not client.startswith(_KEY) or client == key


def consumer_key(org: DemoOrg, app: str) -> str:
    """An app's consumer key, where its files show it."""
    tree = connected_tree(org, app)
    if tree:
        return tree.value("oauthConfig.consumerKey")
    shared = _child(org, "ExtlClntAppGlobalOauthSettings", app)
    return shared.value("consumerKey") if shared else ""


def may_call(org: DemoOrg, app: str) -> bool:
    """True unless the app's files list scopes, and none that calls the API."""
    scopes = _scopes(org, app)
    return not scopes or bool(scopes & _CALLING)


def may_refresh(org: DemoOrg, app: str) -> bool:
    """True unless the app's files list scopes, and none that refreshes tokens."""
    scopes = _scopes(org, app)
    return not scopes or bool(scopes & _REFRESHING)


def session_action(org: DemoOrg, app: str) -> str:
    """What a connected app's session policy does: `Block`, `RaiseSessionLevel`, or nothing."""
    tree = connected_tree(org, app)
    return tree.value("sessionPolicy.policyAction") if tree else ""


def own_ranges(org: DemoOrg, app: str) -> list[Range]:
    """The trusted ranges of an app of either kind."""
    tree = connected_tree(org, app)
    if tree:
        return app_ranges(tree)
    settings = _child(org, "ExtlClntAppOauthSettings", app)
    return spans(settings, "trustedIpRanges", "startIpAddress", "endIpAddress") if settings else []


def connected_tree(org: DemoOrg, app: str) -> Node | None:
    """The file of a connected app, by any of its names."""
    found = org.connected_app(app)
    content = org.metadata.get(kinds.path_of(kinds.KINDS["ConnectedApp"], found.full_name)) if found else b""
    return _tree(content or b"")


def _scopes(org: DemoOrg, app: str) -> frozenset[str]:
    tree = connected_tree(org, app)
    if tree:
        oauth = tree.first("oauthConfig")
        listed = oauth.values("scopes") if oauth else []
    else:
        settings = _child(org, "ExtlClntAppOauthSettings", app)
        listed = settings.value("commaSeparatedOauthScopes").split(",") if settings else []
    return frozenset(one.strip().lower().replace("_", "") for one in listed if one.strip())


def _child(org: DemoOrg, kind: str, app: str) -> Node | None:
    external = org.external_app(app)
    trees = _trees(org, kind) if external else []
    name = external.developer_name if external else ""
    return next((one for one in trees if one.value("externalClientApplication") == name), None)


def _trees(org: DemoOrg, kind: str) -> list[Node]:
    folder = f"{kinds.KINDS[kind].folder}/"
    found = (_tree(text) for path, text in org.metadata.items() if path.startswith(folder))
    return [one for one in found if one]


def _tree(text: bytes) -> Node | None:
    # As for records: a file that a test broke counts for nothing.
    try:
        return parse(text)
    except XmlError:
        return None


def _single_sign_on_only(org: DemoOrg, user: User) -> bool:
    content = org.metadata.get("settings/Security.settings")
    switch = "singleSignOnSettings.isLoginWithSalesforceCredentialsDisabled"
    tree = _tree(content or b"")
    disabled = tree is not None and tree.value(switch) == "true"
    return disabled or "IsSsoEnabled" in org.permissions_of(user)


def _is_foreign(org: DemoOrg, app: str) -> bool:
    return org.connected_app(app) is None and org.external_app(app) is None


def _may_take_foreign(org: DemoOrg, user: User, app: str) -> bool:
    """Whoever authorised it before, and who holds Approve Uninstalled Connected Apps."""
    before = any(one.user_id == user.id and one.app_name == app for one in org.tokens)
    return before or _APPROVE in org.permissions_of(user)
