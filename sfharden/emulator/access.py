"""Who gets in: sessions, permissions, and where an address is refused.

The rules of IP relaxation are those of Salesforce Help, "Connected App IP Relaxation and Continuous IP
Enforcement".
"""

from typing import Final

from sfharden.emulator import kinds
from sfharden.emulator.ranges import app_ranges, inside, login_ranges
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
    if org.api_used >= org.api_limit:
        raise RefusalError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    org.api_used += 1
    caller = Caller(user, frozenset(org.permissions_of(user)))
    if not caller.has("ApiEnabled"):
        raise RefusalError("API_DISABLED_FOR_ORG", "API is not enabled for this Organization or Partner")
    return caller


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
    if policy == "bypass2factor" and flow == "web":
        tree = file_tree(org, "ConnectedApp", app)
        own = app_ranges(tree) if tree else []
        # Without own ranges the user verifies by a second factor; the demo's users always can.
        if not own or inside(source, own):
            return False
    return _outside(org, user, source)


def refused_on_request(org: DemoOrg, session: Session, user: User, source: str) -> bool:
    """True if every-request enforcement is on and keeps this session's call out."""
    if _EVERY_REQUEST not in org.metadata.get("settings/Security.settings", b""):
        return False
    if session.app and relaxation(org, session.app) in ("bypass", "bypass2factor"):
        return False
    return _outside(org, user, source)


def _outside(org: DemoOrg, user: User, source: str) -> bool:
    profile = org.profile(user.profile_id) if user.profile_id else None
    tree = file_tree(org, "Profile", profile.full_name) if profile else None
    ranges = login_ranges(tree) if tree else []
    return bool(ranges) and not inside(source, ranges)
