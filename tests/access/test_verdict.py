"""How answers are put together: what is not known never makes an answer surer than its cases are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.access.facts import Outcome, Reason
from sfharden.access.verdict import allowed, by_fact, either, refused, unknown

IN, OUT, OPEN = allowed("in", "rule"), refused("out", "rule"), unknown("open", "rule")
REASONS = st.sampled_from([IN, OUT, OPEN])


@pytest.mark.parametrize(
    ("reason", "outcome"), [(IN, Outcome.ALLOWED), (OUT, Outcome.REFUSED), (OPEN, Outcome.CANNOT_TELL)]
)
def test_each_answer_leads_where_its_name_says(reason: Reason, outcome: Outcome) -> None:
    assert reason.outcome is outcome


@given(st.lists(REASONS, min_size=1))
def test_an_unknown_fact_decides_only_where_all_cases_agree(cases: list[Reason]) -> None:
    found = either("not known", *cases)
    outcomes = {case.outcome for case in cases}
    assert found.outcome is (outcomes.pop() if len(outcomes) == 1 else Outcome.CANNOT_TELL)


def test_the_first_case_tells_why_if_all_agree_and_the_text_if_not() -> None:
    other = refused("out as well", "another rule")
    assert either("not known", OUT, other) == OUT
    assert either("not known", OUT, IN) == unknown("not known", "rule")


@given(REASONS, REASONS)
def test_a_known_fact_picks_its_case(yes: Reason, no: Reason) -> None:
    assert by_fact(True, "not known", yes, no) == yes
    assert by_fact(False, "not known", yes, no) == no
    assert by_fact(None, "not known", yes, no) == either("not known", yes, no)
