"""Revokes what a plan names, several tokens at a time: announced in the journal, sent, noted in the journal."""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sfharden.errors import AuthError, DeclinedError, LimitError, OrgError, SfhardenError, UnreachableError
from sfharden.ports import Ending, Gate, RevokeOutcome, TokenRevoker
from sfharden.revocation.approve import Approval
from sfharden.revocation.journal import Journal
from sfharden.revocation.plan import RevocationPlan
from sfharden.revocation.records import Event, State
from sfharden.text.redact import Secret

WORKERS: Final = 8
_LONGEST_PAUSE: Final = 30.0  # seconds
_MOST_PAUSES: Final = 6  # in a row, with nothing revoked in between
_GRACE: Final = 10.0  # seconds that ^C waits for calls under way
_LOOK_EVERY: Final = 0.2  # seconds

_STATES: Final = {
    Ending.REVOKED: State.REVOKED,
    Ending.GONE: State.ALREADY_GONE,
    Ending.REFUSED: State.FAILED,
    Ending.LIMITED: State.FAILED,
    Ending.UNKNOWN: State.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Keys:
    """What revokes each token, from a fresh inventory. `gap` says why a token may be missing from it."""

    secrets: Mapping[str, Secret] = field(repr=False)
    external: frozenset[str]
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Doors:
    """What executing needs from outside. `progress` is told how many tokens are done, of how many."""

    revoker: TokenRevoker
    gate: Gate
    sleep: Callable[[float], None]
    progress: Callable[[int, int], None] = lambda _done, _all: None
    workers: int = WORKERS


def execute(
    plan: RevocationPlan,
    approval: Approval,
    handles: tuple[str, ...],
    keys: Keys,
    journal: Journal,
    doors: Doors,
) -> SfhardenError | None:
    """Revoke the tokens with these handles; gives the error that stopped it before the end, or None.

    `handles` are all or some of the plan's. A handle that the inventory doesn't know is gone already, if the
    inventory is whole. Raises DeclinedError for an approval of another plan, NoVerdictError if the journal
    can't be written, KeyboardInterrupt after ^C, when calls under way have been noted.
    """
    if not approval.covers(plan):
        raise DeclinedError("The approval is for another plan; nothing was revoked")
    known = frozenset(plan.handles)
    if not known.issuperset(handles):
        raise DeclinedError("A token outside the plan was asked for; nothing was revoked")
    return _Run(handles, keys, journal, doors).run()


class _Run:
    def __init__(self, handles: tuple[str, ...], keys: Keys, journal: Journal, doors: Doors) -> None:
        self._waiting = deque(handles)
        self._all = len(handles)
        self._keys = keys
        self._journal = journal
        self._doors = doors
        self._lock = threading.Lock()
        self._done = 0
        self._pauses = 0
        self._silent = 0
        self._stop: SfhardenError | None = None
        self._stopping = False
        self._failure: BaseException | None = None
        self._running = 0
        self._all_ended = threading.Event()

    def run(self) -> SfhardenError | None:
        # Half as many again as calls may be under way: while some write their journal, the slots stay full.
        threads = [
            threading.Thread(target=self._work, name=f"revoke-{number}", daemon=True)
            for number in range(min(self._doors.workers * 3 // 2 or 1, self._all))
        ]
        self._running = len(threads)
        if not threads:
            self._all_ended.set()
        try:
            for thread in threads:
                thread.start()
            # Not by joining: an interrupted join takes a thread that still runs for one that has ended.
            while not self._all_ended.wait(_LOOK_EVERY):
                self._doors.progress(self._done, self._all)
        except BaseException:  # ^C, or whatever the progress ran into
            self._stopping = True
            self._all_ended.wait(_GRACE)
            raise
        self._doors.progress(self._done, self._all)
        if self._failure:
            raise self._failure
        return self._stop

    def _work(self) -> None:
        try:
            last: Event | None = None  # what the last call came to, not noted yet
            while not self._stopping and (handle := self._next()):
                last = self._settle(handle, last)
                with self._lock:
                    self._done += 1
            if last:
                self._journal.ended(last)
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits for this one
            self._failure = self._failure or error
            self._stopping = True
        finally:
            with self._lock:
                self._running -= 1
                if not self._running:
                    self._all_ended.set()

    def _next(self) -> str:
        with self._lock:
            return self._waiting.popleft() if self._waiting else ""

    def _settle(self, handle: str, last: Event | None) -> Event | None:
        secret = self._keys.secrets.get(handle)
        if secret is None:
            # Not seen is proof only where everything was seen.
            if self._keys.gap:
                self._journal.found(handle, State.UNKNOWN, "NOT_SEEN")
            else:
                self._journal.found(handle, State.ALREADY_GONE)
            return last
        self._journal.attempted(handle, last)
        outcome = self._revoked(handle, secret)
        return self._journal.event(handle, _STATES[outcome.ending], outcome.code) if outcome else None

    def _revoked(self, handle: str, secret: Secret) -> RevokeOutcome | None:
        """Ask until the org does more than to say "too many"; None if the run ended before the call left."""
        call = (
            self._doors.revoker.revoke_external
            if handle in self._keys.external
            else self._doors.revoker.revoke
        )
        while True:
            with self._doors.gate.slot():
                if self._stopping:
                    return None
                width = self._doors.gate.width
                outcome = self._asked(call, secret)
            if outcome.ending is not Ending.LIMITED:
                self._judge(outcome)
                return outcome
            if not self._slow_down(width):
                return outcome

    def _asked(self, call: Callable[[Secret], RevokeOutcome], secret: Secret) -> RevokeOutcome:
        try:
            return call(secret)
        except OrgError as error:
            # The session has ended, or the budget: no further call would do better.
            self._end(error)
            return RevokeOutcome(
                Ending.REFUSED, "SESSION_ENDED" if isinstance(error, AuthError) else "NOT_SENT"
            )

    def _judge(self, outcome: RevokeOutcome) -> None:
        with self._lock:
            if outcome.ending is Ending.UNKNOWN:
                self._silent += 1
            else:
                self._silent = self._pauses = 0
            silent = self._silent
        if silent > 2 * self._doors.workers:
            self._end(UnreachableError("The org has stopped answering", "Try again later with --resume."))

    def _slow_down(self, width: int) -> bool:
        """Halve the width once for all who ran into the limit together, and wait; False if it's enough."""
        with self._lock:
            if width == self._doors.gate.width:
                self._doors.gate.narrow()
                self._pauses += 1
            pauses = self._pauses
        if pauses > _MOST_PAUSES:
            self._end(LimitError("The org's limit of calls is reached", "Try again later with --resume."))
            return False
        self._doors.sleep(min(_LONGEST_PAUSE, 2.0**pauses))
        return True

    def _end(self, error: SfhardenError) -> None:
        with self._lock:
            self._stop = self._stop or error
        self._stopping = True
