"""Which app, profile and users belong together, as far as was read: guesses to start from, each with what speaks for it.

A guess decides nothing. It is written into an integration file for a person to look at.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from sfharden.facts.apps import App
from sfharden.facts.directory import same_record
from sfharden.facts.grants import signs_in
from sfharden.facts.index import Index
from sfharden.facts.ownership import Tie, marks_of, records_of, tokens_of
from sfharden.facts.values import CannotTell, Fact
from sfharden.model import kinds
from sfharden.model.org import PermissionSetRow, Token, User
from sfharden.model.snapshot import Component
from sfharden.text.names import canonical_profile, literal
from sfharden.text.wording import count, shorten

# What this tool is first of all for; it only decides between apps of which just as much is known.
_FIRST: Final = ("logic app", "azure")
_MOST_USERS: Final = 5  # an integration has one user or a few; more are people who use the app


@dataclass(frozen=True, slots=True)
class Guess:
    """A name, and what speaks for it; of one for which nothing does, `because` is empty."""

    name: str
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """An app, and what hangs together with it: the profile to which most ties it, and users. `others` are not taken."""

    app: App
    profile: Guess | None
    custom: bool = False
    users: tuple[Guess, ...] = ()
    others: tuple[Guess, ...] = ()

    @property
    def is_tied(self) -> bool:
        """True if anything that was read ties a profile to the app."""
        return self.profile is not None

    @property
    def rank(self) -> tuple[object, ...]:
        """The least comes first: a custom profile, then how much ties it, then users, and last of all names."""
        name = " ".join((self.app.name, *self.app.labels)).replace("_", " ").casefold()
        near = min((at for at, word in enumerate(_FIRST) if word in name), default=len(_FIRST))
        tied = len(self.profile.because) if self.profile else 0
        managed = "__" in self.app.name
        return (not self.custom, -tied, not self.users, near, managed, name, self.app.external)


@dataclass
class _Tied:
    """What ties one profile to an app."""

    approved: bool = False
    sets: set[str] = field(default_factory=set)
    holders: set[str] = field(default_factory=set)

    def because(self) -> Iterator[str]:
        if self.approved:
            yield "it's approved for the app"
        if self.sets:
            yield f"users of it have {shorten(sorted(self.sets))}, approved for the app"
        if self.holders:
            yield f"tokens of the app are held by {count(len(self.holders), 'active user')} of it"


def pairs_of(index: Index) -> tuple[Pair, ...]:
    """One for each app, the one of which most is known first."""
    people = _People(index)
    return tuple(sorted((_Ties(people, app).pair() for app in index.apps), key=lambda pair: pair.rank))


def likeliest_profile(profiles: Iterable[Component]) -> Component | None:
    """Where nothing ties one to an app: a custom one, for only those can be dedicated; of API-only users first."""
    order = sorted(
        profiles, key=lambda one: (not is_custom(one), "ApiUserOnly" not in one.permissions, one.name)
    )
    return order[0] if order else None


def is_custom(profile: Component) -> bool:
    """True if the profile's file says that it was made in this org."""
    return any(value.text == "true" for value in profile.values.get("custom", ()))


class _People:
    """Who is there, by profile; nobody for metadata files."""

    def __init__(self, index: Index) -> None:
        self.index = index

    @cached_property
    def active(self) -> tuple[User, ...]:
        """Active users as whom somebody can sign in."""
        users = self.index.directory.users_by_id.values()
        return tuple(user for user in users if user.active and signs_in(user))

    @cached_property
    def by_profile(self) -> dict[str, list[User]]:
        """The active users of each profile, by its comparable name."""
        found: dict[str, list[User]] = {}
        for user in self.active:
            found.setdefault(self.profile_key(user.profile_id), []).append(user)
        return found

    def profile_key(self, profile_id: str) -> str:
        """A profile's comparable name by its record's id; empty if it isn't known."""
        row = self.index.directory.profiles_by_id.get(profile_id)
        return canonical_profile(row.api_name or row.label) if row else ""

    @cached_property
    def custom(self) -> frozenset[str]:
        """The comparable names of the custom profiles."""
        files = self.index.snapshot.of_kind(kinds.PROFILE)
        return frozenset(canonical_profile(one.name) for one in files if is_custom(one))

    @cached_property
    def names(self) -> dict[str, str]:
        """Profiles' names to write, by comparable name: the label where the org tells it."""
        found = {canonical_profile(one.name): one.name for one in self.index.snapshot.of_kind(kinds.PROFILE)}
        for row in self.index.directory.profiles_by_id.values():
            found[canonical_profile(row.api_name or row.label)] = row.label or row.api_name
        return found


class _Ties:
    """What ties profiles and users to one app."""

    def __init__(self, people: _People, app: App) -> None:
        self._people = people
        self._index = people.index
        self._app = app
        self._records = records_of(self._index.directory, app) if self._index.live else ()

    def pair(self) -> Pair:
        """With the profile to which most ties it, and of its users those who hold tokens; else the only one."""
        tied = self._tied()
        if not tied:
            return Pair(self._app, None, others=tuple(self._others("", ())))
        key = min(tied, key=lambda one: self._order(one, tied[one]))
        users = self._users(key)
        profile = Guess(self._people.names.get(key, key), tuple(tied[key].because()))
        return Pair(self._app, profile, key in self._people.custom, users, tuple(self._others(key, users)))

    def _order(self, key: str, tied: _Tied) -> tuple[object, ...]:
        size = len(self._people.by_profile.get(key, ()))
        return (key not in self._people.custom, -len(tuple(tied.because())), size, key)

    def _tied(self) -> dict[str, _Tied]:
        """By a profile's comparable name."""
        found: dict[str, _Tied] = {}
        for key in self._approved_profiles():
            found.setdefault(key, _Tied()).approved = True
        for user, held in self._approved_by_set():
            found.setdefault(self._people.profile_key(user.profile_id), _Tied()).sets.add(held)
        for user in self._people.active:
            if user.id in self._tokens:
                found.setdefault(self._people.profile_key(user.profile_id), _Tied()).holders.add(user.id)
        found.pop("", None)
        return found

    def _approved_profiles(self) -> Iterator[str]:
        """By the app's files, which may name a record's id, and by its records."""
        ids = self._index.directory.profiles_by_id
        for name in _told(self._app.profiles):
            found = next((one for one in ids if same_record(one, name)), "")
            yield self._people.profile_key(found) if found else canonical_profile(name)
        for one in self._approved_sets:
            if one.profile_id:
                yield self._people.profile_key(one.profile_id)

    @cached_property
    def _approved_sets(self) -> tuple[PermissionSetRow, ...]:
        """The sets, and the profiles' own ones, that the app's records approve; and those that its files name."""
        directory = self._index.directory
        ids = {record.id[:15] for record in self._records}
        access = (self._index.snapshot.org.app_access if self._index.snapshot.org else None) or ()
        approved = {one.permission_set_id for one in access if one.app_id[:15] in ids}
        named = set(map(literal, _told(self._app.permission_sets)))
        return tuple(
            one
            for one in directory.sets_by_id.values()
            if one.id in approved or (not one.profile_id and literal(one.name) in named)
        )

    def _approved_by_set(self) -> Iterator[tuple[User, str]]:
        for one in self._approved_sets:
            if one.profile_id:
                continue
            try:
                having = self._index.grants.having(one, frozenset())
            except CannotTell:
                continue
            for user in having:
                if signs_in(user):
                    yield user, f"the permission set '{one.label or one.name}'"

    @cached_property
    def _tokens(self) -> dict[str, list[Token]]:
        """The tokens of the app, by user. Anybody may copy the name of a connected app: it ties nobody."""
        found: dict[str, list[Token]] = {}
        if not self._index.live:
            return found
        marks = marks_of(self._app, self._records)
        for one in tokens_of(self._index.directory, marks, external=self._app.external):
            if marks.token(one) is Tie.RECORD or (self._app.external and one.external):
                found.setdefault(one.user_id, []).append(one)
        return found

    def _users(self, key: str) -> tuple[Guess, ...]:
        having = self._people.by_profile.get(key, [])
        holders = [user for user in having if user.id in self._tokens]
        if len(holders) > _MOST_USERS:
            return ()
        if holders:
            return tuple(Guess(user.username, (self._told_of(user), "has the profile")) for user in holders)
        if len(having) == 1:
            return (Guess(having[0].username, ("the only active user who has the profile",)),)
        return ()

    def _told_of(self, user: User) -> str:
        """How many tokens; one that stands for all of a user's is not counted."""
        held = self._tokens[user.id]
        return (
            f"holds {'tokens' if any(one.summed for one in held) else count(len(held), 'token')} of the app"
        )

    def _others(self, key: str, taken: Iterable[Guess]) -> Iterator[Guess]:
        """Who has but the profile or but tokens: whether they belong to the integration, or are strangers on it, is open."""
        names = {one.name for one in taken}
        for user in self._people.active:
            because = [self._told_of(user)] if user.id in self._tokens else []
            if key and self._people.profile_key(user.profile_id) == key:
                because.append("has the profile")
            if because and user.username not in names:
                yield Guess(user.username, tuple(because))
        for user in self._index.directory.users_by_id.values() if self._tokens else ():
            if user.id in self._tokens and not user.active:
                yield Guess(user.username, ("is inactive", self._told_of(user)))


def _told(read: Callable[[], Iterable[Fact[str]]]) -> list[str]:
    """The texts that a file gives; none where it doesn't tell."""
    try:
        return [fact.value for fact in read()]
    except CannotTell:
        return []
