"""Reading an embedded org inside the test's own process, in a time that passes without waiting."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from sfharden.commands.live import Doors
from sfharden.demo import ids
from sfharden.demo.generate import APP_LABEL, EGRESS, INTEGRATION_USER, OPERATOR, PROFILE
from sfharden.demo.server import DemoServer, serve
from sfharden.demo.state import DemoOrg
from sfharden.demo.usage_routes import usage_id
from sfharden.model.snapshot import Snapshot
from sfharden.redact import Secret
from sfharden.salesforce.auth import sign_in_with_token
from sfharden.salesforce.connect import API_VERSIONS, Connection, connect
from sfharden.salesforce.meter import CallMeter
from sfharden.salesforce.session import Timing
from sfharden.salesforce.transport import Bounds
from sfharden.sources.org import OrgReading, read_org
from sfharden.sources.org_wanted import Wanted

NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
SINCE: Final = NOW - timedelta(days=30)
EVERYTHING: Final = Wanted(logins_since=SINCE, setup_since=SINCE)
TOKENS: Final = Wanted(metadata=False)
LOGINS: Final = Wanted(logins_since=SINCE, metadata=False, tokens=False)


def no_waiting() -> Timing:
    """Time in which sleeping takes none."""
    return Timing(sleep=lambda _: None, clock=lambda: 0.0, chance=lambda: 0.0, now=lambda: NOW)


def doors(*, patience: float = 30.0) -> Doors:
    """Doors for the command line: no waiting between calls; `patience` for an answer, in real seconds."""
    return Doors(no_waiting(), replace(Bounds(), connect=patience, read=patience))


@contextmanager
def connected(
    server: DemoServer, caller: str = "auditor", *, meter: CallMeter | None = None
) -> Iterator[Connection]:
    """A connection to a running embedded org, as one of its callers."""
    session = sign_in_with_token(server.base_url, Secret(server.tokens[caller]))
    connection = connect(session, API_VERSIONS, meter or CallMeter(), timing=no_waiting())
    try:
        yield connection
    finally:
        connection.wire.close()


def read(
    server: DemoServer,
    caller: str = "auditor",
    wanted: Wanted = EVERYTHING,
    *,
    meter: CallMeter | None = None,
) -> OrgReading:
    """Read a running embedded org."""
    with connected(server, caller, meter=meter) as connection:
        return read_org(connection, wanted, "0")


def read_once(org: DemoOrg, caller: str = "auditor", wanted: Wanted = EVERYTHING) -> OrgReading:
    """Serve an org just for one reading."""
    with serve(org) as server:
        return read(server, caller, wanted)


def reasons(snapshot: Snapshot, kind: str) -> list[str]:
    """Why what a table or a metadata type holds may not be all."""
    return [gap.reason for gap in snapshot.gaps if gap.kind == kind]


# The integration of the healthy org, hardened four days before NOW.
INTEGRATION_FILE: Final = f"""\
version: 1
integrations:
  - name: crm-sync
    app: {APP_LABEL}
    profile: {PROFILE}
    users: [{INTEGRATION_USER}]
    egress:
      - ranges: ["{EGRESS[0]}-{EGRESS[1]}"]
    operator_ranges: [{OPERATOR}]
    hardened_at: {NOW - timedelta(days=4):%Y-%m-%dT%H:%M:%SZ}
"""


def secrets_of(org: DemoOrg) -> set[str]:
    """Everything of an org that must never be shown: access, refresh and delete tokens, client secrets."""
    delete_tokens = {one.delete_token for one in org.tokens}
    return {
        *org.sessions,
        *delete_tokens,
        *map(ids.refresh_token, delete_tokens),
        *map(usage_id, delete_tokens),
        *(one.secret for one in org.client_secrets.values()),
    }
