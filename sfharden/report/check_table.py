"""The report for a person at a terminal: what fails first, why, and what to do next."""

from collections.abc import Callable, Iterable, Iterator

import click
from tabulate import MIN_PADDING, tabulate

from sfharden.model.results import Report, Result, Severity, Status
from sfharden.report.mend_first import mend_first
from sfharden.report.source_words import source_lines
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import COLUMN_GAP as _COLUMN_GAP
from sfharden.text.wrapping import bullet, wrap
from sfharden.text.wrapping import steps as _list

_COLOURS = {
    Severity.CRITICAL: "bright_red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "blue",
}
_MOST_PASSES = 12
_MOST_UNKNOWN = 8
_MOST_GAPS = 10

Paint = Callable[[str, str], str]


def render_table(report: Report, terminal: Terminal, next_steps: Iterable[str]) -> str:
    """The report in at most `terminal.width` columns."""

    def paint(text: str, colour: str) -> str:
        return click.style(text, fg=colour, bold=True) if terminal.colour else text

    blocks = [
        _heading(report, terminal.width),
        mend_first(report.to_mend, terminal),
        *_findings(report, terminal, paint),
        *_unknown(report, terminal, paint),
        *_by_hand(report, terminal),
        *_gaps(report, terminal),
        *_passes(report, terminal, paint),
        *_warnings(report, terminal),
        _summary(report, paint),
        _list("Next:", next_steps),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _heading(report: Report, width: int) -> str:
    source = report.source
    read = f"{source.files_read} metadata files"
    if not source.is_files:
        read = f"org {safe_text(source.org_id or 'unknown', limit=20)}, API {source.api_version}"
    integrations = ", ".join(safe_text(name, limit=60) for name in report.integrations) or "none given"
    return "\n".join(
        [
            f"Source        {safe_text(source.name, limit=60)} ({read})",
            *source_lines(source, 14, width),
            f"Policies      {', '.join(report.policies)}",
            f"Integrations  {integrations}",
            *([f"Judged by     {report.as_of}, not by today (--as-of)"] if report.as_of else []),
        ]
    )


def _findings(report: Report, terminal: Terminal, paint: Paint) -> Iterator[str]:
    findings = [result for result in report.results if result.is_finding]
    if not findings:
        return
    severity_width, control_width = len("Severity") + MIN_PADDING, 30
    why_width = terminal.width - severity_width - control_width - 2 * len(_COLUMN_GAP)
    rows = [
        [
            paint(result.severity.upper(), _COLOURS[result.severity]),
            wrap(f"{result.control}\n{_subject(result)}", control_width, hyphens=True),
            wrap(f"{safe_text(result.message, limit=600)}\n{_where(result)}".strip(), why_width),
        ]
        for result in findings
    ]
    yield f"{paint('FAILED', 'red')}\n" + tabulate(
        rows, headers=["Severity", "Control, subject", "Why"], tablefmt="simple", disable_numparse=True
    )


def _subject(result: Result) -> str:
    return f"{result.subject.kind} '{safe_text(result.subject.name, limit=120)}'"


def _where(result: Result) -> str:
    source = next((evidence.source for evidence in result.evidence if evidence.source), "")
    return f"[{safe_text(source.rpartition('/')[2], limit=160)}]" if source else ""


def _unknown(report: Report, terminal: Terminal, paint: Paint) -> Iterator[str]:
    unknown = [result for result in report.results if result.is_open]
    if not unknown:
        return
    by_message: dict[str, list[Result]] = {}
    for result in unknown:
        by_message.setdefault(result.message, []).append(result)
    lines = []
    for message, results in list(by_message.items())[:_MOST_UNKNOWN]:
        controls = ", ".join(dict.fromkeys(result.control for result in results))
        subjects = dict.fromkeys(_subject(result) for result in results if result.subject.kind != "org")
        about = (
            f" ({len(subjects)} subjects)" if len(subjects) > 1 else "".join(f" ({one})" for one in subjects)
        )
        lines.append(bullet(f"{controls}{about}: {message}", terminal.width))
    more = len(by_message) - _MOST_UNKNOWN
    if more > 0:
        lines.append(f"  and {more} more kinds of reasons; -f json has them all.")
    yield f"{paint('UNKNOWN', 'yellow')} (not read is not passed)\n" + "\n".join(lines)


def _by_hand(report: Report, terminal: Terminal) -> Iterator[str]:
    """What no file and no record tells of an integration; it keeps no run from 0, so nobody may overlook it."""
    found = [result for result in report.results if result.status is Status.MANUAL and result.integration]
    if found:
        lines = (
            bullet(
                f"{result.control} ({_subject(result)}): {safe_text(result.message, limit=600)}",
                terminal.width,
            )
            for result in found
        )
        yield "BY HAND (look at it yourself)\n" + "\n".join(lines)


def _gaps(report: Report, terminal: Terminal) -> Iterator[str]:
    if not report.gaps:
        return
    lines = [bullet(f"{gap.what}: {gap.reason}", terminal.width) for gap in report.gaps[:_MOST_GAPS]]
    more = len(report.gaps) - _MOST_GAPS
    if more > 0:
        lines.append(f"  and {more} more; -f json has them all.")
    yield "NOT READ\n" + "\n".join(lines)


def _passes(report: Report, terminal: Terminal, paint: Paint) -> Iterator[str]:
    passes = [result for result in report.results if result.status is Status.PASS]
    waived = [result for result in report.results if result.waived]
    lines = [
        bullet(f"{result.control} ({_subject(result)}): {result.message}", terminal.width)
        for result in passes[:_MOST_PASSES]
    ]
    more = len(passes) - _MOST_PASSES
    if more > 0:
        lines.append(f"  and {more} more; -f json has them all.")
    if passes:
        yield f"{paint('PASSED', 'green')}\n" + "\n".join(lines)
    if waived:
        yield "WAIVED\n" + "\n".join(bullet(_waiver(result), terminal.width) for result in waived)


def _waiver(result: Result) -> str:
    waiver = result.waived
    if waiver is None:
        return ""
    return f"{result.control} ({_subject(result)}): {waiver.reason} ({waiver.owner}, until {waiver.expires})"


def _warnings(report: Report, terminal: Terminal) -> Iterator[str]:
    if report.warnings:
        yield "WARNINGS\n" + "\n".join(bullet(text, terminal.width) for text in report.warnings)


def _summary(report: Report, paint: Paint) -> str:
    counts = report.summary
    parts = [f"{counts['fail']} failed", f"{counts['unknown']} unknown", f"{counts['pass']} passed"]
    parts += [f"{counts[name]} {name}" for name in ("waived", "not-applicable", "manual") if counts[name]]
    if report.gaps:
        parts.append(f"{len(report.gaps)} not read")
    colour = "red" if counts["fail"] else "yellow" if counts["unknown"] or report.gaps else "green"
    return paint(", ".join(parts) + ".", colour)


def next_steps(report: Report, source: str, *, is_demo: bool) -> Iterator[str]:
    """What to do after reading the report, most useful first. `source` is the SOURCE to type again."""
    findings = [result for result in report.results if result.is_finding]
    if findings:
        yield f"sfharden controls {findings[0].control}"
        yield "  why it matters and how to mend it"
    if report.source.is_files and not report.integrations:
        yield f"sfharden init {source}"
        yield "  describe your integration; then judge it with check -i FILE"
    if report.source.is_files and not report.source.files_read:
        yield "No Salesforce metadata was found there. Is it the right folder?"
    if is_demo:
        yield "sfharden check --org ALIAS"
        yield "  judge your own org; --source DIR judges metadata files"
