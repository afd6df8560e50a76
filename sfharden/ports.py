"""Doors by name: how an attempt to revoke a token ended, and whose tokens to ask for one by one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sfharden.model.org import Token
from sfharden.model.snapshot import Snapshot


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


# Chooses whose tokens of external client apps to ask for one by one, once all else was read: of tokens that each
# stand for all that one user gave one app, some.
OneByOne = Callable[[Snapshot, Sequence[Token]], Iterable[Token]]


def no_single_tokens(_snapshot: Snapshot, _summed: Sequence[Token]) -> Iterable[Token]:
    """Nobody's: no call for it is made."""
    return ()


def every_single_token(_snapshot: Snapshot, summed: Sequence[Token]) -> Iterable[Token]:
    """Everybody's."""
    return summed
