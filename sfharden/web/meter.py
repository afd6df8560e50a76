"""Counts the calls of a run, and stops it before the user's budget or the org's daily limit is endangered."""

import re
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sfharden.errors import BudgetError

RESERVE_SHARE: Final = 0.10
# In an incident, ending stolen sessions goes before the share that is left to others.
URGENT: Final = frozenset({"revoke"})
_API_USAGE: Final = re.compile(r"(?:^|[;,]\s*)api-usage=(\d{1,12})/(\d{1,12})(?!\d)")


@dataclass(frozen=True, slots=True)
class CallCount:
    """What a run has cost: calls by kind, and the org's daily use and limit as its last answers told."""

    by_kind: Mapping[str, int]
    daily_used: int | None
    daily_limit: int | None

    @property
    def total(self) -> int:
        """Calls made, retries included."""
        return sum(self.by_kind.values())

    @property
    def daily_left(self) -> int | None:
        """Calls that the org has left today, before any reserve; None if it never told."""
        if self.daily_used is None or self.daily_limit is None:
            return None
        return max(0, self.daily_limit - self.daily_used)


class CallMeter:
    """Counts calls and refuses the one too many. Safe to share between threads.

    `budget` is the most calls that this run may make, retries included. `reserve_share` is the part of
    the org's daily limit that a run leaves to others; None leaves it to the org to say that it's too many.
    """

    def __init__(self, budget: int | None = None, reserve_share: float | None = RESERVE_SHARE) -> None:
        self._budget = budget
        self._reserve_share = reserve_share
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()
        self._unanswered = 0
        self._used: int | None = None
        # The most that an answer told, and the answers that told nothing: none knows which of these it counts.
        self._told = 0
        self._unknown = 0
        self._limit: int | None = None

    def before_call(self, kind: str) -> None:
        """Count a call that is about to be sent; raises BudgetError instead if it may not be."""
        with self._lock:
            self._refuse_over_budget()
            if kind not in URGENT:
                self._refuse_in_reserve()
            self._calls[kind] += 1
            self._unanswered += 1

    def after_call(self, limit_info: str | None = None) -> None:
        """Take note of an answer, or that none came. `limit_info` is the header `Sforce-Limit-Info`.

        Header form: `api-usage=10018/100000` (REST API Developer Guide, Limit Info Header).
        """
        with self._lock:
            self._unanswered -= 1
            found = _API_USAGE.search(limit_info or "")
            if found:
                # Answers arrive out of order and the window rolls: the highest count seen is the careful one.
                self._told = max(int(found[1]), self._told)
                self._used = max(int(found[1]), self._used or 0)
                self._limit = int(found[2])
                return
            self._unknown += 1
            if self._used is not None:
                self._used += 1

    def count(self) -> CallCount:
        """The cost so far."""
        with self._lock:
            return CallCount(dict(sorted(self._calls.items())), self._used, self._limit)

    @property
    def unanswered(self) -> int:
        """Calls under way at this moment."""
        with self._lock:
            return self._unanswered

    def _refuse_over_budget(self) -> None:
        if self._budget is not None and self._calls.total() >= self._budget:
            raise BudgetError(
                f"The call budget of {self._budget} is used up", "Raise --api-budget to read the rest."
            )

    def _refuse_in_reserve(self) -> None:
        if self._used is None or self._limit is None or self._reserve_share is None:
            return
        # Calls under way are used too, though no answer has told of them yet.
        left_after = self._limit - self._told - self._unknown - self._unanswered - 1
        if left_after < self._limit * self._reserve_share:
            raise BudgetError(
                f"The org has used {self._used} of its {self._limit} daily calls; the rest is left to others",
                "Run again when the 24-hour window has moved on.",
            )
