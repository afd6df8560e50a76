"""Who gets in, for a page: the very rows that `simulate` judges, and no others."""

import pytest

from sfharden.simulation.matrix import matrix
from sfharden.simulation.ways import ways_after, ways_today
from tests.orgs.constants import HARDENED_INTEGRATION
from tests.orgs.tables import proposed, running

from .kit import ADMIN_DESK_OPEN, simulated


def test_today_is_the_matrix_of_what_was_read() -> None:
    (found,) = ways_today(running(), [HARDENED_INTEGRATION])
    assert (found.name, found.proposed) == (HARDENED_INTEGRATION.name, False)
    assert tuple(one.before for one in found.changes) == matrix(running(), HARDENED_INTEGRATION)
    assert all(one.after == one.before and one.by_hand is None for one in found.changes)


@pytest.mark.parametrize("files", [{}, ADMIN_DESK_OPEN])
def test_before_and_after_are_what_simulate_says(files: dict[str, str]) -> None:
    (found,) = ways_after(running(), proposed(files), [HARDENED_INTEGRATION])
    (wanted,) = simulated(files).integrations
    assert found.changes == wanted.matrix
    assert found.proposed


def test_without_integrations_there_is_nothing_to_tell() -> None:
    assert ways_today(running(), []) == ()
    assert ways_after(running(), proposed({}), []) == ()
