"""A report as commands of a GitHub Actions workflow, which become annotations, and as the page of its step.

One line an annotation. GitHub shows the first ten errors and ten warnings of a step; all stand in the log, and the last
line has the counts.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from sfharden.model.results import Report, Result
from sfharden.report.check_blocks import blocks_of, subject_of
from sfharden.report.check_markdown import short_markdown
from sfharden.report.check_places import file_of
from sfharden.report.check_verdict import verdict_of
from sfharden.report.form_registry import Showing
from sfharden.report.status_words import WORDS, counts_of
from sfharden.text.redact import safe_text

SUMMARY_BYTES: Final = 1_000_000  # GitHub refuses the page of a step over 1 MiB
_MOST_ROWS: Final = 100
# What would end a value, or the line (actions/toolkit, command.ts: escapeData, escapeProperty).
_DATA: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY: Final = {**_DATA, ":": "%3A", ",": "%2C"}


def show_github(report: Report, _: Showing) -> str:
    """The lines for standard output."""
    lines = [_annotation(report, one) for one in _told(report)]
    lines.append(f"::notice title=sfharden::{_said(f'{verdict_of(report)} {counts_of(report)}.', _DATA)}")
    return "\n".join(lines) + "\n"


def step_summary(report: Report) -> str:
    """The page for GITHUB_STEP_SUMMARY: short enough to be taken."""
    text = short_markdown(report, _MOST_ROWS)
    if len(text.encode()) > SUMMARY_BYTES:
        text = short_markdown(report, 10)
    return text


def _told(report: Report) -> Iterator[Result]:
    """What fails first: of a step's annotations only the first ones are shown."""
    for state in (one for one, words in WORDS.items() if words.github):
        for block in blocks_of(one for one in report.results if one.state is state):
            yield from block.results


def _annotation(report: Report, one: Result) -> str:
    words = WORDS[one.state]
    fields = dict(_fields(report, one, words.word))
    shown = ",".join(f"{name}={_said(text, _PROPERTY)}" for name, text in fields.items())
    fix = f" Fix: {one.remediation}" if one.is_finding and one.remediation else ""
    about = "" if one.subject.kind == "org" else f"{subject_of(one)}: "
    return f"::{words.github} {shown}::{_said(f'{about}{one.message}{fix}', _DATA)}"


def _fields(report: Report, one: Result, word: str) -> Iterator[tuple[str, str]]:
    if found := file_of(report, one):
        path, line = found
        yield "file", path
        if line:
            yield "line", str(line)
    yield "title", f"{one.control}: {word}, {one.severity.value}"


def _said(text: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(mark, mark) for mark in safe_text(text, limit=2000))
