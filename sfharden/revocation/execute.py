"""Revokes what was approved, and nothing else: some at a time, each in the journal before and after its call."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sfharden.errors import AuthError, DeclinedError, LimitError, NoVerdictError
from sfharden.redact import Secret
from sfharden.revocation.approve import Approval
from sfharden.revocation.journal import ATTEMPTED, DONE, FAILED, GONE, Journal
from sfharden.revocation.plan import PlannedToken, RevocationPlan

WORKERS: Final = 8


class RevokingDoor(Protocol):
    """What can revoke; the outcome's text is the state for the journal."""

    def revoke(self, token: Secret) -> str: ...
    def revoke_external(self, token_id: Secret) -> str: ...


@dataclass(frozen=True, slots=True)
class Doors:
    """What executing needs from outside. `secrets` are of an inventory read just before; `now` is the clock."""

    revoker: RevokingDoor
    secrets: Mapping[str, Secret]
    now: Callable[[], datetime]
    progress: Callable[[int], None] = lambda _: None


def execute(
    plan: RevocationPlan, approval: Approval, journal: Journal, doors: Doors, workers: int = WORKERS
) -> str:
    """Revoke every token of the plan that isn't done already. Gives why it stopped early, or nothing.

    A token that the inventory no longer has is already gone. Raises DeclinedError unless the approval is for
    exactly this plan; KeyboardInterrupt only after calls under way have ended and are in the journal.
    """
    if approval.fingerprint != plan.fingerprint:
        raise DeclinedError("The approval is for another plan. Nothing was revoked.")
    run = _Run(journal, doors)
    todo = [one for one in plan.tokens if journal.states.get(one.handle) not in DONE]
    vanished = [one for one in todo if one.handle not in doors.secrets]
    if vanished:
        journal.note(*((one.handle, GONE) for one in vanished), at=doors.now())
    run.queue.extend(one for one in todo if one.handle in doors.secrets)
    return run.all(max(1, min(workers, len(run.queue))))


class _Run:
    def __init__(self, journal: Journal, doors: Doors) -> None:
        self._journal = journal
        self._doors = doors
        self.queue: deque[PlannedToken] = deque()
        self._stop = threading.Event()
        self._reasons: list[str] = []
        self._done = 0
        self._lock = threading.Lock()

    def all(self, workers: int) -> str:
        with ThreadPoolExecutor(workers, thread_name_prefix="revoke") as pool:
            futures = [pool.submit(self._work) for _ in range(workers)]
            try:
                wait(futures)
            except KeyboardInterrupt:
                self._stop.set()
                wait(futures)
                raise
        for future in futures:
            error = future.exception()
            if error:
                raise error
        return self._reasons[0] if self._reasons else ""

    def _work(self) -> None:
        """One worker: the result of a call and the attempt of the next share a trip to the disk."""
        results: list[tuple[str, str]] = []
        try:
            while not self._stop.is_set():
                try:
                    token = self.queue.popleft()
                except IndexError:
                    break
                self._note(*results, (token.handle, ATTEMPTED))
                results = [(token.handle, self._one(token))]
                self._count()
        except BaseException:
            self._stop.set()  # no other worker goes on without knowing what went wrong here
            raise
        finally:
            if results:
                self._note(*results)

    def _one(self, token: PlannedToken) -> str:
        secret = self._doors.secrets[token.handle]
        door = self._doors.revoker
        try:
            return str(door.revoke_external(secret) if token.external else door.revoke(secret))
        except (AuthError, LimitError) as error:
            self._stop_for(error)  # the org refused the call itself, so nothing was done
            return FAILED

    def _stop_for(self, error: NoVerdictError) -> None:
        with self._lock:
            self._reasons.append(error.message)
        self._stop.set()

    def _note(self, *events: tuple[str, str]) -> None:
        self._journal.note(*events, at=self._doors.now())

    def _count(self) -> None:
        with self._lock:
            self._done += 1
            self._doors.progress(self._done)


def settle(journal: Journal, plan: RevocationPlan, present: Iterable[str], now: datetime) -> tuple[str, ...]:
    """Look after the fact: what isn't in the inventory any more is gone; what still is, survives.

    Gives the handles of the survivors. A token of the plan counts as revoked only where an answer said so.
    """
    there = set(present)
    open_ones = [one.handle for one in plan.tokens if journal.states.get(one.handle) not in DONE]
    settled = [(handle, GONE) for handle in open_ones if handle not in there]
    survivors = tuple(one.handle for one in plan.tokens if one.handle in there)
    # Said to be revoked, and still there: the answer was wrong, so its state can't stay.
    wrong = [(handle, FAILED) for handle in survivors if journal.states.get(handle) in DONE]
    if settled or wrong:
        journal.note(*settled, *wrong, at=now)
    journal.write(
        {"event": "recounted", "at": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "survivors": len(survivors)}
    )
    return survivors
