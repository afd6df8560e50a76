"""Who gets in: sessions, permissions, and where an address is refused.

The rules of IP relaxation are those of Salesforce Help, "Connected App IP Relaxation and Continuous IP
Enforcement".
"""

from typing import Final

from sfharden.emulator import app_rules, kinds
from sfharden.emulator.ranges import inside, login_ranges
from sfharden.emulator.records import Session, User
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.soql.schema import Caller
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.wire import SOURCE_HEADER, Request
from sfharden.emulator.xmltree import Node, parse

_EVERY_REQUEST: Final = b"<enforceIpRangesEveryRequest>true</enforceIpRangesEveryRequest>"
# Flows in which the app's IP relaxation counts for nothing.
ALWAYS_ENFORCED: Final = frozenset({"jwt", "client_credentials"})


def source_of(org: DemoOrg, request: Request) -> str:
    """The address a request counts as coming from."""
    return request.headers.get(SOURCE_HEADER) or org.default_source_ip


def enter(org: DemoOrg, token: str, request: Request) -> Caller:
    """The caller behind an access token; counts the call. Raises RefusalError as the org would."""
    session = org.sessions.get(token)
    user = org.user(session.user_id) if session else None
    if session is None or user is None or not user.is_active or user.is_frozen:
        raise RefusalError("INVALID_SESSION_ID", "Session expired or invalid")
    if refused_on_request(org, session, user, source_of(org, request)):
        raise RefusalError("INSUFFICIENT_ACCESS", "Your current IP address isn't allowed to access the org.")
    if session.app and not _serves(org, session.app):
        raise RefusalError("INVALID_SESSION_ID", "This session is not valid for use with the API")
    if org.api_used >= org.api_limit:
        raise RefusalError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    org.api_used += 1
    caller = Caller(user, frozenset(org.permissions_of(user)))
    if not caller.has("ApiEnabled"):
        raise RefusalError("API_DISABLED_FOR_ORG", "API is not enabled for this Organization or Partner")
    return caller


def _serves(org: DemoOrg, app: str) -> bool:
    """False for sessions of an app that is blocked, or that has lost the scope to call."""
    shut = app_rules.is_blocked(org, app) or app_rules.session_action(org, app) == "Block"
    return not shut and app_rules.may_call(org, app)


def file_tree(org: DemoOrg, kind: str, name: str) -> Node | None:
    """A component's file, read; None if the org has none."""
    content = org.metadata.get(kinds.path_of(kinds.KINDS[kind], name))
    return parse(content) if content else None


def relaxation(org: DemoOrg, app: str) -> str:
    """An app's IP relaxation, one spelling for both kinds of app; `enforce` where nothing is said."""
    tree = file_tree(org, "ConnectedApp", app)
    said = tree.value("oauthPolicy.ipRelaxation") if tree else ""
    external = org.external_app(app)
    if not said and external:
        said = external.ip_relaxation
    return said.lower().replace("_", "") or "enforce"


def refused_at_login(org: DemoOrg, user: User, app: str, flow: str, source: str) -> bool:
    """True if the profile's ranges keep a sign-in out. `flow`: web, refresh, jwt or client_credentials."""
    policy = "enforce" if flow in ALWAYS_ENFORCED else relaxation(org, app)
    if policy == "bypass" or (policy == "enforcerelaxrefresh" and flow == "refresh"):
        return False
    # Without own ranges the user verifies by a second factor; the demo's users always can.
    if policy == "bypass2factor" and flow == "web" and _inside_own(org, app, source):
        return False
    return _outside(org, user, source)


def refused_on_request(org: DemoOrg, session: Session, user: User, source: str) -> bool:
    """True if every-request enforcement is on and keeps this session's call out."""
    if _EVERY_REQUEST not in org.metadata.get("settings/Security.settings", b""):
        return False
    policy = relaxation(org, session.app) if session.app else "enforce"
    if policy == "bypass" or (policy == "bypass2factor" and _inside_own(org, session.app, source)):
        return False
    return _outside(org, user, source)


def _inside_own(org: DemoOrg, app: str, source: str) -> bool:
    """True if the app has no ranges of its own, or this address is in them."""
    own = app_rules.own_ranges(org, app)
    return not own or inside(source, own)


def _outside(org: DemoOrg, user: User, source: str) -> bool:
    profile = org.profile(user.profile_id) if user.profile_id else None
    tree = file_tree(org, "Profile", profile.full_name) if profile else None
    ranges = login_ranges(tree) if tree else []
    return bool(ranges) and not inside(source, ranges)
