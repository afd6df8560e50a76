"""Whose single tokens revoking asks for: none that may be meant is left out, none that was planned is taken for gone."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.facts.directory import Directory
from sfharden.model.org import AppRow, Token
from sfharden.revocation.inventory import inventory_of
from sfharden.revocation.one_by_one import of_plan, of_selection
from sfharden.revocation.plan import PlannedToken, RevocationPlan
from sfharden.revocation.recount import still_there
from sfharden.revocation.select import Selection, select

from .kit import NOBODY, NOW, ORG_ID, snapshot, token

ECA = AppRow("0xI1", "Reporting", "Reporting_App", True, None)
SYNC = AppRow("0H4sync", "Sync", "Sync_App", False, True)


def summed(**facts: Any) -> Token:
    told: dict[str, Any] = {"handle": "aaaaaaaaaaaa", "app_label": "Reporting", "app_id": "0xI1"}
    return token(**{**told, "external": True, "summed": True, **facts})


def chosen(rows: list[Token], **asked: Any) -> list[Token]:
    source = snapshot([], external=rows, apps=(SYNC, ECA))
    return list(of_selection(Selection(**asked), lambda: NOW)(source, rows))


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ({"everything": True}, True),
        ({"apps": ("Reporting",)}, True),
        ({"apps": ("Reporting_App",)}, True),
        ({"apps": ("Sync",)}, False),
        ({"users": ("u1@acme.example",)}, True),
        ({"users": ("u2@acme.example",)}, False),
        ({"profiles": ("Sales",)}, False),
        ({"all_but": ("Reporting",)}, False),
        ({"all_but": ("Sync",)}, True),
        ({"created_before": NOW - timedelta(days=5)}, True),
        ({"created_before": NOW - timedelta(days=50)}, False),
        ({"unused_days": 5}, True),  # used yesterday, and one of them may not have been for long
        ({"unused_days": 50}, False),  # none is that old
        ({"unused_days": 5, "created_before": NOW - timedelta(days=50)}, False),
        ({"apps": ("nobody bears it",)}, False),
    ],
)
def test_who_may_be_meant_is_asked(asked: dict[str, Any], meant: bool) -> None:
    """First connected ten days ago, last used yesterday."""
    assert bool(chosen([summed()], **asked)) is meant


@given(
    made=st.lists(st.integers(1, 60), min_size=1, max_size=3),
    used=st.lists(st.none() | st.integers(0, 60), min_size=3, max_size=3),
    before=st.none() | st.integers(0, 60),
    unused=st.none() | st.integers(0, 60),
)
def test_no_token_that_would_be_selected_is_left_unasked(
    made: list[int], used: list[int | None], before: int | None, unused: int | None
) -> None:
    """Whatever single tokens a summary stands for."""
    singles = [
        token(
            number, app_label="Reporting", app_id="0xI1", external=True, created=NOW - timedelta(days=days),
            last_used=None if last is None else NOW - timedelta(days=min(last, days)), use_count=0 if last is None else 1,
        )
        for number, (days, last) in enumerate(zip(made, used, strict=False))
    ]  # fmt: skip
    uses = [one.last_used for one in singles if one.last_used]
    row = summed(
        created=min(one.created for one in singles if one.created), last_used=max(uses, default=None)
    )
    asked = Selection(
        created_before=None if before is None else NOW - timedelta(days=before),
        unused_days=unused,
        everything=before is unused is None,
    )
    source = snapshot([], external=singles, apps=(SYNC, ECA))
    would = select(asked, singles, Directory(source), NOBODY, NOW)
    if would.tokens or would.unknown:
        assert list(of_selection(asked, lambda: NOW)(snapshot([], external=[row], apps=(SYNC, ECA)), [row]))


def test_what_stands_for_many_is_never_selected_but_told() -> None:
    source = snapshot([], external=[summed()], apps=(SYNC, ECA))
    found = select(Selection(everything=True), [summed()], Directory(source), NOBODY, NOW)
    assert found.tokens == ()
    assert ["one by one" in one.reason for one in found.unknown] == [True]
    other = select(Selection(users=("u2@acme.example",)), [summed()], Directory(source), NOBODY, NOW)
    assert (other.tokens, other.unknown) == ((), ())


def plan(*tokens: PlannedToken) -> RevocationPlan:
    return RevocationPlan(org_id=ORG_ID, selection="some", tokens=tokens)


PLANNED = PlannedToken(handle="bbbbbbbbbbbb", app="Reporting", user="u1@acme.example", external=True)


@pytest.mark.parametrize(
    ("planned", "asked"),
    [
        (PLANNED, True),
        # The second look reads no metadata: it may know the app by another name.
        (PLANNED.model_copy(update={"app": "Reporting_App"}), True),
        (PLANNED.model_copy(update={"external": False}), True),  # it may live on in the other list
        (PLANNED.model_copy(update={"external": False, "app": "Sync"}), False),
        (PLANNED.model_copy(update={"user": "u2@acme.example"}), False),
    ],
)
def test_whose_tokens_were_planned_is_asked_again(planned: PlannedToken, asked: bool) -> None:
    source = snapshot([], external=[summed()], apps=(SYNC, ECA))
    assert bool(list(of_plan(plan(planned))(source, [summed()]))) is asked


def test_what_stands_for_many_is_no_token_that_is_still_there() -> None:
    """First connected when the planned one was made: it says nothing of that one."""
    row = summed()
    there = still_there(
        plan(PLANNED.model_copy(update={"external": False, "created": row.created})),
        inventory_of(snapshot([], external=[row])),
    )
    assert there == frozenset()
    assert row.handle not in inventory_of(snapshot([], external=[row])).handles
