"""A running org to a snapshot: everything that depends on nothing else is read side by side.

What could not be read, or may not be all of it, is a gap with its reason. Nothing is taken for complete by
silence: Salesforce shows callers without a permission their own rows only, and says nothing. So each part
that works like that is checked against what the caller holds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar

from sfharden.errors import OrgError
from sfharden.model import org as tables
from sfharden.model.org import Assignment, ObjectRights, Organization, PermissionSetRow, Token, User
from sfharden.model.snapshot import Gap, Snapshot, Source, Tool
from sfharden.ports import NobodyWatches, Watcher, waited_for
from sfharden.salesforce.connect import Connection
from sfharden.sources.org import records, rights
from sfharden.sources.org.events import EventReading, read_events
from sfharden.sources.org.joins import Joined, Questions, join
from sfharden.sources.org.logins import LoginReading, read_logins
from sfharden.sources.org.look_up import UserLookUp
from sfharden.sources.org.metadata import MetadataReading, read_metadata
from sfharden.sources.org.objects import object_rights
from sfharden.sources.org.tasks import TaskPools, task_pools
from sfharden.sources.org.tokens import Asked, TokenReading, read_oauth_tokens
from sfharden.sources.org.usage import SingleTokens, read_single_tokens, read_usage
from sfharden.sources.org.wanted import Wanted
from sfharden.text.redact import Secret
from sfharden.web.concurrency import Rank

T = TypeVar("T")
_PARTS: Final = 32  # more than there are: none may wait for a place that one it waits for needs


@dataclass(frozen=True, slots=True)
class OrgReading:
    """A snapshot, and what must not be in it: what revokes each token, and the retrieved files as they came."""

    snapshot: Snapshot
    secrets: Mapping[str, Secret] = field(repr=False)
    external_handles: frozenset[str]
    zip_bytes: bytes = field(repr=False)


def read_org(
    connection: Connection, wanted: Wanted, tool_version: str, watcher: Watcher | None = None
) -> OrgReading:
    """Read an org. Raises AuthError or another OrgError only if nothing at all could be read."""
    return _Reader(connection, wanted, watcher or NobodyWatches()).read(tool_version)


@dataclass
class _Answers:
    """What the parts gave; a part that failed is a gap and absent here."""

    values: dict[str, Any] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    errors: list[OrgError] = field(default_factory=list)
    read_at: dict[str, datetime] = field(default_factory=dict)


class _Reader:
    def __init__(self, connection: Connection, wanted: Wanted, watcher: Watcher) -> None:
        self._rest = connection.rest
        self._tokens_first = connection.rest.ranked(Rank.TOKENS)
        self._metadata = connection.metadata
        self._session = connection.session
        self._now = connection.wire.timing.now
        self._wanted = wanted
        self._watcher = watcher

    def read(self, tool_version: str) -> OrgReading:
        started = self._now()
        with task_pools(_PARTS) as pools:
            users = pools.start(lambda: records.active_users(self._rest))
            look_up = UserLookUp(self._rest, pools, users)
            answers = self._collect(pools, started, look_up, users)
            joined = join(answers.values, answers.gaps, self._questions(answers, pools, started, look_up))
        if not joined.anything:
            raise answers.errors[0] if answers.errors else OrgError("The org gave nothing to read")
        return self._reading(joined, answers, tool_version, started)

    def _questions(
        self, answers: _Answers, pools: TaskPools, started: datetime, look_up: UserLookUp
    ) -> Questions:
        organization: Organization | None = answers.values.get(tables.ORGANIZATION)
        org_id = organization.id if organization else ""

        def ask(pairs: Sequence[Token]) -> SingleTokens:
            with waited_for(self._watcher, "Single tokens of external client apps"):
                return read_single_tokens(
                    self._tokens_first, pairs, org_id, pools, secrets=self._wanted.secrets
                )

        def find(ids: Iterable[str]) -> list[User]:
            with waited_for(self._watcher, "Users that tokens or logins name"):
                return look_up(ids)

        return Questions(find, started, self._wanted.one_by_one, ask, every=self._wanted.secrets)

    def _collect(
        self, pools: TaskPools, started: datetime, look_up: UserLookUp, users: "Future[Any]"
    ) -> _Answers:
        """Start every part, then gather them; who is signed in comes first, for its error says most."""
        answers, parts = _Answers(), self._long_parts(pools, started, look_up)
        parts.update({tables.USERS: users, **self._short_parts(pools)})
        if self._wanted.objects_for:
            parts[tables.OBJECT_RIGHTS] = pools.start(partial(self._objects, users, parts[tables.PROFILES]))
        for kind in parts:  # all, before one can be told to have ended
            self._watcher.begun(_TOLD[kind])
        for kind, future in parts.items():
            future.add_done_callback(partial(self._note_end, kind, answers))
        for kind in sorted(parts, key=lambda name: name != tables.CALLER):
            self._gather(kind, parts[kind], answers)
        return answers

    def _long_parts(
        self, pools: TaskPools, started: datetime, look_up: UserLookUp
    ) -> dict[str, "Future[Any]"]:
        """What takes one call after the other: its calls also go first where calls wait, see `Rank`."""
        rest, wanted, parts = self._rest, self._wanted, dict[str, "Future[Any]"]()
        if wanted.metadata:
            parts["metadata"] = pools.start(
                lambda: read_metadata(self._metadata, pools, self._counting("metadata"))
            )
        organization = pools.start(lambda: records.organization(rest, self._session.org_id))
        parts[tables.ORGANIZATION] = organization
        if wanted.tokens:
            parts[tables.TOKENS] = pools.start(lambda: self._tokens(organization, pools, started, look_up))
            parts[tables.EXTERNAL_TOKENS] = pools.start(lambda: self._usage(organization, pools))
        if wanted.logins_since:
            parts[tables.LOGINS] = pools.start(lambda: self._logins(pools, started))
        if since := wanted.events_since:
            parts[tables.REQUESTS] = pools.start(lambda: self._events(since))
        return parts

    def _short_parts(self, pools: TaskPools) -> dict[str, "Future[Any]"]:
        rest, wanted = self._rest, self._wanted
        parts: dict[str, Future[Any]] = {
            tables.CALLER: pools.start(lambda: records.who(rest, self._session.username)),
            tables.FROZEN: pools.start(lambda: records.frozen_users(rest)),
            tables.PROFILES: pools.start(lambda: records.profile_labels(rest)),
            **self._rights_parts(pools),
        }
        if wanted.metadata:
            parts[tables.APP_ACCESS] = pools.start(lambda: rights.app_access(rest))
        else:
            parts["external"] = pools.start(lambda: records.external_apps(rest))
        if wanted.metadata or wanted.tokens:
            parts[tables.APPS] = pools.start(lambda: records.connected_apps(rest))
        if wanted.tokens:
            parts[tables.MENU_ITEMS] = pools.start(lambda: records.menu_items(rest))
        if wanted.setup_since or wanted.sessions:
            parts[tables.SESSIONS] = pools.start(lambda: records.sessions(rest))
        if wanted.setup_since:
            parts.update(self._setup_parts(pools, wanted.setup_since))
        return parts

    def _rights_parts(self, pools: TaskPools) -> dict[str, "Future[Any]"]:
        """Who may do what; what groups hold is asked only where there are groups."""
        rest = self._rest
        fields = pools.start(lambda: rights.permission_fields(rest, self._wanted.permissions))
        sets = pools.start(lambda: rights.permission_sets(rest, fields.result()))
        given = pools.start(lambda: rights.assignments(rest))

        def if_any(ask: Callable[[], tuple[T, ...]]) -> "Future[tuple[T, ...]]":
            return pools.start(lambda: ask() if _names_a_group(sets) or _names_a_group(given) else ())

        return {
            "permissions": fields,
            "held": pools.start(lambda: rights.held_permissions(rest, fields.result())),
            tables.PERMISSION_SETS: sets,
            tables.ASSIGNMENTS: given,
            tables.GROUPS: if_any(lambda: rights.groups(rest)),
            tables.GROUP_MEMBERS: if_any(lambda: rights.group_members(rest)),
            tables.MUTING_SETS: if_any(lambda: rights.muting_sets(rest, fields.result())),
        }

    def _setup_parts(self, pools: TaskPools, since: datetime) -> dict[str, "Future[Any]"]:
        rest = self._rest
        return {
            tables.SETUP_CHANGES: pools.start(lambda: records.setup_changes(rest, since)),
            tables.HEALTH: pools.start(lambda: records.health_risks(rest)),
        }

    def _counting(self, kind: str) -> Callable[[int], None]:
        return partial(self._watcher.counted, _TOLD[kind])

    def _note_end(self, kind: str, answers: _Answers, future: "Future[Any]") -> None:
        self._watcher.ended(_TOLD[kind])
        if not future.cancelled() and future.exception() is None:
            answers.read_at[kind] = self._now()

    def _gather(self, kind: str, future: "Future[T]", answers: _Answers) -> None:
        try:
            answers.values[kind] = future.result()
        except OrgError as error:
            answers.errors.append(error)
            if kind not in _SPARE:
                table = {tables.MENU_ITEMS: tables.APPS, "external": tables.APPS}.get(kind, kind)
                answers.gaps.append(Gap(what=_WHAT.get(kind, kind), reason=error.message, kind=table))

    def _tokens(
        self,
        organization: "Future[Organization]",
        pools: TaskPools,
        started: datetime,
        look_up: UserLookUp,
    ) -> TokenReading:
        asked = Asked(
            org_id=lambda: organization.result().id,
            secrets=self._wanted.secrets,
            seen=self._counting(tables.TOKENS),
            users=look_up.begin,
        )
        return read_oauth_tokens(self._tokens_first, asked, pools, started)

    def _usage(self, organization: "Future[Organization]", pools: TaskPools) -> tuple[Token, ...]:
        return read_usage(self._tokens_first, lambda: organization.result().id, pools)

    def _objects(self, users: "Future[Any]", labels: "Future[Any]") -> tuple[ObjectRights, ...]:
        wanted = self._wanted
        return object_rights(self._rest, wanted.objects_for, users.result(), labels.result(), wanted.sets)

    def _events(self, since: datetime) -> EventReading:
        return read_events(self._rest, since, self._now(), self._counting(tables.REQUESTS))

    def _logins(self, pools: TaskPools, started: datetime) -> LoginReading:
        since = self._wanted.logins_since or started
        return read_logins(self._rest, since, started, pools, self._counting(tables.LOGINS))

    def _reading(self, joined: Joined, answers: _Answers, tool_version: str, started: datetime) -> OrgReading:
        org_tables, metadata = joined.tables, answers.values.get("metadata") or MetadataReading()
        organization = org_tables.organization
        logs: EventReading | None = answers.values.get(tables.REQUESTS)
        gaps = (*joined.gaps, *(logs.gaps if logs else ()))
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
            gaps=tuple(sorted(gaps, key=lambda gap: (gap.what, gap.reason))),
            org=org_tables.model_copy(
                update={
                    "read_at": dict(sorted(answers.read_at.items())),
                    "logins_since": self._wanted.logins_since,
                    "metadata_asked": tuple(sorted(metadata.listed_types)),
                }
            ),
            events=logs.events if logs else None,
        )
        return OrgReading(snapshot, joined.secrets, joined.external_handles, metadata.zip_bytes)


def _names_a_group(rows: "Future[tuple[PermissionSetRow, ...]] | Future[tuple[Assignment, ...]]") -> bool:
    """Whether any row does; where the rows didn't come, some may."""
    try:
        return any(one.group_id for one in rows.result())
    except OrgError:
        return True


# Without these, what they would tell is told another way, or is missed by a part that has a gap of its own.
_SPARE: Final = frozenset({"permissions", "held"})
_WHAT: Final = {
    tables.CALLER: "Who is signed in",
    tables.ORGANIZATION: "The organisation",
    tables.USERS: "Users",
    tables.FROZEN: "Who is frozen",
    tables.PROFILES: "Labels of profiles",
    tables.PERMISSION_SETS: "Permission sets",
    tables.GROUPS: "Permission set groups",
    tables.GROUP_MEMBERS: "What permission set groups hold",
    tables.MUTING_SETS: "What permission set groups mute",
    tables.ASSIGNMENTS: "Assignments of permission sets",
    tables.OBJECT_RIGHTS: "What profiles permit of objects and fields",
    tables.APP_ACCESS: "Who is approved for which app",
    tables.APPS: "Connected apps",
    "external": "External client apps",
    tables.MENU_ITEMS: "Which app a token belongs to",
    tables.TOKENS: "OAuth tokens",
    tables.EXTERNAL_TOKENS: "Tokens of external client apps",
    tables.LOGINS: "Logins",
    tables.REQUESTS: "Event logs",
    tables.SESSIONS: "Sessions",
    tables.SETUP_CHANGES: "Setup changes",
    tables.HEALTH: "Health check",
}
# What a person who watches is told besides.
_TOLD: Final = {
    **_WHAT,
    "metadata": "Metadata",
    "permissions": "Which permissions there are",
    "held": "What this login may do",
}
