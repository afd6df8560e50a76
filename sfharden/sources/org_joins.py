"""The parts of an org's reading joined by record id, and every reason why a part may not be all of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sfharden.errors import OrgError
from sfharden.model import kinds
from sfharden.model import org as tables
from sfharden.model.directory import Directory
from sfharden.model.facts import CannotTell
from sfharden.model.org import AppRow, Caller, OrgTables, ProfileRow, Token, User
from sfharden.model.snapshot import Gap, Snapshot, Source, Tool
from sfharden.redact import Secret
from sfharden.sources.org_logins import LoginReading
from sfharden.sources.org_metadata import MetadataReading
from sfharden.sources.org_records import PermissionFields
from sfharden.sources.org_tokens import RawToken, TokenReading
from sfharden.sources.org_usage import UsageReading

LookUp = Callable[[Iterable[str]], list[User]]


@dataclass(frozen=True, slots=True)
class Rule:
    """Of what a caller must hold at least one permission each to see all rows of a table."""

    kind: str
    what: str
    needs: tuple[frozenset[str], ...]


_SETUP: Final = frozenset({"ViewSetup"})
_PEOPLE: Final = frozenset({"ManageUsers", "ViewAllUsers", "ViewAllData", "ModifyAllData"})
# Object Reference, "Special Access Rules" of each object. OauthToken: newer pages name Customize Application,
# older ones Manage Users, so both are asked for. User: whoever lacks these sees what sharing lets them see.
RULES: Final = (
    Rule(tables.TOKENS, "OAuth tokens", (frozenset({"CustomizeApplication"}), frozenset({"ManageUsers"}))),
    Rule(tables.LOGINS, "Logins", (frozenset({"ManageUsers", "MonitorLoginHistory"}),)),
    Rule(tables.SESSIONS, "Sessions", (frozenset({"ManageUsers"}),)),
    Rule(tables.USERS, "Users", (_PEOPLE,)),
    Rule(tables.PERMISSION_SETS, "Permission sets", (_SETUP,)),
    Rule(tables.ASSIGNMENTS, "Assignments of permission sets", (_SETUP | {"AssignPermissionSets", "ManageUsers"},)),
    Rule(tables.APP_ACCESS, "Who is approved for which app", (_SETUP,)),
    Rule(tables.APPS, "Connected apps", (_SETUP,)),
    Rule(tables.SETUP_CHANGES, "Setup changes", (_SETUP,)),
    Rule(tables.HEALTH, "Health check", (_SETUP,)),
)  # fmt: skip


@dataclass
class Joined:
    """The tables, the gaps, and what revokes each token."""

    tables: OrgTables
    gaps: list[Gap]
    secrets: Mapping[str, Secret] = field(repr=False)
    external_handles: frozenset[str]
    anything: bool


def join(values: Mapping[str, Any], gaps: Iterable[Gap], look_up: LookUp) -> Joined:
    """Join what the parts gave. `look_up` finds users by id, active or not."""
    return _Joiner(values, list(gaps), look_up).join()


class _Joiner:
    def __init__(self, values: Mapping[str, Any], gaps: list[Gap], look_up: LookUp) -> None:
        self._values = values
        self._gaps = gaps
        self._look_up = look_up
        self._metadata: MetadataReading = values.get("metadata") or MetadataReading()
        self._gaps.extend(self._metadata.gaps)

    def join(self) -> Joined:
        """Everything, in the order in which one thing rests on another."""
        oauth: TokenReading | None = self._values.get(tables.TOKENS)
        usage: UsageReading | None = self._values.get(tables.EXTERNAL_TOKENS)
        apps = self._apps()
        tokens = self._tokens(oauth) if oauth else None
        external = self._external(usage, apps) if usage else None
        if tokens and external:
            tokens, external = _told_once(tokens, external)
        logins = self._logins()
        org_tables = self._tables(apps, tokens, external, logins)
        self._gaps.extend(_own_rows(org_tables, self._gaps))
        secrets = {**(oauth.secrets if oauth else {}), **(usage.secrets if usage else {})}
        handles = {one.handle for one in (*(tokens or ()), *(external or ()))}
        return Joined(
            org_tables,
            self._gaps,
            {handle: secret for handle, secret in secrets.items() if handle in handles},
            frozenset(one.handle for one in external or ()),
            bool(self._metadata.components) or any(name != "metadata" for name in self._values),
        )

    def _tables(
        self,
        apps: tuple[AppRow, ...] | None,
        tokens: tuple[Token, ...] | None,
        external: tuple[Token, ...] | None,
        logins: tuple[tables.Login, ...] | None,
    ) -> OrgTables:
        values = self._values
        who: tuple[str, str] | None = values.get(tables.CALLER)
        fields: PermissionFields = values.get("permissions") or PermissionFields((), (), False)
        named = [token.user_id for token in (*(tokens or ()), *(external or ()))]
        named += [login.user_id for login in logins or ()]
        return OrgTables(
            organization=values.get(tables.ORGANIZATION),
            caller=Caller(user_id=who[0], username=who[1], permissions=values.get("held")) if who else None,
            permission_names=fields.known,
            permissions_asked=fields.asked,
            users=self._users(named),
            profiles=self._profiles(),
            permission_sets=values.get(tables.PERMISSION_SETS),
            assignments=values.get(tables.ASSIGNMENTS),
            app_access=values.get(tables.APP_ACCESS),
            apps=apps,
            tokens=tokens,
            external_tokens=external,
            sessions=values.get(tables.SESSIONS),
            logins=logins,
            setup_changes=values.get(tables.SETUP_CHANGES),
            health_risks=values.get(tables.HEALTH),
        )

    def _users(self, named: Iterable[str]) -> tuple[User, ...] | None:
        active: tuple[User, ...] | None = self._values.get(tables.USERS)
        if active is None:
            return None
        missing = set(named) - {user.id for user in active}
        if not missing:
            return active
        try:
            more = self._look_up(missing)
        except OrgError as error:
            self._gap("Users that tokens or logins name", error.message, tables.USERS)
            return active
        return tuple(sorted({*active, *more}))

    def _profiles(self) -> tuple[ProfileRow, ...] | None:
        labels: dict[str, str] | None = self._values.get(tables.PROFILES)
        if labels is None:
            return None
        api_names = {one.id: one.plain_name for one in self._metadata.listed if one.type == kinds.PROFILE}
        return tuple(sorted(ProfileRow(key, label, api_names.get(key, "")) for key, label in labels.items()))

    def _apps(self) -> tuple[AppRow, ...] | None:
        """Connected apps by their records, and external ones as the Metadata API lists them."""
        recorded: dict[str, tuple[str, bool | None]] | None = self._values.get(tables.APPS)
        if recorded is None:
            return None
        listed = {one.id: one for one in self._metadata.listed if one.id}
        rows = [
            AppRow(key, label, listed[key].plain_name if key in listed else "", False, approved)
            for key, (label, approved) in recorded.items()
        ]
        for key, one in listed.items():
            if one.type == kinds.CONNECTED_APP and key not in recorded:
                self._gap(
                    f"Connected app {one.plain_name}", "its metadata is listed, its record isn't", tables.APPS
                )
            if one.type == kinds.EXTERNAL_APP:
                rows.append(AppRow(key, self._label(one.plain_name), one.plain_name, True, None))
        recorded_external: dict[str, tuple[str, str]] | None = self._values.get("external")
        for key, (name, label) in (recorded_external or {}).items():
            rows.append(AppRow(key, label or name, name, True, None))
        if recorded_external is None and kinds.EXTERNAL_APP not in self._metadata.listed_types:
            self._gap("External client apps", "their list was not read", tables.APPS)
        return tuple(sorted(rows, key=lambda row: (row.label, row.id)))

    def _label(self, api_name: str) -> str:
        for component in self._metadata.components:
            if component.kind == kinds.EXTERNAL_APP and component.name == api_name:
                return next((one.text for one in component.values.get("label", ()) if one.text), api_name)
        return api_name

    def _tokens(self, reading: TokenReading) -> tuple[Token, ...]:
        if reading.lacking:
            self._gap("OAuth tokens", reading.lacking, tables.TOKENS)
        menu: Mapping[str, str] = self._values.get("menu") or {}
        return tuple(
            _resolved(raw, menu)
            for raw in sorted(
                reading.tokens.values(), key=lambda one: (one.app_label, one.user_id, one.created, one.handle)
            )
        )

    def _external(self, usage: UsageReading, apps: tuple[AppRow, ...] | None) -> tuple[Token, ...]:
        labels = {row.id: row.label for row in apps or () if row.external}
        found = [
            one._replace(app_label=labels.get(one.app_id, one.app_label)) for one in usage.tokens.values()
        ]
        return tuple(sorted(found, key=lambda one: (one.app_label, one.user_id, one.handle)))

    def _logins(self) -> tuple[tables.Login, ...] | None:
        reading: LoginReading | None = self._values.get(tables.LOGINS)
        if reading is None:
            return None
        if reading.lacking:
            self._gap("Logins", reading.lacking, tables.LOGINS)
        return reading.logins

    def _gap(self, what: str, reason: str, kind: str) -> None:
        self._gaps.append(Gap(what=what, reason=reason, kind=kind))


def _resolved(raw: RawToken, menu: Mapping[str, str]) -> Token:
    # A menu item that isn't shown leads nowhere: its own id then says that there is an app, but not which.
    app = (menu.get(raw.menu_id) or raw.menu_id) if raw.menu_id else ""
    return Token(
        raw.handle, raw.app_label, app, raw.user_id, raw.created, raw.last_used, raw.use_count, False
    )


def _told_once(
    own: tuple[Token, ...], external: tuple[Token, ...]
) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """OauthToken shows tokens of external client apps too, often without a menu item: then it learns the app."""
    apps = {(one.user_id, one.app_label, one.created): one.app_id for one in external}
    keys = [(one.user_id, one.app_label, one.created) for one in own]
    named = tuple(
        one if one.app_id else one._replace(app_id=apps.get(key, ""))
        for one, key in zip(own, keys, strict=True)
    )
    shown = set(keys)
    return named, tuple(one for one in external if (one.user_id, one.app_label, one.created) not in shown)


def _own_rows(org_tables: OrgTables, gaps: Iterable[Gap]) -> Iterator[Gap]:
    """A gap for every table that may hold nothing but what this caller is shown."""
    probe = Snapshot(
        tool=Tool(version=""), source=Source(kind="org", name=""), gaps=tuple(gaps), org=org_tables
    )
    directory = Directory(probe)
    held: frozenset[str] = frozenset()
    doubt = ""
    try:
        held = directory.caller_permissions()
    except CannotTell as reason:
        doubt = f"what this login holds can't be told ({reason.reason}), so it may not see everything"
    for rule in RULES:
        if not _is_there(org_tables, rule.kind):
            continue
        missing = [" or ".join(sorted(choice)) for choice in rule.needs if not choice & held]
        if doubt or missing:
            reason_text = doubt or f"this login lacks {' and '.join(missing)}, so it may not see everything"
            yield Gap(what=rule.what, reason=reason_text, kind=rule.kind)
    yield from _only_mine(org_tables)


def _is_there(org_tables: OrgTables, kind: str) -> bool:
    return {
        tables.TOKENS: org_tables.tokens,
        tables.LOGINS: org_tables.logins,
        tables.SESSIONS: org_tables.sessions,
        tables.USERS: org_tables.users,
        tables.PERMISSION_SETS: org_tables.permission_sets,
        tables.ASSIGNMENTS: org_tables.assignments,
        tables.APP_ACCESS: org_tables.app_access,
        tables.APPS: org_tables.apps,
        tables.SETUP_CHANGES: org_tables.setup_changes,
        tables.HEALTH: org_tables.health_risks,
    }[kind] is not None


def _only_mine(org_tables: OrgTables) -> Iterator[Gap]:
    """Whatever the permissions say: a list with nobody but the caller in it is suspicious."""
    me = org_tables.caller.user_id if org_tables.caller else ""
    for kind, what, rows in (
        (tables.TOKENS, "OAuth tokens", org_tables.tokens),
        (tables.LOGINS, "Logins", org_tables.logins),
    ):
        if rows and {row.user_id for row in rows} == {me}:
            yield Gap(what=what, reason="nobody's rows but this login's own came", kind=kind)
