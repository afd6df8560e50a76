"""Every door to the outside, by name: what reads an org, what revokes, what checks a package, who is asked."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeVar

from sfharden.model.org import Token
from sfharden.model.snapshot import Snapshot
from sfharden.text.redact import Secret

PageT = TypeVar("PageT", contravariant=True)
# Chooses whose tokens of external client apps to ask for one by one, once all else was read: of tokens that each
# stand for all that one user gave one app, some.
OneByOne = Callable[[Snapshot, Sequence[Token]], Iterable[Token]]


@dataclass(frozen=True, slots=True)
class Timing:
    """The doors to time and chance. Seconds; `chance` gives a number from 0 up to 1."""

    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class CallMade:
    """One call over the wire, as far as it may be told: no query, no body, no header.

    `status` is None where no whole answer came; `attempt` counts from 1; `what` names it for a person.
    """

    method: str
    path: str
    status: int | None
    milliseconds: int
    attempt: int
    what: str


CallLog = Callable[[CallMade], None]


def no_log(_: CallMade) -> None:
    """The log of a run that keeps none."""


class Watcher(Protocol):
    """Whoever is told how far a reading is, part by part; may be told by several threads at once."""

    def begun(self, part: str) -> None:
        """A part is waited for from now on; it is named for a person."""

    def counted(self, part: str, rows: int) -> None:
        """So much of it came."""

    def ended(self, part: str) -> None:
        """It came, or never will."""


class NobodyWatches:
    """The watcher of a reading that nobody follows."""

    def begun(self, part: str) -> None:
        """Nothing."""

    def counted(self, part: str, rows: int) -> None:
        """Nothing."""

    def ended(self, part: str) -> None:
        """Nothing."""


@contextmanager
def waited_for(watcher: Watcher, part: str) -> Iterator[None]:
    """The block is that part."""
    watcher.begun(part)
    try:
        yield
    finally:
        watcher.ended(part)


class Ending(StrEnum):
    """What is known after an attempt.

    GONE: the org doesn't know the token (any more). LIMITED: the org said "too many", and did nothing.
    UNKNOWN: no answer that can be relied on came, so it may have happened.
    """

    REVOKED = "revoked"
    GONE = "gone"
    REFUSED = "refused"
    LIMITED = "limited"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RevokeOutcome:
    """An ending, and the org's code for it where it gave one; a code never holds a secret."""

    ending: Ending
    code: str = ""


class TokenRevoker(Protocol):
    """Ends one authorisation. Safe to call from several threads; raises OrgError if no further call can work."""

    def revoke(self, token: Secret) -> RevokeOutcome:
        """By its delete token."""

    def revoke_external(self, token_id: Secret) -> RevokeOutcome:
        """Of an external client app, by its id."""


class Gate(Protocol):
    """Bounds how many calls are under way, and narrows."""

    @property
    def width(self) -> int:
        """How many may be under way now."""

    def slot(self) -> AbstractContextManager[None]:
        """Wait for a place, and hold it."""

    def narrow(self) -> None:
        """Halve the width; at least one stays."""


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

    def gate(self, workers: int) -> Gate:
        """What bounds the calls of so many workers."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def now(self) -> datetime:
        """The time, in UTC."""


class Person(Protocol[PageT]):
    """Whoever is told and asked, be it at a terminal or by what a pipeline keeps."""

    def show(self, page: PageT) -> None:
        """Print a page. Raises OSError or NoVerdictError if nobody takes it."""

    def keep(self, page: PageT, path: Path) -> None:
        """Write a page to a file of theirs. Raises NoVerdictError."""

    def say(self, text: str) -> None:
        """Tell something beside the pages; nobody listening is no reason to stop."""

    def warn(self, warning: str) -> None:
        """Warn of something before it's asked for consent. Raises OSError if nobody listens."""

    def ask(self, question: str) -> str | None:
        """The line that they type: empty if the input was closed, None if nobody is at a terminal."""

    def progress(self, done: int, total: int) -> None:
        """Tell how far it is."""


@dataclass(frozen=True, slots=True)
class ComponentProblem:
    """What the org has against one component. Foreign texts: make them safe to show. Lines count from 1."""

    type: str
    full_name: str
    file_name: str
    line: int | None
    problem: str
    problem_type: str


@dataclass(frozen=True, slots=True)
class DeployReport:
    """The end of a check-only deployment. `status` as documented: Succeeded, Failed, Canceled and others."""

    id: str
    status: str
    success: bool
    error_code: str
    problems: tuple[ComponentProblem, ...]


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """What became of rows: how many were taken, and of the rest how many for which reason.

    `perhaps` counts those given up that may have arrived all the same. `cut` is how many fields were too large.
    """

    sent: int
    given_up: Mapping[str, int]
    perhaps: int = 0
    cut: int = 0

    @property
    def lost(self) -> int:
        """How many were given up."""
        return sum(self.given_up.values())


class RowSender(Protocol):
    """Where the rows of a report are sent, and the one place where anything is."""

    def send(self, rows: Iterable[Mapping[str, object]]) -> SendOutcome:
        """Send all rows once. Raises OrgError only if none can be, such as for want of a token."""


def no_single_tokens(_snapshot: Snapshot, _summed: Sequence[Token]) -> Iterable[Token]:
    """Nobody's tokens one by one: no call for it is made."""
    return ()


def every_single_token(_snapshot: Snapshot, summed: Sequence[Token]) -> Iterable[Token]:
    """Everybody's tokens one by one."""
    return summed
