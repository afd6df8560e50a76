"""The matrix: every scenario once, and the same rows of two matrices side by side."""

from sfharden.access.facts import Outcome
from sfharden.simulation.matrix import compare, matrix
from sfharden.simulation.scenarios import SCENARIOS
from tests.orgs.constants import INTEGRATION
from tests.orgs.files import APP
from tests.orgs.tables import changed, running

RELAXED = changed(APP, ("ENFORCE", "BYPASS"))
A, R = Outcome.ALLOWED, Outcome.REFUSED


def test_every_scenario_is_one_row_with_somebody_in_it() -> None:
    rows = matrix(running(), INTEGRATION)
    assert [row.id for row in rows] == [one.id for one in SCENARIOS]
    assert len({row.id for row in rows}) == len(rows)
    assert all(row.cases and row.summary and row.given for row in rows)


def test_compare_puts_the_same_rows_side_by_side() -> None:
    changes = compare(matrix(running(RELAXED), INTEGRATION), matrix(running(), INTEGRATION))
    assert (changes[0].before.outcome, changes[0].after.outcome) == (A, R)
    assert all(one.before.id == one.after.id for one in changes)


def test_a_row_of_one_side_only_is_not_compared() -> None:
    rows = matrix(running(), INTEGRATION)
    assert len(compare(rows, rows[1:])) == len(rows) - 1
    assert compare(rows, ()) == ()
