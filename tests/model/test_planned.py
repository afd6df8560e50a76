"""How controls stand, as a plan is told of them: accepted is what passes, or somebody answers for."""

from datetime import date

import pytest

from sfharden.model.planned import ControlStanding, Judged
from sfharden.model.results import Status, Waived

WAIVED = Waived(reason="a partner", owner="ann", expires=date(2027, 1, 31))


def standing(
    status: Status, *, check: str = "c", of: str = "one", waived: Waived | None = None
) -> ControlStanding:
    return ControlStanding(check, "control", of, "subject", status, "why", waived)


@pytest.mark.parametrize(
    ("status", "waived", "accepted"),
    [
        (Status.PASS, None, True),
        (Status.NOT_APPLICABLE, None, True),
        (Status.FAIL, None, False),
        (Status.UNKNOWN, None, False),
        (Status.MANUAL, None, False),
        (Status.FAIL, WAIVED, True),
        (Status.UNKNOWN, WAIVED, True),
    ],
)
def test_what_passes_or_is_waived_is_accepted(status: Status, waived: Waived | None, accepted: bool) -> None:
    found = Judged((standing(status, waived=waived),))
    assert found.accepts(["c"], ["one"]) is accepted
    assert found.leaves("c", ["one"]) is (waived is not None)


def test_what_was_not_judged_is_not_accepted() -> None:
    found = Judged((standing(Status.PASS),))
    assert not found.accepts(["c", "d"], ["one"])
    assert not found.accepts(["c"], ["one", "two"])
    assert not found.accepts(["c"])  # the whole org
    assert not Judged().accepts(["c"])


def test_all_of_a_check_s_subjects_must_be_accepted() -> None:
    assert not Judged((standing(Status.PASS), standing(Status.FAIL))).accepts(["c"], ["one"])
    mixed = Judged((standing(Status.PASS), standing(Status.FAIL, waived=WAIVED)))
    assert mixed.accepts(["c"], ["one"])
    assert mixed.leaves("c", ["one"])


def test_findings_are_what_fails_and_nobody_answers_for() -> None:
    fail, waived, unknown = (
        standing(Status.FAIL),
        standing(Status.FAIL, waived=WAIVED),
        standing(Status.UNKNOWN),
    )
    assert list(Judged((fail, waived, unknown)).findings()) == [fail]
