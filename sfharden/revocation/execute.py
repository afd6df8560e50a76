"""Revokes what was approved, and nothing else: some at a time, each in the journal before and after its call."""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from sfharden.errors import AuthError, DeclinedError, LimitError
from sfharden.redact import Secret
from sfharden.revocation.approve import Approval
from sfharden.revocation.journal import Journal, stamp_of
from sfharden.revocation.plan import PlannedToken, RevocationPlan
from sfharden.revocation.record import ATTEMPTED, DONE, FAILED, GONE, PLANNED, UNKNOWN

WORKERS: Final = 8
# So many tokens in a row without an answer, each tried several times, are no bad luck any more.
MOST_UNANSWERED: Final = 32


class RevokingDoor(Protocol):
    """What can revoke; the outcome's text is the state for the journal."""

    def revoke(self, token: Secret) -> str: ...
    def revoke_external(self, token_id: Secret) -> str: ...


@dataclass(frozen=True, slots=True)
class Inventory:
    """The tokens that an org has now. A journal may be old or tampered with, so these facts come from the org.

    `secrets` are what revokes each, by handle; those in `external` go to the usage resource. `own` are of the
    login that revokes. `whole` is False if the list may lack some: then a missing token proves nothing.
    """

    secrets: Mapping[str, Secret] = field(repr=False)
    external: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Doors:
    """What executing needs from outside; `now` is the clock. `progress` is told how many calls have ended."""

    revoker: RevokingDoor
    now: Callable[[], datetime]
    progress: Callable[[int], None] = lambda _: None


def execute(
    plan: RevocationPlan,
    approval: Approval,
    journal: Journal,
    inventory: Inventory,
    doors: Doors,
    workers: int = WORKERS,
) -> str:
    """Revoke every token of the plan that isn't done already. Gives why it stopped early, or nothing.

    A token that a whole inventory no longer has is already gone; the login's own tokens are left alone. Raises
    DeclinedError unless the approval is for exactly this plan, NoVerdictError if the journal can't be written,
    and KeyboardInterrupt once the calls under way have ended and are in the journal.
    """
    if approval.fingerprint != plan.fingerprint:
        raise DeclinedError("The approval is for another plan. Nothing was revoked.")
    todo = [one for one in plan.tokens if journal.states.get(one.handle) not in DONE]
    vanished = [one.handle for one in todo if one.handle not in inventory.secrets]
    if vanished and inventory.whole:
        journal.note(*((handle, GONE) for handle in vanished), at=doors.now())
    queue = [one for one in todo if one.handle in inventory.secrets and one.handle not in inventory.own]
    run = _Run(journal, inventory, doors, queue)
    return run.all(max(1, min(workers, len(queue))))


class _Run:
    def __init__(
        self, journal: Journal, inventory: Inventory, doors: Doors, queue: list[PlannedToken]
    ) -> None:
        self._journal = journal
        self._inventory = inventory
        self._doors = doors
        self._queue = deque(queue)
        self._stop = threading.Event()
        self._reasons: list[str] = []
        self._done = 0
        self._unanswered = 0
        self._lock = threading.Lock()

    def all(self, workers: int) -> str:
        pool = ThreadPoolExecutor(workers, thread_name_prefix="revoke")
        try:
            futures = [pool.submit(self._work) for _ in range(workers)]
            wait(futures)
            for future in futures:
                future.result()
        except BaseException:
            self._stop.set()  # before anything waits: ^C must not go on to the end of the list
            pool.shutdown(wait=True)  # a second ^C ends this, and the process
            raise
        pool.shutdown()
        return self._reasons[0] if self._reasons else ""

    def _work(self) -> None:
        """One worker: the result of a call and the attempt of the next share a trip to the disk."""
        results: list[tuple[str, str]] = []
        try:
            while not self._stop.is_set():
                try:
                    token = self._queue.popleft()
                except IndexError:
                    break
                noted, results = results, []
                self._note(*noted, (token.handle, ATTEMPTED))
                results = [(token.handle, self._one(token))]
                self._count(results[0][1])
        except BaseException:
            self._stop.set()  # no other worker goes on without knowing what went wrong here
            raise
        finally:
            if results:
                self._note(*results)

    def _one(self, token: PlannedToken) -> str:
        secret = self._inventory.secrets[token.handle]
        door = self._doors.revoker
        try:
            if token.handle in self._inventory.external:
                return str(door.revoke_external(secret))
            return str(door.revoke(secret))
        except (AuthError, LimitError) as error:
            self._stop_for(error.message)  # the org refused the call itself, so nothing was done
            return FAILED

    def _stop_for(self, reason: str) -> None:
        with self._lock:
            self._reasons.append(reason)
        self._stop.set()

    def _note(self, *events: tuple[str, str]) -> None:
        self._journal.note(*events, at=self._doors.now())

    def _count(self, outcome: str) -> None:
        with self._lock:
            self._done += 1
            self._unanswered = self._unanswered + 1 if outcome == UNKNOWN else 0
            done, silent = self._done, self._unanswered >= MOST_UNANSWERED
        if silent:
            self._stop_for("The org gives no answer any more")
        self._doors.progress(done)


def settle(
    journal: Journal, plan: RevocationPlan, present: frozenset[str], whole: bool, now: datetime
) -> tuple[str, ...]:
    """Look after the fact: what isn't in the inventory any more is gone; what still is, survives.

    Gives the handles of the survivors. A token of the plan counts as revoked only where an answer said so. From
    a list that isn't `whole`, survivors are told, and nothing is taken for gone.
    """
    open_ones = [one.handle for one in plan.tokens if journal.states.get(one.handle) not in DONE]
    settled = [(handle, GONE) for handle in open_ones if whole and handle not in present]
    survivors = tuple(one.handle for one in plan.tokens if one.handle in present)
    # Said to be revoked, or without an answer, and still there: now it's known that it was not revoked.
    wrong = [(one, FAILED) for one in survivors if journal.states.get(one) not in (PLANNED, FAILED)]
    if settled or wrong:
        journal.note(*settled, *wrong, at=now)
    journal.write({"event": "recounted", "at": stamp_of(now), "whole": whole, "survivors": len(survivors)})
    return survivors
