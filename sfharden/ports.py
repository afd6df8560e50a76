"""How one attempt to revoke a token ended: the word that the wire and the executor share."""

from dataclasses import dataclass
from enum import StrEnum


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
