"""Every app of the org against the controls of apps, as a grid: the worst first, a sign and a word a cell."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.checks.every_app import AppRecord, AppsReport
from sfharden.model.results import Result, Status
from sfharden.simulation.mending import Effect, Forecast, Forecasts
from sfharden.text.look_alike import shown_name
from sfharden.text.wording import day


@dataclass(frozen=True, slots=True)
class GridCell:
    """A sign that is read without colour, the word for those who can't see it, and how it's painted."""

    sign: str
    word: str
    tone: str


@dataclass(frozen=True, slots=True)
class GridReason:
    """What is to be said of a cell that doesn't hold; where it was foretold, what mending it would do."""

    control: str
    word: str
    message: str
    forecast: Forecast | None = None


@dataclass(frozen=True, slots=True)
class GridRow:
    """One app, its use as far as it was read, its cells, and what is to be said of those that don't hold.

    `mended` is the worst that mending any of them would do, in a word and a tone.
    """

    label: str
    name: str
    kind: str
    publisher: str
    users: str
    tokens: str
    last: str
    flows: str
    cells: tuple[GridCell, ...]
    reasons: tuple[GridReason, ...]
    mended: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class MendedApps:
    """Apps of which mending one control would do the same."""

    effect: Effect
    text: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The columns are controls, by id and title; `foretold` where it was asked what mending would do.

    `mending` tells that control by control, what is safe first.
    """

    controls: tuple[tuple[str, str], ...]
    rows: tuple[GridRow, ...]
    foretold: bool = False
    mending: tuple[tuple[str, tuple[MendedApps, ...]], ...] = ()


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


# The worst first: what one setting breaks, mending the app breaks.
EFFECTS: Final = {
    Effect.BREAKS: ("refuses something", "no"),
    Effect.CANNOT_TELL: ("can't tell", "unknown"),
    Effect.NONE: ("nothing seen", "done"),
}


def grid_of(found: AppsReport, forecasts: Forecasts | None = None) -> Grid:
    """Everything that the page shows of apps."""
    controls = tuple((one.id, one.title) for one in found.controls)
    rows = tuple(_row(one, controls, forecasts or {}) for one in found.apps)
    told = ((name, _mended(name, found.apps, forecasts or {})) for name, _ in controls)
    return Grid(controls, rows, forecasts is not None, tuple(pair for pair in told if pair[1]))


def _row(one: AppRecord, controls: tuple[tuple[str, str], ...], forecasts: Forecasts) -> GridRow:
    use, reasons = one.use, tuple(_reasons(one, forecasts))
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
        reasons,
        _worst(reasons),
    )


def _cell(result: Result | None) -> GridCell:
    return _NONE if result is None else CELLS[result.state.value]


def _reasons(one: AppRecord, forecasts: Forecasts) -> Iterator[GridReason]:
    told = [each for each in one.results.values() if each.status in _TOLD]
    for each in sorted(told, key=lambda each: (-each.severity.rank, each.control)):
        forecast = forecasts.get((each.control, one.kind, one.name))
        yield GridReason(each.control, _cell(each).word, each.message, forecast)


def _worst(reasons: Iterable[GridReason]) -> tuple[str, str]:
    seen = {one.forecast.effect for one in reasons if one.forecast}
    return next((said for effect, said in EFFECTS.items() if effect in seen), ("", ""))


def _mended(control: str, apps: Iterable[AppRecord], forecasts: Forecasts) -> tuple[MendedApps, ...]:
    found: dict[Forecast, list[str]] = {}
    for one in apps:
        if forecast := forecasts.get((control, one.kind, one.name)):
            found.setdefault(forecast, []).append(shown_name(one.label, 400))
    order = list(Effect)
    groups = sorted(found.items(), key=lambda pair: order.index(pair[0].effect))
    return tuple(MendedApps(forecast.effect, forecast.text, tuple(names)) for forecast, names in groups)
