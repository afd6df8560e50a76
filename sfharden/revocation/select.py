"""Which tokens are meant. What a choice rests on and can't be told leaves a token undecided, never chosen."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from sfharden.errors import UsageError
from sfharden.model.directory import Directory
from sfharden.model.facts import CannotTell
from sfharden.model.org import Token
from sfharden.names import normalise, suggestion


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
    known_apps: frozenset[str] = field(default_factory=frozenset)


class _Answer(Enum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def select(tokens: Iterable[Token], directory: Directory, wanted: Selection, now: datetime) -> Selected:
    """Choose tokens. Raises UsageError for a name that no token has anything to do with: a slip of the pen
    must not look like an app without tokens."""
    held = tuple(tokens)
    _refuse_strangers(held, directory, wanted)
    caller = directory.tables.caller
    me = caller.user_id if caller else ""
    chosen: list[Token] = []
    undecided: list[Token] = []
    own: list[Token] = []
    for token in held:
        answer = _meets(token, directory, wanted, now)
        if answer is _Answer.NO:
            continue
        if token.user_id == me:
            own.append(token)
        elif answer is _Answer.UNKNOWN:
            undecided.append(token)
        else:
            chosen.append(token)
    return Selected(tuple(chosen), tuple(undecided), tuple(own))


def _meets(token: Token, directory: Directory, wanted: Selection, now: datetime) -> _Answer:
    answers = []
    if wanted.apps:
        answers.append(_yes(any(is_of_app(token, name, directory) for name in wanted.apps)))
    if wanted.all_but:
        answers.append(_yes(not any(is_of_app(token, name, directory) for name in wanted.all_but)))
    if wanted.users:
        names = {normalise(directory.username(token.user_id)), normalise(token.user_id)}
        known = token.user_id in directory.users_by_id
        hit = any(normalise(name) in names for name in wanted.users)
        answers.append(_yes(hit) if hit or known else _Answer.UNKNOWN)
    if wanted.profiles:
        answers.append(_of_profile(token, directory, wanted.profiles))
    if wanted.created_before:
        answers.append(
            _Answer.UNKNOWN if token.created is None else _yes(token.created < wanted.created_before)
        )
    if wanted.unused_days is not None:
        last = token.last_used or token.created
        limit = now - timedelta(days=wanted.unused_days)
        answers.append(_Answer.UNKNOWN if last is None else _yes(last < limit))
    if _Answer.NO in answers:
        return _Answer.NO
    return _Answer.UNKNOWN if _Answer.UNKNOWN in answers else _Answer.YES


def _yes(value: bool) -> _Answer:
    return _Answer.YES if value else _Answer.NO


def is_of_app(token: Token, name: str, directory: Directory) -> bool:
    """True if the token's app has that API name or label, or its record id; a look-alike's same label counts."""
    key = normalise(name)
    if key == normalise(token.app_label) or name == token.app_id:
        return True
    rows = [row for row in directory.tables.apps or () if row.id == token.app_id]
    return any(key in (normalise(row.api_name), normalise(row.label)) for row in rows)


def _of_profile(token: Token, directory: Directory, profiles: Iterable[str]) -> _Answer:
    user = directory.users_by_id.get(token.user_id)
    if user is None:
        return _Answer.UNKNOWN
    try:
        return _yes(user.profile_id in {directory.profile_id(name) for name in profiles})
    except CannotTell as reason:
        raise UsageError(f"--profile: {reason.reason}.") from None


def _refuse_strangers(held: tuple[Token, ...], directory: Directory, wanted: Selection) -> None:
    for name in (*wanted.apps, *wanted.all_but):
        rows = directory.tables.apps or ()
        known = [
            *(row.label for row in rows),
            *(row.api_name for row in rows),
            *(one.app_label for one in held),
        ]
        if not any(normalise(name) == normalise(one) for one in known) and not any(
            name == one.app_id for one in held
        ):
            raise UsageError(f"No app and no token has the name '{name}'.{suggestion(name, known)}")
    for name in wanted.users:
        names = [user.username for user in directory.tables.users or ()]
        ids = {one.user_id for one in held}
        if not any(normalise(name) == normalise(one) for one in names) and name not in ids:
            raise UsageError(f"No user that was read has the name '{name}'.{suggestion(name, names)}")
