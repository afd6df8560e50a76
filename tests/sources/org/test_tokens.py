"""OAuth tokens: all of them, or a reason why not, whatever an org does about ceilings, moments and pages."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfharden.emulator import ids
from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.server import serve
from sfharden.emulator.records import Knobs, OauthToken
from sfharden.emulator.state import DemoOrg
from sfharden.errors import DeniedError
from sfharden.model import org as tables
from sfharden.model.org import Token
from sfharden.salesforce.handles import handle_of
from sfharden.salesforce.rest import Page
from sfharden.sources.org.read import OrgReading
from sfharden.sources.org.tokens import Asked, TokenReading, read_oauth_tokens
from sfharden.text.redact import Secret
from tests.orgs.reading import (
    EVERYTHING,
    NOW,
    TOKENS,
    Event,
    InTurn,
    ScriptedOrg,
    connected,
    read,
    read_once,
    reasons,
)
from tests.orgs.sized import Spread, sized_org

ROWS = r"UseCount\+FROM\+OauthToken"
COUNTS = r"COUNT%28%29\+FROM\+OauthToken"


def with_tokens(count: int, spread: Spread | None = None, **knobs: Any) -> DemoOrg:
    org = sized_org(NOW, profiles=3, apps=2, users=5, tokens=count, spread=spread or Spread())
    org.knobs = Knobs(**knobs)
    return org


def handles(org: DemoOrg) -> set[str]:
    return {handle_of(Secret(one.delete_token), org.id) for one in org.tokens}


def tokens_in(reading: OrgReading) -> tuple[Token, ...]:
    return (reading.snapshot.org.tokens if reading.snapshot.org else None) or ()


_Looks = tuple[str, str, Any, Any, Any]


def found(reading: OrgReading) -> "Counter[_Looks]":
    """What the tokens that came show, each as often as it came."""
    return Counter(
        (one.app_label, one.user_id, one.created, one.last_used, one.use_count) for one in tokens_in(reading)
    )


def there(org: DemoOrg) -> "Counter[_Looks]":
    return Counter(
        (one.app_name, one.user_id, _as_told(one.created), one.last_used, one.use_count) for one in org.tokens
    )


def _as_told(moment: datetime) -> datetime:
    """The REST API tells milliseconds."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


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
@pytest.mark.parametrize("secrets", [False, True])
def test_all_are_found(count: int, spread: Spread, knobs: dict[str, Any], secrets: bool) -> None:
    """With what revokes them, and without: then equal rows are as many tokens as the org counts of them."""
    org = with_tokens(count, spread, **knobs)
    reading = read_once(org, wanted=replace(TOKENS, secrets=secrets))
    assert found(reading) == there(org)
    assert reasons(reading.snapshot, tables.TOKENS) == []
    names = [one.handle for one in tokens_in(reading)]
    assert len(set(names)) == len(names) == count, "each has a name of its own"
    if secrets:
        assert set(names) == handles(org)


def test_what_no_question_reaches_is_a_gap() -> None:
    """One user, one moment, no OFFSET: the rest can't be asked for."""
    spread = Spread(users=1, apps=1, per_moment=20)
    org = with_tokens(20, spread, token_ceiling=5, token_offset_limit=2)
    reading = read_once(org, wanted=TOKENS)
    assert found(reading) < there(org)
    assert reasons(reading.snapshot, tables.TOKENS) == ["5 tokens came, and the org counts 20"]


@given(
    moments=st.lists(st.integers(0, 6), max_size=40),
    ceiling=st.integers(2, 12),
    page=st.integers(1, 9),
    total=st.sampled_from(["true", "capped"]),
    secrets=st.booleans(),
)
@settings(max_examples=20)
def test_all_or_a_reason(moments: list[int], ceiling: int, page: int, total: str, secrets: bool) -> None:
    """However many share a moment, and wherever an org cuts off."""
    org = healthy_org(NOW)
    org.knobs = Knobs(token_ceiling=ceiling, token_page=page, tokens_total_size=total)
    users = [user.id for user in org.users]
    for number, days in enumerate(moments):
        holder, made = users[number % len(users)], NOW - timedelta(days=days)
        org.tokens.put(OauthToken("Some app", holder, made, ids.opaque("p", number)))
    reading = read_once(org, wanted=replace(TOKENS, secrets=secrets))
    gap = reasons(reading.snapshot, tables.TOKENS)
    assert found(reading) <= there(org)
    assert bool(gap) == (found(reading) != there(org))


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
        return read_oauth_tokens(connection.rest, Asked(lambda: org.id), InTurn(), NOW)


@pytest.mark.parametrize("count", [40, 2600])
def test_a_token_made_while_reading_comes_too(count: int) -> None:
    org = with_tokens(count)
    reading = read_in_turn(org, Event(COUNTS, lambda: add(org, "new", 1e-6), nth=2))
    assert (len(reading.tokens), reading.gap) == (count + 1, "")
    reading = read_in_turn(org, Event(ROWS, lambda: add(org, "newer")))
    assert (len(reading.tokens), reading.gap) == (count + 2, "")


def test_a_new_token_does_not_stand_in_for_one_that_is_missing() -> None:
    """Two were counted, two came, and there are three: the first count proves nothing any more."""

    def page(soql: str) -> Page:
        rows = [row(9)] if ">=" in soql else [row(1), row(9)]
        return Page(rows, len(rows), True, "")

    org = ScriptedOrg(page)
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


def ask(org: ScriptedOrg, *, secrets: bool = False) -> TokenReading:
    return read_oauth_tokens(org, Asked(lambda: "00Dxx0000000001", secrets), InTurn(), NOW)


def test_fields_that_may_be_null_are_null() -> None:
    reading = ask(ScriptedOrg(lambda _: Page([row(1)], 1, True, ""), counted=1))
    (token,) = reading.tokens
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
    org = ScriptedOrg(lambda _: Page([row(1, **changes)], 1, True, ""), counted=1)
    assert "0 of 1 token came" in ask(org, secrets=True).gap


def counting(org: ScriptedOrg, of_moments: int) -> ScriptedOrg:
    """An org that counts so many tokens at each moment that it's asked for."""
    every = org.count
    org.count = lambda soql, *, tooling=False: of_moments if "WHERE" in soql else every(soql)  # type: ignore[method-assign] # noqa: ARG005
    return org


def test_one_token_told_twice_is_a_gap() -> None:
    """Two rows came and two are counted; one of them is the other, and a third one is missing."""
    org = ScriptedOrg(lambda _: Page([row(1), row(1)], 2, True, ""), counted=2)
    assert ask(org, secrets=True).gap == "1 token came twice"
    assert "more or fewer came than the org counts" in ask(counting(org, 1)).gap
    assert ask(counting(org, 2)).gap == "", "they may well be two: the org counts two of that moment"


def test_too_many_that_look_alike_are_a_gap_and_not_many_calls() -> None:
    rows = [row(number) for number in range(30) for _ in range(2)]
    org = ScriptedOrg(lambda _: Page(rows, 60, True, ""), counted=60)
    assert "can't be told" in ask(org).gap
    assert ask(org, secrets=True).gap == "30 tokens came twice"


def windows(answer: Callable[[str], list[dict[str, Any]]]) -> TokenReading:
    """3,000 tokens, of which the first page has two; the rest comes in windows."""

    def page(soql: str) -> Page:
        rows = [row(0), row(1)] if "WHERE" not in soql else answer(soql)
        return Page(rows, len(rows), True, "")

    return ask(ScriptedOrg(page, counted=3000))


@pytest.mark.parametrize("number", [-5, 10**6])
def test_rows_that_were_not_asked_for_are_a_gap(number: int) -> None:
    """They could stand in for others: then numbers would agree, and tokens be missing."""
    found = windows(lambda soql: [row(number)] if "CreatedDate <" in soql else [])
    assert "other tokens than it was asked for" in found.gap


def test_rows_in_another_order_are_a_gap() -> None:
    """Where a window was cut off, the rest would be asked for from the wrong moment on."""
    found = windows(lambda soql: [row(9), row(8)] if "CreatedDate <" not in soql else [])
    assert "another order" in found.gap


def test_a_user_who_comes_twice_at_one_moment_is_a_gap() -> None:
    """Without handles a token of a list that repeats itself would count as two."""
    rows = [row(7, UserId=f"005{number:015d}") for number in range(2500)]

    def page(soql: str) -> Page:
        return Page(rows[-1:] if "UserId =" in soql else rows, 2500, True, "")

    assert "circle" in ask(ScriptedOrg(page, counted=5000)).gap


def test_no_question_of_a_check_names_what_revokes_a_token() -> None:
    org = with_tokens(2600)
    for wanted, named in ((EVERYTHING, False), (TOKENS, False), (replace(TOKENS, secrets=True), True)):
        with serve(org) as server:
            reading = read(server, wanted=wanted)
            assert any("DeleteToken" in one.target for one in server.requests) is named
        assert bool(reading.secrets) is named


def test_names_of_tokens_stay_the_same_while_they_are_used() -> None:
    """What is compared from run to run must not change with every use of a token."""
    org = with_tokens(40, Spread(users=1, apps=1, per_moment=4))
    before = {one.handle for one in tokens_in(read_once(org, wanted=TOKENS))}
    for token in list(org.tokens):
        org.tokens.put(token._replace(use_count=token.use_count + 5, last_used=NOW))
    assert {one.handle for one in tokens_in(read_once(org, wanted=TOKENS))} == before
    other = with_tokens(40, Spread(users=1, apps=1, per_moment=4))
    other.id = "00Dxx0000000009EAA"
    assert not {one.handle for one in tokens_in(read_once(other, wanted=TOKENS))} & before


def test_an_org_that_does_not_tell_its_id_still_shows_its_tokens() -> None:
    def no_id() -> str:
        raise DeniedError("no")

    org = ScriptedOrg(lambda _: Page([row(1)], 1, True, ""), counted=1)
    reading = read_oauth_tokens(org, Asked(no_id), InTurn(), NOW)
    assert (len(reading.tokens), reading.gap) == (1, "")


def test_whose_tokens_came_is_told_before_they_are_counted_again() -> None:
    """So that users who are gone can be looked up meanwhile."""
    told: list[tuple[frozenset[str], int]] = []
    org = ScriptedOrg(lambda _: Page([row(1), row(2)], 2, True, ""))
    counted: list[str] = []

    def count(soql: str, *, tooling: bool = False) -> int:
        counted.append(soql)
        return 2

    org.count = count  # type: ignore[method-assign]
    asked = Asked(lambda: "00Dxx0000000001", users=lambda ids: told.append((ids, len(counted))))
    read_oauth_tokens(org, asked, InTurn(), NOW)
    assert told == [(frozenset({"005xx0000000001AAA", "005xx0000000002AAA"}), 1)]
    assert len(counted) == 2


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
    assert "circle" in reading.gap or "other tokens" in reading.gap


def test_no_secret_is_in_what_is_kept() -> None:
    org = with_tokens(40)
    reading = read_once(org, wanted=replace(TOKENS, secrets=True))
    text = reading.snapshot.model_dump_json() + repr(reading)
    assert not [one.delete_token for one in org.tokens if one.delete_token in text]
    assert {secret.reveal() for secret in reading.secrets.values()} == {
        one.delete_token for one in org.tokens
    }


def test_a_clock_that_is_wrong_loses_nothing() -> None:
    org = with_tokens(2600)
    with serve(org) as server, connected(server) as connection:
        for now in (NOW - timedelta(days=4000), NOW + timedelta(days=4000)):
            reading = read_oauth_tokens(connection.rest, Asked(lambda: org.id), InTurn(), now)
            assert (len(reading.tokens), reading.gap) == (2600, "")
