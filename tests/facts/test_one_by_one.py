"""Whose single tokens are worth a call: those a verdict hinges on, and few of them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.facts.one_by_one import MOST_ASKED, ForVerdicts, hinges_on, refuse_summed
from sfharden.facts.values import CannotTell
from sfharden.model.org import AppRow, OrgTables, Token
from sfharden.model.snapshot import Snapshot, Source, Tool
from tests.orgs.metadata import NOW

ECA = AppRow("0xI000000000001AAA", "Reporting Sync", "Reporting_Sync", True, None)


def summed(number: int = 1, *, first: float | None = 10, used: float | None = 1, **changes: Any) -> Token:
    """All that a user gave the app: first connected and last used so many days ago."""
    return Token(
        f"s{number}", ECA.label, ECA.id, f"005{number}", _ago(first), _ago(used), 3, True, True
    )._replace(**changes)


def _ago(days: float | None) -> datetime | None:
    return None if days is None else NOW - timedelta(days=days)


def chosen(
    choose: ForVerdicts, rows: list[Token], *tokens: Token, taken_at: datetime | None = NOW
) -> list[str]:
    snapshot = Snapshot(
        tool=Tool(version="0"),
        source=Source(kind="org", name=""),
        taken_at=taken_at,
        org=OrgTables(apps=(ECA,), tokens=tokens),
    )
    return [one.handle for one in choose(snapshot, rows)]


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        (summed(first=10), False),  # all were made since
        (summed(first=100, used=95), False),  # all lie idle
        (summed(first=100, used=1), True),  # one is in use, another may lie idle
        (summed(first=100, used=None), True),  # it may have been authorised again since
        (summed(first=None), True),
    ],
)
def test_a_date_decides(row: Token, asked: bool) -> None:
    assert bool(chosen(ForVerdicts(), [row])) is asked


def test_the_days_are_those_of_the_policies() -> None:
    assert chosen(ForVerdicts(idle_days=(5,)), [summed(first=10)])
    assert not chosen(ForVerdicts(idle_days=(90,)), [summed(first=10)])
    assert chosen(ForVerdicts(idle_days=(90, 5)), [summed(first=10)])


def test_more_than_a_few_are_left_to_a_person() -> None:
    rows = [summed(number, first=100) for number in range(MOST_ASKED)]
    assert len(chosen(ForVerdicts(), rows)) == MOST_ASKED
    assert chosen(ForVerdicts(), [*rows, summed(99, first=100)]) == []


@pytest.mark.parametrize("name", ["Reporting Sync", "reporting sync", "Reporting_Sync"])
def test_the_integrations_own_app_is_always_asked(name: str) -> None:
    rows = [summed(number) for number in range(50)]
    assert len(chosen(ForVerdicts((name,)), rows)) == 50
    assert chosen(ForVerdicts(("Other",)), rows) == []


def test_a_token_that_may_be_a_look_alike_is_worth_a_call() -> None:
    nameless = Token("h", ECA.label, "", "0051", NOW, NOW, 1, False)
    assert chosen(ForVerdicts(), [summed()], nameless) == ["s1"]
    assert chosen(ForVerdicts(), [summed()], nameless._replace(user_id="0059")) == []
    assert chosen(ForVerdicts(), [summed()], nameless._replace(app_id="0H4")) == []


def test_without_a_moment_of_reading_no_date_decides() -> None:
    assert chosen(ForVerdicts(), [summed(first=100)], taken_at=None) == []


@given(first=st.none() | st.integers(0, 200), used=st.none() | st.integers(0, 200), since=st.integers(0, 200))
def test_what_hinges_is_what_dates_leave_open(first: int | None, used: int | None, since: int) -> None:
    row, moment = summed(first=first, used=used), NOW - timedelta(days=since)
    all_newer = first is not None and first <= since
    all_idle = used is not None and used > since
    assert hinges_on(row, moment) is not (all_newer or all_idle)
    assert not hinges_on(row._replace(summed=False), moment)


def test_a_pass_may_not_rest_on_what_stands_for_older_ones_too() -> None:
    refuse_summed([summed(first=10), summed(first=100)._replace(summed=False)], NOW - timedelta(days=20))
    with pytest.raises(CannotTell, match=r"2 users connected first before 2026-.*--every-token"):
        refuse_summed([summed(first=100), summed(first=None)], NOW - timedelta(days=20))
