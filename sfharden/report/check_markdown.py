"""A report as Markdown, for a comment on a change or a wiki: the verdict, the counts, what fails, what isn't known."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from sfharden.model.results import Report, Result, ResultState
from sfharden.report.check_blocks import blocks_of, holders_of, subject_of
from sfharden.report.check_verdict import verdict_of
from sfharden.report.form_registry import Showing
from sfharden.report.source_words import azure_words, commit_words, has_org, snapshot_words
from sfharden.report.status_words import WORDS
from sfharden.text.markdown import escaped, markdown_table

_Rows = Iterable[Sequence[str]]


def show_markdown(report: Report, _: Showing) -> str:
    """The whole page."""
    return "\n".join(_page(report, None)) + "\n"


def short_markdown(report: Report, most: int) -> str:
    """The page with at most `most` rows a table; the others are counted."""
    return "\n".join(_page(report, most)) + "\n"


def _page(report: Report, most: int | None) -> Iterator[str]:
    yield from ("# sfharden", "", f"**{escaped(verdict_of(report))}**", "", *_source(report), "")
    yield from markdown_table(
        ("Result", "Number"), ((WORDS[state].word, f"{number:,}") for state, number in report.states.items())
    )
    for title, head, rows in _tables(report):
        shown = rows[:most]
        table = list(markdown_table(head, shown))
        if table:
            yield from ("", f"## {title}", "", *table)
        if more := len(rows) - len(shown):
            yield from ("", f"And {more:,} more.")
    yield from _list("Who holds which role", list(_holders(report)), most)
    yield from _list("Warnings", (*report.to_mend, *report.warnings), most)
    yield from _list("Not read", [f"{gap.what}: {gap.reason}" for gap in report.gaps], most)
    if report.drift is not None and most is None:
        from sfharden.report.drift_rows import drift_markdown_lines, since_heading

        yield from ("", since_heading(report.drift), "", *drift_markdown_lines(report.drift))


def _holders(report: Report) -> Iterator[str]:
    for one in report.results:
        if one.state is ResultState.FAIL:
            yield from (f"{subject_of(one)}: {told}" for told in holders_of(one))


def _source(report: Report) -> Iterator[str]:
    source = report.source
    kind = {True: "sandbox", False: "PRODUCTION", None: ""}[report.is_sandbox]
    org = ", ".join(filter(None, (report.org_name, source.org_id or "", kind)))
    told = {
        "Source": source.name if has_org(source) else "",
        "Org": org,
        "Snapshot": snapshot_words(source),
        "Commit": commit_words(source),
        "Azure": azure_words(report),
        "Integrations": ", ".join(report.integrations),
        "Policies": ", ".join(report.policies),
        "Made": f"{report.generated_at} by sfharden {report.tool.version}",
        "Judged by": report.as_of or "",
    }
    yield from (f"- {name}: {escaped(text)}" for name, text in told.items() if text)


def _tables(report: Report) -> Iterator[tuple[str, Sequence[str], list[Sequence[str]]]]:
    for title, head, wanted, cells in _TABLES:
        found = [one for one in report.results if one.state is wanted]
        # Together as at a terminal: the severest first, causes before what follows from them.
        ordered = [one for block in blocks_of(found) for one in block.results]
        yield title, head, [cells(one) for one in ordered]
    if report.baseline:
        rows: list[Sequence[str]] = [
            (one.control, f"{one.subject.kind} '{one.subject.name}'", one.now)
            for one in report.baseline.settled
        ]
        yield "Of the baseline, no longer failing", ("Control", "Of", "Now"), rows


def _failed(one: Result) -> Sequence[str]:
    about = ", ".join(filter(None, (one.integration or "", subject_of(one))))
    return one.severity.value, one.control, about, f"{one.message} {_where(one)}", one.remediation


def _unknown(one: Result) -> Sequence[str]:
    return one.severity.value, one.control, subject_of(one), one.message


def _waived(one: Result) -> Sequence[str]:
    waived = one.waived
    why = (waived.reason, waived.owner, f"{waived.expires}") if waived else ("", "", "")
    return one.control, subject_of(one), *why


def _where(one: Result) -> str:
    source = next((part.source for part in one.evidence if part.source), "")
    return f"({source})" if source else ""


_FAILED: Final = ("Severity", "Control", "Of", "What is wrong", "Fix")
_UNKNOWN: Final = ("Severity", "Control", "Of", "Why")
_TABLES: Final[tuple[tuple[str, Sequence[str], ResultState, Callable[[Result], Sequence[str]]], ...]] = (
    ("Failed", _FAILED, ResultState.FAIL, _failed),
    ("Unknown (not read is not passed)", _UNKNOWN, ResultState.UNKNOWN, _unknown),
    ("Look yourself (no call tells it)", _UNKNOWN, ResultState.MANUAL, _unknown),
    ("Known (the baseline has them)", _FAILED, ResultState.KNOWN, _failed),
    ("Waived", ("Control", "Of", "Why", "By", "Until"), ResultState.WAIVED, _waived),
)


def _list(title: str, texts: Sequence[str], most: int | None) -> Iterator[str]:
    if texts:
        yield from ("", f"## {title}", "", *(f"- {escaped(text, limit=600)}" for text in texts[:most]))
    if most is not None and len(texts) > most:
        yield f"- and {len(texts) - most:,} more"
