"""Users that tokens and logins name, active or not: looked up as soon as they are named, and each once."""

import threading
from collections.abc import Iterable
from concurrent.futures import Future

from sfharden.model.org import User
from sfharden.salesforce.rest import OrgClient
from sfharden.sources.org import records
from sfharden.sources.org.tasks import TaskPools


class UserLookUp:
    """Looks up users by id, besides the active ones, which are read anyway."""

    def __init__(self, client: OrgClient, pools: TaskPools, active: "Future[tuple[User, ...]]") -> None:
        self._client = client
        self._pools = pools
        self._active = active
        self._asked: set[str] = set()
        self._begun: list[Future[list[User]]] = []
        self._lock = threading.Lock()

    def begin(self, ids: frozenset[str]) -> None:
        """Start looking for users who were named, beside whatever else is going on."""
        self._begun.append(self._pools.start(lambda: self._found(ids)))

    def __call__(self, ids: Iterable[str]) -> list[User]:
        """The users with these ids that are none of the active ones. Raises OrgError."""
        wanted = frozenset(ids)
        found = [user for future in self._begun for user in future.result() if user.id in wanted]
        return [*found, *self._found(wanted)]

    def _found(self, ids: frozenset[str]) -> list[User]:
        active = {user.id for user in self._active.result()}
        with self._lock:
            missing = ids - active - self._asked
            self._asked |= missing
        return list(records.users_by_id(self._client, missing)) if missing else []
