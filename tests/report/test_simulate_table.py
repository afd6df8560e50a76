"""A simulation at a terminal: today and after side by side, and whom it would shut out at the end."""

import pytest

from sfharden.report.simulate_table import render_explanation, render_simulation
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import display_width
from tests.orgs.files import APP, PROFILE, SECURITY
from tests.orgs.tables import FILES, changed, login, running
from tests.simulation.kit import ADMIN_DESK_OPEN, simulated

SHUT = {PROFILE: changed(PROFILE, ("198.51.100.7", "198.51.100.8"))[PROFILE]}
HOSTILE = "x\x1b[2J\u202e\u55b6" * 40


def text(rendered: str) -> str:
    return " ".join(rendered.split())


def test_what_is_not_as_it_should_be_stands_in_capitals() -> None:
    table = render_simulation(simulated(ADMIN_DESK_OPEN), Terminal())
    line = next(one for one in table.splitlines() if "A stolen live session" in one)
    assert line.split()[-3:] == ["refused", "LET", "IN"]
    assert "ip-enforced-on-every-request" in table


@pytest.mark.parametrize("width", [60, 80, 110])
def test_no_line_is_wider_whatever_the_names(width: int) -> None:
    logins = tuple(login(source=f"10.0.0.{n}", app=HOSTILE) for n in range(15))
    table = render_simulation(simulated(ADMIN_DESK_OPEN, running(logins=logins)), Terminal(width))
    assert max(display_width(line) for line in table.splitlines()) <= width
    assert "\x1b" not in table
    assert "\u202e" not in table


def test_what_no_login_shows_of_enforcement_on_every_request_is_said_where_it_is_turned_on() -> None:
    off = running({**FILES, **changed(SECURITY, ("EveryRequest>true", "EveryRequest>false"))})
    turned_on = render_simulation(simulated({SECURITY: FILES[SECURITY]}, off), Terminal())
    assert "installed packages and Apex" in text(turned_on)
    assert "installed packages" not in text(render_simulation(simulated({}), Terminal()))
    assert "installed packages" not in text(render_simulation(simulated({}, off), Terminal()))


def test_a_lock_out_is_named_at_the_end_and_safety_is_said() -> None:
    assert "LOCK-OUT GUARD for crm-sync: LOCKED OUT" in render_simulation(simulated(SHUT), Terminal())
    assert "nobody who must get in would be shut out" in text(render_simulation(simulated({}), Terminal()))


def test_groups_of_logins_beyond_what_a_screen_holds_are_counted() -> None:
    logins = tuple(login(source=f"10.0.0.{n}") for n in range(15))
    table = text(render_simulation(simulated({}, running(logins=logins)), Terminal()))
    assert "Would be refused" in table
    assert "and 5 more groups; -f json has them all." in table


def test_without_logins_that_is_said_and_no_number_is_made_up() -> None:
    assert "No login could be replayed" in render_simulation(simulated({}, running(logins=None)), Terminal())


def test_a_row_is_explained_step_by_step_on_both_sides() -> None:
    (one,) = simulated(ADMIN_DESK_OPEN).integrations
    row = next(change for change in one.matrix if change.after.id == "stolen-session")
    page = render_explanation([row], Terminal())
    assert page.index("Today: ") < page.index("After the proposal: ")
    assert "enforceIpRangesEveryRequest]" in text(page)
    assert max(display_width(line) for line in page.splitlines()) <= 80


def test_next_steps_and_colour() -> None:
    table = render_simulation(simulated({APP: FILES[APP]}), Terminal(colour=True), ["do this"])
    assert table.endswith("Next:\n  do this\n")
    assert "\x1b[32m" in table
