"""What is known of session settings beyond their documentation."""

from typing import Final

# Told by vendors of packages, not by Salesforce's own pages: so it's a warning, and decides no verdict.
SERVER_SIDE: Final = (
    "With login ranges enforced on every request, calls from Salesforce's own servers as a user whose profile has ranges "
    "are refused, too: installed packages and Apex that call the REST or Metadata API of their own org."
)
# Microsoft's page of the Salesforce connector asks for the setting to be off (lockSessionsToIp; Metadata API Guide,
# SecuritySettings).
LOCK: Final = "sessionSettings.lockSessionsToIp"
LOCK_LABEL: Final = "Lock sessions to the IP address from which they originated"
