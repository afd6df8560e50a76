"""Which tokens are meant: never the login's own, never by an empty name, and what can't be told is left out."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import NoVerdictError, UsageError
from sfharden.model.org import AppRow, Caller, Token
from sfharden.model.snapshot import Gap
from sfharden.revocation.select import Selected, Selection, select

from .kit import APPS, ME, NOW, PROFILES, directory, token, user

LOGIC = token("logic")
LOADER = token("loader", app_label="Data Loader", app_id="0H4xx0000000002AAA", user_id=user(2).id)
STRANGER = token("stranger", app_label="Azure Logic App", app_id="", user_id=user(2).id)
IMPOSTOR = token("impostor", app_id="", user_id=user(2).id)
REPORTS = token("reports", app_label="Reporting Sync", app_id="0xIxx0000000003AAA", external=True)
OWN = token("own", user_id=ME.id)
ALL = (LOGIC, LOADER, STRANGER, IMPOSTOR, REPORTS, OWN)


def chosen(wanted: Selection, *tokens: Token) -> Selected:
    held = tokens or ALL
    return select(held, directory(*held), wanted, NOW)


def names(tokens: tuple[Token, ...]) -> set[str]:
    known = {
        one.handle: word
        for one, word in zip(ALL, ["logic", "loader", "stranger", "impostor", "reports", "own"], strict=True)
    }
    return {known[one.handle] for one in tokens}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Selection(everything=True), {"logic", "loader", "stranger", "impostor", "reports"}),
        (Selection(apps=("Azure Logic Apps",)), {"logic", "impostor"}),
        (Selection(apps=("azure_logic_apps",)), {"logic", "impostor"}),
        (Selection(apps=("0H4xx0000000001AAA",)), {"logic", "impostor"}),
        (Selection(apps=("0H4xx0000000001",)), {"logic", "impostor"}),
        (Selection(apps=("Azure Logic App",)), {"stranger"}),
        (Selection(apps=("Reporting_Sync", "Data Loader")), {"reports", "loader"}),
        (Selection(users=("user2@acme.example",)), {"loader", "stranger", "impostor"}),
        (Selection(users=("USER2@Acme.Example",)), {"loader", "stranger", "impostor"}),
        (Selection(users=(user(2).id,)), {"loader", "stranger", "impostor"}),
        (Selection(users=(user(2).id[:15],)), {"loader", "stranger", "impostor"}),
        (Selection(profiles=("Logic Apps Integration",)), {"loader", "stranger", "impostor"}),
        (Selection(profiles=("Standard",), apps=("Reporting Sync",)), {"reports"}),
        (Selection(apps=("Data Loader",), users=("user1@acme.example",)), set()),
    ],
)
def test_conditions_of_one_kind_are_alternatives_and_of_several_kinds_must_all_hold(
    wanted: Selection, expected: set[str]
) -> None:
    assert names(chosen(wanted).chosen) == expected


def test_the_own_logins_tokens_are_never_chosen() -> None:
    for wanted in (
        Selection(everything=True),
        Selection(apps=("Azure Logic Apps",)),
        Selection(users=(ME.username,)),
        Selection(unused_days=1),
    ):
        found = chosen(wanted, LOGIC, OWN._replace(last_used=None))
        assert OWN.handle not in {one.handle for one in found.chosen}
        assert [one.handle for one in found.own] == [OWN.handle]


def test_fifteen_characters_of_an_id_are_enough_to_be_oneself() -> None:
    """One part of the platform tells ids with 18 characters, another with 15."""
    mine = OWN._replace(user_id=ME.id[:15])
    assert chosen(Selection(everything=True), mine).chosen == ()
    short = directory(OWN, caller=Caller(user_id=ME.id[:15], username=""))
    assert select([OWN], short, Selection(everything=True), NOW).chosen == ()


@pytest.mark.parametrize("caller", [None, Caller(user_id="", username="auditor@acme.example")])
def test_nothing_is_chosen_while_nobody_knows_who_is_signed_in(caller: Caller | None) -> None:
    with pytest.raises(NoVerdictError):
        select(ALL, directory(*ALL, caller=caller), Selection(everything=True), NOW)


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u3000"])
@pytest.mark.parametrize("kind", ["apps", "users", "profiles", "all_but"])
def test_an_empty_name_is_refused(kind: str, blank: str) -> None:
    """It would fit every app without an API name, and every token whose app isn't installed."""
    with pytest.raises(UsageError, match="empty name"):
        chosen(Selection(**{kind: (blank,)}))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="empty name"):
        chosen(Selection(**{kind: ("Azure Logic Apps", blank)}))  # type: ignore[arg-type]


def test_nameless_tokens_and_apps_are_hit_by_no_name() -> None:
    nameless = token("nameless", app_label="", app_id="")
    found = chosen(Selection(apps=("Data Loader",)), nameless, LOADER)
    assert found.chosen == (LOADER,)
    assert chosen(Selection(all_but=("Data Loader",)), nameless, LOADER).chosen == (nameless,)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Selection(apps=("Azure Logic Aps",)), "Did you mean 'Azure Logic App"),
        (Selection(all_but=("Reporting Syn",)), "Did you mean 'Reporting Sync'"),
        (Selection(users=("user1@acme.exampel",)), "Did you mean 'user1@acme.example'"),
        (Selection(profiles=("Logic App Integration",)), "Did you mean 'Logic Apps Integration'"),
        (Selection(profiles=("zzz",)), "no profile named 'zzz'"),
        (Selection(apps=("0H4xx0000000009AAA",)), "No app and no token"),
    ],
)
def test_an_unknown_name_is_a_slip_of_the_pen(wanted: Selection, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        chosen(wanted)
    assert words in caught.value.message
    with pytest.raises(UsageError):  # with no tokens at all too: it must not look like an app without any
        select([], directory(), wanted, NOW)


def test_a_name_that_cannot_be_looked_up_is_no_slip() -> None:
    with pytest.raises(NoVerdictError):
        select(ALL, directory(*ALL, users=None), Selection(users=("user1@acme.example",)), NOW)
    with pytest.raises(NoVerdictError):
        select(ALL, directory(*ALL, profiles=None), Selection(profiles=("Standard",)), NOW)


def test_whoever_was_not_read_may_be_meant() -> None:
    unread = token("unread", user_id="005xx0000000777AAA")
    for wanted in (Selection(users=("user1@acme.example",)), Selection(profiles=("Standard",))):
        found = chosen(wanted, unread, LOADER)
        assert found.undecided == (unread,)
        assert unread not in found.chosen


def test_a_look_alike_user_is_not_meant() -> None:
    long_s = user(3, username="uſer1@acme.example")
    held = (LOGIC, token("3", user_id=long_s.id))
    known = directory(*held, users=(user(1), long_s, ME))
    assert select(held, known, Selection(users=("user1@acme.example",)), NOW).chosen == (LOGIC,)


def test_what_an_impostor_holds_is_not_spared_for_its_name() -> None:
    """It goes by the spared app's label, and nothing shows that it is of that app."""
    found = chosen(Selection(all_but=("Azure Logic Apps",)))
    assert names(found.chosen) == {"loader", "stranger", "reports"}
    assert names(found.undecided) == {"impostor"}
    other_record = IMPOSTOR._replace(app_id="0H4xx0000000666AAA")
    assert chosen(Selection(all_but=("Azure Logic Apps",)), LOGIC, other_record).undecided == (other_record,)
    no_break = IMPOSTOR._replace(app_label="Azure\u00a0Logic Apps")
    assert chosen(Selection(all_but=("Azure Logic Apps",)), LOGIC, no_break).undecided == (no_break,)


def test_an_app_without_a_record_is_spared_by_its_very_name() -> None:
    found = chosen(Selection(all_but=("azure logic app",)), LOGIC, STRANGER)
    assert found == Selected(chosen=(LOGIC,))


def test_sparing_by_a_name_that_two_apps_have_is_refused() -> None:
    twin = AppRow("0H4xx0000000004AAA", "Azure Logic Apps", "Azure_Logic_Apps_2", False, None)
    known = directory(*ALL, apps=(*APPS, twin))
    with pytest.raises(UsageError, match="2 apps"):
        select(ALL, known, Selection(all_but=("Azure Logic Apps",)), NOW)
    for exact in ("Azure_Logic_Apps", "0H4xx0000000001AAA"):
        found = select(ALL, known, Selection(all_but=(exact,)), NOW)
        assert LOGIC not in found.chosen
    of_both = select((*ALL, token("t", app_id=twin.id)), known, Selection(apps=("Azure Logic Apps",)), NOW)
    assert len(of_both.chosen) == 3


def test_several_apps_are_spared_together() -> None:
    found = chosen(Selection(all_but=("Azure_Logic_Apps", "Data Loader", "Reporting Sync")))
    assert names(found.chosen) == {"stranger"}


def test_two_profiles_of_one_name_are_refused() -> None:
    twins = (*PROFILES, PROFILES[1]._replace(id="00exx0000000003AAA"))
    with pytest.raises(UsageError, match="2 profiles"):
        select(ALL, directory(*ALL, profiles=twins), Selection(profiles=("Logic Apps Integration",)), NOW)


def test_age_counts_to_the_second_and_use_from_the_last_one() -> None:
    edge = NOW - timedelta(days=30)
    just, older = token("just", created=edge), token("older", created=edge - timedelta(seconds=1))
    assert chosen(Selection(created_before=edge), just, older).chosen == (older,)
    used, never = (
        token("used", last_used=edge),
        token("never", last_used=None, created=edge - timedelta(seconds=1)),
    )
    assert chosen(Selection(unused_days=30), used, never).chosen == (never,)
    fresh = token("fresh", last_used=None, created=NOW)
    assert chosen(Selection(unused_days=30), fresh).chosen == ()


def test_without_a_date_nothing_is_chosen_by_date() -> None:
    dateless = token("dateless", created=None, last_used=None)
    for wanted in (Selection(created_before=NOW), Selection(unused_days=1)):
        assert chosen(wanted, dateless) == Selected((), (dateless,))
    # What another condition rules out needs no date.
    assert chosen(Selection(created_before=NOW, apps=("Data Loader",)), dateless, LOADER).undecided == ()


def test_clocks_that_disagree_break_nothing() -> None:
    future = token("future", created=NOW + timedelta(days=9000), last_used=NOW + timedelta(days=9000))
    assert chosen(Selection(unused_days=1), future).chosen == ()
    early = datetime(1, 1, 1, tzinfo=UTC) + timedelta(days=36_500)
    assert select([future], directory(future), Selection(unused_days=36_500), early).chosen == ()


@pytest.mark.parametrize("kind", ["OauthToken", "User", "ConnectedApplication"])
def test_rows_that_may_be_missing_change_no_choice(kind: str) -> None:
    """Whether the list is whole is asked elsewhere."""
    gap = Gap(what=kind, reason="cut off", kind=kind)
    found = select(ALL, directory(*ALL, gaps=(gap,)), Selection(everything=True), NOW)
    assert len(found.chosen) == 5


def test_an_empty_selection_is_not_everything() -> None:
    assert not Selection().is_given
    for given_one in (
        Selection(unused_days=1), Selection(everything=True), Selection(all_but=("x",)),
        Selection(created_before=NOW),
    ):  # fmt: skip
        assert given_one.is_given


tokens = st.builds(
    Token,
    st.integers(0, 10**6).map(lambda n: f"{n:012d}"),
    st.sampled_from(["Azure Logic Apps", "AZURE logic  apps", "Data Loader", "", "x"]),
    st.sampled_from(["", "0H4xx0000000001AAA", "0H4xx0000000002AAA", "0H4xx0000000001"]),
    st.sampled_from([user(1).id, user(2).id, ME.id, ME.id[:15], "005xx0000000777AAA"]),
    st.none() | st.datetimes(timezones=st.just(UTC)),
    st.none() | st.datetimes(timezones=st.just(UTC)),
    st.none() | st.integers(0, 9),
    st.booleans(),
)
selections = st.builds(
    Selection,
    apps=st.sampled_from([(), ("Azure Logic Apps",), ("Data Loader",)]),
    users=st.sampled_from([(), ("user1@acme.example",), (ME.username,)]),
    profiles=st.sampled_from([(), ("Standard",)]),
    created_before=st.none() | st.datetimes(timezones=st.just(UTC)),
    unused_days=st.none() | st.integers(1, 900),
    all_but=st.sampled_from([(), ("Data Loader",)]),
    everything=st.booleans(),
)


@given(st.lists(tokens, max_size=12), selections)
def test_every_token_ends_in_one_place_at_most_and_ones_own_never_in_the_plan(
    held: list[Token], wanted: Selection
) -> None:
    found = select(held, directory(*held), wanted, NOW)
    assert len(found.chosen) + len(found.undecided) + len(found.own) <= len(held)
    assert not any(one.user_id[:15] == ME.id[:15] for one in (*found.chosen, *found.undecided))
    if wanted == Selection(everything=True):
        assert len(found.chosen) + len(found.own) == len(held)
    if wanted.all_but:
        assert not any(one.app_id.startswith("0H4xx0000000002") for one in found.chosen)
