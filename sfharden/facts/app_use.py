"""Who uses each app of an org: its tokens, its logins, its users, and when it was used last. One walk over the rows.

A token leads to its app's record, or goes by its name; a login names its app by the label alone (see `ownership`). What
goes by a name that several apps bear is counted with each of them: it may be of any.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sfharden.facts.apps import App
from sfharden.facts.index import Index
from sfharden.facts.logins import Meaning, meaning
from sfharden.facts.rows import Rows
from sfharden.facts.values import CannotTell
from sfharden.model import org
from sfharden.model.org import Login, Token
from sfharden.text.names import normalise

Key = tuple[bool, str]  # whether it is an external client app, and its name


@dataclass(slots=True)
class Use:
    """What was read of one app's use: its tokens, its successful logins, and those that may have been.

    `gap` says why there may be more.
    """

    tokens: list[Token] = field(default_factory=list)
    logins: list[Login] = field(default_factory=list)
    maybe: list[Login] = field(default_factory=list)
    gap: str = ""

    @property
    def users(self) -> frozenset[str]:
        """Ids of those who hold a token of it, or signed in by it."""
        return frozenset({one.user_id for one in self.tokens} | {one.user_id for one in self.logins})

    @property
    def last(self) -> datetime | None:
        """When it was last used, as far as was read."""
        used = [one.last_used for one in self.tokens if one.last_used]
        return max((*used, *(one.last for one in self.logins)), default=None)

    @property
    def flows(self) -> tuple[str, ...]:
        """The subtypes of its logins, such as `OauthRefreshToken`."""
        return tuple(sorted({one.subtype or one.login_type for one in self.logins}))


@dataclass(frozen=True, slots=True)
class AppUse:
    """The use of every app that any source knows, and of what users gave tokens to without the org managing it."""

    known: dict[Key, Use]
    unmanaged: dict[str, Use]


def app_use(index: Index) -> AppUse:
    """What was read of the use of every app; metadata files tell nothing of it."""
    apps = index.apps
    if not index.live:
        return AppUse({}, {})
    tokens, logins = _tokens(index), _logins(index)
    gap = tokens.gap or logins.gap
    known = {key_of(app): Use(gap=gap) for app in apps}
    unmanaged: dict[str, Use] = {}
    finder = _Finder(apps)
    for token in tokens:
        owners = finder.of_token(token)
        for app in owners:
            known[key_of(app)].tokens.append(token)
        if not owners:
            unmanaged.setdefault(token.app_label or token.app_id, Use(gap=gap)).tokens.append(token)
    for login in logins:
        told = meaning(login.status)
        for app in finder.named(login.application):
            use = known[key_of(app)]
            if told is Meaning.SUCCESS:
                use.logins.append(login)
            elif told is Meaning.UNKNOWN:
                use.maybe.append(login)
        if told is Meaning.SUCCESS and login.application in unmanaged:
            unmanaged[login.application].logins.append(login)
    return AppUse(known, unmanaged)


def key_of(app: App) -> Key:
    """What tells an app from all others of an org."""
    return app.external, app.name


def _tokens(index: Index) -> Rows[Token]:
    own, usage = index.directory.token_tables
    return Rows((*own.rows, *usage.rows), own.gap or usage.gap)


def _logins(index: Index) -> Rows[Login]:
    try:
        return index.directory.rows(index.directory.tables.logins, org.LOGINS)
    except CannotTell as reason:
        return Rows((), reason.reason)


class _Finder:
    """Apps by the id of their record and by their names."""

    def __init__(self, apps: Iterable[App]) -> None:
        self._by_id: dict[str, App] = {}
        self._by_name: dict[str, list[App]] = {}
        for app in apps:
            if app.record:
                self._by_id[app.record.id[:15]] = app
            for name in dict.fromkeys(map(normalise, _names(app))):
                self._by_name.setdefault(name, []).append(app)

    def of_token(self, token: Token) -> list[App]:
        found = self._by_id.get(token.app_id[:15]) if token.app_id else None
        return [found] if found else [] if token.app_id else self.named(token.app_label)

    def named(self, name: str) -> list[App]:
        return self._by_name.get(normalise(name), []) if name else []


def _names(app: App) -> Iterator[str]:
    yield from (name for name in (app.api_name, *app.labels) if name)
