"""What to read of a running org."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read. `logins_since` None reads no logins; `setup_since` None neither changes nor health.

    `sessions` are read with the setup's changes, or where asked for. `permissions` are API names to ask for besides the usual ones.
    """

    logins_since: datetime | None = None
    setup_since: datetime | None = None
    metadata: bool = True
    tokens: bool = True
    sessions: bool = False
    permissions: frozenset[str] = frozenset()
