"""Did they come in: every hit with its evidence, and every time and table that was not searched."""

from datetime import timedelta

import pytest

from sfharden.addresses import AddressSet
from sfharden.facts.hits import GOT_IN, OPEN, REFUSED, Hunt, Span, hunt
from sfharden.model import org
from sfharden.model.events import INSIDE, LOGIN, EventPeriod, EventSnapshot, OtherEvents, RequestGroup
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs.constants import ADMIN, APP_LABEL, DANA, ELSEWHERE, HARDENED, NOW, OTHER_USER, SVC
from tests.orgs.requests import OUTSIDE, request
from tests.orgs.tables import TABLES, login, running, token

START = NOW - timedelta(days=3)
SPAN = Span(START, NOW)
WHOLE = EventPeriod(org.REQUESTS, START, NOW, "files")
LIST = AddressSet.of([OUTSIDE, ELSEWHERE])


def events(*groups: RequestGroup, periods: tuple[EventPeriod, ...] = (WHOLE,)) -> EventSnapshot:
    return EventSnapshot(groups=tuple(sorted(groups)), periods=periods)


def org_with(*groups: RequestGroup, gaps: tuple[Gap, ...] = (), **tables: object) -> Snapshot:
    found = running(**{"logins": (login(),), **tables})  # type: ignore[arg-type]
    return found.model_copy(update={"events": events(*groups), "gaps": gaps})


def found(snapshot: Snapshot, span: Span = SPAN) -> Hunt:
    return hunt(snapshot, LIST, span)


def test_nothing_from_there_and_everything_searched_is_clean() -> None:
    assert found(org_with(request())) == Hunt((), (), (), ())


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("Success", GOT_IN), ("Restricted IP", REFUSED), ("Invalid Password", REFUSED), ("Erfolg", OPEN)],
)
def test_a_login_from_there_is_a_hit_with_how_it_came_out(status: str, outcome: str) -> None:
    (hit,) = found(org_with(logins=(login(DANA, OUTSIDE, status=status, days=3, times=4),))).hits
    assert (hit.what, hit.user, hit.app, hit.source, hit.outcome) == (
        "login",
        OTHER_USER,
        APP_LABEL,
        OUTSIDE,
        outcome,
    )
    assert (hit.times, hit.where, hit.last) == (4, org.LOGINS, HARDENED + timedelta(days=3))


@pytest.mark.parametrize(
    ("status", "outcome"), [("200", GOT_IN), ("401", REFUSED), ("403", OPEN), ("", OPEN)]
)
def test_a_request_from_there_is_a_hit_of_any_user_and_app(status: str, outcome: str) -> None:
    (hit,) = found(org_with(request(OUTSIDE, user=DANA, app="Other", status=status, times=10))).hits
    assert (hit.what, hit.user, hit.app, hit.outcome, hit.times) == (
        "request",
        OTHER_USER,
        "Other",
        outcome,
        10,
    )


def test_a_live_session_from_there_is_a_hit() -> None:
    session = org.Session(DANA, OUTSIDE, NOW - timedelta(hours=1), NOW, "Application", "UI", False)
    (hit,) = found(org_with(sessions=(session,))).hits
    assert (hit.what, hit.user, hit.outcome) == ("session", OTHER_USER, GOT_IN)


def test_a_login_that_history_has_is_not_told_twice_and_one_that_it_lacks_is() -> None:
    event = request(OUTSIDE, user=DANA, kind=LOGIN, status="LOGIN_NO_ERROR", app="", app_id="")
    assert [one.where for one in found(org_with(event)).hits] == [org.LOGIN_EVENTS]
    both = found(org_with(event, logins=(login(DANA, OUTSIDE, days=3),)))
    assert [one.where for one in both.hits] == [org.LOGINS]


def test_a_user_told_by_name_only_is_known_by_their_record() -> None:
    (hit,) = found(org_with(request(OUTSIDE, user=OTHER_USER.upper()))).hits
    assert hit.user_id == DANA


def test_what_came_before_or_after_is_no_hit() -> None:
    old, late = request(OUTSIDE, hours=24 * 9), request(OUTSIDE, hours=-5)
    assert found(org_with(old, late)).hits == ()


# At risk -----------------------------------------------------------------------------------------


def test_the_tokens_at_risk_are_those_of_who_came_in_by_that_app() -> None:
    tokens = (token(SVC), token(DANA), token(DANA, days=2, label="Other", app=""), token(ADMIN))
    hit = request(OUTSIDE, user=DANA, app="Other", app_id="")
    assert [one.app_label for one in found(org_with(hit, tokens=tokens)).tokens] == ["Other"]
    assert found(org_with(request(OUTSIDE, user=DANA, app="Other", status="401"), tokens=tokens)).tokens == ()


def test_of_who_came_in_without_an_app_all_tokens_are_at_risk() -> None:
    tokens = (token(SVC), token(DANA), token(DANA, days=2, label="Other", app=""))
    hit = login(DANA, OUTSIDE, app="N/A", subtype="", days=3)
    assert {one.user_id for one in found(org_with(logins=(hit,), tokens=tokens)).tokens} == {DANA}
    assert len(found(org_with(logins=(hit,), tokens=tokens)).tokens) == 2


# Gaps ---------------------------------------------------------------------------------------------


def refused(kind: str) -> tuple[Gap, ...]:
    return (Gap(what=kind, reason="the org refused", kind=kind),)


@pytest.mark.parametrize(
    ("snapshot", "gap"),
    [
        (
            org_with(logins=None, gaps=refused(org.LOGINS)),
            "Logins: LoginHistory was not read: the org refused",
        ),
        (org_with(gaps=refused(org.LOGINS)), "Logins: LoginHistory was not read completely: the org refused"),
        (org_with(logins_since=None), "Logins: since when they were read is not known"),
        (
            org_with(logins_since=NOW - timedelta(days=1)),
            "Logins: those before 2026-11-23 12:00 UTC were not read",
        ),
        (org_with(sessions=None), "Sessions: AuthSession was not read"),
        (org_with(tokens=None, external_tokens=None), "Tokens:"),
        (org_with(gaps=refused(org.REQUESTS)), "Requests: ApiTotalUsage was not read completely"),
        (running(logins=(login(),)), "Requests: requests were not read: give --events"),
        (org_with(logins=(login(source=""),)), "Some logins show no address that can be read"),
        (org_with(request("unknown")), "Some requests show no address that can be read"),
    ],
)
def test_what_was_not_searched_is_a_gap(snapshot: Snapshot, gap: str) -> None:
    gaps = found(snapshot, Span(HARDENED, NOW)).gaps
    assert any(one.startswith(gap) for one in gaps), gaps


def test_a_time_that_no_log_covers_is_a_gap_at_either_end_and_between() -> None:
    day = timedelta(days=1)
    periods = (WHOLE._replace(end=START + day), WHOLE._replace(start=START + 2 * day, end=NOW - day / 2))
    snapshot = org_with().model_copy(update={"events": events(periods=periods)})
    gaps = hunt(snapshot, LIST, Span(START - day, NOW)).gaps
    assert [one.partition(" were")[0].partition(" are")[0] for one in gaps] == [
        "Requests: those from 2026-11-20 12:00 UTC to 2026-11-21 12:00 UTC",
        "Requests: those from 2026-11-22 12:00 UTC to 2026-11-23 12:00 UTC",
        "Requests: those after 2026-11-24 00:00 UTC",
    ]
    assert hunt(snapshot, LIST, Span(START, START + day)).gaps == ()


@pytest.mark.parametrize("what", ["Logins", "Sessions", "Tokens"])
def test_what_came_after_the_org_was_read_is_a_gap(what: str) -> None:
    later = NOW + timedelta(days=2)
    snapshot = org_with().model_copy(
        update={"events": events(periods=(WHOLE._replace(end=later),)), "taken_at": NOW}
    )
    gap = f"{what}: those after 2026-11-24 12:00 UTC were not read"
    assert gap in hunt(snapshot, LIST, Span(START, later)).gaps
    assert gap not in hunt(snapshot, LIST, SPAN).gaps


def test_logins_older_than_salesforce_keeps_them_are_a_gap() -> None:
    old = NOW - timedelta(days=300)
    gaps = hunt(org_with(logins_since=old), LIST, Span(old, NOW)).gaps
    assert "Logins: Salesforce keeps those of six months" in gaps


def test_calls_from_inside_salesforce_are_told_and_are_no_gap() -> None:
    outcome = found(org_with(request(INSIDE), request()))
    assert outcome.gaps == ()
    assert outcome.beside == ("1 row came from inside Salesforce, which shows no address.",)


def test_the_tables_of_the_healthy_org_are_what_is_searched() -> None:
    assert {one.source for one in found(running(logins=TABLES.logins)).hits} == {ELSEWHERE}


def test_events_of_types_that_are_not_searched_are_a_gap_with_their_number() -> None:
    others = (
        OtherEvents("Report", 2, "one"),
        OtherEvents("URI", 1200, "one"),
        OtherEvents("URI", 34, "other"),
    )
    snapshot = org_with(request())
    assert snapshot.events
    held = snapshot.events.model_copy(update={"others": others})
    gaps = found(snapshot.model_copy(update={"events": held})).gaps
    assert gaps == ("Other events: 1,236 rows of types that are not searched (Report: 2, URI: 1,234)",)
