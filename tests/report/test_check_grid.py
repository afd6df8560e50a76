"""Apps on the page: a sign and a word a cell, and a reason for each that doesn't hold."""

from datetime import date

from sfharden.checks.every_app import AppRecord, AppsReport
from sfharden.facts.app_use import Use
from sfharden.model.results import Result, ResultState, Severity, Status, Waived
from sfharden.report.check_grid import CELLS, EFFECTS, GridReason, GridRow, grid_of
from sfharden.simulation.mending import Effect, Forecast
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
    assert found.reasons == (GridReason(SECOND, "failed", "Off."), GridReason(FIRST, "unknown", "Gone."))


def test_a_waived_failure_is_called_waived() -> None:
    waived = Waived(reason="agreed", owner="ada", expires=date(2027, 1, 31))
    found = row(result(control=FIRST, waived=waived))
    assert (found.cells[0].word, found.reasons[0].word) == ("waived", "waived")


def test_use_that_was_not_read_is_not_called_none() -> None:
    assert (row().users, row().tokens, row().last) == ("?", "?", "?")
    assert row(use=Use()).last == "never"
    assert row(use=Use(gap="gone")).last == "?"


def foretold(*effects: Effect) -> GridRow:
    """An app that fails as many controls as there are effects of mending them."""
    results = {one.id: result(control=one.id) for one, _ in zip(CONTROLS, effects, strict=False)}
    record = AppRecord("App", "App", "connected-app", results, None)
    forecasts = {(name, "connected-app", "App"): Forecast(effect, "Why.")
                 for name, effect in zip(results, effects, strict=True)}  # fmt: skip
    (found,) = grid_of(AppsReport((record,), CONTROLS, report()), forecasts).rows
    return found


def test_the_worst_that_mending_would_do_is_said_of_the_app() -> None:
    assert foretold(Effect.NONE, Effect.BREAKS).mended == EFFECTS[Effect.BREAKS]
    assert foretold(Effect.NONE, Effect.CANNOT_TELL).mended == EFFECTS[Effect.CANNOT_TELL]
    assert foretold(Effect.NONE).mended == EFFECTS[Effect.NONE]
    assert foretold().mended == ("", "")


def test_only_that_nothing_seen_would_be_refused_is_green() -> None:
    assert [effect for effect, (_, tone) in EFFECTS.items() if tone == "done"] == [Effect.NONE]
    assert set(EFFECTS) == set(Effect)


def test_each_reason_has_its_own_forecast_and_nothing_is_foretold_unasked() -> None:
    told = foretold(Effect.NONE, Effect.BREAKS).reasons
    assert {one.control: one.forecast and one.forecast.effect for one in told} == {
        FIRST: Effect.NONE,
        SECOND: Effect.BREAKS,
    }
    nobody = AppsReport((), CONTROLS, report())
    assert (grid_of(nobody, {}).foretold, grid_of(nobody).foretold) == (True, False)


def test_control_by_control_it_is_told_once_what_mending_does_and_of_which_apps() -> None:
    safe, breaks = Forecast(Effect.NONE, "nothing"), Forecast(Effect.BREAKS, "3 logins")
    failed = {FIRST: result(control=FIRST)}
    records = tuple(AppRecord(name, name, "connected-app", failed, None) for name in "ABC")
    forecasts = {
        (FIRST, "connected-app", name): one for name, one in zip("ABC", (breaks, safe, safe), strict=True)
    }
    ((control, groups),) = grid_of(AppsReport(records, CONTROLS, report()), forecasts).mending
    assert control == FIRST
    assert [(one.effect, one.text, one.names) for one in groups] == [
        (Effect.NONE, "nothing", ("B", "C")),
        (Effect.BREAKS, "3 logins", ("A",)),
    ]
