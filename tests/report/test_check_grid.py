"""Apps on the page: a sign and a word a cell, and a reason for each that doesn't hold."""

from datetime import date

from sfharden.checks.every_app import AppRecord, AppsReport
from sfharden.facts.app_use import Use
from sfharden.model.results import Result, ResultState, Severity, Status, Waived
from sfharden.report.check_grid import CELLS, GridRow, grid_of
from tests.orgs import judging

from .test_check_table import report, result

CONTROLS = tuple(judging.control(name) for name in ("app-admin-approved", "app-pkce-required"))
FIRST, SECOND = (one.id for one in CONTROLS)


def row(*results: Result, use: Use | None = None) -> GridRow:
    record = AppRecord("App", "App", "connected-app", {one.control: one for one in results}, use)
    (found,) = grid_of(AppsReport((record,), CONTROLS, report())).rows
    return found


def test_each_status_has_its_own_sign_and_word() -> None:
    assert {state.value for state in ResultState} == set(CELLS)
    for part in ("sign", "word"):
        assert len({getattr(one, part) for one in CELLS.values()}) == len(CELLS)


def test_a_cell_is_empty_where_nothing_was_judged_and_never_passed() -> None:
    assert [one.word for one in row(result(Status.PASS, control=SECOND)).cells] == ["not judged", "passed"]


def test_what_does_not_hold_has_its_reason_the_severest_first() -> None:
    found = row(
        result(Status.UNKNOWN, control=FIRST, severity=Severity.LOW, message="Gone."),
        result(Status.FAIL, control=SECOND, message="Off."),
    )
    assert found.reasons == ((SECOND, "failed", "Off."), (FIRST, "unknown", "Gone."))


def test_a_waived_failure_is_called_waived() -> None:
    waived = Waived(reason="agreed", owner="ada", expires=date(2027, 1, 31))
    found = row(result(control=FIRST, waived=waived))
    assert (found.cells[0].word, found.reasons[0][1]) == ("waived", "waived")


def test_use_that_was_not_read_is_not_called_none() -> None:
    assert (row().users, row().tokens, row().last) == ("?", "?", "?")
    assert row(use=Use()).last == "never"
    assert row(use=Use(gap="gone")).last == "?"
