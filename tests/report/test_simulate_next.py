"""What to do after a simulation: commands that run as printed, about what is not yet as it should be."""

import pytest

from sfharden.report.simulate_next import expecting, next_steps, worst_row
from sfharden.simulation.rows import Standing
from tests.orgs.files import PROFILE
from tests.orgs.tables import changed, login, running
from tests.simulation.kit import ADMIN_DESK_OPEN, simulated

SHUT = {PROFILE: changed(PROFILE, ("198.51.100.7", "198.51.100.8"))[PROFILE]}
COMMAND = "sfharden simulate --snapshot 'my org.json' -i i.yaml"


@pytest.mark.parametrize("proposal", [ADMIN_DESK_OPEN, SHUT])
def test_the_row_to_explain_is_one_that_is_not_as_it_should_be(proposal: dict[str, str]) -> None:
    outcome = simulated(proposal)
    row = worst_row(outcome)
    assert row.standing is Standing.BAD
    assert f"{COMMAND} --explain {row.id}" in list(next_steps(outcome, COMMAND))


def test_without_a_break_nothing_is_to_be_accepted() -> None:
    assert expecting(simulated({}, running(logins=(login(),)))) == []
