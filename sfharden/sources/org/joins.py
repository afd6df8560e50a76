"""The parts of an org's reading joined by record id."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

from sfharden.errors import OrgError
from sfharden.model import kinds
from sfharden.model import org as tables
from sfharden.model.org import (
    AppRow,
    Caller,
    GroupMember,
    MenuItem,
    MutingSet,
    OrgTables,
    ProfileRow,
    Token,
    User,
)
from sfharden.model.snapshot import Gap, Snapshot
from sfharden.sources.org.events import EventReading
from sfharden.sources.org.external import Linked, linked, told_once
from sfharden.sources.org.logins import LoginReading
from sfharden.sources.org.metadata import MetadataReading
from sfharden.sources.org.rights import PermissionFields
from sfharden.sources.org.sight import hidden_rows, probe
from sfharden.sources.org.token_rows import RawToken
from sfharden.sources.org.tokens import TokenReading
from sfharden.sources.org.usage import SingleTokens
from sfharden.text.redact import Secret
from sfharden.text.wording import count


@dataclass(frozen=True, slots=True)
class Questions:
    """What joining may still ask of the org, each raising OrgError.

    `look_up` finds users by id, active or not. `choose` says which tokens, that each stand for all that one user
    gave one app, are wanted one by one, and `ask` gets those. With `every`, it chooses among all of them; else
    only among those that OauthToken doesn't show.
    """

    look_up: Callable[[Iterable[str]], list[User]]
    started: datetime
    choose: Callable[[Snapshot, Sequence[Token]], Iterable[Token]] = lambda _snapshot, _summed: ()
    ask: Callable[[Sequence[Token]], SingleTokens] = lambda _pairs: SingleTokens()
    every: bool = False


@dataclass
class Joined:
    """The tables, the gaps, and what revokes each token."""

    tables: OrgTables
    gaps: list[Gap]
    secrets: Mapping[str, Secret] = field(repr=False)
    external_handles: frozenset[str]
    anything: bool


def join(values: Mapping[str, Any], gaps: Iterable[Gap], questions: Questions) -> Joined:
    """Join what the parts gave."""
    return _Joiner(values, list(gaps), questions).join()


class _Joiner:
    def __init__(self, values: Mapping[str, Any], gaps: list[Gap], questions: Questions) -> None:
        self._values = values
        self._gaps = gaps
        self._questions = questions
        self._metadata: MetadataReading = values.get("metadata") or MetadataReading()
        self._gaps.extend(self._metadata.gaps)

    def join(self) -> Joined:
        """Everything, in the order in which one thing rests on another."""
        oauth: TokenReading | None = self._values.get(tables.TOKENS)
        summed: tuple[Token, ...] | None = self._values.get(tables.EXTERNAL_TOKENS)
        apps = self._apps()
        tokens = self._tokens(oauth) if oauth else None
        found = linked(tokens or (), self._labelled(summed or (), apps), self._questions.started)
        told = (*found.shown, *found.rest) if self._questions.every else found.rest
        org_tables = self._tables(
            apps,
            found.own if tokens is not None else None,
            told if summed is not None else None,
            self._logins(),
        )
        singles = SingleTokens()
        if told:
            org_tables, singles = self._one_by_one(org_tables, found, told)
        self._gaps.extend(hidden_rows(org_tables, self._gaps))
        by_oauth = oauth.secrets if oauth else {}
        return Joined(
            self._frozen_for_sure(org_tables),
            self._gaps,
            # Those that were told twice too: a handle that isn't there must mean a token that isn't there.
            {**singles.secrets, **by_oauth},
            # One that both tell of by the same secret goes into a body, not into an address.
            frozenset(singles.secrets) - frozenset(by_oauth),
            bool(self._metadata.components) or any(name != "metadata" for name in self._values),
        )

    def _one_by_one(
        self, org_tables: OrgTables, found: Linked, told: Sequence[Token]
    ) -> tuple[OrgTables, SingleTokens]:
        """Single tokens in place of those that stand for many, where they are wanted."""
        so_far = probe(org_tables, self._gaps, self._questions.started)
        chosen = dict.fromkeys(self._questions.choose(so_far, told))
        try:
            singles = self._questions.ask(tuple(chosen)) if chosen else SingleTokens()
        except OrgError as error:
            self._gap("Single tokens of external client apps", error.message, tables.EXTERNAL_TOKENS)
            return org_tables.model_copy(update={"external_tokens": found.rest}), SingleTokens()
        own, beyond = told_once(found.own, tuple(singles.tokens))
        rest = [one for one in found.rest if one not in chosen]
        update: dict[str, object] = {"external_tokens": _sorted((*rest, *beyond))}
        if org_tables.tokens is not None:
            update["tokens"] = own
        return org_tables.model_copy(update=update), singles

    def _frozen_for_sure(self, org_tables: OrgTables) -> OrgTables:
        """Who isn't among the frozen users may be one all the same, if not all of them were shown."""
        if org_tables.users is None or not any(gap.kind == tables.FROZEN for gap in self._gaps):
            return org_tables
        users = tuple(user._replace(frozen=user.frozen or None) for user in org_tables.users)
        return org_tables.model_copy(update={"users": users})

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
        named += self._named_in_events()
        return OrgTables(
            organization=values.get(tables.ORGANIZATION),
            caller=Caller(user_id=who[0], username=who[1], permissions=values.get("held")) if who else None,
            permission_names=fields.known,
            permissions_asked=fields.asked,
            users=self._users(named),
            profiles=self._profiles(),
            permission_sets=values.get(tables.PERMISSION_SETS),
            groups=values.get(tables.GROUPS),
            group_members=self._group_members(),
            muting_sets=values.get(tables.MUTING_SETS),
            assignments=values.get(tables.ASSIGNMENTS),
            object_rights=values.get(tables.OBJECT_RIGHTS),
            app_access=values.get(tables.APP_ACCESS),
            apps=apps,
            menu_items=values.get(tables.MENU_ITEMS),
            tokens=tokens,
            external_tokens=external,
            sessions=values.get(tables.SESSIONS),
            logins=logins,
            setup_changes=values.get(tables.SETUP_CHANGES),
            health_risks=values.get(tables.HEALTH),
        )

    def _named_in_events(self) -> Iterator[str]:
        logs: EventReading | None = self._values.get(tables.REQUESTS)
        groups = logs.events.groups if logs else ()
        return (one.user for one in groups if one.user.startswith("005"))

    def _users(self, named: Iterable[str]) -> tuple[User, ...] | None:
        active: tuple[User, ...] | None = self._values.get(tables.USERS)
        if active is None:
            return None
        missing = set(named) - {user.id for user in active}
        more: list[User] = []
        try:
            more = self._questions.look_up(missing) if missing else []
        except OrgError as error:
            self._gap("Users that tokens or logins name", error.message, tables.USERS)
        frozen: frozenset[str] | None = self._values.get(tables.FROZEN)
        found = sorted({*active, *more}, key=itemgetter(0)) if more else active
        return (
            tuple(found) if frozen is None else tuple(one._replace(frozen=one.id in frozen) for one in found)
        )

    def _group_members(self) -> tuple[GroupMember, ...] | None:
        found: tuple[GroupMember, ...] | None = self._values.get(tables.GROUP_MEMBERS)
        muting: tuple[MutingSet, ...] = self._values.get(tables.MUTING_SETS) or ()
        known = {one.id for one in muting}
        return found and tuple(
            one._replace(muting=one.muting or one.permission_set_id in known) for one in found
        )

    def _profiles(self) -> tuple[ProfileRow, ...] | None:
        labels: dict[str, str] | None = self._values.get(tables.PROFILES)
        if labels is None:
            return None
        if hidden := sum(not label for label in labels.values()):
            self._gap("Profiles", f"the names of {count(hidden, 'profile')} are not shown", tables.PROFILES)
        names = self._names_of(kinds.PROFILE)
        return tuple(sorted(ProfileRow(key, label, names.get(key[:15], "")) for key, label in labels.items()))

    def _names_of(self, kind: str) -> dict[str, str]:
        """API names by record id; 15 characters tell it, three more only guard against changed case."""
        return {one.id[:15]: one.plain_name for one in self._metadata.listed if one.type == kind and one.id}

    def _apps(self) -> tuple[AppRow, ...] | None:
        """Connected apps by their records, and external ones as the Metadata API lists them."""
        recorded: dict[str, tuple[str, bool | None]] | None = self._values.get(tables.APPS)
        if recorded is None:
            return None
        names = self._names_of(kinds.CONNECTED_APP)
        rows = [
            AppRow(key, label, names.get(key[:15], ""), False, approved)
            for key, (label, approved) in recorded.items()
        ]
        known = {key[:15] for key in recorded}
        for one in self._metadata.listed:
            if one.type == kinds.CONNECTED_APP and one.id[:15] not in known:
                reason = "its metadata is listed, its record isn't"
                self._gap(f"Connected app {one.plain_name}", reason, tables.APPS)
            elif one.type == kinds.EXTERNAL_APP and not one.id:
                self._gap(f"External client app {one.plain_name}", "it has no record id", tables.APPS)
            elif one.type == kinds.EXTERNAL_APP:
                rows.append(AppRow(one.id, self._label(one.plain_name), one.plain_name, True, None))
        recorded_external: dict[str, tuple[str, str]] | None = self._values.get("external")
        for key, (name, label) in (recorded_external or {}).items():
            rows.append(AppRow(key, label or name, name, True, None))
        if recorded_external is None and kinds.EXTERNAL_APP not in self._metadata.listed_types:
            self._gap("External client apps", "their list was not read", tables.APPS)
        return tuple(sorted(rows, key=lambda row: (row.label, row.id)))

    def _label(self, api_name: str) -> str:
        """An external client app's label stands in its file only; tokens are told by it."""
        for component in self._metadata.components:
            if component.kind == kinds.EXTERNAL_APP and component.name == api_name:
                labels = [one.text for one in component.values.get("label", ()) if one.text]
                if labels:
                    return labels[0]
        self._gap(f"External client app {api_name}", "its label was not read", tables.APPS)
        return api_name

    def _tokens(self, reading: TokenReading) -> tuple[Token, ...]:
        if reading.gap:
            self._gap("OAuth tokens", reading.gap, tables.TOKENS)
        items: tuple[MenuItem, ...] = self._values.get(tables.MENU_ITEMS) or ()
        menu = {one.id: one.app_id for one in items}
        return tuple(
            _resolved(raw, menu)
            for raw in sorted(
                reading.tokens, key=lambda one: (one.app_label, one.user_id, one.created, one.handle)
            )
        )

    def _labelled(self, summed: Sequence[Token], apps: tuple[AppRow, ...] | None) -> tuple[Token, ...]:
        """With the labels of their apps; the resource itself tells developer names only."""
        labels = {row.id[:15]: row.label for row in apps or () if row.external}
        return _sorted(one._replace(app_label=labels.get(one.app_id[:15], one.app_label)) for one in summed)

    def _logins(self) -> tuple[tables.Login, ...] | None:
        reading: LoginReading | None = self._values.get(tables.LOGINS)
        if reading is None:
            return None
        if reading.gap:
            self._gap("Logins", reading.gap, tables.LOGINS)
        return reading.logins

    def _gap(self, what: str, reason: str, kind: str) -> None:
        self._gaps.append(Gap(what=what, reason=reason, kind=kind))


def _resolved(raw: RawToken, menu: Mapping[str, str]) -> Token:
    # A menu item that isn't shown leads nowhere: its own id then says that there is an app, but not which.
    app = (menu.get(raw.menu_id) or raw.menu_id) if raw.menu_id else ""
    return Token(
        raw.handle, raw.app_label, app, raw.user_id, raw.created, raw.last_used, raw.use_count, False
    )


def _sorted(tokens: Iterable[Token]) -> tuple[Token, ...]:
    return tuple(sorted(tokens, key=lambda one: (one.app_label, one.user_id, one.handle)))
