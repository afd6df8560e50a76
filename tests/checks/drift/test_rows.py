"""Tables by key, and names by id; what either side was not shown neither came nor went."""

from collections.abc import Iterator

from sfharden.checks.drift.found import ChangedFact, Side
from sfharden.checks.drift.rows import (
    RowPair,
    Table,
    app_names,
    aspect_of,
    compare_table,
    group_name,
    group_names,
    is_profiles,
    set_name,
    set_names,
    user_name,
)
from sfharden.model import org
from sfharden.model.drift import DriftGap, FactChange
from sfharden.model.snapshot import Gap

from .kit import side

DANA = org.User("0051", "dana@acme.example", "00e1", True, "Standard", None)
EVE = DANA._replace(id="0052", username="eve@acme.example")


def tell(_: Side, __: Side, pair: RowPair[org.User]) -> Iterator[ChangedFact]:
    yield ChangedFact(
        FactChange(
            part="User", kind="user", name=pair.row.username, what="x", change=pair.change, note=pair.note
        )
    )


USERS = Table(org.USERS, "Users", lambda one: one.tables.users, lambda one: one.id, tell)


def told(old: Side, new: Side) -> list[tuple[str, str]]:
    return [
        (one.fact.name, one.fact.change)
        for one in compare_table(old, new, USERS)
        if isinstance(one, ChangedFact)
    ]


def gaps(old: Side, new: Side) -> list[DriftGap]:
    return [one for one in compare_table(old, new, USERS) if isinstance(one, DriftGap)]


def test_rows_that_came_went_and_changed() -> None:
    old = side(users=(DANA, EVE))
    new = side(users=(EVE._replace(active=False), DANA._replace(id="0053", username="new")))
    assert told(old, new) == [("dana@acme.example", "gone"), ("eve@acme.example", "changed"), ("new", "came")]
    assert gaps(old, new) == []


def test_a_row_that_stands_there_twice_counts_once_and_the_order_does_not_matter() -> None:
    assert told(side(users=(DANA, EVE, DANA)), side(users=(EVE, DANA))) == []


def test_a_table_that_was_not_read_is_a_gap_new_only_where_it_was_read_before() -> None:
    read, unread = side(users=(DANA,)), side(gaps=(Gap(what="Users", reason="refused", kind=org.USERS),))
    assert told(read, unread) == told(unread, read) == []
    (lost,), (won,), (neither,) = gaps(read, unread), gaps(unread, read), gaps(unread, unread)
    assert (lost.is_new, won.is_new, neither.is_new) == (True, False, False)
    assert "refused" in lost.reason
    assert gaps(side(files=True), side(files=True)) == []


def test_rows_that_may_be_hidden_are_unclear() -> None:
    partial = side(users=(DANA,), gaps=(Gap(what="Users", reason="cut", kind=org.USERS),))
    whole = side(users=(DANA, EVE))
    assert told(whole, partial) == told(partial, whole) == [("eve@acme.example", "unclear")]
    assert gaps(whole, partial)[0].is_new
    assert not gaps(partial, whole)[0].is_new
    assert told(whole, side(users=(DANA,))) == [("eve@acme.example", "gone")]


def test_a_pair_is_named_by_its_later_row() -> None:
    assert RowPair(DANA, EVE, "changed").row is EVE
    assert RowPair(DANA, None, "gone").row is DANA
    assert [aspect_of(one) for one in ("came", "gone", "unclear", "changed")] == ["came", "gone", "", ""]


def test_names_come_from_either_side_and_an_id_stands_for_what_neither_knows() -> None:
    sets = (
        org.PermissionSetRow("0PS1", "Ops", "The Ops", "", "", ()), org.PermissionSetRow("0PS2", "X00e", "X00e", "00e1", "", ()),
        org.PermissionSetRow("0PS3", "G", "G", "", "0PG1", ()),
    )  # fmt: skip
    group, profile = (
        org.PermissionSetGroup("0PG1", "Team", "The Team", "Updated"),
        org.ProfileRow("00e1", "Admins", "Admin"),
    )
    app = org.AppRow("0H4000000000001AAA", "CRM", "CRM_App", False, None)
    old = side(users=(DANA,), permission_sets=sets, groups=(group,), profiles=(profile,), apps=(app,))
    new = side()
    assert (user_name(old, new, "0051"), user_name(old, new, "0059")) == ("dana@acme.example", "0059")
    assert [set_name(old, new, f"0PS{at}") for at in (1, 2, 3, 4)] == [
        "The Ops",
        "Admins",
        "The Team",
        "0PS4",
    ]
    assert (set_names(old, new, "0PS1"), set_names(old, new, "0PS4")) == (("Ops", "The Ops"), ())
    assert (is_profiles(old, new, "0PS2"), is_profiles(old, new, "0PS1")) == (True, False)
    assert (group_name(old, new, "0PG1"), group_names(old, new, "0PG1")) == ("The Team", ("Team", "The Team"))
    assert (app_names(old, new, "0H4000000000001"), app_names(old, new, "0H4000000000002")) == (
        ("CRM", "CRM_App"),
        (),
    )
