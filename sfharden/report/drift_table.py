"""A drift for a person at a terminal: verdicts that changed, the worst first, the facts behind them, who is on record."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

import click

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
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal
from sfharden.text.wording import count, shorten
from sfharden.text.wrapping import bullet, wrap

MOST_FACTS: Final = 40
_LIMIT: Final = 600
_COLOURS: Final = {"REGRESSED": "red", "NOT ALL KNOWN": "yellow", "NO REGRESSION": "green"}


def render_drift(drift: Drift, terminal: Terminal, *, full: bool = False) -> str:
    """The page, in at most `terminal.width` columns."""
    blocks = [_heading(drift, terminal), *drift_blocks(drift, terminal, full=full)]
    return "\n\n".join(filter(None, blocks)) + "\n"


def since_text(drift: Drift, terminal: Terminal, *, full: bool = False) -> str:
    """What a report on one state adds of an earlier one."""
    head = wrap(safe_text(f"Since then: {span(drift)}", limit=_LIMIT), terminal.width)
    return "\n\n".join(filter(None, (head, *drift_blocks(drift, terminal, full=full)))) + "\n"


def drift_blocks(drift: Drift, terminal: Terminal, *, full: bool = False) -> Iterator[str]:
    """The page without its head, block by block."""
    yield _headline(drift, terminal)
    yield from (_block("Verdicts", _verdicts(drift, terminal.width)),)
    if drift.facts is None:
        yield wrap(ONLY_VERDICTS, terminal.width)
    else:
        yield from _facts(drift.facts, terminal.width, MOST_FACTS if not full else len(drift.facts))
    yield wrap(safe_text(trail_words(drift), limit=_LIMIT), terminal.width)
    gaps = [
        f"{gap.what}: {gap.reason}{' (the earlier state had it)' if gap.is_new else ''}" for gap in drift.gaps
    ]
    yield _block("Not compared", (bullet(text, terminal.width) for text in gaps))
    yield _block("Warnings", (bullet(text, terminal.width) for text in drift.warnings))


def _heading(drift: Drift, terminal: Terminal) -> str:
    lines = (
        f"Drift     {whose(drift)}",
        f"Between   {span(drift)}",
        f"Policies  {', '.join(drift.policies)}",
    )
    return "\n".join(wrap(safe_text(line, limit=_LIMIT), terminal.width, " " * 10) for line in lines)


def _headline(drift: Drift, terminal: Terminal) -> str:
    text = headline(drift)
    colour = _COLOURS[text.partition(":")[0]]
    shown = wrap(text, terminal.width)
    return click.style(shown, fg=colour, bold=True) if terminal.colour else shown


def _block(title: str, lines: Iterable[str]) -> str:
    found = list(lines)
    return "\n".join((title, *found)) if found else ""


def _verdicts(drift: Drift, width: int) -> Iterator[str]:
    for one in drift.verdicts:
        yield _line(
            f"- {TURNS[one.turn]}, {one.severity}: {one.control}, {_of(one)}: {verdict_words(one)}", width
        )
        if one.message and one.turn not in ("mended", "settled"):
            yield _line(f"    {one.message}", width, "    ")
        if one.facts:
            yield _line(f"    Behind it: {shorten([f'[{at + 1}]' for at in one.facts])}", width, "    ")


def _of(one: VerdictChange) -> str:
    integration = f" of {one.integration}" if one.integration else ""
    return f"{one.kind} {one.name}{integration}"


def _facts(facts: tuple[FactChange, ...], width: int, most: int) -> Iterator[str]:
    numbered = list(enumerate(facts[:most], 1))
    for area, found in groupby(numbered, lambda pair: area_of(pair[1])):
        yield _block(area, (line for at, one in found for line in _fact(at, one, width)))
    if (more := len(facts) - most) > 0:
        yield f"And {count(more, 'more fact')}: --full shows them."


def _fact(at: int, one: FactChange, width: int) -> Iterator[str]:
    yield _line(f"[{at}] {thing_words(one)}: {fact_words(one)}", width, "    ")
    yield from (_line(f"    {line}", width, "      ") for line in who_lines(one.explained))


def _line(text: str, width: int, indent: str = "  ") -> str:
    """Foreign text on lines of its own, the first as far in as it stands."""
    begin = len(text) - len(text.lstrip(" "))
    return wrap(" " * begin + safe_text(text[begin:], limit=_LIMIT), width, indent)
