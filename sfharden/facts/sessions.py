"""What is known of session settings beyond their documentation."""

from typing import Final

from sfharden.facts import values as facts
from sfharden.facts.values import CannotTell
from sfharden.model.snapshot import Component

# Told by vendors of packages, not by Salesforce's own pages: so it's a warning, and decides no verdict.
SERVER_SIDE: Final = (
    "With login ranges enforced on every request, calls from Salesforce's own servers as a user whose profile has ranges "
    "are refused, too: installed packages and Apex that call the REST or Metadata API of their own org."
)
# Microsoft's page of the Salesforce connector asks for the setting to be off (lockSessionsToIp; Metadata API Guide,
# SecuritySettings).
_LOCK: Final = "sessionSettings.lockSessionsToIp"
LOCK_LABEL: Final = "Lock sessions to the IP address from which they originated"


def is_locked(component: Component) -> bool:
    """Whether a session surely ends where its address changes; False also where that can't be told."""
    try:
        return facts.boolean(component, _LOCK).value
    except CannotTell:
        return False
