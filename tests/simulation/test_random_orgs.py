"""What `simulate` says of each row is what the embedded org does once the change is made: orgs and changes by chance.

The embedded org imports nothing of sfharden, so it judges by itself. `SFHARDEN_RANDOM_ORGS=200` makes it 200 orgs.
"""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from sfharden.access.facts import Outcome
from sfharden.emulator.generate import OPERATOR
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.simulate import Simulation, simulate
from sfharden.sources.metadata_files import load_proposal
from tests.orgs.constants import NOW
from tests.orgs.judging import control, policy_of
from tests.orgs.random_orgs import random_change, random_org
from tests.orgs.served import INTEGRATION, read_snapshot
from tests.orgs.tried import deployed, differences, is_broken, write_package

ORGS: Final = int(os.environ.get("SFHARDEN_RANDOM_ORGS", "12"))
MOST_UNKNOWN: Final = 0.5  # a tool that says can't tell to everything is never wrong, and no use


def test_what_is_said_of_a_row_is_what_happens(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    tally = Counter[Outcome]()
    for seed in range(ORGS):
        tally += _compared(seed, tmp_path / str(seed))
    share = tally[Outcome.CANNOT_TELL] / tally.total()
    record_property("rows", {str(outcome): times for outcome, times in tally.items()})
    assert share <= MOST_UNKNOWN


def _compared(seed: int, folder: Path) -> Counter[Outcome]:
    chance = Random(seed)  # noqa: S311 - tests by chance, not secrets
    org = random_org(chance)
    snapshot = read_snapshot(org)
    package = write_package(random_change(org, chance), folder)
    found = _simulated(snapshot, package)
    rows = [change.before for change in found.integrations[0].matrix]
    wrong = [str(one) for row in rows for one in differences(org, row, chance)]
    assert not wrong, f"seed {seed}, today: {wrong}"
    if not deployed(org, package):
        return Counter(row.outcome for row in rows)
    later = [change.after for change in found.integrations[0].matrix]
    wrong = [str(one) for row in later for one in differences(org, row, chance)]
    assert not wrong, f"seed {seed}, after the change: {wrong}"
    assert not (found.safe and any(is_broken(org, row, chance) for row in later)), f"seed {seed} is green"
    return Counter(row.outcome for row in (*rows, *later))


def _simulated(snapshot: Snapshot, package: Path) -> Simulation:
    proposal = load_proposal(package, "0")
    cheap = [policy_of(control("api-access-control-on"))]
    return simulate(snapshot, proposal, [INTEGRATION], cheap, (), NOW, caller_address=OPERATOR)
