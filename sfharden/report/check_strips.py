"""Tokens by app as the page shows them: numbers, and a small strip of when they were made and when they were used."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import log2
from typing import Final

from sfharden.checks.page_tokens import AppTokens, TokenFacts
from sfharden.report.name_marks import mark_of
from sfharden.text.look_alike import look_alikes, shown_name
from sfharden.text.wording import day

BINS: Final = 60
MIDDLE: Final = 16  # made stands above that line, used hangs below it
_HIGHEST: Final = 14


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One app's row. `made` and `used` are paths; `mark` says what is odd about the name."""

    label: str
    mark: str
    number: str
    users: int
    oldest: str
    last: str
    never: int
    old: int
    hardened: str
    made: str
    used: str


@dataclass(frozen=True, slots=True)
class TokenPage:
    """Apps that the org manages, apps that nobody installed, those of which it can't be told; and the axis."""

    groups: tuple[tuple[str, tuple[TokenLine, ...]], ...]
    gap: str
    first: str
    last: str


def token_page(facts: TokenFacts) -> TokenPage:
    """Everything that the page shows of tokens."""
    moments = [one for app in facts.apps for one in (*app.created, *app.used)]
    first, last = min(moments, default=None), max((*moments, *([facts.at] if facts.at else [])), default=None)
    axis = _Span(first, last)
    alike = look_alikes(one.label for one in facts.apps)
    titles = ((False, "Apps that nobody installed"), (None, "Whether the org manages them can't be told"))
    groups = [
        (
            title,
            tuple(_line(one, axis, mark_of(one.label, alike)) for one in facts.apps if one.managed is kind),
        )
        for kind, title in (*titles, (True, "Apps that the org manages"))
    ]
    shown = tuple(group for group in groups if group[1])
    return TokenPage(shown, facts.gap, day(first) if first else "", day(last) if last else "")


def _line(app: AppTokens, axis: "_Span", mark: str) -> TokenLine:
    return TokenLine(
        shown_name(app.label, 400),
        mark,
        f"{app.number:,}{'+' if app.summed else ''}",
        app.users,
        day(app.created[0]) if app.created else "?",
        day(app.used[-1]) if app.used else "never",
        app.number - len(app.used),
        app.old,
        axis.place(app.hardened) if app.hardened else "",
        axis.path(app.created, up=True),
        axis.path(app.used, up=False),
    )


class _Span:
    """From the first moment to the last, in equal parts."""

    def __init__(self, first: datetime | None, last: datetime | None) -> None:
        self._first, self._last = first, last

    def _part(self, moment: datetime) -> int:
        if self._first is None or self._last is None or self._first == self._last:
            return 0
        share = (moment - self._first) / (self._last - self._first)
        return min(max(int(share * BINS), 0), BINS - 1)

    def place(self, moment: datetime) -> str:
        """Where a moment is; one outside is at the end that it's nearer to."""
        return f"{2 * self._part(moment)}"

    def path(self, moments: Iterable[datetime], *, up: bool) -> str:
        """A stroke for each part that has any, the longer the more it has, as a logarithm."""
        return "".join(self._strokes(Counter(map(self._part, moments)), up=up))

    @staticmethod
    def _strokes(counts: Counter[int], *, up: bool) -> Iterator[str]:
        for part, number in sorted(counts.items()):
            length = min(round(2 + 1.5 * log2(number + 1)), _HIGHEST)
            yield f"M{2 * part + 1} {MIDDLE}v{-length if up else length}"
