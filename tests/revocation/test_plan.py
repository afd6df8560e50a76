"""A plan and its fingerprint: whatever changes which tokens of which org are meant changes it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sfharden.errors import DeclinedError
from sfharden.redact import Secret
from sfharden.revocation.approve import Approval, approve_by_count, approve_by_journal, approve_by_word
from sfharden.revocation.plan import PlannedToken, RevocationPlan, fingerprint_of, plan_revocation
from sfharden.salesforce.handles import handle_of

from .kit import HOSTILE, NOW, ORG, directory, handle, plan_of, planned, token

words = st.frozensets(st.integers(0, 30), max_size=12)
orgs = st.sampled_from(["00Dxx0000000001AAA", "00Dxx0000000002AAA", "00Dxx0000000001AAB"])


@given(words, words, orgs, orgs)
def test_two_plans_have_one_fingerprint_only_if_they_mean_the_same(
    one: frozenset[int], other: frozenset[int], org: str, other_org: str
) -> None:
    same = (one, org) == (other, other_org)
    assert (fingerprint_of(org, map(handle, one)) == fingerprint_of(other_org, map(handle, other))) is same


@given(st.permutations(range(8)))
def test_the_order_of_tokens_does_not_matter(order: list[int]) -> None:
    assert fingerprint_of(ORG.id, map(handle, order)) == fingerprint_of(ORG.id, map(handle, range(8)))


@given(words.filter(len), st.integers(31, 60), st.data())
def test_one_token_more_or_less_or_another_changes_it(
    some: frozenset[int], fresh: int, data: st.DataObject
) -> None:
    lost = data.draw(st.sampled_from(sorted(some)))
    fingerprints = {
        fingerprint_of(ORG.id, map(handle, chosen))
        for chosen in (some, some | {fresh}, some - {lost}, (some - {lost}) | {fresh})
    }
    assert len(fingerprints) == 4


def test_a_fingerprint_can_be_typed() -> None:
    fingerprint = plan_of(3).fingerprint
    assert len(fingerprint) == 8
    assert set(fingerprint) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def test_a_plan_names_handles_and_people_and_no_secret() -> None:
    secret = Secret("5Aep861.delete-token")
    one = token("x", handle=handle_of(secret, ORG.id), app_label=HOSTILE)
    text = plan_revocation([one], directory(one), ORG).model_dump_json()
    assert "5Aep861" not in text
    assert one.handle in text
    assert "user1@acme.example" in text


def test_a_token_that_two_lists_tell_of_is_planned_once() -> None:
    """Else the journal would hold it twice, and could not be read again."""
    own, external = token("x"), token("x", external=True, app_label="Other")
    plan = plan_revocation([own, external], directory(own), ORG)
    assert [one.external for one in plan.tokens] == [False]


def test_a_plan_is_in_an_order_of_its_own() -> None:
    tokens = [token(n, app_label="AB"[n % 2], created=NOW - timedelta(days=n)) for n in range(6)]
    plan = plan_revocation(tokens, directory(*tokens), ORG)
    assert plan == plan_revocation(tokens[::-1], directory(*tokens), ORG)
    assert [one.app for one in plan.tokens] == ["A"] * 3 + ["B"] * 3


@pytest.mark.parametrize(
    "bad", ["", "short", "A" * 12, "a" * 11 + "\n", "../../../etc", "a" * 13, "a" * 12 + "\n"]
)
def test_a_handle_is_a_handle(bad: str) -> None:
    with pytest.raises(ValidationError):
        PlannedToken(handle=bad, app="", user="", created=None, external=False)


@pytest.mark.parametrize(("told", "production"), [(True, False), (False, True), (None, True)])
def test_what_does_not_say_that_it_is_a_sandbox_is_production(told: bool | None, production: bool) -> None:
    organization = ORG.model_copy(update={"is_sandbox": told})
    assert RevocationPlan(organization=organization, tokens=(planned(1),)).is_production is production


def test_a_typed_fingerprint_approves_in_any_case_and_nothing_else_does() -> None:
    plan = plan_of(3)
    word = plan.fingerprint
    for typed in (word, f" {word.lower()}\n", f"\t{word}\r\n"):
        assert approve_by_word(plan, typed).fingerprint == word
    for typed in ("", "\n", "yes", word[:-1], word + "A", word[:4] + " " + word[4:], f"{word}\n{word}"):
        with pytest.raises(DeclinedError):
            approve_by_word(plan, typed)


@given(st.text(st.characters(exclude_categories=[]), max_size=12))
def test_no_text_breaks_the_question(typed: str) -> None:
    """Halves of characters come from a terminal in a C locale."""
    with pytest.raises(DeclinedError):
        approve_by_word(plan_of(1), typed)


def test_a_letter_that_only_becomes_right_in_capitals_is_wrong() -> None:
    plan = next(plan for plan in map(plan_of, range(1, 200)) if "I" in plan.fingerprint)
    with pytest.raises(DeclinedError):
        approve_by_word(plan, plan.fingerprint.replace("I", "ı"))


@pytest.mark.parametrize("expected", [0, 2, 4])
def test_another_count_approves_nothing(expected: int) -> None:
    with pytest.raises(DeclinedError):
        approve_by_count(plan_of(3), expected)
    assert approve_by_count(plan_of(expected), expected).how == f"--expect {expected} --yes"


def test_a_journal_approves_the_plan_that_it_was_approved_for() -> None:
    plan = plan_of(3)
    assert approve_by_journal(plan, plan.fingerprint, "fingerprint typed") == Approval(
        plan.fingerprint, "fingerprint typed"
    )
    with pytest.raises(DeclinedError):
        approve_by_journal(plan, plan_of(4).fingerprint, "fingerprint typed")
