"""After the calls: read the inventory again, and compare it with what the journal says."""

from collections import Counter

from sfharden.revocation.history import History
from sfharden.revocation.inventory import TokenInventory
from sfharden.revocation.journal import Disk, Journal
from sfharden.revocation.plan import RevocationPlan
from sfharden.revocation.records import Recounted, State

STILL_THERE = "STILL_THERE"
# Under another handle, which this plan doesn't name: it must be selected anew.
STILL_LISTED = "STILL_LISTED_BY_OAUTH_USAGE"


def recount(journal: Journal, known: TokenInventory, disk: Disk) -> History:
    """Settle by looking what calls left open, and name the plan's tokens that are still there.

    A token that was said to be revoked and is there all the same becomes failed. Absence proves something
    only if the inventory is whole. Gives the history with all that.
    """
    history = journal.read()
    there = still_there(history.plan, known)
    survivors = tuple(handle for handle in history.plan.handles if handle in there)
    for handle in survivors:
        # Of a token that was never asked for it is known that it's there; that is no failure.
        if history.state(handle) is not State.PLANNED and not _known_alive(history, handle):
            journal.found(handle, State.FAILED, STILL_THERE if handle in known.handles else STILL_LISTED)
    if not known.gap:
        for handle in history.open_handles():
            if handle not in there:
                journal.found(handle, State.ALREADY_GONE)
    journal.note(Recounted(at=disk.now(), gap=known.gap, survivors=survivors))
    return journal.read()


def still_there(plan: RevocationPlan, known: TokenInventory) -> frozenset[str]:
    """The plan's tokens that an inventory shows, by their own handle or by another.

    A token of an external client app may be told by OauthToken and by the OAuth usage resource, with another
    secret in each. Once the one no longer tells of it, what the other tells is the same authorisation.
    """
    planned = frozenset(plan.handles)
    twins = Counter(
        (one.app_label, known.usernames.get(one.user_id, one.user_id), one.created)
        for one in known.tokens
        if one.external and not one.summed and one.handle not in planned
    )
    found: set[str] = set()
    for one in plan.tokens:
        look = (one.app, one.user, one.created)
        if one.handle in known.handles:
            found.add(one.handle)
        elif not one.external and twins[look]:
            twins[look] -= 1
            found.add(one.handle)
    return frozenset(found)


def _known_alive(history: History, handle: str) -> bool:
    return history.state(handle) is State.FAILED
