"""Where tokens and logins live: collections with indexes that can't go stale, and rows made on demand."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, overload

from sfharden.emulator.records import Login, OauthToken

Positions = Sequence[int]


class Rows(Sequence[Any]):
    """An unchanging sequence of rows with an index for each column that is asked for by value or range.

    `ordered_by` names the attribute the rows already ascend by: ranges on it are found without any index.
    """

    def __init__(self, rows: Sequence[Any], ordered_by: str = "") -> None:
        self._rows = rows
        self.ordered_by = ordered_by
        self.memo: dict[Any, Positions] = {}
        self._by_value: dict[str, dict[Any, array[int]]] = {}
        self._sorted: dict[str, tuple[list[Any], list[int]]] = {}

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        return self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def equal(self, attribute: str, value: Any) -> Positions:
        """Positions, ascending, of the rows whose attribute has this value."""
        if attribute not in self._by_value:
            index: dict[Any, array[int]] = {}
            for position, row in enumerate(self._rows):
                index.setdefault(getattr(row, attribute), array("I")).append(position)
            self._by_value[attribute] = index
        return self._by_value[attribute].get(value, ())

    def between(self, attribute: str, bounds: "Bounds") -> Positions:
        """Positions, ascending, of the rows whose attribute is within the bounds; None is never within."""
        if attribute == self.ordered_by:
            return range(*bounds.span(self._rows, lambda row: getattr(row, attribute)))
        if attribute not in self._sorted:
            pairs = [(getattr(row, attribute), position) for position, row in enumerate(self._rows)]
            pairs = sorted(pair for pair in pairs if pair[0] is not None)
            self._sorted[attribute] = ([pair[0] for pair in pairs], [pair[1] for pair in pairs])
        values, positions = self._sorted[attribute]
        start, end = bounds.span(values, None)
        return sorted(positions[start:end])


@dataclass(frozen=True, slots=True)
class Bounds:
    """A range of values; None is no bound, `open` leaves the bound itself out."""

    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False

    def narrowed(self, operator: str, value: Any) -> "Bounds":
        """These bounds and one more comparison."""
        if operator in (">", ">="):
            is_open = operator == ">"
            tighter = self.low is None or (value, is_open) > (self.low, self.low_open)
            return replace(self, low=value, low_open=is_open) if tighter else self
        is_open = operator == "<"
        tighter = self.high is None or (value, not is_open) < (self.high, not self.high_open)
        return replace(self, high=value, high_open=is_open) if tighter else self

    def span(self, values: Sequence[Any], key: Callable[[Any], Any] | None) -> tuple[int, int]:
        """First position inside and first one behind, in values that ascend by `key`."""
        after_low = bisect_right if self.low_open else bisect_left
        before_high = bisect_left if self.high_open else bisect_right
        start = 0 if self.low is None else after_low(values, self.low, key=key)
        end = len(values) if self.high is None else before_high(values, self.high, key=key)
        return start, max(start, end)


class TokenStore:
    """The OAuth tokens, found by delete token; a snapshot with its indexes lives until the next change."""

    def __init__(self, tokens: Iterable[OauthToken] = ()) -> None:
        self._tokens = {token.delete_token: token for token in tokens}
        self._snapshots: dict[str, Rows] = {}

    def __len__(self) -> int:
        return len(self._tokens)

    def __iter__(self) -> Iterator[OauthToken]:
        return iter(list(self._tokens.values()))

    def get(self, delete_token: str) -> OauthToken | None:
        """The token with that delete token, if it's still there."""
        return self._tokens.get(delete_token)

    def put(self, token: OauthToken) -> None:
        """Add a token, or replace the one with the same delete token."""
        self._tokens[token.delete_token] = token
        self._snapshots = {}

    def extend(self, tokens: Iterable[OauthToken]) -> None:
        """Add many."""
        for token in tokens:
            self.put(token)

    def remove(self, delete_token: str) -> bool:
        """Take a token away; False if it wasn't there."""
        self._snapshots = {}
        return self._tokens.pop(delete_token, None) is not None

    def rows(self, besides: str = "") -> Rows:
        """The tokens as they are now, in the order they were added, `besides` those of apps whose ids begin so."""
        if besides not in self._snapshots:
            every = self._tokens.values()
            kept = [one for one in every if not (besides and (one.application_id or "").startswith(besides))]
            self._snapshots[besides] = Rows(kept)
        return self._snapshots[besides]


class LazyLogins(Sequence[Login]):
    """`count` logins that are made by `make(position)` each time they are looked at; times must ascend."""

    def __init__(self, count: int, make: Callable[[int], Login]) -> None:
        self._count = count
        self._make = make

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Login: ...
    @overload
    def __getitem__(self, index: slice) -> list[Login]: ...
    def __getitem__(self, index: int | slice) -> Login | list[Login]:
        if isinstance(index, slice):
            return [self._make(position) for position in range(*index.indices(self._count))]
        if not -self._count <= index < self._count:
            raise IndexError(index)
        return self._make(index % self._count)


class _Chain(Sequence[Login]):
    def __init__(self, first: Sequence[Login], second: Sequence[Login]) -> None:
        self._first = first
        self._second = second
        self._split: Final = len(first)

    def __len__(self) -> int:
        return self._split + len(self._second)

    @overload
    def __getitem__(self, index: int) -> Login: ...
    @overload
    def __getitem__(self, index: slice) -> list[Login]: ...
    def __getitem__(self, index: int | slice) -> Login | list[Login]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        position = index if index >= 0 else index + len(self)
        return self._first[position] if position < self._split else self._second[position - self._split]


class LoginStore:
    """The login history, ascending by time: a base that may be lazy, and what was logged since."""

    def __init__(self, base: Sequence[Login] = ()) -> None:
        self._base = base
        self._since: list[Login] = []
        self._snapshot: Rows | None = None

    def __len__(self) -> int:
        return len(self._base) + len(self._since)

    def __iter__(self) -> Iterator[Login]:
        return iter(self.rows())

    def add(self, login: Login) -> None:
        """Log a login. Raises ValueError if it's older than the last one of the base."""
        if self._base and login.time < self._base[-1].time:
            raise ValueError("a login can't be older than the history it is added to")
        self._since.insert(bisect_right(self._since, login.time, key=_time), login)
        self._snapshot = None

    def rows(self) -> Rows:
        """The history as it is now; kept, with its indexes, until the next login."""
        if self._snapshot is None:
            rows = _Chain(self._base, list(self._since)) if self._since else self._base
            self._snapshot = Rows(rows, ordered_by="time")
        return self._snapshot


def _time(login: Login) -> datetime:
    return login.time
