"""Ways in that must be shut and would not be: opened by the proposal, or left as they are, and what closes each."""

import pytest

from sfharden.access.facts import Outcome
from sfharden.simulation.matrix import matrix
from sfharden.simulation.open_rows import open_rows
from sfharden.simulation.rows import Change, Wish
from sfharden.simulation.scenarios import SCENARIOS
from sfharden.simulation.simulate import Simulation
from tests.orgs.constants import INTEGRATION
from tests.orgs.files import APP, PROFILE, SECURITY, login_range
from tests.orgs.tables import FILES, changed, login, running
from tests.simulation.kit import ADMIN_DESK_OPEN, simulated

RELAXED = changed(APP, ("ENFORCE", "BYPASS"))


def opened(found: Simulation) -> tuple[list[str], list[str]]:
    (one,) = found.integrations
    return [each.row.id for each in one.opened], [each.row.id for each in one.still_open]


def test_what_a_proposal_opens_is_against_it() -> None:
    found = simulated(ADMIN_DESK_OPEN)
    assert opened(found) == (["stolen-session"], [])
    assert (found.breaks, found.safe) == (True, False)
    (text,) = found.integrations[0].against
    assert "The proposal opens it. To close it: " in text


def test_what_it_leaves_open_is_told_with_what_closes_it_and_is_no_harm() -> None:
    found = simulated({SECURITY: FILES[SECURITY]}, running(RELAXED, logins=(login(),)))
    assert opened(found) == ([], ["stolen-refresh-token", "stolen-session"])
    assert (found.breaks, found.safe) == (False, True)
    assert all("`plan` makes" in each.text for each in found.integrations[0].still_open)


def test_what_it_closes_is_gone() -> None:
    assert opened(simulated({APP: FILES[APP]}, running(RELAXED, logins=(login(),)))) == ([], [])


@pytest.mark.parametrize(("far", "newly"), [("100.127.255.255", True), ("100.90.0.0", False)])
def test_a_way_in_that_gets_wider_is_opened(far: str, newly: bool) -> None:
    def ranged(end: str) -> dict[str, str]:
        return changed(PROFILE, ("<custom>", login_range("100.64.0.0", end) + "<custom>"))

    found = simulated({PROFILE: ranged(far)[PROFILE]}, running(ranged("100.100.0.0"), logins=(login(),)))
    assert (bool(opened(found)[0]), bool(opened(found)[1])) == (newly, not newly)


def test_the_few_addresses_more_that_a_policy_lets_be_are_no_way_in_to_close() -> None:
    """As shared egress has them everywhere; what no policy lets be is one, and so is another profile's range."""
    few = changed(PROFILE, ("192.0.2.15", "192.0.2.20"))
    outcome = simulated({PROFILE: few[PROFILE]}, running(logins=(login(),)))
    (row,) = (one.after for one in outcome.integrations[0].matrix if one.after.id == "stolen-refresh-token")
    assert row.outcome is Outcome.PARTLY
    assert opened(outcome) == ([], [])
    assert outcome.safe
    many = changed(PROFILE, ("192.0.2.15", "192.255.2.20"))
    assert opened(simulated({PROFILE: many[PROFILE]}))[0]
    (one,) = outcome.integrations
    assert [each.row.id for each in open_rows(one.matrix)] == [
        "stolen-refresh-token",
        "stolen-session",
        "leaked-jwt-key",
    ]


def test_every_row_that_must_be_refused_has_something_that_closes_it() -> None:
    today = {row.id: row for row in matrix(running(RELAXED), INTEGRATION)}
    rows = [one.id for one in SCENARIOS if one.wish is Wish.KEEP_OUT]
    for name in rows:
        bad = next(row for row in today.values() if row.id == "stolen-refresh-token")
        (found,) = open_rows([Change(bad, bad.__class__(name, *(getattr(bad, one) for one in FIELDS)))])
        assert "--explain" not in found.closes


FIELDS = ("title", "wish", "outcome", "summary", "given", "cases")
