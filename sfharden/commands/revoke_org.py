"""The org as revoking sees it: an inventory that can be read again, a revoker, and whose login this is."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from sfharden.commands.live_options import LiveOptions
from sfharden.ports import LiveOrg, TokenRevoker

if TYPE_CHECKING:  # these load the HTTP library, which --help can do without
    from sfharden.salesforce.connect import Connection
    from sfharden.sources.org.read import OrgReading


class _RunningOrg:
    """An org over two wires: one that only reads, and one for each revoker, which only revokes."""

    def __init__(self, connection: "Connection") -> None:
        self.how = connection.session.how
        self._connection = connection

    def read(self, *, metadata: bool) -> "OrgReading":
        from sfharden.commands.live import read_live
        from sfharden.sources.org.wanted import Wanted

        return read_live(self._connection, Wanted(metadata=metadata))

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
