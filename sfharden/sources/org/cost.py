"""What reading an org costs in API calls: told before any is made, or estimated once users and apps are counted."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from sfharden.errors import OrgError
from sfharden.salesforce.rest import OrgClient
from sfharden.salesforce.soql import soql_datetime
from sfharden.sources.org.events import MOST_ROWS
from sfharden.sources.org.usage import external_app_ids
from sfharden.sources.org.wanted import Wanted

_ROWS_A_PAGE: Final = 2000
_TOKENS_A_PAGE: Final = 500
_USERS_A_PAGE: Final = 100


class Counts(NamedTuple):
    """How many there are of what costs calls; None: not counted."""

    users: int | None = None
    tokens: int | None = None
    sets: int | None = None
    assignments: int | None = None
    logins: int | None = None
    apps: int | None = None


NOT_COUNTED: Final = Counts()


class CallLine(NamedTuple):
    """One kind of call: what it is, what it's for, how many at least, what adds to them, and how many at most.

    `most` is an estimate; None where nothing was counted to tell it.
    """

    call: str
    purpose: str
    least: int
    more: str = ""
    most: int | None = None


def count_org(client: OrgClient, wanted: Wanted) -> Counts:
    """Count what the calls of a reading depend on, with a call each; what isn't shown stays uncounted."""

    def rows(where: str, needed: bool = True) -> int | None:
        return _told(lambda: client.count(f"SELECT COUNT() FROM {where}")) if needed else None  # noqa: S608

    since = f" WHERE LoginTime >= {soql_datetime(wanted.logins_since)}" if wanted.logins_since else ""
    return Counts(
        users=rows("User WHERE IsActive = true"),
        tokens=rows("OauthToken", wanted.tokens),
        sets=rows("PermissionSet"),
        assignments=rows("PermissionSetAssignment"),
        logins=rows(f"LoginHistory{since}", bool(since)),
        apps=_told(lambda: len(external_app_ids(client))) if wanted.tokens else None,
    )


def _told(ask: Callable[[], int]) -> int | None:
    try:
        return ask()
    except OrgError:
        return None


def calls_of(wanted: Wanted, counts: Counts = NOT_COUNTED) -> Iterator[CallLine]:
    """The calls of a reading, in order. Least numbers are what a small org takes, or one of those counts."""
    yield CallLine("GET /services/data", "agree on the API version (not counted by the org)", 1)
    yield CallLine("GET userinfo", "who is signed in", 1)
    yield CallLine("query UserPermissionAccess", "what this login holds", 1)
    yield CallLine("query Organization", "production or sandbox", 1)
    yield _paged("query User", "active users and their profiles", "2,000 users", counts.users)
    yield CallLine("query UserLogin", "who is frozen", 1, "1 per 2,000 of them")
    yield _paged("describe, query PermissionSet", "who may do what", "2,000 sets", counts.sets, besides=1)
    yield CallLine("query PermissionSetGroup and what is in it", "where there are groups", 0, "3", 3)
    yield _paged(
        "query PermissionSetAssignment", "who has which set", "2,000 assignments", counts.assignments
    )
    yield CallLine("query Profile", "labels of profiles", 1)
    if wanted.objects_for:
        yield CallLine(
            "query ObjectPermissions, FieldPermissions", "where a user is to change the profile", 0, "2", 2
        )
    if wanted.metadata:
        yield CallLine("listMetadata", "names of profiles and apps", 3, "1 from API 67.0 on", 4)
        yield CallLine("retrieve, checkRetrieveStatus", "all metadata in one zip", 2, "1 per wait", 14)
        yield CallLine("query SetupEntityAccess", "who is approved for which app", 1)
    else:
        yield CallLine("query ExternalClientApplication", "external client apps", 1)
    if wanted.metadata or wanted.tokens:
        yield CallLine("query ConnectedApplication", "apps that the org manages", 1)
    if wanted.tokens:
        yield from _calls_for_tokens(wanted, counts)
    if wanted.logins_since:
        purpose = f"logins since {wanted.logins_since:%Y-%m-%d}"
        yield _paged("query LoginHistory", purpose, "2,000 logins", counts.logins, windows=True)
    if wanted.events_since:
        yield from _calls_for_events(wanted.events_since)
    if wanted.setup_since or wanted.sessions:
        yield CallLine("query AuthSession", "live sessions", 1, "1 per 2,000 sessions")
    if wanted.setup_since:
        yield CallLine("query SetupAuditTrail", "changes in setup", 1, "1 per 2,000 changes")
        yield CallLine("query SecurityHealthCheck", "Salesforce's own findings", 1)


def _calls_for_events(since: datetime) -> Iterator[CallLine]:
    """By objects where the org has them; else by files, of which each day has one of each kind."""
    yield CallLine("describe ApiTotalUsageEventLog, LoginEventLog", "event logs as objects", 2)
    yield CallLine(
        "query these",
        "where they are there, and not too many",
        0,
        "1 per 2,000 rows",
        2 + 2 * MOST_ROWS // _ROWS_A_PAGE,
    )
    yield CallLine("query EventLogFile", "event logs as files", 0, "1", 1)
    yield CallLine(
        "GET EventLogFile/…/LogFile", f"event logs since {since:%Y-%m-%d}", 0, "1 per day and kind"
    )


def _calls_for_tokens(wanted: Wanted, counts: Counts) -> Iterator[CallLine]:
    yield CallLine("query AppMenuItem", "which app a token belongs to", 1)
    what = "and what revokes each" if wanted.secrets else "not what revokes them"
    pages = None if counts.tokens is None else max(1, -(-counts.tokens // _TOKENS_A_PAGE))
    yield CallLine(
        "query OauthToken",
        f"tokens ({what}), counted before and after",
        2 + (pages or 1),
        "1 per 500 tokens",
        None if pages is None else 3 + pages + pages // 2,
    )
    yield CallLine(
        "GET apps/oauth/usage",
        "users of external client apps",
        1 + (counts.apps or 0),
        "1 per app, 1 per 100 users of it",
        _most_of_usage(counts),
    )
    single = "1 per user and app"
    yield CallLine("GET apps/oauth/usage tokens", "single ones, where a verdict needs them", 0, single)


def _most_of_usage(counts: Counts) -> int | None:
    if counts.apps is None or counts.users is None:
        return None
    return 1 + counts.apps * (1 + -(-counts.users // _USERS_A_PAGE))


def _paged(
    call: str, purpose: str, unit: str, rows: int | None, *, besides: int = 0, windows: bool = False
) -> CallLine:
    """A query's pages. In `windows` of two pages, the last page of each is seldom full, and the first is read twice."""
    if rows is None:
        return CallLine(call, purpose, 1 + besides, f"1 per {unit}")
    pages = max(1, -(-rows // _ROWS_A_PAGE))
    again = 1 + pages // 2 if windows and pages > 1 else 0
    return CallLine(call, purpose, besides + pages, f"1 per {unit}", besides + pages + again)
