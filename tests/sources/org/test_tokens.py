"""OAuth tokens: all of them, or a reason why not, whatever an org does about ceilings, moments and pages."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfharden.emulator import ids
from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.server import serve
from sfharden.emulator.records import Knobs, OauthToken
from sfharden.emulator.state import DemoOrg
from sfharden.model import org as tables
from sfharden.salesforce.handles import handle_of
from sfharden.salesforce.rest import Page
from sfharden.sources.org.read import OrgReading
from sfharden.sources.org.tokens import TokenReading, read_oauth_tokens
from sfharden.text.redact import Secret
from tests.orgs.reading import NOW, TOKENS, Event, InTurn, ScriptedOrg, connected, read_once, reasons
from tests.orgs.sized import Spread, sized_org

ROWS = r"DeleteToken\+FROM\+OauthToken"
COUNTS = r"COUNT%28%29\+FROM\+OauthToken"


def with_tokens(count: int, spread: Spread | None = None, **knobs: Any) -> DemoOrg:
    org = sized_org(NOW, profiles=3, apps=2, users=5, tokens=count, spread=spread or Spread())
    org.knobs = Knobs(**knobs)
    return org


def handles(org: DemoOrg) -> set[str]:
    return {handle_of(Secret(one.delete_token), org.id) for one in org.tokens}


def found(reading: OrgReading) -> set[str]:
    return {one.handle for one in reading.snapshot.org.tokens or ()} if reading.snapshot.org else set()


@pytest.mark.parametrize(
    ("count", "spread", "knobs"),
    [
        (0, Spread(), {}),
        (1, Spread(), {}),
        (2501, Spread(), {}),
        (6000, Spread(users=3, apps=1, per_moment=1000), {"tokens_total_size": "capped"}),
        (5001, Spread(users=3, apps=1, per_moment=5001), {}),
        # Without OFFSET the users lead on, none of whom need be known before.
        (
            5001,
            Spread(users=3, apps=1, per_moment=5001),
            {"token_offset_limit": 2000, "tokens_total_size": "capped"},
        ),
    ],
)
def test_all_are_found(count: int, spread: Spread, knobs: dict[str, Any]) -> None:
    org = with_tokens(count, spread, **knobs)
    reading = read_once(org, wanted=TOKENS)
    assert found(reading) == handles(org)
    assert reasons(reading.snapshot, tables.TOKENS) == []


def test_what_no_question_reaches_is_a_gap() -> None:
    """One user, one moment, no OFFSET: the rest can't be asked for."""
    spread = Spread(users=1, apps=1, per_moment=20)
    org = with_tokens(20, spread, token_ceiling=5, token_offset_limit=2)
    reading = read_once(org, wanted=TOKENS)
    assert found(reading) < handles(org)
    assert reasons(reading.snapshot, tables.TOKENS) == ["5 tokens came, and the org counts 20"]


@given(
    moments=st.lists(st.integers(0, 6), max_size=40),
    ceiling=st.integers(2, 12),
    page=st.integers(1, 9),
    total=st.sampled_from(["true", "capped"]),
    offset=st.sampled_from([None, 0, 5]),
)
@settings(max_examples=20)
def test_all_or_a_reason(moments: list[int], ceiling: int, page: int, total: str, offset: int | None) -> None:
    """However many share a moment, and wherever an org cuts off."""
    org = healthy_org(NOW)
    org.knobs = Knobs(
        token_ceiling=ceiling, token_page=page, tokens_total_size=total, token_offset_limit=offset
    )
    users = [user.id for user in org.users]
    for number, days in enumerate(moments):
        holder, made = users[number % len(users)], NOW - timedelta(days=days)
        org.tokens.put(OauthToken("Some app", holder, made, ids.opaque("p", number)))
    reading = read_once(org, wanted=TOKENS)
    gap = reasons(reading.snapshot, tables.TOKENS)
    assert found(reading) <= handles(org)
    assert bool(gap) == (found(reading) != handles(org))
    if total == "true" and offset is None:
        assert not gap


def add(org: DemoOrg, key: str, days: float = 0.0) -> None:
    user = org.users[0]
    org.tokens.put(OauthToken("Late", user.id, NOW - timedelta(days=days), ids.opaque(key)))


def take(org: DemoOrg, number: int) -> None:
    for token in list(org.tokens)[:number]:
        org.tokens.remove(token.delete_token)


def read_in_turn(org: DemoOrg, *events: Event) -> TokenReading:
    """One call after the other: the first count, the rows, the count at the end."""
    with serve(org) as server, connected(server) as connection:
        server.faults = list(events)
        return read_oauth_tokens(connection.rest, lambda: org.id, InTurn(), NOW, lambda _: None)


@pytest.mark.parametrize("count", [40, 2600])
def test_a_token_made_while_reading_comes_too(count: int) -> None:
    org = with_tokens(count)
    reading = read_in_turn(org, Event(COUNTS, lambda: add(org, "new"), nth=2))
    assert (len(reading.tokens), reading.gap) == (count + 1, "")
    reading = read_in_turn(org, Event(ROWS, lambda: add(org, "newer")))
    assert (len(reading.tokens), reading.gap) == (count + 2, "")


def test_a_new_token_does_not_stand_in_for_one_that_is_missing() -> None:
    """Two were counted, two came, and there are three: the first count proves nothing any more."""
    org = ScriptedOrg(lambda _: Page([row(1), row(9)], 2, True, ""))
    counts = iter([2, 3, 3])
    org.count = lambda soql, *, tooling=False: next(counts)  # type: ignore[method-assign] # noqa: ARG005
    assert ask(org).gap == "2 tokens came, and the org counts 3"


def test_numbers_that_do_not_add_up_are_a_gap() -> None:
    org = with_tokens(40)

    def change() -> None:
        add(org, "new")
        take(org, 2)

    reading = read_in_turn(org, Event(ROWS, lambda: add(org, "one"), nth=1), Event(COUNTS, change, nth=2))
    assert (len(reading.tokens), reading.gap) == (42, "42 tokens came, and the org counts 40")


@pytest.mark.parametrize("count", [40, 2600])
def test_a_token_revoked_while_reading_is_no_gap(count: int) -> None:
    org = with_tokens(count)
    reading = read_in_turn(org, Event(COUNTS, lambda: take(org, 1), nth=2))
    assert (len(reading.tokens), reading.gap) == (count, "")


def row(number: int, **changes: Any) -> dict[str, Any]:
    made = (NOW - timedelta(days=100) + timedelta(minutes=number)).isoformat().replace("+00:00", "+0000")
    return {
        "AppName": "App",
        "AppMenuItemId": None,
        "UserId": f"005xx00000000{number % 3:02d}AAA",
        "CreatedDate": made,
        "LastUsedDate": None,
        "UseCount": None,
        "DeleteToken": f"delete-{number}",
        **changes,
    }


def ask(org: ScriptedOrg) -> TokenReading:
    return read_oauth_tokens(org, lambda: "00Dxx0000000001", InTurn(), NOW, lambda _: None)


def test_fields_that_may_be_null_are_null() -> None:
    reading = ask(ScriptedOrg(lambda _: Page([row(1)], 1, True, ""), counted=1))
    (token,) = reading.tokens.values()
    assert (token.menu_id, token.last_used, token.use_count, reading.gap) == ("", None, None, "")


@pytest.mark.parametrize(
    "changes",
    [
        {"CreatedDate": None},
        {"CreatedDate": "yesterday"},
        {"CreatedDate": "2026-11-20T10:00:00"},
        {"UserId": None},
        {"DeleteToken": None},
        {"DeleteToken": ""},
        {"AppName": 7},
        {"UseCount": "many"},
        {"UseCount": True},
        {"LastUsedDate": 5},
    ],
)
def test_a_row_that_can_not_be_understood_is_a_gap(changes: dict[str, Any]) -> None:
    reading = ask(ScriptedOrg(lambda _: Page([row(1, **changes)], 1, True, ""), counted=1))
    assert "0 of 1 tokens came" in reading.gap


def test_one_token_told_twice_counts_once() -> None:
    reading = ask(ScriptedOrg(lambda _: Page([row(1), row(1)], 2, True, ""), counted=2))
    assert len(reading.tokens) == 1
    assert reading.gap


def test_pages_in_a_circle_end() -> None:
    org = ScriptedOrg(lambda _: Page([row(1)], 9, False, "/services/data/v66.0/query/01g-1"), counted=9)
    reading = ask(org)
    assert reading.gap


@pytest.mark.parametrize("counted", [2600, 9000])
def test_an_org_that_repeats_itself_ends_in_a_gap(counted: int) -> None:
    """Whatever is asked, the same rows: no question gets further."""
    rows = [row(number) for number in range(2500)]
    reading = ask(ScriptedOrg(lambda _: Page(rows, counted, True, ""), counted=counted))
    assert "circle" in reading.gap or "came" in reading.gap


def test_an_org_that_repeats_one_moment_ends_in_a_gap() -> None:
    rows = [row(7, DeleteToken=f"d{number}") for number in range(2500)]
    reading = ask(ScriptedOrg(lambda _: Page(rows, 2500, True, ""), counted=4000))
    assert reading.gap == "2,500 of 4,000 tokens came: Querying: the org's tokens lead in a circle"


def test_no_secret_is_in_what_is_kept() -> None:
    org = with_tokens(40)
    reading = read_once(org, wanted=TOKENS)
    text = reading.snapshot.model_dump_json() + repr(reading)
    assert not [one.delete_token for one in org.tokens if one.delete_token in text]
    assert {secret.reveal() for secret in reading.secrets.values()} == {
        one.delete_token for one in org.tokens
    }


def test_a_clock_that_is_wrong_loses_nothing() -> None:
    org = with_tokens(2600)
    with serve(org) as server, connected(server) as connection:
        for now in (NOW - timedelta(days=4000), NOW + timedelta(days=4000)):
            reading = read_oauth_tokens(connection.rest, lambda: org.id, InTurn(), now, lambda _: None)
            assert (len(reading.tokens), reading.gap) == (2600, "")
