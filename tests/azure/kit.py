"""What the tests of Azure's wire share: a session without a real token, fake time, an Arm."""

from typing import Final

from sfharden.azure.arm import RETRIES, Arm
from sfharden.azure.clouds import cloud_at
from sfharden.azure.signing_in import AzureSession
from sfharden.ports import CallLog, no_log
from sfharden.text.redact import Secret
from sfharden.web.meter import CallMeter
from sfharden.web.retry import RetryPolicy
from sfharden.web.transport import Bounds
from tests.salesforce.kit import FakeTime

HOME: Final = "https://management.azure.com"
TOKEN: Final = "eyJhbGciOi.made-up.for-tests"


def make_arm(
    url: str = HOME,
    *,
    token: str = TOKEN,
    time: FakeTime | None = None,
    retries: RetryPolicy = RETRIES,
    bounds: Bounds | None = None,
    meter: CallMeter | None = None,
    log: CallLog = no_log,
) -> Arm:
    """An Arm that has a made-up token and time that passes only when it sleeps."""
    session = AzureSession(cloud_at(url), Secret(token), "test")
    timing = (time or FakeTime()).timing()
    return Arm(session, meter or CallMeter(), timing=timing, retries=retries, bounds=bounds, log=log)
