"""A change as people read it: whole where it's written, folded where a screen is short."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sfharden.model.azure_plan import AzureChange
from sfharden.model.plan import PlannedChange
from sfharden.plan.azure.shell import ASKED
from sfharden.plan.setup_words import before_and_after
from sfharden.text.redact import safe_text

MOST_SHOWN: Final = 8  # values of a row on a screen
_LONGEST: Final = 600  # characters of a sentence on a screen
_NAME: Final = 300  # more than Salesforce gives any name
AZURE_PAGE: Final = "azure/README.md has the commands that a person runs, whom each change hits, and the way back; sfharden runs none of them."
WHOLE: Final = 10_000_000  # characters: nothing that is written is cut


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One line of a change: what it tells, and every value."""

    label: str
    values: tuple[str, ...]


def rows(change: PlannedChange) -> Iterator[ValueRow]:
    """Of one value: what it is today and will be. Of a list: what comes, what goes, and what stays; each value once."""
    before, after = ([safe_text(one, limit=_NAME) for one in texts] for texts in before_and_after(change))
    if max(len(before), len(after)) < 2:
        yield ValueRow("today", tuple(before) or ("not set",))
        yield ValueRow("after", tuple(after) or ("not set",))
        return
    old, new = set(before), set(after)
    parts = {
        "added": [one for one in after if one not in old],
        "removed": [one for one in before if one not in new],
        "stays": [one for one in after if one in old],
    }
    yield from (ValueRow(label, tuple(values)) for label, values in parts.items() if values)


def azure_rows(change: AzureChange) -> Iterator[ValueRow]:
    """A change of the Azure side: what is today, what will be, what a person must give it, whom it hits, and how it's made where no command does it."""
    yield ValueRow("today", _shown(change.today) or ("nothing",))
    yield ValueRow("after", _shown(change.after) or ("nothing",))
    yield from (ValueRow("needs", (f"{name[1:-1]}: {ASKED[name]}",)) for name in change.asks)
    yield from (ValueRow("risk", (one,)) for one in _shown(change.risks))
    if change.by_hand:
        yield ValueRow("by hand", _shown((change.by_hand,)))


def _shown(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(safe_text(one, limit=600) for one in texts)


def folded(values: Sequence[str], rest: str) -> str:
    """Values in words; of many the first ones and how many more there are. `rest` says where, and is empty to fold none."""
    more = len(values) - MOST_SHOWN
    if more <= 0 or not rest:
        return ", ".join(values)
    return f"{', '.join(values[:MOST_SHOWN])} and {more:,} more, {rest}"


def folded_text(text: str, rest: str) -> str:
    """A sentence of foreign text, without its tail where that is long."""
    whole = safe_text(text, limit=WHOLE)
    if len(whole) <= _LONGEST or not rest:
        return whole
    return f"{whole[:_LONGEST].rpartition(' ')[0]} … ({len(whole) - _LONGEST:,} characters more, {rest})"
