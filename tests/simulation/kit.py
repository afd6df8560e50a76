"""What the tests of simulations share: a proposal on the running org, simulated in one call."""

from collections.abc import Mapping

from sfharden.model.integration import Integration
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.simulate import Simulation, simulate
from tests.orgs.constants import ADMIN_DESK, HARDENED_INTEGRATION, NOW
from tests.orgs.files import SECURITY
from tests.orgs.judging import shipped
from tests.orgs.tables import changed, proposed, running

# A proposal that no longer enforces ranges on every request: a stolen session then works from anywhere.
ADMIN_DESK_OPEN = {SECURITY: changed(SECURITY, ("EveryRequest>true", "EveryRequest>false"))[SECURITY]}


def simulated(
    files: Mapping[str, str], before: Snapshot | None = None, by: Integration = HARDENED_INTEGRATION
) -> Simulation:
    """These files proposed to the running org, or to another one."""
    found = before or running()
    return simulate(found, proposed(files), [by], shipped(), (), NOW, caller_address=ADMIN_DESK)
