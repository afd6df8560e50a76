"""From a session to an org that can be read: one wire, one API version, both clients."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sfharden.errors import AuthError
from sfharden.ports import CallLog, Timing, no_log
from sfharden.salesforce.auth import OrgSession
from sfharden.salesforce.guard import READING
from sfharden.salesforce.metadata_api import MetadataClient, Polling
from sfharden.salesforce.rest import OrgClient, negotiate
from sfharden.salesforce.session import Wire
from sfharden.salesforce.trust import SALESFORCE_ONLY, Trust
from sfharden.web.concurrency import ConcurrencyLimit
from sfharden.web.guard import Rule
from sfharden.web.meter import CallMeter
from sfharden.web.retry import RetryPolicy
from sfharden.web.transport import Bounds

# Versions whose elements and fields this program knows (metadata WSDL 62.0 to 66.0; 67.0 and 68.0 by the types
# generated from it). Summer '26 is 67.0, Winter '27 is 68.0.
API_VERSIONS: Final = tuple(f"{number}.0" for number in range(62, 69))


@dataclass(frozen=True, slots=True)
class Connection:
    """One org, open for reading. Both clients share the wire, its meter and its connections."""

    session: OrgSession
    wire: Wire
    rest: OrgClient
    metadata: MetadataClient

    @property
    def version(self) -> str:
        """The API version that was negotiated."""
        return self.rest.version


def connect(
    session: OrgSession,
    ours: Sequence[str],
    meter: CallMeter,
    *,
    rules: tuple[Rule, ...] = READING,
    timing: Timing | None = None,
    retries: RetryPolicy | None = None,
    bounds: Bounds | None = None,
    polling: Polling | None = None,
    limit: ConcurrencyLimit | None = None,
    trust: Trust = SALESFORCE_ONLY,
    log: CallLog = no_log,
) -> Connection:
    """Open an org with the highest API version that it and we (`ours`) know; makes one call.

    Raises AuthError, with nothing sent, for a host that isn't trusted with a token; the errors of a wire; and
    DeniedError if there is no common version.
    """
    trust.require(session.origin, AuthError)
    wire = Wire(
        session.origin,
        session.token,
        meter=meter,
        rules=rules,
        timing=timing,
        retries=retries,
        bounds=bounds,
        limit=limit,
        log=log,
    )
    try:
        version = negotiate(wire, ours)
    except BaseException:
        wire.close()
        raise
    metadata = MetadataClient(wire, session.token, version, polling=polling)
    return Connection(session, wire, OrgClient(wire, version), metadata)
