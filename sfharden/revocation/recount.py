"""After the calls: read the inventory again, and compare it with what the journal says."""

from sfharden.revocation.history import History
from sfharden.revocation.journal import Disk, Journal
from sfharden.revocation.records import Recounted, State
from sfharden.revocation.tokens import Stock

STILL_THERE = "STILL_THERE"


def recount(journal: Journal, stock: Stock, disk: Disk) -> History:
    """Settle by looking what calls left open, and name the plan's tokens that are still there.

    A token that was said to be revoked and is there all the same becomes failed. Absence proves something
    only if the inventory is whole. Gives the history with all that.
    """
    history = journal.read()
    there = stock.handles
    survivors = tuple(handle for handle in history.plan.handles if handle in there)
    for handle in survivors:
        # Of a token that was never asked for it is known that it's there; that is no failure.
        if history.state(handle) is not State.PLANNED and not _known_alive(history, handle):
            journal.found(handle, State.FAILED, STILL_THERE)
    if not stock.lacking:
        for handle in history.open_handles():
            if handle not in there:
                journal.found(handle, State.ALREADY_GONE)
    journal.note(Recounted(at=disk.now(), lacking=stock.lacking, survivors=survivors))
    return journal.read()


def _known_alive(history: History, handle: str) -> bool:
    return history.state(handle) is State.FAILED
