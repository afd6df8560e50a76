"""After the calls: read the inventory again, and compare it with what the journal says."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from sfharden.revocation.history import History
from sfharden.revocation.journal import Disk, Journal
from sfharden.revocation.plan import RevocationPlan
from sfharden.revocation.records import Recounted, State
from sfharden.revocation.tokens import Stock

STILL_THERE = "STILL_THERE"
STILL_LISTED = "STILL_LISTED_BY_OAUTH_USAGE"


def recount(journal: Journal, stock: Stock, disk: Disk) -> History:
    """Settle by looking what calls left open, and name the plan's tokens that are still there.

    A token that was said to be revoked and is there all the same becomes failed. Absence proves something
    only if the inventory is whole. Gives the history with all that.
    """
    history = journal.read()
    listed = frozenset(_under_another_handle(history.plan, stock))
    there = stock.handles | listed
    survivors = tuple(handle for handle in history.plan.handles if handle in there)
    for handle in survivors:
        # Of a token that was never asked for it is known that it's there; that is no failure.
        if history.state(handle) is not State.PLANNED and not _known_alive(history, handle):
            journal.found(handle, State.FAILED, STILL_LISTED if handle in listed else STILL_THERE)
    if not stock.lacking:
        for handle in history.open_handles():
            if handle not in there:
                journal.found(handle, State.ALREADY_GONE)
    journal.note(Recounted(at=disk.now(), lacking=stock.lacking, survivors=survivors))
    return journal.read()


def _under_another_handle(plan: RevocationPlan, stock: Stock) -> Iterator[str]:
    """The plan's tokens that OauthToken shows no more, while the external client apps' resource lists their like.

    The inventory took the two for one token and listed it once, so the plan knows it by one handle only.
    """
    planned = frozenset(plan.handles)
    looks: Counter[tuple[str, str, datetime | None]] = Counter(
        (stock.usernames.get(one.user_id, one.user_id), one.app_label, one.created)
        for one in stock.tokens
        if one.external and one.created and one.handle not in planned
    )
    for one in plan.tokens:
        look = (one.user, one.app, one.created)
        if not one.external and one.handle not in stock.handles and looks[look]:
            looks[look] -= 1
            yield one.handle


def _known_alive(history: History, handle: str) -> bool:
    return history.state(handle) is State.FAILED
