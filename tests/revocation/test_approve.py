"""Consent: to exactly one plan, by its fingerprint or its exact number, and made up by nobody."""

import pytest

from sfharden.errors import DeclinedError, Exit
from sfharden.revocation.approve import (
    Approval,
    approve_expected,
    approve_nothing,
    approve_typed,
    refuse_incomplete,
)

from .kit import plan_of


@pytest.mark.parametrize("typed", ["{}", " {} \n", "{lower}", "{hyphen}"])
def test_the_fingerprint_may_be_typed_as_people_type(typed: str) -> None:
    plan = plan_of([1, 2])
    word = plan.fingerprint
    given_word = typed.format(word, lower=word.lower(), hyphen=f"{word[:4]}-{word[4:]}")
    assert approve_typed(plan, given_word).covers(plan)


@pytest.mark.parametrize("typed", ["", "yes", "y", "\n", "ABCDEFGH", "7"])
def test_any_other_word_declines(typed: str) -> None:
    with pytest.raises(DeclinedError):
        approve_typed(plan_of([1, 2]), typed)


def test_consent_is_to_one_plan_only() -> None:
    plan, other = plan_of([1, 2]), plan_of([1, 3])
    with pytest.raises(DeclinedError):
        approve_typed(plan, other.fingerprint)
    with pytest.raises(DeclinedError, match="3 tokens were expected and 2"):
        approve_expected(plan, 3)
    with pytest.raises(DeclinedError, match="3 tokens were expected and 2 are left"):
        approve_expected(plan, 3, resumed=True)
    with pytest.raises(DeclinedError):
        approve_nothing(plan)
    assert not approve_expected(plan, 2).covers(other)
    with pytest.raises(TypeError):
        Approval(plan.fingerprint, "made up", object())


def test_an_incomplete_inventory_must_be_accepted() -> None:
    with pytest.raises(DeclinedError, match="own rows"):
        refuse_incomplete("own rows only", False)
    refuse_incomplete("own rows only", True)
    refuse_incomplete("", False)


def test_how_consent_was_given_is_kept_for_the_record() -> None:
    plan = plan_of([1, 2])
    assert approve_typed(plan, plan.fingerprint).how == "fingerprint typed"
    assert approve_expected(plan, 2).how == "number expected, --yes"
    assert approve_nothing(plan_of([])).how == "nothing was left to revoke"


@pytest.mark.parametrize("expected", [0, 1, 3, -2])
def test_another_number_declines_and_says_so_in_the_exit_code(expected: int) -> None:
    with pytest.raises(DeclinedError) as declined:
        approve_expected(plan_of([1, 2]), expected)
    assert declined.value.exit_code is Exit.DECLINED
    assert "nothing was revoked" in declined.value.message


def test_an_approval_takes_nothing_more() -> None:
    plan = plan_of([1])
    with pytest.raises(AttributeError):
        approve_expected(plan, 1).more = True  # type: ignore[attr-defined]
