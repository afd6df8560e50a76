"""A drift as one page, to be sent and printed: every verdict and fact, long lists counted, no script."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple

from sfharden.checks.drift.compare import area_of
from sfharden.model.drift import Drift, FactChange, VerdictChange
from sfharden.report.drift_words import (
    ONLY_VERDICTS,
    TURNS,
    fact_words,
    headline,
    span,
    thing_words,
    trail_words,
    verdict_words,
    who_lines,
    whose,
)
from sfharden.report.html_page import Opening, render_page

_LONGEST: Final = 10_000
_TONES: Final = {"REGRESSED": "bad", "NOT ALL KNOWN": "open", "NO REGRESSION": "good"}
_BAD: Final = ("regressed", "found")
_GOOD: Final = ("mended", "settled")


class ShownVerdict(NamedTuple):
    """A verdict that changed; `facts` are the numbers of those behind it."""

    turn: str
    tone: str
    severity: str
    control: str
    subject: str
    words: str
    message: str
    facts: tuple[int, ...]


class ShownFact(NamedTuple):
    """A fact with its number, and a line for each row that may explain it."""

    number: int
    thing: str
    words: str
    who: tuple[str, ...]


class ShownArea(NamedTuple):
    """Facts under one head."""

    id: str
    title: str
    facts: tuple[ShownFact, ...]


def render_drift_html(drift: Drift) -> str:
    """The whole page; the same drift gives the same bytes."""
    said = headline(drift)
    return render_page(
        "drift.html",
        _LONGEST,
        Opening(f"Drift: {whose(drift)}", "drift", _TONES[said.partition(":")[0]], drift.tool.version),
        whose=whose(drift),
        headline=said,
        span=span(drift),
        policies=", ".join(drift.policies),
        verdicts=[_verdict(one) for one in drift.verdicts],
        areas=list(_areas(drift.facts or ())),
        gaps=[f"{gap.what}: {gap.reason}" for gap in drift.gaps],
        said=list(_said(drift)),
    )


def _verdict(one: VerdictChange) -> ShownVerdict:
    tone = "no" if one.turn in _BAD else "done" if one.turn in _GOOD else "unknown"
    whose_own = f" of {one.integration}" if one.integration else ""
    return ShownVerdict(
        TURNS[one.turn], tone, one.severity, one.control, f"{one.kind} {one.name}{whose_own}", verdict_words(one),
        one.message, tuple(at + 1 for at in one.facts),
    )  # fmt: skip


def _areas(facts: tuple[FactChange, ...]) -> Iterator[ShownArea]:
    numbered = enumerate(facts, 1)
    for title, found in groupby(numbered, lambda pair: area_of(pair[1])):
        shown = tuple(
            ShownFact(at, thing_words(one), fact_words(one), tuple(who_lines(one.explained)))
            for at, one in found
        )
        yield ShownArea(title.lower().replace(" ", "-"), title, shown)


def _said(drift: Drift) -> Iterator[str]:
    yield ONLY_VERDICTS if drift.facts is None else "Two states, each judged as of when it was read."
    if words := trail_words(drift):
        yield words
    yield from drift.warnings
