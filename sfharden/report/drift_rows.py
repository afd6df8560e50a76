"""A drift as rows: CSV for a spreadsheet, and a page of Markdown that fits a mail or a ticket."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from sfharden.checks.drift.compare import area_of
from sfharden.model.drift import Drift, VerdictChange
from sfharden.report.drift_words import (
    ONLY_VERDICTS,
    TURNS,
    fact_words,
    headline,
    maker,
    span,
    trail_words,
    verdict_words,
    who_lines,
    whose,
)
from sfharden.text.csv_cell import csv_text
from sfharden.text.markdown import escaped, markdown_table
from sfharden.text.wording import count

_HEAD: Final = (
    "what", "turn", "severity", "subject_kind", "subject", "control_or_fact", "was", "now", "added", "removed",
    "telling", "who", "when", "row", "note",
)  # fmt: skip
_VERDICTS: Final = ("Turn", "Severity", "Control", "Of", "Verdict", "Message", "Facts")
_FACTS: Final = ("No.", "Of", "What", "Change", "Who and when")
MOST_ROWS: Final = 60  # of facts: a ticket is no archive


def render_drift_csv(drift: Drift) -> str:
    """One row a verdict that changed, then one a fact; of a fact that several rows may explain, one for each of these."""
    return csv_text(_HEAD, _rows(drift))


def _rows(drift: Drift) -> Iterator[Sequence[str]]:
    for one in drift.verdicts:
        yield (
            "verdict", one.turn, one.severity, one.kind, one.name, one.control, one.was, one.now,
            *("",) * 6, one.message,
        )  # fmt: skip
    for fact in drift.facts or ():
        explained = fact.explained
        told = [(maker(row), row.at.isoformat(), row.display) for row in explained.rows] or [("", "", "")]
        note = "; ".join(filter(None, (fact.note, explained.note)))
        for row in told:
            yield (
                "fact", fact.change, "", fact.kind, fact.name, fact.what, fact.was, fact.now,
                "; ".join(fact.added), "; ".join(fact.removed), explained.telling, *row, note,
            )  # fmt: skip


def render_drift_markdown(drift: Drift) -> str:
    """The whole page."""
    head = ("# Drift", "", f"- Of: {escaped(whose(drift))}", f"- Between: {escaped(span(drift))}",
            f"- Policies: {escaped(', '.join(drift.policies))}")  # fmt: skip
    return "\n".join((*head, "", *drift_markdown_lines(drift))) + "\n"


def since_heading(drift: Drift) -> str:
    """What a report on one state puts above what it adds of an earlier one."""
    return f"# Since then: {escaped(span(drift))}"


def drift_markdown_lines(drift: Drift) -> Iterator[str]:
    """The page without its head: the verdict, then what changed and who is on record."""
    yield f"**{escaped(headline(drift))}**"
    yield from _section("Verdicts", markdown_table(_VERDICTS, map(_verdict, drift.verdicts)))
    if drift.facts is None:
        yield from ("", ONLY_VERDICTS)
    facts = drift.facts or ()
    yield from _section("Facts", markdown_table(_FACTS, _fact_rows(drift)))
    if len(facts) > MOST_ROWS:
        yield from ("", f"And {count(len(facts) - MOST_ROWS, 'more fact')}.")
    if words := trail_words(drift):
        yield from ("", escaped(words))
    gaps = [f"- {escaped(f'{gap.what}: {gap.reason}')}" for gap in drift.gaps]
    yield from _section("Not compared", gaps)
    yield from _section("Warnings", [f"- {escaped(text)}" for text in drift.warnings])


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield from ("", f"## {title}", "", *found)


def _verdict(one: VerdictChange) -> Sequence[str]:
    whose_own = f" of {one.integration}" if one.integration else ""
    return (
        TURNS[one.turn], one.severity, one.control, f"{one.kind} {one.name}{whose_own}", verdict_words(one),
        one.message, ", ".join(f"{at + 1}" for at in one.facts),
    )  # fmt: skip


def _fact_rows(drift: Drift) -> Iterator[Sequence[str]]:
    for at, one in enumerate((drift.facts or ())[:MOST_ROWS], 1):
        what = f"{area_of(one)}: {one.what}"
        yield (f"{at}", f"{one.kind} {one.name}", what, fact_words(one), "; ".join(who_lines(one.explained)))
