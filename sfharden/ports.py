"""The doors that rooms share: time and chance, how a call went, and how an attempt to revoke a token ended."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


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
