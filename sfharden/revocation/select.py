"""Which tokens are meant: by app, user, profile, age and use.

Three answers for each token: meant, not meant, or can't be told. What can't be told is never selected, and
never left out without a word.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sfharden.errors import UsageError
from sfharden.facts.directory import Directory
from sfharden.facts.values import CannotTell
from sfharden.model import org
from sfharden.model.org import Token, User
from sfharden.revocation.app_names import AppNames
from sfharden.revocation.inventory import OwnLogin
from sfharden.text.names import normalise, suggestion
from sfharden.text.wording import count, ended

Criterion = Callable[[Token], bool]  # raises CannotTell where a fact is missing

_NOTHING: Final = "Say which tokens to revoke."


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for: values of one kind are joined by *or*, kinds by *and*.

    `all_but` names apps and users to spare. `everything` must be said: no criterion means no token.
    """

    apps: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    created_before: datetime | None = None
    unused_days: int | None = None
    all_but: tuple[str, ...] = ()
    everything: bool = False

    def words(self) -> str:
        """The selection in words, for people and records."""
        parts = [
            f"{what} {' or '.join(names)}"
            for what, names in (("app", self.apps), ("user", self.users), ("profile", self.profiles))
            if names
        ]
        if self.created_before:
            parts.append(f"created before {self.created_before:%Y-%m-%dT%H:%M:%SZ}")
        if self.unused_days is not None:
            parts.append(f"unused for {count(self.unused_days, 'day')}")
        if self.all_but:
            parts.append(f"all but {', '.join(self.all_but)}")
        return ", ".join(parts) or "all tokens"


@dataclass(frozen=True, slots=True)
class UnknownToken:
    """A token of which it can't be told whether it is meant."""

    token: Token
    reason: str


@dataclass(frozen=True, slots=True)
class Selected:
    """The tokens that are meant, those that can't be told, and this run's own, which are spared."""

    tokens: tuple[Token, ...]
    unknown: tuple[UnknownToken, ...]
    own: tuple[Token, ...]


def select(
    selection: Selection, tokens: Iterable[Token], directory: Directory, own: OwnLogin, now: datetime
) -> Selected:
    """The tokens that are meant. Raises UsageError for a name that nothing bears, or if nothing is asked for."""
    every = tuple(tokens)
    criteria = list(_criteria(selection, _Names(directory, every, selection.profiles), now))
    if not criteria and not selection.everything:
        raise UsageError(
            _NOTHING, "By --app, --user, --profile, --created-before, --unused-for, --all-but or --all."
        )
    meant: list[Token] = []
    unknown: list[UnknownToken] = []
    for token in every:
        reason = _judge(token, criteria)
        if token.summed and reason != "":
            unknown.append(UnknownToken(token, reason or "this user's tokens were not asked for one by one"))
        elif reason is None:
            meant.append(token)
        elif reason:
            unknown.append(UnknownToken(token, reason))
    spared = tuple(token for token in meant if own.spares(token))
    kept = sorted((token for token in meant if not own.spares(token)), key=lambda token: token.handle)
    return Selected(tuple(kept), tuple(sorted(unknown, key=lambda one: one.token.handle)), spared)


def may_mean(
    selection: Selection, tokens: Iterable[Token], directory: Directory, now: datetime
) -> Callable[[Token], bool]:
    """True for a token that is meant, or may be. Raises UsageError for a name that nothing bears."""
    criteria = list(_criteria(selection, _Names(directory, tuple(tokens), selection.profiles), now))
    return lambda token: _judge(token, criteria) != ""


def _judge(token: Token, criteria: Iterable[Criterion]) -> str | None:
    """None if all criteria hold, an empty text if one doesn't, otherwise why it can't be told."""
    gap = ""
    for criterion in criteria:
        try:
            if not criterion(token):
                return ""
        except CannotTell as reason:
            gap = gap or reason.reason
    return gap or None


def _criteria(selection: Selection, names: "_Names", now: datetime) -> Iterator[Criterion]:
    if selection.apps:
        yield _any([names.app(name) for name in selection.apps])
    if selection.users:
        yield _any([names.user(name) for name in selection.users])
    if selection.profiles:
        yield _any([names.profile(name) for name in selection.profiles])
    if selection.created_before:
        yield _created_before(selection.created_before)
    if selection.unused_days is not None:
        yield _unused_since(now - timedelta(days=selection.unused_days))
    if selection.all_but:
        yield _none([names.spared(name) for name in selection.all_but])


def _any(criteria: list[Criterion]) -> Criterion:
    def holds(token: Token) -> bool:
        gap: CannotTell | None = None
        for criterion in criteria:
            try:
                if criterion(token):
                    return True
            except CannotTell as reason:
                gap = reason
        if gap:
            raise gap
        return False

    return holds


def _none(criteria: list[Criterion]) -> Criterion:
    one_holds = _any(criteria)
    return lambda token: not one_holds(token)


def _created_before(moment: datetime) -> Criterion:
    def holds(token: Token) -> bool:
        if token.created is None:
            raise CannotTell("when it was created was not told")
        return token.created < moment

    return holds


def _unused_since(moment: datetime) -> Criterion:
    def holds(token: Token) -> bool:
        if token.last_used is not None:
            return token.last_used < moment
        # No last use beside a use count is a fact that is missing, not a token that was never used.
        if token.use_count != 0 or token.created is None:
            raise CannotTell("when it was last used was not told")
        return token.created < moment

    return holds


class _Names:
    """From a name that a person gave to a criterion. Raises UsageError for a name that nothing bears."""

    def __init__(self, directory: Directory, tokens: tuple[Token, ...], profiles: Iterable[str]) -> None:
        self._directory = directory
        self._profiles = frozenset(profiles)
        self._apps = AppNames(directory, tokens)

    def app(self, name: str) -> Criterion:
        """Tokens of the app with that label or API name."""
        if not self._apps.knows(name):
            raise _unknown("app", name, self._apps.all_names(), self._apps.gap)
        return lambda token: self._apps.names(token, name)

    def user(self, name: str) -> Criterion:
        """Tokens of the user with that name or id."""
        ids = self._users(name)
        if not ids:
            raise _unknown(
                "user", name, self._usernames(), self._users_gap(), self._usernames(self._profiles)
            )
        return lambda token: token.user_id in ids

    def profile(self, name: str) -> Criterion:
        """Tokens of the users who have the profile with that label or API name."""
        try:
            profile_id = self._directory.profile_id(name)
        except CannotTell as reason:
            raise UsageError(f"The profile '{name}' can't be told: {ended(reason.reason)}") from None
        return lambda token: self._user_of(token).profile_id == profile_id

    def spared(self, name: str) -> Criterion:
        """Tokens that --all-but spares: of an app or a user with that name."""
        ids = self._users(name)
        is_app = self._apps.knows(name)
        if not ids and not is_app:
            known = [*self._apps.all_names(), *self._usernames()]
            raise _unknown("app or user", name, known, self._apps.gap or self._users_gap())
        if self._apps.records_named(name) > 1:
            raise UsageError(f"More than one app is named '{name}'.", self._apps.what_tells_apart(name))
        return lambda token: token.user_id in ids or (is_app and self._apps.surely_names(token, name))

    def _users(self, name: str) -> frozenset[str]:
        wanted = normalise(name)
        return frozenset(
            user.id
            for user in self._directory.users_by_id.values()
            if (wanted and normalise(user.username) == wanted) or name in (user.id, user.id[:15])
        )

    def _usernames(self, profiles: Iterable[str] | None = None) -> list[str]:
        """Of everybody, or of the users of these profiles."""
        users = self._directory.users_by_id.values()
        if profiles is None:
            return [user.username for user in users]
        try:
            wanted = self._directory.profile_ids(profiles)
        except CannotTell:
            return []
        return [user.username for user in users if user.profile_id in wanted]

    def _users_gap(self) -> str:
        try:
            return self._directory.users.gap
        except CannotTell as reason:
            return reason.reason

    def _user_of(self, token: Token) -> User:
        user = self._directory.users_by_id.get(token.user_id)
        if user is None:
            raise CannotTell(f"its user was not read ({org.USERS} {token.user_id})")
        if not user.profile_id:
            raise CannotTell("its user's profile was not told")
        return user


def _unknown(what: str, name: str, known: Iterable[str], gap: str, first: Iterable[str] = ()) -> UsageError:
    # Revoking too little, or sparing too little, because of a slip of the pen: both are worse than an error.
    hint = f"Their list may not be whole: {gap}." if gap else "`sfharden tokens` lists what there is."
    return UsageError(f"No {what} is named '{name}'.{suggestion(name, known, first)}", hint)
