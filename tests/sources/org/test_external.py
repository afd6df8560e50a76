"""Which tokens of two lists are the same: never one too few, and no look-alike taken for an app's own."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.model.org import Token
from sfharden.sources.org.external import linked, told_once
from tests.orgs.reading import NOW

ECA, APP, USED = "Reporting Sync", "0xI1", NOW - timedelta(days=1)


def token(
    number: int = 0, *, app: str = "", user: str = "u", label: str = ECA, external: bool = False
) -> Token:
    return Token(f"h{number}{external}", label, app, user, NOW, None, 1, external)


def own(days: float = 9, uses: int | None = 3, *, app: str = "", user: str = "u") -> Token:
    """As OauthToken shows one."""
    return Token(f"h{days}{app}{uses}", ECA, app, user, NOW - timedelta(days=days), USED, uses, False)


def row(days: float = 9, uses: int = 3, *, app: str = APP, user: str = "u") -> Token:
    """As the usage list sums up a user."""
    return Token(f"r{app}", ECA, app, user, NOW - timedelta(days=days), USED, uses, True, True)


def test_one_that_agrees_learns_its_app_and_nothing_is_left() -> None:
    found = linked([own()], [row()], NOW)
    assert [one.app_id for one in found.own] == [APP]
    assert (len(found.shown), found.rest) == (1, ())


def test_more_that_add_up_do_so_too() -> None:
    found = linked([own(9, 2), own(5, 1)], [row(9, 3)], NOW)
    assert [one.app_id for one in found.own] == [APP, APP]
    assert found.rest == ()


@pytest.mark.parametrize(
    "shown",
    [
        [],
        [own(8)],  # made at another moment
        [own(9, 2)],  # used less: one that isn't shown was used, too
        [own(9, 4)],
        [own(user="other")],
        [own()._replace(app_label="Look-alike")],
        [own(app="0H4")],
        [own()._replace(created=None)],
        [own()._replace(last_used=None)],
    ],
)
def test_what_does_not_agree_may_be_another(shown: list[Token]) -> None:
    assert linked(shown, [row()], NOW).rest == (row(),)


def test_a_look_alike_that_was_never_used_does_not_learn_the_app() -> None:
    """The numbers add up without it: it may be of an app that nobody installed, made to look like this one."""
    found = linked([own(), own(2, 0)], [row()], NOW)
    assert [one.app_id for one in found.own] == [APP, ""]
    assert found.rest == (row(),)


def test_of_two_made_at_the_same_moment_neither_learns_the_app() -> None:
    found = linked([own(9, 2), own(9, 2)], [row(9, 2)], NOW)
    assert [one.app_id for one in found.own] == ["", ""]
    assert found.rest


def test_a_token_that_is_in_use_needs_not_agree_in_that() -> None:
    busy = own(9, 3)._replace(last_used=NOW)
    assert linked([busy], [row(9, 4)], NOW).rest == ()
    assert linked([busy], [row(8, 4)], NOW).rest, "but in when it was made"
    assert linked([busy, own(2, 1)], [row(9, 5)], NOW).rest, "and none besides it is explained by that"


def test_two_apps_of_one_name_are_told_apart_by_the_moment_only() -> None:
    rows = [row(9, 3, app="0xI1"), row(8, 3, app="0xI2")]
    found = linked([own(8), own(9)], rows, NOW)
    assert [one.app_id for one in found.own] == ["0xI2", "0xI1"]
    assert found.rest == ()
    found = linked([own(9), own(9)], [row(9, 3, app="0xI1"), row(9, 3, app="0xI2")], NOW)
    assert [one.app_id for one in found.own] == ["", ""]
    assert len(found.rest) == 2


def test_tokens_that_have_their_app_are_counted_as_its_own() -> None:
    assert linked([own(9, 3, app=APP)], [row()], NOW).rest == ()
    assert linked([own(9, 2, app=APP), own(4, 1)], [row(9, 3)], NOW).rest == ()


@given(
    shown=st.lists(st.builds(own, st.integers(1, 3), st.integers(0, 3), app=st.sampled_from(["", APP, "0H4"])), max_size=4),
    rows=st.lists(st.builds(row, st.integers(1, 3), st.integers(0, 6), app=st.sampled_from([APP, "0xI2"])), max_size=2,
                  unique_by=lambda one: one.app_id),
)  # fmt: skip
def test_nothing_is_lost_and_what_has_an_app_keeps_it(shown: list[Token], rows: list[Token]) -> None:
    found = linked(shown, rows, NOW)
    assert sorted((*found.shown, *found.rest)) == sorted(rows)
    assert [one._replace(app_id="") for one in found.own] == [one._replace(app_id="") for one in shown]
    assert all(new.app_id == old.app_id for new, old in zip(found.own, shown, strict=True) if old.app_id)
    # Whatever is said to be shown has tokens that were made no earlier, one of them at the first connection.
    for one in found.shown:
        its = [token for token in found.own if token.app_id == one.app_id]
        assert min(token.created for token in its if token.created) == one.created


def test_of_two_alike_neither_learns_the_app() -> None:
    """A look-alike of an external client app must not be taken for it."""
    mine, external = told_once((token(1), token(2)), (token(3, app="0xI1", external=True),))
    assert [one.app_id for one in mine] == ["", ""]
    assert external == ()


def test_a_token_of_another_app_hides_none() -> None:
    mine, external = told_once((token(1, app="0H41"),), (token(3, app="0xI1", external=True),))
    assert [one.app_id for one in mine] == ["0H41"]
    assert [one.app_id for one in external] == ["0xI1"]


def test_more_in_the_other_resource_stay() -> None:
    more = (token(3, app="0xI1", external=True), token(4, app="0xI1", external=True))
    mine, external = told_once((token(1),), more)
    assert [one.app_id for one in mine] == ["0xI1"]
    assert len(external) == 1


def test_two_apps_of_one_name_are_not_guessed_between() -> None:
    more = (token(3, app="0xI1", external=True), token(4, app="0xI2", external=True))
    mine, external = told_once((token(1), token(2)), more)
    assert [one.app_id for one in mine] == ["", ""]
    assert external == ()


def test_other_moments_are_other_tokens() -> None:
    later = token(3, app="0xI1", external=True)._replace(created=NOW + timedelta(seconds=1))
    mine, external = told_once((token(1),), (later,))
    assert [one.app_id for one in mine] == [""]
    assert external == (later,)
