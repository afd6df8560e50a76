"""What event logs show: how a request came out, what time is covered, and what was not read."""

from datetime import timedelta

import pytest

from sfharden.facts import requests
from sfharden.facts.requests import (
    Passage,
    covered,
    login_events_of,
    passage,
    requests_of,
    sources_of,
    times_of,
)
from sfharden.facts.values import CannotTell
from sfharden.model import org
from sfharden.model.events import INSIDE, LOGIN, EventPeriod
from sfharden.model.snapshot import Gap
from tests.orgs.constants import NOW
from tests.orgs.requests import DAY, OUTSIDE, request, unread, with_events
from tests.orgs.tables import running


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("200", Passage.ADMITTED), ("404", Passage.ADMITTED), ("500", Passage.ADMITTED), ("401", Passage.REFUSED),
        ("403", Passage.OPEN), ("", Passage.UNKNOWN), ("ok", Passage.UNKNOWN), ("4010", Passage.UNKNOWN),
    ],
)  # fmt: skip
def test_only_an_invalid_session_was_surely_refused(status: str, told: Passage) -> None:
    assert passage(request(status=status)) is told


@pytest.mark.parametrize("status", ["LOGIN_NO_ERROR", "Success"])
def test_a_login_got_in_by_its_code_or_its_label(status: str) -> None:
    assert requests.logged_in(request(kind=LOGIN, status=status))
    assert not requests.logged_in(request(kind=LOGIN, status="LOGIN_ERROR_INVALID_PASSWORD"))
    assert not requests.logged_in(request(status=status))


def test_logs_that_nobody_asked_for_say_how_to_get_them() -> None:
    assert not requests.events_asked(running())
    with pytest.raises(CannotTell, match="View Event Log Files"):
        requests_of(running())


def test_logs_that_were_refused_say_why() -> None:
    assert requests.events_asked(unread())
    with pytest.raises(CannotTell, match="the org refused"):
        requests_of(unread("the org refused"))


def test_a_gap_beside_rows_keeps_them_from_being_all() -> None:
    gap = Gap(what="ApiTotalUsage of 2026-11-22", reason="it is cut off", kind=org.REQUESTS)
    rows = requests_of(with_events(request(), gaps=[gap]))
    assert rows.rows == (request(),)
    with pytest.raises(CannotTell, match="2026-11-22: it is cut off"):
        rows.require_whole()


def test_logins_stand_apart() -> None:
    snapshot = with_events(request(), request(kind=LOGIN, status="LOGIN_NO_ERROR"))
    assert [one.kind for one in requests_of(snapshot)] == ["REST"]
    assert [one.kind for one in login_events_of(snapshot)] == [LOGIN]


def test_a_day_without_rows_is_read_all_the_same() -> None:
    assert requests_of(with_events()).rows == ()


def test_days_that_touch_are_one_time_and_a_missing_one_is_not_covered() -> None:
    days = [
        EventPeriod(org.REQUESTS, NOW + timedelta(days=n), NOW + timedelta(days=n + 1), str(n))
        for n in (0, 1, 3)
    ]
    other = DAY._replace(kind=org.LOGIN_EVENTS)
    found = covered(with_events(periods=[*reversed(days), other]))
    assert found == ((NOW, NOW + timedelta(days=2)), (NOW + timedelta(days=3), NOW + timedelta(days=4)))


def test_counts_and_addresses_in_words() -> None:
    groups = [request(OUTSIDE, times=3), request(INSIDE, times=1)]
    assert times_of(groups) == "4 requests"
    assert times_of(groups, NOW - timedelta(hours=20.5)) == "up to 4 requests"
    assert sources_of(groups) == OUTSIDE
    assert requests.is_from_inside(groups[1])
