"""What the directory answers with: rows that say whether they are all, holders of a permission, users by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from sfharden.facts.values import CannotTell, NoSuchName
from sfharden.model.org import PermissionSetRow, User

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """The rows of a table, and why they may not be all of them (empty when they are)."""

    rows: tuple[T, ...]
    gap: str = ""

    def __iter__(self) -> Iterator[T]:
        return iter(self.rows)

    def require_whole(self) -> None:
        """Raise CannotTell if rows may be missing."""
        if self.gap:
            raise CannotTell(self.gap)


@dataclass(frozen=True, slots=True)
class Holder:
    """An active user who holds a permission, and through what."""

    user: User
    through: PermissionSetRow


class UserGap(NamedTuple):
    """A user of whom it can't be told what they hold, and why."""

    user: User
    reason: str


@dataclass(frozen=True, slots=True)
class Holders:
    """Who holds a permission, why there may be others, and the users of whom alone it can't be told."""

    rows: tuple[Holder, ...]
    gap: str = ""
    unsure: tuple[UserGap, ...] = ()

    def __iter__(self) -> Iterator[Holder]:
        return iter(self.rows)

    def why_unsure_of(self, user: User) -> str:
        """Why a user who is not among these may hold it all the same; empty if they don't."""
        return self.gap or next((one.reason for one in self.unsure if one.user.id == user.id), "")

    @property
    def why_open(self) -> str:
        """Why there may be other holders; empty if these are all."""
        first = next(iter(self.unsure), None)
        return self.gap or (f"what '{first.user.username}' holds: {first.reason}" if first else "")


@dataclass(frozen=True, slots=True)
class NamedUsers:
    """The users that an integration names: those who were read, and the names that nobody read has."""

    found: tuple[User, ...]
    missing: tuple[str, ...]
    hint: str = ""

    @property
    def ids(self) -> frozenset[str]:
        """Record ids of those who were read."""
        return frozenset(user.id for user in self.found)

    @property
    def gap(self) -> str:
        """That a name leads to nobody; empty if none does."""
        return f"{self._nobody}.{self.hint}" if self.missing else ""

    @property
    def _nobody(self) -> str:
        return f"no active user named '{self.missing[0]}' was read"

    def require_all(self) -> None:
        """Raise NoSuchName if a name leads to nobody."""
        if self.missing:
            raise NoSuchName(self._nobody, self.hint)
