"""Selecting tokens: what is meant, what isn't, and what can't be told, which is never selected without a word."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import UsageError
from sfharden.facts.directory import Directory
from sfharden.model.org import AppRow, Token, User
from sfharden.model.snapshot import Gap, Snapshot
from sfharden.revocation.inventory import OwnLogin
from sfharden.revocation.select import Selected, Selection, select

from .kit import NOBODY, NOW, handle, snapshot, token, user

SYNC = AppRow("0H4sync", "Sync", "Sync_App", False, True)
OTHER = AppRow("0H4other", "Other", "Other_App", False, True)


def choose(
    tokens: list[Token], own: OwnLogin = NOBODY, source: Snapshot | None = None, **asked: Any
) -> Selected:
    source = source or snapshot(tokens, apps=(SYNC, OTHER))
    return select(Selection(**asked), tokens, Directory(source), own, NOW)


def chosen(selected: Selected) -> set[str]:
    return {one.handle for one in selected.tokens}


TWO_APPS = [token(1), token(2, app_label="Other", app_id="0H4other"), token(3, user_id="u2")]


@pytest.mark.parametrize("name", ["Sync", "sync", "Sync_App", "0H4sync"])
def test_an_app_is_known_by_label_api_name_or_id(name: str) -> None:
    assert chosen(choose(TWO_APPS, apps=(name,))) == {handle(1), handle(3)}


@pytest.mark.parametrize("name", ["u1@acme.example", "U1@ACME.example", "u1"])
def test_a_user_is_known_by_name_or_id(name: str) -> None:
    assert chosen(choose(TWO_APPS, users=(name,))) == {handle(1), handle(2)}


def test_a_profile_is_known_by_its_name() -> None:
    assert chosen(choose(TWO_APPS, profiles=("Sales",))) == {handle(3)}


def test_values_of_a_kind_are_alternatives_and_kinds_must_all_hold() -> None:
    assert chosen(choose(TWO_APPS, apps=("Sync", "Other"))) == {handle(1), handle(2), handle(3)}
    assert chosen(choose(TWO_APPS, apps=("Sync",), users=("u2",))) == {handle(3)}
    assert chosen(choose(TWO_APPS, apps=("Other",), users=("u2",))) == set()


def test_all_but_spares_apps_and_users() -> None:
    assert chosen(choose(TWO_APPS, all_but=("Sync_App",))) == {handle(2)}
    assert chosen(choose(TWO_APPS, all_but=("Other", "u2@acme.example"))) == {handle(1)}


def test_nothing_asked_selects_nothing_and_everything_must_be_said() -> None:
    with pytest.raises(UsageError):
        choose(TWO_APPS)
    assert len(choose(TWO_APPS, everything=True).tokens) == 3


@pytest.mark.parametrize(
    "asked",
    [
        {"apps": ("Synk",)},
        {"all_but": ("Synk",)},
        {"users": ("u3@acme.example",)},
        {"profiles": ("Sails",)},
        {"apps": ("",)},
        {"users": ("",)},
        {"all_but": ("",)},
    ],
)
def test_a_name_that_nothing_bears_is_a_slip_of_the_pen(asked: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        choose(TWO_APPS, **asked)


def test_a_slip_is_mended_with_a_suggestion() -> None:
    with pytest.raises(UsageError, match="Did you mean 'Sync_App'"):
        choose(TWO_APPS, apps=("Sync_Ap",))


def test_a_look_alike_that_nobody_installed_is_meant_with_the_label() -> None:
    look_alike = token(4, app_id="")
    assert chosen(choose([token(1), look_alike], apps=("Sync",))) == {handle(1), handle(4)}
    assert chosen(choose([token(1), look_alike], apps=("Sync_App",))) == {handle(1), handle(4)}


def test_a_look_alike_is_not_spared_with_the_app_it_looks_like() -> None:
    selected = choose([token(1), token(4, app_id="")], all_but=("Sync",))
    assert chosen(selected) == set()
    (unclear,) = selected.unknown
    assert unclear.token.handle == handle(4)
    assert "spared" in unclear.reason


def test_another_managed_app_is_no_look_alike() -> None:
    assert chosen(choose(TWO_APPS, all_but=("Sync",))) == {handle(2)}


def test_sparing_a_name_that_two_apps_have_is_refused() -> None:
    twins = snapshot(TWO_APPS, apps=(SYNC, AppRow("0H4twin", "Sync", "Sync_2", False, True)))
    with pytest.raises(UsageError, match="More than one app"):
        choose(TWO_APPS, source=twins, all_but=("Sync",))
    assert chosen(choose(TWO_APPS, source=twins, all_but=("Sync_App",))) == {handle(2)}


def test_an_app_that_can_not_be_told_is_reported_apart() -> None:
    nameless = token(4, app_label="", app_id="")
    hidden = token(5, app_id="0DSmenu")  # a menu item that leads nowhere, under the app's label
    selected = choose([token(1), nameless, hidden], apps=("Sync_App",))
    assert chosen(selected) == {handle(1)}
    assert {one.token.handle for one in selected.unknown} == {handle(4), handle(5)}


def test_a_user_who_was_not_read_is_reported_apart_where_it_matters() -> None:
    stranger = token(4, user_id="u7")
    selected = choose([token(1), stranger], profiles=("Integration",))
    assert chosen(selected) == {handle(1)}
    assert selected.unknown[0].token == stranger
    assert chosen(choose([token(1), stranger], apps=("Sync",))) == {handle(1), handle(4)}
    # What is not meant for another reason needs no telling.
    assert not choose([stranger], profiles=("Integration",), apps=("Other",)).unknown


def test_unread_apps_leave_the_label_and_say_so_for_any_other_name() -> None:
    blind = snapshot(TWO_APPS, apps=(), gaps=[Gap(what="Apps", reason="denied", kind="ConnectedApplication")])
    assert chosen(choose(TWO_APPS, source=blind, apps=("Sync",))) == {handle(1), handle(3)}
    with pytest.raises(UsageError) as caught:
        choose(TWO_APPS, source=blind, apps=("Sync_App",))
    assert "denied" in caught.value.hint
    selected = choose(TWO_APPS, source=blind, all_but=("Sync",))
    assert {one.token.handle for one in selected.unknown} == {handle(1), handle(3)}


@pytest.mark.parametrize(
    ("facts", "meant", "told"),
    [
        ({"created": NOW - timedelta(days=31)}, True, True),
        ({"created": NOW - timedelta(days=30)}, False, True),
        ({"created": None}, False, False),
    ],
)
def test_created_before(facts: dict[str, Any], meant: bool, told: bool) -> None:
    selected = choose([token(1, **facts)], created_before=NOW - timedelta(days=30))
    assert (bool(selected.tokens), not selected.unknown) == (meant, told)


@pytest.mark.parametrize(
    ("facts", "meant", "told"),
    [
        ({"last_used": NOW - timedelta(days=91)}, True, True),
        ({"last_used": NOW - timedelta(days=89)}, False, True),
        ({"last_used": None, "use_count": 0, "created": NOW - timedelta(days=91)}, True, True),
        ({"last_used": None, "use_count": 0, "created": NOW - timedelta(days=2)}, False, True),
        ({"last_used": None, "use_count": 5, "created": NOW - timedelta(days=91)}, False, False),
        ({"last_used": None, "use_count": None, "created": NOW - timedelta(days=91)}, False, False),
        ({"last_used": None, "use_count": 0, "created": None}, False, False),
    ],
)
def test_unused_for(facts: dict[str, Any], meant: bool, told: bool) -> None:
    selected = choose([token(1, **facts)], unused_days=90)
    assert (bool(selected.tokens), not selected.unknown) == (meant, told)


def test_this_runs_own_token_is_never_selected() -> None:
    own = token(4, app_label="Salesforce CLI", app_id="", user_id="u2")
    other = token(3, user_id="u2")
    # By which app we are signed in is not sure, so all tokens of the user are spared.
    selected = choose([token(1), own, other], OwnLogin("u2", ("Salesforce CLI",)), everything=True)
    assert [one.handle for one in selected.own] == [handle(4), handle(3)]
    assert [one.handle for one in selected.tokens] == [handle(1)]
    sure = choose([token(1), own, other], OwnLogin("u2", ("Salesforce CLI",), sure=True), everything=True)
    assert [one.handle for one in sure.own] == [handle(4)]
    tokenless = choose([token(1), own, other], OwnLogin("u2", (), sure=True), everything=True)
    assert not tokenless.own


def test_fifteen_characters_of_an_id_are_enough_to_be_oneself() -> None:
    """One part of the platform tells ids with 18 characters, another with 15."""
    long, short = "005xx0000000009AAA", "005xx0000000009"
    for mine, told in ((long, short), (short, long)):
        assert OwnLogin(mine).spares(token(1, user_id=told))
    assert not OwnLogin(long).spares(token(1, user_id="005xx0000000008AAA"))
    assert not OwnLogin("").spares(token(1, user_id=""))


def test_a_login_that_nobody_knows_leaves_a_gap() -> None:
    assert OwnLogin("").gap
    assert not OwnLogin("u2").gap
    assert not OwnLogin("", (), sure=True).gap


NAMES = st.sampled_from(["Sync", "Sync_App", "Other", "0H4sync", "Nobody's"])
TOKENS = st.lists(
    st.builds(
        token,
        st.integers(1, 30),
        app_label=st.sampled_from(["Sync", "Other", "Nobody's", "", "sync "]),
        app_id=st.sampled_from(["", "0H4sync", "0H4other", "0DSmenu"]),
        user_id=st.sampled_from(["u1", "u2", "u7"]),
    ),
    unique_by=lambda one: one.handle,
    max_size=12,
)


@given(TOKENS, NAMES)
def test_each_token_is_meant_spared_or_told_and_never_both_meant_and_spared(
    tokens: list[Token], name: str
) -> None:
    every = [*tokens, token(99, app_label="Nobody's", app_id="")]
    meant, rest = choose(every, apps=(name,)), choose(every, all_but=(name,))
    assert not chosen(rest) & {one.handle for one in every if one.app_id == "0H4sync"} or name in (
        "Other",
        "Nobody's",
    )
    for selected in (meant, rest):
        told = chosen(selected) | {one.token.handle for one in selected.unknown}
        assert told <= {one.handle for one in every}
        assert not chosen(selected) & {one.token.handle for one in selected.unknown}
    # What --all-but spares for sure, and only that, is neither meant nor unclear; --app means at least that.
    spared = {one.handle for one in every} - chosen(rest) - {one.token.handle for one in rest.unknown}
    assert spared <= chosen(meant)
    # In both is only what another managed app shows under that label: to revoke it is asked for either way.
    elsewhere = {one.handle for one in every if one.app_id.startswith("0H4")}
    assert chosen(meant) & chosen(rest) <= elsewhere


def test_a_user_without_a_profile_is_reported_apart() -> None:
    bare = snapshot(
        [token(1)], users=[User("u1", "u1@acme.example", "", True, "Standard", None), user("u2", "p2")]
    )
    assert choose([token(1)], source=bare, profiles=("Sales",)).unknown


def test_the_selection_in_words() -> None:
    words = Selection(
        apps=("A", "B"), users=("u",), created_before=NOW, unused_days=3, all_but=("C",), profiles=("P",)
    ).words()
    assert words == (
        "app A or B, user u, profile P, created before 2026-11-24T12:00:00Z, unused for 3 days, all but C"
    )
    assert Selection(everything=True).words() == "all tokens"


def test_of_users_of_a_profile_that_is_named_too_one_is_suggested_first() -> None:
    for profiles, near in (((), "u1"), (("Sales",), "u2")):
        with pytest.raises(UsageError, match=f"Did you mean '{near}@"):
            choose(TWO_APPS, users=("u12@acme.example",), profiles=profiles)
