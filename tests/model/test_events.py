"""What event logs tell, as a snapshot holds it."""

from datetime import UTC, datetime

from sfharden.model.events import LOGIN, EventPeriod, EventSnapshot, RequestGroup
from sfharden.model.org import REQUESTS
from sfharden.model.snapshot import Snapshot, Source, Tool

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)


def group(kind: str) -> RequestGroup:
    return RequestGroup("005000000000001AAA", "Sync", "", "203.0.113.9", kind, "200", 3, AT, AT)


def test_logins_stand_apart_from_requests() -> None:
    events = EventSnapshot(groups=(group("REST"), group(LOGIN)))
    assert [one.kind for one in events.requests] == ["REST"]
    assert [one.kind for one in events.logins] == [LOGIN]


def test_a_snapshot_gives_them_back_as_they_were() -> None:
    period = EventPeriod(REQUESTS, AT, AT, "ApiTotalUsage.csv")
    source = Source(kind="org", name="acme")
    events = EventSnapshot(groups=(group("REST"),), periods=(period,))
    snapshot = Snapshot(tool=Tool(version="0"), source=source, events=events)
    again = Snapshot.model_validate_json(snapshot.model_dump_json(by_alias=True))
    assert again.events == events
