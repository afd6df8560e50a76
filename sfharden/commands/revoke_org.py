"""The org as revoking sees it: an inventory that can be read again, a revoker, and whose login this is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

from sfharden.commands.source import LiveOptions
from sfharden.model.snapshot import Snapshot
from sfharden.redact import Secret
from sfharden.revocation.execute import TokenRevoker


class Inventory(Protocol):
    """A reading of the org: the snapshot, and what revokes each of its tokens, by handle."""

    @property
    def snapshot(self) -> Snapshot:
        """What was read, and the gaps."""

    @property
    def secrets(self) -> Mapping[str, Secret]:
        """A delete token, or the id of an external client app's token."""

    @property
    def external_handles(self) -> frozenset[str]:
        """The handles whose secret is such an id."""


class LiveOrg(Protocol):
    """One org that is open for revoking. `how` says how the login was had."""

    @property
    def how(self) -> str:
        """How the login was had, for a person."""

    def read(self, *, metadata: bool) -> Inventory:
        """Read the tokens, the users and the apps; with `metadata` the apps' settings too. Raises OrgError."""

    def revoker(self, workers: int) -> TokenRevoker:
        """What revokes single tokens."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def now(self) -> datetime:
        """The time, in UTC."""


@contextmanager
def open_live_org(given: LiveOptions) -> Iterator[LiveOrg]:
    """Sign in to a running org. Two wires: one that only reads, and one that only revokes."""
    from sfharden.commands.live import Doors, open_org, read_live
    from sfharden.salesforce.connect import Connection
    from sfharden.salesforce.revoker import Revoker, open_revoker
    from sfharden.sources.org import OrgReading
    from sfharden.sources.org_wanted import Wanted

    class _Org:
        def __init__(self, connection: Connection) -> None:
            self._connection = connection
            self.how = connection.session.how
            self.opened: list[Revoker] = []

        def read(self, *, metadata: bool) -> OrgReading:
            return read_live(self._connection, Wanted(metadata=metadata))

        def revoker(self, workers: int) -> Revoker:
            one = open_revoker(
                self._connection.session,
                self._connection.version,
                self._connection.wire.meter,
                workers=workers,
                timing=doors.timing,
                bounds=doors.bounds,
            )
            self.opened.append(one)
            return one

        def sleep(self, seconds: float) -> None:
            doors.timing.sleep(seconds)

        def now(self) -> datetime:
            return doors.timing.now()

    doors = (given.doors if isinstance(given.doors, Doors) else Doors()).waiting(given.timeout)
    with open_org(given) as connection:
        org = _Org(connection)
        try:
            yield org
        finally:
            for one in org.opened:
                one.close()
