"""Reading an embedded org inside the test's own process, in a time that passes without waiting."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from sfharden.commands.doors import RunDoors
from sfharden.emulator import ids
from sfharden.emulator.generate import APP_LABEL, EGRESS, INTEGRATION_USER, OPERATOR, PROFILE
from sfharden.emulator.http.faults import Fault, FaultKind
from sfharden.emulator.http.server import DemoServer, serve
from sfharden.emulator.http.usage_routes import usage_id
from sfharden.emulator.state import DemoOrg
from sfharden.model.snapshot import Snapshot
from sfharden.ports import Timing
from sfharden.salesforce.auth import sign_in_with_token
from sfharden.salesforce.connect import API_VERSIONS, Connection, connect
from sfharden.salesforce.meter import CallMeter
from sfharden.salesforce.rest import OrgClient, Page
from sfharden.salesforce.transport import Bounds
from sfharden.sources.org.read import OrgReading, read_org
from sfharden.sources.org.wanted import Wanted
from sfharden.text.redact import Secret

NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
SINCE: Final = NOW - timedelta(days=30)
EVERYTHING: Final = Wanted(logins_since=SINCE, setup_since=SINCE)
TOKENS: Final = Wanted(metadata=False)
LOGINS: Final = Wanted(logins_since=SINCE, metadata=False, tokens=False)


def no_waiting() -> Timing:
    """Time in which sleeping takes none."""
    return Timing(sleep=lambda _: None, clock=lambda: 0.0, chance=lambda: 0.0, now=lambda: NOW)


def doors(*, patience: float = 30.0) -> RunDoors:
    """Doors for the command line: no waiting between calls; `patience` for an answer, in real seconds."""
    return RunDoors(no_waiting(), replace(Bounds(), connect=patience, read=patience))


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


class Event(Fault):
    """Something that happens in the org when a request of that look arrives; the request is answered as ever.

    `nth`: at which of these requests, from 1.
    """

    def __init__(self, path: str, action: Callable[[], object], *, nth: int = 1) -> None:
        super().__init__(FaultKind.STATUS, path=path)
        self._action = action
        self._countdown = nth

    def hits_request(self, ordinal: int, label: str) -> bool:  # noqa: ARG002 - the base class names it
        """Never: it only watches."""
        if re.search(self.path, label):
            self._countdown -= 1
            if self._countdown == 0:
                self._action()
        return False


class InTurn:
    """Does pieces of work one after the other, in place of threads."""

    def each(self, work: Callable[[str], None], items: Iterable[str]) -> None:
        for item in items:
            work(item)


class ScriptedOrg(OrgClient):
    """Answers queries by a function instead of a wire, for what no org should do; `asked` are the queries."""

    def __init__(self, answer: Callable[[str], Page], counted: int = 0) -> None:
        self._answer = answer
        self._counted = counted
        self.asked: list[str] = []

    def query_page(self, soql: str, *, tooling: bool = False, batch_size: int = 2000) -> Page:  # noqa: ARG002
        self.asked.append(soql)
        assert len(self.asked) < 200, "it would go on for ever"
        return self._answer(soql)

    def next_page(self, next_path: str, *, batch_size: int = 2000) -> Page:  # noqa: ARG002
        self.asked.append(next_path)
        assert len(self.asked) < 200, "it would go on for ever"
        return self._answer(next_path)

    def count(self, soql: str, *, tooling: bool = False) -> int:  # noqa: ARG002
        return self._counted
