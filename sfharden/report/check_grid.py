"""Every app of the org against the controls of apps, as a grid: the worst first, a sign and a word a cell."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.checks.every_app import AppRecord, AppsReport
from sfharden.model.results import Result, Status
from sfharden.text.look_alike import shown_name
from sfharden.text.wording import day


@dataclass(frozen=True, slots=True)
class GridCell:
    """A sign that is read without colour, the word for those who can't see it, and how it's painted."""

    sign: str
    word: str
    tone: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """One app, its use as far as it was read, its cells, and what is to be said of those that don't hold."""

    label: str
    name: str
    kind: str
    publisher: str
    users: str
    tokens: str
    last: str
    flows: str
    cells: tuple[GridCell, ...]
    reasons: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The columns are controls, by id and title."""

    controls: tuple[tuple[str, str], ...]
    rows: tuple[GridRow, ...]


CELLS: Final = {
    "fail": GridCell("✕", "failed", "f"),
    "unknown": GridCell("?", "unknown", "u"),
    "known": GridCell("k", "known", "w"),
    "waived": GridCell("w", "waived", "w"),
    "manual": GridCell("m", "look yourself", "m"),
    "pass": GridCell("✓", "passed", "p"),
    "not-applicable": GridCell("–", "doesn't apply", "n"),
}
_NONE: Final = GridCell("", "not judged", "n")
_TOLD: Final = (Status.FAIL, Status.UNKNOWN, Status.MANUAL)


def grid_of(found: AppsReport) -> Grid:
    """Everything that the page shows of apps."""
    controls = tuple((one.id, one.title) for one in found.controls)
    return Grid(controls, tuple(_row(one, controls) for one in found.apps))


def _row(one: AppRecord, controls: tuple[tuple[str, str], ...]) -> GridRow:
    use = one.use
    more = "+" if use and any(token.summed for token in use.tokens) else ""
    return GridRow(
        shown_name(one.label, 400),
        one.name if one.name != one.label and one.app else "",
        one.kind.replace("-", " "),
        one.publisher,
        f"{len(use.users):,}" if use else "?",
        f"{len(use.tokens):,}{more}" if use else "?",
        (day(use.last) if use.last else "?" if use.gap else "never") if use else "?",
        ", ".join(use.flows) if use else "",
        tuple(_cell(one.results.get(control)) for control, _ in controls),
        tuple(_reasons(one)),
    )


def _cell(result: Result | None) -> GridCell:
    return _NONE if result is None else CELLS[result.state.value]


def _reasons(one: AppRecord) -> Iterator[tuple[str, str, str]]:
    told = [each for each in one.results.values() if each.status in _TOLD]
    for each in sorted(told, key=lambda each: (-each.severity.rank, each.control)):
        yield each.control, _cell(each).word, each.message
