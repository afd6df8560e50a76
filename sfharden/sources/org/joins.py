"""The parts of an org's reading joined by record id."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

from sfharden.errors import OrgError
from sfharden.model import kinds
from sfharden.model import org as tables
from sfharden.model.org import AppRow, Caller, OrgTables, ProfileRow, Token, User
from sfharden.model.snapshot import Gap
from sfharden.sources.org.logins import LoginReading
from sfharden.sources.org.metadata import MetadataReading
from sfharden.sources.org.records import PermissionFields
from sfharden.sources.org.sight import hidden_rows
from sfharden.sources.org.tokens import RawToken, TokenReading
from sfharden.sources.org.usage import UsageReading
from sfharden.text.redact import Secret

LookUp = Callable[[Iterable[str]], list[User]]
_Looks = tuple[str, str, datetime | None]


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
            tokens, external = told_once(tokens, external)
        logins = self._logins()
        org_tables = self._tables(apps, tokens, external, logins)
        self._gaps.extend(hidden_rows(org_tables, self._gaps))
        # Those that were told twice too: a handle that isn't there must mean a token that isn't there.
        by_oauth, by_usage = oauth.secrets if oauth else {}, usage.secrets if usage else {}
        return Joined(
            org_tables,
            self._gaps,
            {**by_usage, **by_oauth},
            # One that both tell of by the same secret goes into a body, not into an address.
            frozenset(by_usage) - frozenset(by_oauth),
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
        return tuple(sorted({*active, *more}, key=itemgetter(0)))

    def _profiles(self) -> tuple[ProfileRow, ...] | None:
        labels: dict[str, str] | None = self._values.get(tables.PROFILES)
        if labels is None:
            return None
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


def told_once(
    own: tuple[Token, ...], external: tuple[Token, ...]
) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """OauthToken shows tokens of external client apps too, often without a menu item: then it learns the app.

    Names can be copied, so a token without an app learns it only where there are no more such tokens than the
    app has: of two with one user, one label and one moment, one may be of a look-alike.
    """
    apps: dict[_Looks, set[str]] = {}
    for one in external:
        apps.setdefault(_looks(one), set()).add(one.app_id[:15])
    # What bears another app's id is another token, however alike.
    shown = Counter(_looks(one) for one in own if one.app_id[:15] in {"", *apps.get(_looks(one), ())})
    held = Counter(map(_looks, external))
    ids = {_looks(one): one.app_id for one in external}
    sure = {key for key, found in apps.items() if len(found) == 1 and 0 < shown[key] <= held[key]}
    named = tuple(
        one._replace(app_id=ids[_looks(one)]) if not one.app_id and _looks(one) in sure else one
        for one in own
    )
    return named, tuple(_beyond(external, shown))


def _beyond(external: Iterable[Token], shown: "Counter[_Looks]") -> Iterator[Token]:
    """The tokens of external client apps that are not among those already shown."""
    for one in external:
        if shown[_looks(one)] > 0:
            shown[_looks(one)] -= 1
        else:
            yield one


def _looks(token: Token) -> _Looks:
    return token.user_id, token.app_label, token.created
