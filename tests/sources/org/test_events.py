"""A running org's event logs, by its objects or by the files of each day; what it refuses is a gap."""

import gzip
from dataclasses import replace
from datetime import timedelta

import pytest

from sfharden.emulator import event_rows
from sfharden.emulator.event_rows import ApiRequest
from sfharden.emulator.generate import APP_LABEL, EGRESS_USED, INTEGRATION_USER, healthy_org
from sfharden.emulator.http.faults import Fault, FaultKind
from sfharden.emulator.http.server import serve
from sfharden.emulator.state import DemoOrg
from sfharden.model import org as tables
from sfharden.model.events import EventSnapshot
from sfharden.model.snapshot import Snapshot
from sfharden.sources.org import events
from sfharden.web.meter import CallMeter
from tests.orgs.constants import NOW
from tests.orgs.served import LOGINS, SINCE, read, read_once

WANTED = replace(LOGINS, events_since=SINCE)
OUTSIDE = "198.51.100.200"


def with_objects(org: DemoOrg) -> DemoOrg:
    org.knobs.event_log_objects = True
    given = org.permission_set("Caller auditor")
    assert given
    given.permissions.add("EventLogReadAccess")
    return org


def without_right(org: DemoOrg) -> DemoOrg:
    given = org.permission_set("Caller auditor")
    assert given
    given.permissions.discard("ViewEventLogFiles")
    return org


def planted(org: DemoOrg, times: int = 10, source: str = OUTSIDE) -> DemoOrg:
    """So many requests of the integration, by a session that began inside: its login history shows nothing of them."""
    user = org.user(INTEGRATION_USER)
    assert user
    noon = NOW - timedelta(days=2)
    org.api_requests += [
        ApiRequest(user.id, noon + timedelta(minutes=n), source, "", APP_LABEL) for n in range(times)
    ]
    return org


def events_of(snapshot: Snapshot) -> EventSnapshot:
    assert snapshot.events is not None
    return snapshot.events


@pytest.mark.parametrize("make", [lambda org: org, with_objects], ids=["files", "objects"])
def test_ten_requests_from_outside_are_all_found(make) -> None:  # type: ignore[no-untyped-def]
    snapshot = read_once(planted(make(healthy_org(NOW))), wanted=WANTED).snapshot
    assert snapshot.gaps == ()
    found = [one for one in events_of(snapshot).requests if one.source == OUTSIDE]
    assert sum(one.times for one in found) == 10
    assert OUTSIDE not in {login.source_ip for login in snapshot.org.logins or ()}  # type: ignore[union-attr]
    assert {one.source for one in events_of(snapshot).requests} == {OUTSIDE, *EGRESS_USED}


def test_objects_and_files_hold_the_same_of_days_that_have_ended() -> None:
    day = NOW.replace(hour=0) - timedelta(days=1)
    org = healthy_org(NOW)
    org.api_requests = [one for one in org.api_requests if one.time < day]
    found = [
        tuple(events_of(read_once(one, wanted=WANTED).snapshot).requests) for one in (org, with_objects(org))
    ]
    assert found[0] == found[1]


def test_a_file_covers_its_day_whatever_it_holds() -> None:
    periods = events_of(read_once(healthy_org(NOW), wanted=WANTED).snapshot).periods
    own = [one for one in periods if one.kind == tables.REQUESTS]
    assert [one.end - one.start for one in own] == [timedelta(days=1)] * 3
    assert own[-1].end == NOW.replace(hour=0)  # today's file isn't there yet


def test_without_the_right_it_is_a_gap_with_the_way_to_get_it() -> None:
    snapshot = read_once(without_right(healthy_org(NOW)), wanted=WANTED).snapshot
    assert events_of(snapshot).groups == ()
    assert {gap.kind for gap in snapshot.gaps} == {tables.REQUESTS, tables.LOGIN_EVENTS}
    assert all(
        "View Event Log Files" in gap.reason and "--events FILE" in gap.reason for gap in snapshot.gaps
    )


def test_an_org_that_shows_no_file_is_a_gap_too() -> None:
    org = healthy_org(NOW)
    org.knobs.denied_query = "empty"
    snapshot = read_once(without_right(org), wanted=WANTED).snapshot
    assert {gap.kind for gap in snapshot.gaps} == {tables.REQUESTS, tables.LOGIN_EVENTS}
    assert "shows no file of ApiTotalUsage" in snapshot.gaps[0].reason + snapshot.gaps[1].reason


def test_an_object_with_too_many_rows_is_left_for_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST_ROWS", 5)
    snapshot = read_once(with_objects(planted(healthy_org(NOW))), wanted=WANTED).snapshot
    assert snapshot.gaps == ()
    wheres = {one.where for one in events_of(snapshot).periods if one.kind == tables.REQUESTS}
    assert wheres == {f"ApiTotalUsage of 2026-11-{day} 00:00" for day in (21, 22, 23)}


def test_an_object_without_rows_is_no_evidence_and_the_files_are_asked() -> None:
    org = with_objects(healthy_org(NOW))
    org.api_requests.clear()
    snapshot = read_once(org, wanted=WANTED).snapshot
    assert [gap.kind for gap in snapshot.gaps] == [tables.REQUESTS]
    assert "shows no file of ApiTotalUsage" in snapshot.gaps[0].reason


@pytest.mark.parametrize("make", [lambda org: org, with_objects], ids=["files", "objects"])
def test_rows_of_the_future_are_a_gap_of_the_orgs_own_logs_too(make) -> None:  # type: ignore[no-untyped-def]
    """The org's clock is days before ours, or ours behind: what it covers can't be relied on."""
    snapshot = read_once(make(healthy_org(NOW + timedelta(days=2))), wanted=WANTED).snapshot
    assert {gap.kind for gap in snapshot.gaps} >= {tables.REQUESTS, tables.LOGIN_EVENTS}
    assert any("later than now" in gap.reason for gap in snapshot.gaps)


def test_a_body_in_gzip_is_read_too(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = events_of(read_once(healthy_org(NOW), wanted=WANTED).snapshot)
    whole = event_rows.EventLog.content.func  # type: ignore[attr-defined]
    monkeypatch.setattr(event_rows.EventLog, "content", property(lambda one: gzip.compress(whole(one))))
    assert events_of(read_once(healthy_org(NOW), wanted=WANTED).snapshot) == plain


@pytest.mark.parametrize("kind", [FaultKind.TRUNCATED, FaultKind.RESET])
def test_a_body_that_breaks_off_is_read_again_and_counted_once(kind: FaultKind) -> None:
    org = planted(healthy_org(NOW))
    with serve(org) as server:
        server.faults.append(Fault(kind, path="LogFile$|LogFile ", times=2))
        snapshot = read(server, wanted=WANTED).snapshot
    assert snapshot.gaps == ()
    assert sum(one.times for one in events_of(snapshot).requests if one.source == OUTSIDE) == 10


def test_a_body_that_never_comes_whole_is_a_gap_of_its_day() -> None:
    org = planted(healthy_org(NOW))
    with serve(org) as server:
        server.faults.append(Fault(FaultKind.TRUNCATED, path="LogFile$|LogFile "))
        snapshot = read(server, wanted=WANTED).snapshot
    assert {gap.what.partition(" of ")[0] for gap in snapshot.gaps} == {"ApiTotalUsage", "Login"}
    assert events_of(snapshot).groups == ()


def test_the_calls_are_counted_and_a_budget_ends_in_gaps() -> None:
    with serve(planted(healthy_org(NOW))) as server:
        meter = CallMeter(200)
        read(server, wanted=WANTED, meter=meter)
        assert meter.count().by_kind["event log"] == 7
        snapshot = read(server, wanted=WANTED, meter=CallMeter(meter.count().total - 3)).snapshot
    assert snapshot.gaps


def test_who_is_named_in_events_only_is_looked_up() -> None:
    org = healthy_org(NOW)
    gone = org.add_user("gone@acme.example", "Admin", is_active=False)
    org.api_requests.append(ApiRequest(gone.id, NOW - timedelta(days=1), OUTSIDE))
    snapshot = read_once(org, wanted=WANTED).snapshot
    assert snapshot.org is not None
    assert "gone@acme.example" in {user.username for user in snapshot.org.users or ()}
