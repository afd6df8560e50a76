"""The org as revoking sees it: an inventory that can be read again, a revoker, and whose login this is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from sfharden.commands.source import LiveOptions
from sfharden.model.snapshot import Snapshot
from sfharden.redact import Secret
from sfharden.revocation.execute import TokenRevoker

if TYPE_CHECKING:  # these load the HTTP library, which --help can do without
    from sfharden.commands.live import Doors as LiveDoors
    from sfharden.salesforce.connect import Connection
    from sfharden.salesforce.revoker import Revoker
    from sfharden.sources.org import OrgReading


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


class _RunningOrg:
    """An org over two wires: one that only reads, and one for each revoker, which only revokes."""

    def __init__(self, connection: "Connection", doors: "LiveDoors") -> None:
        self.how = connection.session.how
        self._connection = connection
        self._doors = doors
        self._opened: list[Revoker] = []

    def read(self, *, metadata: bool) -> "OrgReading":
        from sfharden.commands.live import read_live
        from sfharden.sources.org_wanted import Wanted

        return read_live(self._connection, Wanted(metadata=metadata))

    def revoker(self, workers: int) -> "Revoker":
        from sfharden.salesforce.revoker import open_revoker

        one = open_revoker(
            self._connection.session,
            self._connection.version,
            self._connection.wire.meter,
            workers=workers,
            timing=self._doors.timing,
            bounds=self._doors.bounds,
        )
        self._opened.append(one)
        return one

    def sleep(self, seconds: float) -> None:
        self._doors.timing.sleep(seconds)

    def now(self) -> datetime:
        return self._doors.timing.now()

    def close(self) -> None:
        for one in self._opened:
            one.close()


@contextmanager
def open_live_org(given: LiveOptions) -> Iterator[LiveOrg]:
    """Sign in to a running org."""
    from sfharden.commands.live import Doors, open_org

    doors = (given.doors if isinstance(given.doors, Doors) else Doors()).waiting(given.timeout)
    with open_org(given) as connection:
        org = _RunningOrg(connection, doors)
        try:
            yield org
        finally:
            org.close()
