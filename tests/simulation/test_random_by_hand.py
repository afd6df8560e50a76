"""Orgs by chance whose integration is to get another profile: the column *By hand* is what the org does then.

`SFHARDEN_RANDOM_ORGS=200` makes it 200 orgs.
"""

import os
from collections import Counter
from pathlib import Path
from random import Random
from typing import Final

from sfharden.access.facts import Outcome
from sfharden.emulator.generate import INTEGRATION_USER, MINIMUM, OPERATOR
from sfharden.emulator.http.server import serve
from sfharden.emulator.state import DemoOrg
from sfharden.errors import NoVerdictError
from sfharden.model.integration import Integration
from sfharden.plan.make import Material, draw_up
from sfharden.plan.ordinary_rights import ASKED_FOR
from sfharden.plan.package import package_files
from sfharden.plan.planner import Options
from sfharden.plan.set_names import set_name, set_names
from sfharden.simulation.simulate import IntegrationOutcome, simulate
from sfharden.sources.metadata_files import load_proposal, raw_from_retrieve, with_files
from sfharden.sources.org.read import OrgReading, read_org
from sfharden.sources.org.wanted import Wanted
from tests.orgs.constants import NOW
from tests.orgs.judging import control, policy_of
from tests.orgs.random_orgs import COLLEAGUES, random_change, random_org
from tests.orgs.served import INTEGRATION, LOGINS_SINCE, connected
from tests.orgs.tried import deployed, differences, is_broken, write_package

ORGS: Final = int(os.environ.get("SFHARDEN_RANDOM_ORGS", "12"))
NEW: Final = "Night Shift Robot"
SET_FOLDER: Final = "permissionsets/"


def test_what_is_said_of_a_row_after_the_steps_is_what_happens(tmp_path: Path) -> None:
    tally = Counter[Outcome]()
    for seed in range(ORGS):
        tally += _compared(seed, tmp_path / str(seed))
    assert tally[Outcome.ALLOWED]
    assert tally[Outcome.REFUSED]
    assert tally[Outcome.CANNOT_TELL] <= tally.total() / 2


def _compared(seed: int, folder: Path) -> Counter[Outcome]:
    chance = Random(seed)  # noqa: S311 - tests by chance, not secrets
    org = random_org(chance)
    profile = chance.choice((NEW, NEW, COLLEAGUES))
    wanted = INTEGRATION.model_copy(
        update={"profile": profile, "clone_from": chance.choice((MINIMUM, COLLEAGUES))}
    )
    reading = _read(org, wanted)
    files = _planned(reading, wanted) if profile == NEW else random_change(org, chance)
    if chance.random() < 0.3:
        files = {path: data for path, data in files.items() if not path.startswith(SET_FOLDER)}
    if not files:
        return Counter()
    package = write_package(files, folder)
    cheap = [policy_of(control("api-access-control-on"))]
    proposal = load_proposal(package, "0")
    simulation = simulate(reading.snapshot, proposal, [wanted], cheap, (), NOW, caller_address=OPERATOR)
    (found,) = simulation.integrations
    if not found.steps.texts or not deployed(org, package):
        return Counter()
    _do(org, found, profile)
    rows = [change.by_hand for change in found.matrix if change.by_hand]
    wrong = [str(one) for row in rows for one in differences(org, row, chance)]
    assert not wrong, f"seed {seed}, after the steps by hand: {wrong}"
    assert not (simulation.safe and any(is_broken(org, row, chance) for row in rows)), f"seed {seed} is green"
    return Counter(row.outcome for row in rows)


def _read(org: DemoOrg, wanted: Integration) -> OrgReading:
    asked = Wanted(
        logins_since=LOGINS_SINCE,
        setup_since=LOGINS_SINCE,
        permissions=ASKED_FOR,
        objects_for=(wanted,),
        sets=set_names([wanted]),
    )
    with serve(org) as server, connected(server) as connection:
        return read_org(connection, asked, "0")


def _planned(reading: OrgReading, wanted: Integration) -> dict[str, bytes]:
    material = Material(
        reading.snapshot, lambda components: raw_from_retrieve(reading.zip_bytes, components), with_files
    )
    try:
        files = package_files(draw_up(material, [wanted], Options()).planned)
    except NoVerdictError:
        return {}
    return {path: content for path, content in files.items() if path != "package.xml"}


def _do(org: DemoOrg, found: IntegrationOutcome, profile: str) -> None:
    """The steps as they are told."""
    user, made, given = (
        org.user(INTEGRATION_USER),
        org.profile(profile),
        org.permission_set(set_name(INTEGRATION.name)),
    )
    assert user
    assert made
    for text in found.steps.texts:
        if text.startswith("Assign"):
            assert given
            org.assign(user, given)
        else:
            user.profile_id = made.id
