"""The healthy running org with requests of its integration, as groups; each test changes one thing."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from sfharden.model import org
from sfharden.model.events import EventPeriod, EventSnapshot, RequestGroup
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs.constants import APP_ID, APP_LABEL, EGRESS, NOW, SVC
from tests.orgs.tables import running

OUTSIDE: Final = "198.51.100.200"
DAY: Final = EventPeriod(
    org.REQUESTS, NOW - timedelta(hours=36), NOW - timedelta(hours=12), "ApiTotalUsage of yesterday"
)


def request(
    source: str = EGRESS,
    *,
    user: str = SVC,
    app: str = APP_LABEL,
    app_id: str = APP_ID,
    kind: str = "REST",
    status: str = "200",
    times: int = 5,
    hours: float = 20,
) -> RequestGroup:
    """Requests, the last of them so many hours ago, the first an hour before."""
    last = NOW - timedelta(hours=hours)
    return RequestGroup(user, app, app_id, source, kind, status, times, last - timedelta(hours=1), last)


def with_events(
    *groups: RequestGroup, gaps: Iterable[Gap] = (), periods: Iterable[EventPeriod] = (DAY,), **tables: Any
) -> Snapshot:
    """The running org with these requests in the time of a day."""
    events = EventSnapshot(groups=tuple(sorted(groups)), periods=tuple(periods))
    return running(**tables).model_copy(update={"events": events, "gaps": tuple(gaps)})


def unread(reason: str = "the org refused") -> Snapshot:
    """Event logs were asked for, and the org refused them."""
    return with_events(periods=(), gaps=[Gap(what="EventLogFile", reason=reason, kind=org.REQUESTS)])
