"""What the column after the steps by hand says of the calls, and what the org does once they are really done."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import product

import pytest

from sfharden.access.facts import Outcome
from sfharden.demo.sample import integration_path
from sfharden.demo.tour_org import serve_tour
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import APP_NAME, INTEGRATION_USER, MINIMUM
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import permission_set_xml
from sfharden.model.integration import Integration
from sfharden.model.snapshot import Snapshot
from sfharden.plan.make import Material, draw_up
from sfharden.plan.package import package_files
from sfharden.plan.planner import Options
from sfharden.simulation.by_hand import by_hand
from sfharden.simulation.matrix import matrix
from sfharden.simulation.proposal import overlay
from sfharden.sources.integration_file import load_integrations
from sfharden.sources.metadata_files import raw_from_retrieve, with_files
from sfharden.sources.org.wanted import Wanted
from tests.emulator.kit import NOW, Client, client
from tests.orgs.files import snapshot_of
from tests.orgs.served import read

NEW, SET = "Night Shift Robot", "crm_sync_rights"
API = b"<userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions></Profile>"
# How else the user may hold API Enabled.
OTHERWISE = ("not at all", "by a set", "by one to be activated", "by an assignment that ended")


def prepare(org: DemoOrg, *, template_calls: bool, otherwise: str, frozen: bool) -> None:
    path = f"profiles/{MINIMUM}.profile"
    if template_calls:
        org.metadata[path] = org.metadata[path].replace(b"</Profile>", API)
    asleep = otherwise == "by one to be activated"
    org.metadata["permissionsets/Other.permissionset"] = permission_set_xml(
        "Other", {"ApiEnabled"}, session_based=asleep
    )
    sync(org)
    user, other = org.user(INTEGRATION_USER), org.permission_set("Other")
    assert user
    assert other
    if otherwise != "not at all":
        ended = NOW - timedelta(days=1) if otherwise.endswith("ended") else None
        org.assign(user, other, expires=ended)
    user.is_frozen = frozen


def drawn(server: DemoServer, wanted: Integration) -> tuple[Snapshot, dict[str, bytes]]:
    reading = read(server, wanted=Wanted(objects_for=(wanted,)))
    material = Material(
        reading.snapshot, lambda components: raw_from_retrieve(reading.zip_bytes, components), with_files
    )
    return reading.snapshot, package_files(draw_up(material, [wanted], Options()).planned)


def foretold(before: Snapshot, package: Mapping[str, bytes], wanted: Integration) -> Outcome:
    proposal = snapshot_of({path: data.decode() for path, data in package.items() if path != "package.xml"})
    hands = by_hand(before, proposal, overlay(before, proposal), [wanted])
    assert hands.snapshot
    return next(row for row in matrix(hands.snapshot, wanted) if row.id == "calling").outcome


def really(server: DemoServer, auditor: Client, package: Mapping[str, bytes]) -> int:
    """The status of a call once package and steps are done."""
    assert auditor.deploy(package)["success"]
    org = server.org
    user, made, given = org.user(INTEGRATION_USER), org.profile(NEW), org.permission_set(SET)
    assert user
    assert made
    user.profile_id = made.id
    if given:
        org.assign(user, given)
    caller = Client(server, source="192.0.2.10", token=org.open_session(user, APP_NAME))
    try:
        return caller.query("SELECT Id FROM Organization").status
    finally:
        caller.close()


CASES = [(*one, False) for one in product((True, False), OTHERWISE, (True, False))] + [
    (True, "by a set", True, True)
]


@pytest.mark.parametrize(("template_calls", "otherwise", "offered", "frozen"), CASES)
def test_what_the_column_says_is_what_the_org_does(
    template_calls: bool, otherwise: str, offered: bool, frozen: bool
) -> None:
    wanted = load_integrations(integration_path())[0][0].model_copy(
        update={"profile": NEW, "clone_from": MINIMUM}
    )
    with serve_tour(NOW) as server, client(server) as auditor:
        prepare(server.org, template_calls=template_calls, otherwise=otherwise, frozen=frozen)
        before, package = drawn(server, wanted)
        if not offered:
            package = {path: data for path, data in package.items() if not path.startswith("permissionsets/")}
            package.pop("package.xml")
        outcome = foretold(before, package, wanted)
        status = really(server, auditor, package)
        if outcome is Outcome.CANNOT_TELL:  # whether somebody activates the set in its sessions isn't known
            assert otherwise == "by one to be activated"
            return
        assert (outcome is Outcome.ALLOWED) is (status == 200)
        assert (outcome is Outcome.ALLOWED) is (
            not frozen and (template_calls or offered or otherwise == "by a set")
        )
