"""A running org to a snapshot: everything that depends on nothing else is read side by side.

What could not be read, or may not be all of it, is a gap with its reason. Nothing is taken for complete by
silence: Salesforce shows callers without a permission their own rows only, and says nothing. So each part
that works like that is checked against what the caller holds.
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar

from sfharden.errors import OrgError
from sfharden.model import org as tables
from sfharden.model.org import Organization
from sfharden.model.snapshot import Gap, Snapshot, Source, Tool
from sfharden.salesforce.connect import Connection
from sfharden.sources.org import records
from sfharden.sources.org.joins import Joined, join
from sfharden.sources.org.logins import LoginReading, read_logins
from sfharden.sources.org.metadata import MetadataReading, read_metadata
from sfharden.sources.org.tasks import TaskPools, task_pools
from sfharden.sources.org.tokens import TokenReading, read_oauth_tokens
from sfharden.sources.org.usage import UsageReading, read_usage
from sfharden.sources.org.wanted import Wanted
from sfharden.text.redact import Secret

T = TypeVar("T")
_PARTS: Final = 20

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class OrgReading:
    """A snapshot, and what must not be in it: what revokes each token, and the retrieved files as they came."""

    snapshot: Snapshot
    secrets: Mapping[str, Secret] = field(repr=False)
    external_handles: frozenset[str]
    zip_bytes: bytes = field(repr=False)


def read_org(
    connection: Connection, wanted: Wanted, tool_version: str, progress: Progress = lambda _part, _rows: None
) -> OrgReading:
    """Read an org. Raises AuthError or another OrgError only if nothing at all could be read."""
    return _Reader(connection, wanted, progress).read(tool_version)


@dataclass
class _Answers:
    """What the parts gave; a part that failed is a gap and absent here."""

    values: dict[str, Any] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    errors: list[OrgError] = field(default_factory=list)
    read_at: dict[str, datetime] = field(default_factory=dict)


class _Reader:
    def __init__(self, connection: Connection, wanted: Wanted, progress: Progress) -> None:
        self._rest = connection.rest
        self._metadata = connection.metadata
        self._session = connection.session
        self._now = connection.wire.timing.now
        self._wanted = wanted
        self._progress = progress

    def read(self, tool_version: str) -> OrgReading:
        started = self._now()
        with task_pools(_PARTS) as pools:
            answers = self._collect(pools, started)
            joined = join(answers.values, answers.gaps, self._look_up)
        if not joined.anything:
            raise answers.errors[0] if answers.errors else OrgError("The org gave nothing to read")
        return self._reading(joined, answers, tool_version, started)

    def _collect(self, pools: TaskPools, started: datetime) -> _Answers:
        """Start every part, then gather them; who is signed in comes first, for its error says most."""
        answers, parts = _Answers(), self._long_parts(pools, started)
        parts.update(self._short_parts(pools))
        for kind, future in parts.items():
            future.add_done_callback(partial(self._note_moment, kind, answers))
        for kind in sorted(parts, key=lambda name: name != tables.CALLER):
            self._gather(kind, parts[kind], answers)
        return answers

    def _long_parts(self, pools: TaskPools, started: datetime) -> dict[str, "Future[Any]"]:
        """What takes one call after the other starts before all that takes one: calls wait for a lane in turn."""
        rest, wanted, parts = self._rest, self._wanted, dict[str, "Future[Any]"]()
        if wanted.metadata:
            parts["metadata"] = pools.start(
                lambda: read_metadata(self._metadata, pools, lambda n: self._progress("metadata files", n))
            )
        organization = pools.start(lambda: records.organization(rest, self._session.org_id))
        parts[tables.ORGANIZATION] = organization
        if wanted.tokens:
            parts[tables.TOKENS] = pools.start(lambda: self._tokens(organization, pools, started))
            parts[tables.EXTERNAL_TOKENS] = pools.start(lambda: self._usage(organization, pools))
        if wanted.logins_since:
            parts[tables.LOGINS] = pools.start(lambda: self._logins(pools, started))
        return parts

    def _short_parts(self, pools: TaskPools) -> dict[str, "Future[Any]"]:
        rest, wanted = self._rest, self._wanted
        fields = pools.start(lambda: records.permission_fields(rest, wanted.permissions))
        parts: dict[str, Future[Any]] = {
            "permissions": fields,
            "held": pools.start(lambda: records.held_permissions(rest, fields.result())),
            tables.PERMISSION_SETS: pools.start(lambda: records.permission_sets(rest, fields.result())),
            tables.CALLER: pools.start(lambda: records.who(rest, self._session.username)),
            tables.USERS: pools.start(lambda: records.active_users(rest)),
            tables.ASSIGNMENTS: pools.start(lambda: records.assignments(rest)),
            tables.PROFILES: pools.start(lambda: records.profile_labels(rest)),
        }
        if wanted.metadata:
            parts[tables.APP_ACCESS] = pools.start(lambda: records.app_access(rest))
        else:
            parts["external"] = pools.start(lambda: records.external_apps(rest))
        if wanted.metadata or wanted.tokens:
            parts[tables.APPS] = pools.start(lambda: records.connected_apps(rest))
        if wanted.tokens:
            parts["menu"] = pools.start(lambda: records.menu_items(rest))
        if wanted.setup_since or wanted.sessions:
            parts[tables.SESSIONS] = pools.start(lambda: records.sessions(rest))
        if wanted.setup_since:
            parts.update(self._setup_parts(pools, wanted.setup_since))
        return parts

    def _setup_parts(self, pools: TaskPools, since: datetime) -> dict[str, "Future[Any]"]:
        rest = self._rest
        return {
            tables.SETUP_CHANGES: pools.start(lambda: records.setup_changes(rest, since)),
            tables.HEALTH: pools.start(lambda: records.health_risks(rest)),
        }

    def _note_moment(self, kind: str, answers: _Answers, future: "Future[Any]") -> None:
        if not future.cancelled() and future.exception() is None:
            answers.read_at[kind] = self._now()

    def _gather(self, kind: str, future: "Future[T]", answers: _Answers) -> None:
        try:
            answers.values[kind] = future.result()
        except OrgError as error:
            answers.errors.append(error)
            if kind not in _SPARE:
                table = {"menu": tables.APPS, "external": tables.APPS}.get(kind, kind)
                answers.gaps.append(Gap(what=_WHAT.get(kind, kind), reason=error.message, kind=table))

    def _tokens(
        self, organization: "Future[Organization]", pools: TaskPools, started: datetime
    ) -> TokenReading:
        def org_id() -> str:
            return organization.result().id

        return read_oauth_tokens(self._rest, org_id, pools, started, lambda n: self._progress("tokens", n))

    def _usage(self, organization: "Future[Organization]", pools: TaskPools) -> UsageReading:
        return read_usage(self._rest, lambda: organization.result().id, pools)

    def _logins(self, pools: TaskPools, started: datetime) -> LoginReading:
        since = self._wanted.logins_since or started
        return read_logins(self._rest, since, started, pools, lambda n: self._progress("logins", n))

    def _look_up(self, ids: Iterable[str]) -> list[tables.User]:
        return list(records.users_by_id(self._rest, ids))

    def _reading(self, joined: Joined, answers: _Answers, tool_version: str, started: datetime) -> OrgReading:
        org_tables, metadata = joined.tables, answers.values.get("metadata") or MetadataReading()
        organization = org_tables.organization
        snapshot = Snapshot(
            tool=Tool(version=tool_version),
            taken_at=started,
            source=Source(
                kind="org",
                name=self._session.origin.host,
                org_id=organization.id if organization else None,
                api_version=self._rest.version,
                files_read=len(metadata.components),
            ),
            components=tuple(sorted(metadata.components, key=lambda one: (one.kind, one.name, one.file))),
            gaps=tuple(sorted(joined.gaps, key=lambda gap: (gap.what, gap.reason))),
            org=org_tables.model_copy(
                update={
                    "read_at": dict(sorted(answers.read_at.items())),
                    "logins_since": self._wanted.logins_since,
                }
            ),
        )
        return OrgReading(snapshot, joined.secrets, joined.external_handles, metadata.zip_bytes)


# Without these, what they would tell is told another way, or is missed by a part that has a gap of its own.
_SPARE: Final = frozenset({"permissions", "held"})
_WHAT: Final = {
    tables.CALLER: "Who is signed in",
    tables.ORGANIZATION: "The organisation",
    tables.USERS: "Users",
    tables.PROFILES: "Labels of profiles",
    tables.PERMISSION_SETS: "Permission sets",
    tables.ASSIGNMENTS: "Assignments of permission sets",
    tables.APP_ACCESS: "Who is approved for which app",
    tables.APPS: "Connected apps",
    "external": "External client apps",
    "menu": "Which app a token belongs to",
    tables.TOKENS: "OAuth tokens",
    tables.EXTERNAL_TOKENS: "Tokens of external client apps",
    tables.LOGINS: "Logins",
    tables.SESSIONS: "Sessions",
    tables.SETUP_CHANGES: "Setup changes",
    tables.HEALTH: "Health check",
}
