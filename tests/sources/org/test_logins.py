"""Logins: read in windows of time, counted together, the same as a plain reading of every row."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfharden.emulator.generate import healthy_org
from sfharden.emulator.records import Login
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.store import LoginStore
from sfharden.model import org as tables
from sfharden.salesforce.rest import Page
from sfharden.sources.org import logins as org_logins
from sfharden.sources.org.logins import LoginReading, read_logins
from sfharden.sources.org.wanted import Wanted
from tests.orgs.reading import LOGINS, NOW, SINCE, InTurn, ScriptedOrg, read_once, reasons
from tests.orgs.sized import sized_org

Group = tuple[str, ...]


def plainly(org: DemoOrg, since: datetime) -> dict[Group, list[datetime]]:
    """Every row since a moment, by what it differs in besides its time."""
    groups: dict[Group, list[datetime]] = defaultdict(list)
    for one in org.logins:
        if one.time >= since:
            key = (one.user_id, one.source_ip, one.status, one.type, one.subtype or "", one.application)
            groups[key].append(one.time)
    return groups


def told(logins: tuple[tables.Login, ...]) -> dict[Group, tuple[int, datetime, datetime]]:
    return {tuple(one[:6]): (one.times, one.first, one.last) for one in logins}


def summed(groups: dict[Group, list[datetime]]) -> dict[Group, tuple[int, datetime, datetime]]:
    return {key: (len(times), _cut(min(times)), _cut(max(times))) for key, times in groups.items()}


def _cut(moment: datetime) -> datetime:
    """The API tells milliseconds."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@pytest.mark.parametrize("count", [0, 1, 1999, 2000, 2001, 9000])
def test_windows_give_what_a_plain_reading_gives(count: int) -> None:
    org = sized_org(NOW, profiles=3, apps=2, users=4, tokens=0, logins=count)
    since = NOW - timedelta(days=180)
    snapshot = read_once(org, wanted=Wanted(logins_since=since, metadata=False, tokens=False)).snapshot
    assert snapshot.org is not None
    assert told(snapshot.org.logins or ()) == summed(plainly(org, since))
    assert sum(one.times for one in snapshot.org.logins or ()) == count
    assert reasons(snapshot, tables.LOGINS) == []
    assert snapshot.org.logins_since == since


@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 30 * 24 * 60),
            st.integers(0, 1),
            st.sampled_from(["203.0.113.4", "192.0.2.66", "Salesforce.com IP"]),
            st.sampled_from(["Success", "success", "Restricted IP", "Invalid Password"]),
            st.sampled_from([None, "OauthRefreshToken"]),
        ),
        max_size=30,
    )
)
@settings(max_examples=15)
def test_counting_together_loses_nothing(rows: list[tuple[int, int, str, str, str | None]]) -> None:
    org = healthy_org(NOW)
    made = [
        Login(
            f"0Ya{n:015d}",
            org.users[who].id,
            SINCE + timedelta(minutes=at),
            source,
            status=status,
            subtype=subtype,
        )
        for n, (at, who, source, status, subtype) in enumerate(rows)
    ]
    org.logins = LoginStore(sorted(made, key=lambda one: one.time))
    snapshot = read_once(org, wanted=LOGINS).snapshot
    assert snapshot.org is not None
    assert told(snapshot.org.logins or ()) == summed(plainly(org, SINCE))


def row(number: int, **changes: Any) -> dict[str, Any]:
    at = (SINCE + timedelta(minutes=number)).isoformat().replace("+00:00", ".000+0000")
    return {
        "UserId": "005xx0000000001AAA",
        "LoginTime": at,
        "LoginType": "Remote Access 2.0",
        "LoginSubType": None,
        "SourceIp": "203.0.113.4",
        "Status": "Success",
        "Application": None,
        **changes,
    }


def ask(org: ScriptedOrg) -> LoginReading:
    return read_logins(org, SINCE, NOW, InTurn(), lambda _: None)


def test_a_row_too_few_is_a_gap() -> None:
    """The org says three and gives two, and calls that all."""
    reading = ask(ScriptedOrg(lambda _: Page([row(1), row(2)], 3, True, "")))
    assert reading.gap == "2 of 3 logins came"
    assert reading.logins[0].times == 2


def test_a_window_that_breaks_off_is_a_gap() -> None:
    def answer(query: str) -> Page:
        if "LoginTime <" not in query and query.startswith("SELECT"):
            return Page([row(1)], 5000, False, "/services/data/v66.0/query/01g-1")
        return Page([row(2)], 2, True, "")

    reading = ask(ScriptedOrg(answer))
    assert "incomplete, 1 row came of 2" in reading.gap


@pytest.mark.parametrize(
    "changes", [{"UserId": None}, {"LoginTime": None}, {"Status": 1}, {"LoginTime": "now"}, {"SourceIp": []}]
)
def test_a_row_that_can_not_be_understood_is_a_gap(changes: dict[str, Any]) -> None:
    assert ask(ScriptedOrg(lambda _: Page([row(1, **changes)], 1, True, ""))).gap


def test_null_is_empty() -> None:
    (login,) = ask(ScriptedOrg(lambda _: Page([row(1, SourceIp=None)], 1, True, ""))).logins
    assert (login.source_ip, login.subtype, login.application) == ("", "", "")


def test_too_many_different_logins_are_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory has an end; what is left out is told of, and says what helps."""
    monkeypatch.setattr(org_logins, "_MOST_GROUPS", 3)
    rows = [row(n, SourceIp=f"203.0.113.{n}") for n in range(5)]
    reading = ask(ScriptedOrg(lambda _: Page(rows, 5, True, "")))
    assert len(reading.logins) == 3
    assert "2 logins are too many to keep" in reading.gap
    assert "--logins-since" in reading.gap


def test_asked_for_nothing_reads_nothing() -> None:
    snapshot = read_once(healthy_org(NOW), wanted=Wanted(metadata=False, tokens=False)).snapshot
    assert snapshot.org is not None
    assert (snapshot.org.logins, snapshot.org.logins_since) == (None, None)
