"""What to read of a running org."""

from dataclasses import dataclass
from datetime import datetime

from sfharden.model.integration import Integration
from sfharden.ports import OneByOne, no_single_tokens


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read. `logins_since` None reads no logins; `setup_since` None neither changes nor health.

    `sessions` are read with the setup's changes, or where asked for. `permissions` are API names to ask for besides the usual ones.
    `secrets` asks for what revokes each token: `revoke` alone does. `one_by_one` says whose tokens of external
    client apps to ask for singly, at a call for each user and app. `objects_for` are integrations: where a user of one
    has another profile than the integration's, what both permit of objects is read, and what the permission sets of the names in `sets` do.
    `events_since` None reads no event logs.
    """

    logins_since: datetime | None = None
    setup_since: datetime | None = None
    metadata: bool = True
    tokens: bool = True
    sessions: bool = False
    permissions: frozenset[str] = frozenset()
    secrets: bool = False
    one_by_one: OneByOne = no_single_tokens
    objects_for: tuple[Integration, ...] = ()
    sets: tuple[str, ...] = ()
    events_since: datetime | None = None
