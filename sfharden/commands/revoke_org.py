"""The org as revoking sees it: an inventory that can be read again, a revoker, and whose login this is."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from sfharden.commands.live_options import LiveOptions
from sfharden.model.snapshot import Snapshot
from sfharden.ports import OneByOne
from sfharden.revocation.execute import TokenRevoker
from sfharden.text.redact import Secret

if TYPE_CHECKING:  # these load the HTTP library, which --help can do without
    from sfharden.salesforce.connect import Connection
    from sfharden.sources.org.read import OrgReading


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

    def read(self, *, metadata: bool, one_by_one: OneByOne) -> Inventory:
        """Read the tokens, the users and the apps; with `metadata` the apps' settings too. Raises OrgError.

        `one_by_one` says whose tokens of external client apps are wanted singly, and with what revokes them.
        """

    def revoker(self, workers: int) -> AbstractContextManager[TokenRevoker]:
        """What revokes single tokens, so many at a time."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def now(self) -> datetime:
        """The time, in UTC."""


class _RunningOrg:
    """An org over two wires: one that only reads, and one for each revoker, which only revokes."""

    def __init__(self, connection: "Connection") -> None:
        self.how = connection.session.how
        self._connection = connection

    def read(self, *, metadata: bool, one_by_one: OneByOne) -> "OrgReading":
        from sfharden.commands.live import read_live
        from sfharden.sources.org.wanted import Wanted

        wanted = Wanted(metadata=metadata, secrets=True, one_by_one=one_by_one)
        return read_live(self._connection, wanted)

    def revoker(self, workers: int) -> AbstractContextManager[TokenRevoker]:
        from sfharden.salesforce.revoker import revoker_of

        return revoker_of(self._connection, workers)

    def sleep(self, seconds: float) -> None:
        self._connection.wire.timing.sleep(seconds)

    def now(self) -> datetime:
        return self._connection.wire.timing.now()


@contextmanager
def open_live_org(given: LiveOptions) -> Iterator[LiveOrg]:
    """Sign in to a running org."""
    from sfharden.commands.live import open_org

    # An emergency goes before the calls that are else left to others.
    with open_org(given, reserve_share=None) as connection:
        yield _RunningOrg(connection)
