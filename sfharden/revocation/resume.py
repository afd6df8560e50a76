"""Taking up a journal that another run left: finish its plan, and nothing else."""

from dataclasses import dataclass

from sfharden.errors import InputError
from sfharden.model.org import Token
from sfharden.revocation.approve import Approval, approve_resumed
from sfharden.revocation.history import History
from sfharden.revocation.journal import Journal
from sfharden.revocation.plan import RevocationPlan
from sfharden.revocation.records import State
from sfharden.revocation.recount import STILL_THERE
from sfharden.revocation.tokens import OwnLogin, Stock


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a plan: the handles still to do, this run's own among them, which are spared."""

    plan: RevocationPlan
    approval: Approval
    handles: tuple[str, ...]
    own: tuple[Token, ...]


def rest_of(history: History, stock: Stock, own: OwnLogin) -> Rest:
    """What is left, by looking: open tokens, and those that are there though they were said to be gone.

    Raises InputError for a journal of another org.
    """
    plan = history.plan
    if plan.org_id != stock.org_id:
        raise InputError("The journal is of another org.", "Sign in to the org that it was made in.")
    approval = approve_resumed(plan, history.header.fingerprint, history.header.approved)
    rows = {token.handle: token for token in stock.tokens}
    there = [handle for handle in plan.handles if handle in stock.handles]
    spared = tuple(rows[handle] for handle in there if handle in rows and own.spares(rows[handle]))
    to_do = [handle for handle in there if handle not in {token.handle for token in spared}]
    gone = [handle for handle in history.open_handles() if handle not in stock.handles]
    return Rest(plan, approval, (*gone, *to_do), spared)


def reopen(journal: Journal, history: History, rest: Rest) -> None:
    """Note of tokens that were said to be gone, and are there, that they are."""
    for handle in rest.handles:
        if history.state(handle) in (State.REVOKED, State.ALREADY_GONE):
            journal.found(handle, State.FAILED, STILL_THERE)
