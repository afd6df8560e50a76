"""Which tokens are meant. What a choice rests on and can't be told leaves a token undecided, never chosen."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from sfharden.errors import NoVerdictError, UsageError
from sfharden.model import org
from sfharden.model.directory import Directory, same_record
from sfharden.model.facts import CannotTell
from sfharden.model.org import AppRow, Token
from sfharden.names import literal, normalise, suggestion

_ID: Final = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Selection:
    """A token is chosen if it meets every kind of condition given; several values of a kind are alternatives.

    `created_before` is a moment; `unused_days` counts from the last use, or from the making if it never was
    used; `all_but` names apps whose tokens are spared.
    """

    apps: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    created_before: datetime | None = None
    unused_days: int | None = None
    all_but: tuple[str, ...] = ()
    everything: bool = False

    @property
    def is_given(self) -> bool:
        """True if anything was said; an empty selection chooses nothing, and must not look like everything."""
        said = (self.apps, self.users, self.profiles, self.created_before, self.all_but, self.everything)
        return any(said) or self.unused_days is not None


@dataclass(frozen=True, slots=True)
class Selected:
    """The tokens chosen; those that can't be decided; and the caller's own, which are never chosen."""

    chosen: tuple[Token, ...]
    undecided: tuple[Token, ...] = ()
    own: tuple[Token, ...] = ()


class _Answer(Enum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def select(tokens: Iterable[Token], directory: Directory, wanted: Selection, now: datetime) -> Selected:
    """Choose tokens.

    Raises UsageError for a name that nothing has: a slip of the pen must not look like an app without tokens.
    Raises NoVerdictError if a name can't be looked up, or if it isn't known whose login this is.
    """
    held = tuple(tokens)
    me = caller_id(directory)
    choice = _Choice(held, directory, wanted, now)
    chosen: list[Token] = []
    undecided: list[Token] = []
    own: list[Token] = []
    for token in held:
        answer = choice.meets(token)
        if answer is _Answer.NO:
            continue
        if same_record(token.user_id, me):
            own.append(token)
        elif answer is _Answer.UNKNOWN:
            undecided.append(token)
        else:
            chosen.append(token)
    return Selected(tuple(chosen), tuple(undecided), tuple(own))


def caller_id(directory: Directory) -> str:
    """Whose login this is. Raises NoVerdictError if that wasn't read: nobody may cut off their own way in."""
    caller = directory.tables.caller
    if caller is None or not caller.user_id:
        raise NoVerdictError("It isn't known who is signed in, so this login's own tokens can't be spared.")
    return caller.user_id


class _Choice:
    """A selection whose names were looked up."""

    def __init__(
        self, held: tuple[Token, ...], directory: Directory, wanted: Selection, now: datetime
    ) -> None:
        self._directory = directory
        self._wanted = wanted
        self._now = now
        _refuse_blanks(wanted)
        apps = _Apps(held, directory)
        self._apps = [apps.chosen(name) for name in wanted.apps]
        self._spared = [apps.spared(name) for name in wanted.all_but]
        self._users = _user_ids(held, directory, wanted.users)
        self._profiles = _profile_ids(directory, wanted.profiles)

    def meets(self, token: Token) -> _Answer:
        answers = set(self._answers(token))
        if _Answer.NO in answers:
            return _Answer.NO
        return _Answer.UNKNOWN if _Answer.UNKNOWN in answers else _Answer.YES

    def _answers(self, token: Token) -> Iterator[_Answer]:
        wanted = self._wanted
        if wanted.apps:
            yield _yes(any(app.may_hold(token) for app in self._apps))
        if wanted.all_but:
            yield self._not_spared(token)
        if wanted.users:
            yield self._of_user(token)
        if wanted.profiles:
            user = self._directory.users_by_id.get(token.user_id)
            yield _Answer.UNKNOWN if user is None else _yes(user.profile_id in self._profiles)
        if wanted.created_before:
            yield _before(token.created, wanted.created_before)
        if wanted.unused_days is not None:
            yield _before(token.last_used or token.created, self._now - timedelta(days=wanted.unused_days))

    def _of_user(self, token: Token) -> _Answer:
        if token.user_id[:15] in self._users:
            return _Answer.YES
        # Whoever was not read may have one of the names.
        return _Answer.NO if token.user_id in self._directory.users_by_id else _Answer.UNKNOWN

    def _not_spared(self, token: Token) -> _Answer:
        if any(app.surely_holds(token) for app in self._spared):
            return _Answer.NO
        # It bears a spared app's name and isn't known to be of it: an impostor, or just told of badly.
        return _Answer.UNKNOWN if any(app.may_hold(token) for app in self._spared) else _Answer.YES


def _yes(value: bool) -> _Answer:
    return _Answer.YES if value else _Answer.NO


def _before(moment: datetime | None, limit: datetime) -> _Answer:
    return _Answer.UNKNOWN if moment is None else _yes(moment < limit)


@dataclass(frozen=True, slots=True)
class _App:
    """An app as it was named: its record's id if it has one, or several where look-alikes share the name."""

    name: str
    ids: frozenset[str]
    names: frozenset[str]

    def may_hold(self, token: Token) -> bool:
        """Generous, for choosing: the app's record, or anything that goes by its name, look-alikes too."""
        return self._is_record_of(token) or normalise(token.app_label) in self.names

    def surely_holds(self, token: Token) -> bool:
        """Strict, for sparing: the app's record; of an app without a record, exactly its name."""
        return self._is_record_of(token) if self.ids else literal(token.app_label) == literal(self.name)

    def _is_record_of(self, token: Token) -> bool:
        return token.app_id[:15] in self.ids


class _Apps:
    """The apps that the org manages, and those that tokens name."""

    def __init__(self, held: tuple[Token, ...], directory: Directory) -> None:
        self._held = held
        self._rows = directory.known_apps.rows

    def chosen(self, name: str) -> _App:
        """The app of that API name, label or record id. Raises UsageError for one that nothing has."""
        key = normalise(name)
        rows = [
            row
            for row in self._rows
            if _is_id(row.id, name) or key in map(normalise, (row.api_name, row.label))
        ]
        if not rows and not any(
            key == normalise(one.app_label) or _is_id(one.app_id, name) for one in self._held
        ):
            known = {one.app_label for one in self._held}
            known.update(word for row in self._rows for word in (row.label, row.api_name))
            raise UsageError(f"No app and no token has the name '{name}'.{suggestion(name, known - {''})}")
        names = {key, *(normalise(word) for row in rows for word in (row.api_name, row.label))}
        return _App(name, self._ids(rows, name), frozenset(names - {""}))

    def spared(self, name: str) -> _App:
        """The same for sparing. Raises UsageError too if several apps have the name: one may be an impostor."""
        key = literal(name)
        exact = [row for row in self._rows if _is_id(row.id, name) or key == literal(row.api_name)]
        rows = exact or [row for row in self._rows if key == literal(row.label)]
        if len(rows) > 1:
            raise UsageError(
                f"{len(rows)} apps of the org have the name '{name}'.",
                "Spare one by its API name or record id.",
            )
        return _App(name, self._ids(rows, name), self.chosen(name).names)

    def _ids(self, rows: list[AppRow], name: str) -> frozenset[str]:
        """What tells the app's tokens for sure; a token may bear the id of an app that has no record."""
        by_token = {one.app_id[:15] for one in self._held if _is_id(one.app_id, name)}
        return frozenset({row.id[:15] for row in rows} or by_token)


def _is_id(record_id: str, name: str) -> bool:
    return bool(_ID.fullmatch(name)) and same_record(record_id, name)


def _user_ids(held: tuple[Token, ...], directory: Directory, names: tuple[str, ...]) -> frozenset[str]:
    """The first 15 characters of the ids of the users named, by username or id."""
    found = set()
    for name in names:
        if any(_is_id(one.user_id, name) for one in held):
            found.add(name[:15])
            continue
        try:
            named = directory.named_users([name])
        except CannotTell as reason:
            raise NoVerdictError(f"The user '{name}' can't be looked up: {reason.reason}.") from None
        if named.missing:
            raise UsageError(f"No user that was read has the name '{name}'.{named.hint}")
        found.update(user.id[:15] for user in named.found)
    return frozenset(found)


def _profile_ids(directory: Directory, names: tuple[str, ...]) -> frozenset[str]:
    if not names:
        return frozenset()
    try:
        directory.rows(directory.tables.profiles, org.PROFILES)
    except CannotTell as reason:
        raise NoVerdictError(f"--profile: {reason.reason}.") from None
    try:
        return frozenset(directory.profile_id(name) for name in names)
    except CannotTell as reason:
        raise UsageError(f"--profile: {reason.reason}") from None


def _refuse_blanks(wanted: Selection) -> None:
    """A name that an empty variable left empty would fit whatever has no name."""
    for option, names in {
        "--app": wanted.apps,
        "--user": wanted.users,
        "--profile": wanted.profiles,
        "--all-but": wanted.all_but,
    }.items():
        if not all(name.strip() for name in names):
            raise UsageError(f"{option} got an empty name.", "Was a variable of the shell empty?")
