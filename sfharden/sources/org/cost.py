"""What reading an org costs in API calls, told before any is made."""

from collections.abc import Iterator
from typing import NamedTuple

from sfharden.sources.org.wanted import Wanted


class CallLine(NamedTuple):
    """One kind of call: what it is, what it's for, how many at least, and what adds to them."""

    call: str
    purpose: str
    least: int
    more: str = ""


def calls_of(wanted: Wanted) -> Iterator[CallLine]:
    """The calls of a reading, in order. Numbers are what a small org takes."""
    yield CallLine("GET /services/data", "agree on the API version (not counted by the org)", 1)
    yield CallLine("GET userinfo", "who is signed in", 1)
    yield CallLine("query UserPermissionAccess", "what this login holds", 1)
    yield CallLine("query Organization", "production or sandbox", 1)
    yield CallLine("query User", "active users and their profiles", 1, "1 per 2,000 users")
    yield CallLine("describe, query PermissionSet", "who may do what", 2, "1 per 2,000 sets")
    yield CallLine("query PermissionSetAssignment", "who has which set", 1, "1 per 2,000 assignments")
    yield CallLine("query Profile", "labels of profiles", 1)
    if wanted.metadata:
        yield CallLine("listMetadata", "names of profiles and apps", 3)
        yield CallLine("retrieve, checkRetrieveStatus", "all metadata in one zip", 2, "1 per wait")
        yield CallLine("query SetupEntityAccess", "who is approved for which app", 1)
    else:
        yield CallLine("query ExternalClientApplication", "external client apps", 1)
    if wanted.metadata or wanted.tokens:
        yield CallLine("query ConnectedApplication", "apps that the org manages", 1)
    if wanted.tokens:
        yield CallLine("query AppMenuItem", "which app a token belongs to", 1)
        yield CallLine("query OauthToken", "tokens, counted before and after", 3, "1 per 500 tokens")
        yield CallLine(
            "GET apps/oauth/usage", "tokens of external client apps", 1, "2 per app, 1 per user of it"
        )
    if wanted.logins_since:
        yield CallLine(
            "query LoginHistory", f"logins since {wanted.logins_since:%Y-%m-%d}", 1, "1 per 2,000 logins"
        )
    if wanted.setup_since or wanted.sessions:
        yield CallLine("query AuthSession", "live sessions", 1, "1 per 2,000 sessions")
    if wanted.setup_since:
        yield CallLine("query SetupAuditTrail", "changes in setup", 1, "1 per 2,000 changes")
        yield CallLine("query SecurityHealthCheck", "Salesforce's own findings", 1)
