"""Rows: what must be refused asks whether anybody gets in, what must work whether all do; and what can't be told."""

from itertools import product

import pytest

from sfharden.access.facts import Decision, Flow, Outcome, Part, Reason
from sfharden.addresses import ALL_V4, AddressSet
from sfharden.simulation.rows import Case, Standing, Wish, example, row_of

A, R, P, C = Outcome.ALLOWED, Outcome.REFUSED, Outcome.PARTLY, Outcome.CANNOT_TELL
FEW = AddressSet.of(["192.0.2.0/28"])


def case(outcome: Outcome, who: str = "somebody", *parts: Part) -> Case:
    reason = Reason(f"because of {outcome.value}", "a rule", outcome)
    return Case(who, "somewhere", Flow.REFRESH, Decision(outcome, (reason,), parts))


def mixed(let_in: AddressSet, who: str = "a stranger") -> Case:
    reasons = {one: (Reason(f"{one.value} here", "a rule", one),) for one in (A, R)}
    parts = (Part(let_in, A, reasons[A]), Part(ALL_V4 - let_in, R, reasons[R]))
    return Case(who, "anywhere", Flow.REFRESH, Decision(P, (*reasons[A], *reasons[R]), parts))


def outcome(wish: Wish, *cases: Case) -> Outcome:
    return row_of("id", "title", wish, "given", cases).outcome


@pytest.mark.parametrize("outcomes", list(product((A, R, C), repeat=2)))
def test_what_must_be_refused_is_so_only_if_everybody_surely_is(outcomes: tuple[Outcome, ...]) -> None:
    found = outcome(Wish.KEEP_OUT, *map(case, outcomes))
    assert (found is R) == (set(outcomes) == {R})
    assert (found is A) == (A in outcomes)


@pytest.mark.parametrize("outcomes", list(product((A, R, C), repeat=2)))
def test_what_must_work_does_so_only_if_everybody_surely_gets_in(outcomes: tuple[Outcome, ...]) -> None:
    found = outcome(Wish.KEEP_WORKING, *map(case, outcomes))
    assert (found is A) == (set(outcomes) == {A})
    if R in outcomes:
        assert found in (R, P)


def test_some_addresses_let_in_are_a_part_and_as_good_as_all_are_all() -> None:
    assert outcome(Wish.KEEP_OUT, mixed(FEW)) is P
    assert outcome(Wish.KEEP_OUT, mixed(ALL_V4 - FEW)) is A
    assert outcome(Wish.KEEP_WORKING, mixed(FEW)) is P


def test_nobody_to_ask_about_proves_nothing() -> None:
    for wish in Wish:
        row = row_of("id", "title", wish, "given", ())
        assert (row.outcome, row.standing) == (C, Standing.UNKNOWN)
        assert row.summary == "There is nobody to ask about."


@pytest.mark.parametrize(
    ("wish", "cases", "standing"),
    [
        (Wish.KEEP_OUT, [case(R)], Standing.GOOD), (Wish.KEEP_OUT, [case(A)], Standing.BAD),
        (Wish.KEEP_OUT, [mixed(FEW)], Standing.BAD), (Wish.KEEP_OUT, [case(C)], Standing.UNKNOWN),
        (Wish.KEEP_WORKING, [case(A)], Standing.GOOD), (Wish.KEEP_WORKING, [case(R)], Standing.BAD),
        (Wish.KEEP_WORKING, [case(A), case(C)], Standing.UNKNOWN),
    ],
)  # fmt: skip
def test_where_a_row_stands(wish: Wish, cases: list[Case], standing: Standing) -> None:
    assert row_of("id", "title", wish, "given", tuple(cases)).standing is standing


def test_the_summary_tells_who_decides_and_how_many_addresses() -> None:
    row = row_of("id", "title", Wish.KEEP_OUT, "given", (case(R, "dana"), mixed(FEW)))
    assert row.summary == "A stranger: 16 addresses let in: 192.0.2.0-192.0.2.15. allowed here"
    alone = row_of("id", "title", Wish.KEEP_OUT, "given", (case(R, "dana"),))
    assert alone.summary == "because of refused"


def test_the_example_is_the_same_every_time_and_a_documentation_address_if_there_is_one() -> None:
    assert example(ALL_V4) == "192.0.2.0"
    assert example(ALL_V4 - AddressSet.of(["192.0.2.0/24"])) == "198.51.100.0"
    assert example(AddressSet.of(["10.0.0.9"])) == "10.0.0.9"
    assert example(AddressSet.of(["2001:db8::1"])) == "2001:db8::1"
    assert example(AddressSet()) == "none"
