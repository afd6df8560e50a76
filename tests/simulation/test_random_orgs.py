"""What `simulate` says of each row is what the embedded org does once the change is made: orgs and changes by chance.

The embedded org imports nothing of sfharden, so it judges by itself. `SFHARDEN_RANDOM_ORGS=200` makes it 200 orgs,
and `--log-cli-level=INFO` shows what they came to.
"""

import logging
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Final

from sfharden.access.facts import Outcome
from sfharden.emulator.generate import OPERATOR
from sfharden.emulator.http.server import serve
from sfharden.emulator.state import DemoOrg
from sfharden.errors import NoVerdictError
from sfharden.model.raw import RawFile
from sfharden.model.snapshot import Component, Snapshot
from sfharden.plan.make import Material, draw_up
from sfharden.plan.package import package_files
from sfharden.plan.planner import Options
from sfharden.simulation.simulate import Simulation, simulate
from sfharden.sources.metadata_files import load_proposal, raw_from_retrieve, with_files
from sfharden.sources.org.read import OrgReading, read_org
from sfharden.sources.org.wanted import Wanted
from tests.orgs.constants import NOW
from tests.orgs.judging import control, policy_of
from tests.orgs.random_orgs import random_change, random_org
from tests.orgs.served import INTEGRATION, LOGINS_SINCE, connected
from tests.orgs.tried import deployed, differences, is_broken, write_package

LOG: Final = logging.getLogger(__name__)
ORGS: Final = int(os.environ.get("SFHARDEN_RANDOM_ORGS", "12"))
PLANNED: Final = 0.25  # the share of orgs to which `plan`'s own package is deployed, where it has one
MOST_UNKNOWN: Final = 0.4  # a tool that says can't tell to everything is never wrong, and no use


def test_what_is_said_of_a_row_is_what_happens(tmp_path: Path) -> None:
    tally = Counter[Outcome]()
    for seed in range(ORGS):
        tally += _compared(seed, tmp_path / str(seed))
    share = tally[Outcome.CANNOT_TELL] / tally.total()
    counted = {str(outcome): times for outcome, times in tally.items()}
    LOG.info("%d orgs, rows: %s, can't tell: %.1f %%", ORGS, counted, 100 * share)
    assert share <= MOST_UNKNOWN


def _compared(seed: int, folder: Path) -> Counter[Outcome]:
    chance = Random(seed)  # noqa: S311 - tests by chance, not secrets
    org = random_org(chance)
    reading = _read(org)
    planned = _planned(reading) if chance.random() < PLANNED else {}
    package = write_package(planned or random_change(org, chance), folder)
    found = _simulated(reading.snapshot, package)
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


def _read(org: DemoOrg) -> OrgReading:
    with serve(org) as server, connected(server) as connection:
        return read_org(connection, Wanted(logins_since=LOGINS_SINCE, setup_since=LOGINS_SINCE), "0")


def _planned(reading: OrgReading) -> dict[str, bytes]:
    """What `plan` would change of the org; nothing where it refuses, or has nothing to change."""

    def raw(wanted: Mapping[str, Component]) -> dict[str, RawFile]:
        return raw_from_retrieve(reading.zip_bytes, wanted)

    material = Material(reading.snapshot, raw, with_files)
    try:
        planned = draw_up(material, [INTEGRATION], Options()).planned
    except NoVerdictError:
        return {}
    files = package_files(planned) if planned.plan.changes else {}
    return {path: content for path, content in files.items() if path != "package.xml"}


def _simulated(snapshot: Snapshot, package: Path) -> Simulation:
    proposal = load_proposal(package, "0")
    cheap = [policy_of(control("api-access-control-on"))]
    return simulate(snapshot, proposal, [INTEGRATION], cheap, (), NOW, caller_address=OPERATOR)
