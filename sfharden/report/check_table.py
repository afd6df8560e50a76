"""The report for a person at a terminal: may it be called hardened, what fails and how to mend it, and what to do next.

One block a control: severity, what is wrong of whom, the fix. A report that would be longer than a screen or two is told
in short blocks; nothing is left out without being counted.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

import click

from sfharden.model.results import Report, Result, Severity, Status
from sfharden.report.check_blocks import (
    PLANNED,
    Block,
    View,
    blocks_of,
    holders_of,
    place_of,
    selected,
    subject_of,
)
from sfharden.report.check_settled import settled_block
from sfharden.report.check_verdict import colour_of, passing, verdict_of
from sfharden.report.form_registry import Showing
from sfharden.report.mend_first import mend_first
from sfharden.report.next_lines import next_block
from sfharden.report.source_words import azure_words, has_org, source_lines
from sfharden.text.redact import safe_text
from sfharden.text.terminal import Terminal
from sfharden.text.wording import count, shorten
from sfharden.text.wrapping import bullet, display_width, shorten_to, wrap

_COLOURS: Final = {
    Severity.CRITICAL: "bright_red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "blue",
}
_INDENT: Final = " " * 10  # as wide as the longest severity, and a gap
_MOST_SUBJECTS: Final = 3
_MOST_UNKNOWN: Final = 8
_MOST_GAPS: Final = 8
_MOST_LINES: Final = 46  # of failures: with what stands around them, a report is a page or two
_WHOLE: Final = 100_000  # characters of one reason with its controls: nothing is cut
_SHORT: Final = 2  # lines of a short block, but where a command takes more
_CLAUSE_ENDS: Final = re.compile(r"[.;] ")

Paint = Callable[[str, str], str]


def render_table(
    report: Report, terminal: Terminal, next_steps: Iterable[str], view: View | None = None
) -> str:
    """The report in at most `terminal.width` columns."""
    view = view or View()

    def paint(text: str, colour: str) -> str:
        return click.style(text, fg=colour, bold=True) if terminal.colour else text

    page = _Page(report, terminal, paint, view)
    if view.quiet:
        return page.counts() + "\n"
    blocks = [page.heading(), mend_first(report.to_mend, terminal), page.verdict()]
    if not view.summary:
        blocks += [
            *page.failed(),
            page.unknown(),
            page.to_look_at(),
            page.gaps(),
            page.passed(),
            page.waived(),
            page.baseline(),
        ]
        blocks += [page.warnings()]
    else:
        blocks += [page.stale_waivers()]
    blocks += [page.counts(), next_block(next_steps, terminal.width)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def show_table(report: Report, showing: Showing) -> str:
    """The report as `-f table` gives it."""
    page, view = render_table(report, showing.terminal, showing.next_steps, showing.view), showing.view
    if report.drift is None or view.quiet or view.summary:
        return page
    from sfharden.report.drift_table import since_text

    return f"{page}\n{since_text(report.drift, showing.terminal, full=view.full)}"


class _Page:
    """One report on one terminal."""

    def __init__(self, report: Report, terminal: Terminal, paint: Paint, view: View) -> None:
        self._report, self._width, self._paint, self._view = report, terminal.width, paint, view
        self._shown = selected(report, view.only, view.least).results
        self._wide = view.full or bool(view.only)

    # The head -------------------------------------------------------------------------------

    def heading(self) -> str:
        report, source = self._report, self._report.source
        integrations = ", ".join(safe_text(name, limit=60) for name in report.integrations) or "none given"
        lines = [
            *(
                [f"Source        {safe_text(source.name, limit=60)} ({self._read()})"]
                if has_org(source)
                else []
            ),
            *([f"Org           {self._org()}"] if report.org_name or report.is_sandbox is not None else []),
            *source_lines(source, 14, self._width),
            *([f"Azure         {azure_words(report)}"] if report.azure else []),
            f"Policies      {', '.join(safe_text(name, limit=80) for name in report.policies)}",
            f"Integrations  {integrations}",
            *([f"Judged by     {report.as_of}, not by today (--as-of)"] if report.as_of else []),
        ]
        return "\n".join(wrap(line, self._width, " " * 14) for line in lines)

    def _read(self) -> str:
        source = self._report.source
        if source.is_files:
            return f"{source.files_read} metadata files"
        return f"org {safe_text(source.org_id or 'unknown', limit=20)}, API {source.api_version}"

    def _org(self) -> str:
        kind = {True: "sandbox", False: "PRODUCTION", None: "sandbox or production, it didn't tell"}
        name = safe_text(self._report.org_name, limit=60)
        return f"{name}, {kind[self._report.is_sandbox]}" if name else kind[self._report.is_sandbox]

    def verdict(self) -> str:
        """May it be called hardened: one sentence, with what speaks against it by severity."""
        return self._paint(wrap(verdict_of(self._report), self._width), colour_of(self._report))

    # What fails -----------------------------------------------------------------------------

    def failed(self) -> Iterator[str]:
        """By integration, then the org; in short blocks where long ones would be too many lines."""
        blocks = blocks_of(one for one in self._shown if one.is_finding)
        told = zip(blocks, self._told(blocks), strict=True)
        for integration, group in groupby(told, key=lambda pair: pair[0].integration):
            title = (
                f"FAILED, {safe_text(integration, limit=60)}" if integration else "FAILED, the org as a whole"
            )
            texts = [text for _, text in group]
            cut = (
                f"(cut at {self._width} columns: --full shows all)"
                if not self._wide and any(map(_is_cut, texts))
                else ""
            )
            yield "\n".join([self._paint(title, "red"), *([cut] if cut else []), *texts])

    def _told(self, blocks: Sequence[Block]) -> Iterator[str]:
        left = _MOST_LINES
        for after, block in enumerate(blocks, 1 - len(blocks)):
            long, short = self._long(block), self._short(block)
            fits = left - _lines(long) >= _SHORT * -after
            text = long if self._wide or fits else short
            left -= _lines(text)
            yield text

    def _head(self, block: Block, text: str) -> str:
        severity = f"{block.severity.value.upper():<9} "
        return self._paint(severity, _COLOURS[block.severity]) + self._fit(text)

    def _fit(self, text: str) -> str:
        return wrap(text, self._width - len(_INDENT)).replace("\n", f"\n{_INDENT}")

    def _whole(self, text: str) -> str:
        """Lines below the indent that break no command."""
        return wrap(text, self._width - len(_INDENT), "  ", whole=True).replace("\n", f"\n{_INDENT}")

    def _long(self, block: Block) -> str:
        many = f": {count(block.subjects, 'subject')}" if block.subjects > 1 else ""
        follows = f" (follows from {block.follows})" if block.follows else ""
        lines = [self._head(block, f"{block.control}{many}{follows}")]
        most = block.results if self._wide else block.results[:_MOST_SUBJECTS]
        for one in most:
            lines.append(_INDENT + self._fit(self._one(one)))
            lines += [_INDENT + self._whole(f"- {told}") for told in holders_of(one) if self._wide]
        if more := len(block.results) - len(most):
            lines.append(f"{_INDENT}and {more:,} more (--only {block.control})")
        plan = " (plan writes it)" if block.control in PLANNED and block.integration else ""
        lines.append(
            _INDENT + self._fit(f"Fix: {safe_text(block.fix, limit=_WHOLE if self._wide else 600)}{plan}")
            if block.fix
            else ""
        )
        return "\n".join(line for line in lines if line)

    def _one(self, one: Result) -> str:
        said = safe_text(one.message, limit=_WHOLE if self._wide else 200)
        about = "" if one.subject.kind == "org" else f"{subject_of(one)}: "
        return f"{about}{said} {place_of(one)}".strip()

    def _short(self, block: Block) -> str:
        """Two lines: what is wrong, of the first subject, and the fix."""
        first, room = block.results[0], self._width - len(_INDENT)
        more = f" and {block.subjects - 1:,} more" if block.subjects > 1 else ""
        own = block.integration or first.subject.kind == "org"
        about = "" if own and not more else f"{safe_text(first.subject.name, limit=40)}{more}: "
        plan = " (plan)" if block.control in PLANNED and block.integration else ""
        said = shorten_to(f"{block.control}: {about}{safe_text(first.message)}", room)
        fix = self._fit(_short_fix(f"Fix: {safe_text(block.fix, limit=600)}", room - len(plan)) + plan)
        return f"{self._head(block, said)}\n{_INDENT}{fix}"

    # What is not known, and the rest --------------------------------------------------------

    def unknown(self) -> str:
        unknown = [one for one in self._shown if one.is_open]
        by_message: dict[str, list[Result]] = {}
        for one in unknown:
            by_message.setdefault(one.message, []).append(one)
        most = len(by_message) if self._wide else _MOST_UNKNOWN
        lines = []
        for message, results in list(by_message.items())[:most]:
            controls = list(dict.fromkeys(one.control for one in results))
            subjects = dict.fromkeys(subject_of(one) for one in results if one.subject.kind != "org")
            about = (
                f" ({len(subjects)} subjects)"
                if len(subjects) > 1
                else "".join(f" ({one})" for one in subjects)
            )
            # The reason has the way out, so a long list of controls stands after it.
            listed = ", ".join(controls) if self._wide else shorten(controls)
            told = (
                f"{message} Controls: {listed}{about}" if len(controls) > 1 else f"{listed}{about}: {message}"
            )
            lines.append(bullet(told, self._width, _WHOLE if self._wide else 600))
        if (more := len(by_message) - most) > 0:
            lines.append(f"  and {count(more, 'more reason')} (--only unknown)")
        title = self._paint("UNKNOWN", "yellow") + " (not read is not passed)"
        return "\n".join([title, *lines]) if lines else ""

    def to_look_at(self) -> str:
        """What no call tells."""
        found = [one for one in self._shown if one.status is Status.MANUAL]
        by_message: dict[tuple[str, str], list[Result]] = {}
        for one in found:
            by_message.setdefault((one.control, one.message), []).append(one)
        lines = [
            bullet(f"{control} ({subject_of(ones[0])}{_more(len(ones))}): {message}", self._width)
            for (control, message), ones in by_message.items()
        ]
        return "\n".join(["LOOK YOURSELF (no call tells it)", *lines]) if lines else ""

    def gaps(self) -> str:
        gaps = self._report.gaps if not self._view.only else ()
        most = len(gaps) if self._wide else _MOST_GAPS
        lines = [bullet(f"{gap.what}: {gap.reason}", self._width) for gap in gaps[:most]]
        if (more := len(gaps) - most) > 0:
            lines.append(f"  and {more:,} more (--full)")
        return "\n".join(["NOT READ", *lines]) if lines else ""

    def passed(self) -> str:
        """One line, unless they are asked for."""
        passes = [one for one in self._shown if one.status is Status.PASS]
        if not passes:
            return ""
        title = self._paint("PASSED", "green")
        if not self._wide:
            return f"{title} {count(passing(self._report)[0], 'control')} (--full lists them)"
        return "\n".join(
            [
                title,
                *(bullet(f"{one.control} ({subject_of(one)}): {one.message}", self._width) for one in passes),
            ]
        )

    def waived(self) -> str:
        found = [one for one in self._shown if one.waived]
        most = len(found) if self._wide else _MOST_UNKNOWN
        lines = [bullet(_waiver(one), self._width) for one in found[:most]]
        if (more := len(found) - most) > 0:
            lines.append(f"  and {more:,} more (--full)")
        return "\n".join(["WAIVED", *lines]) if lines else ""

    def baseline(self) -> str:
        return settled_block(self._report, self._width, shown=self._shown, wide=self._wide)

    def warnings(self) -> str:
        lines = [bullet(text, self._width) for text in self._report.warnings]
        return "\n".join(["WARNINGS", *lines]) if lines else ""

    def stale_waivers(self) -> str:
        """One line, where the warnings aren't shown."""
        about = [one for one in self._report.warnings if one.startswith("Waiver of ")]
        told = {"expired": " expired on ", "not used": " is not used: "}
        counts = {word: sum(part in one for one in about) for word, part in told.items()}
        shown = ", ".join(f"{number:,} {word}" for word, number in counts.items() if number)
        return f"WAIVERS {shown} (check without --summary names them)" if shown else ""

    def counts(self) -> str:
        counts = self._report.summary
        parts = [f"{counts[status]} {word}" for status, word in _WORDS.items()]
        parts += [
            f"{counts[name]} {name}"
            for name in ("known", "waived", "not-applicable", "manual")
            if counts.get(name)
        ]
        if self._report.gaps:
            parts.append(f"{len(self._report.gaps)} not read")
        bad, open_ = counts["fail"], counts["unknown"] or self._report.gaps
        told = wrap(f"Subject by subject: {', '.join(parts)}.", self._width)
        return self._paint(told, "red" if bad else "yellow" if open_ else "green")


_WORDS: Final = {"fail": "failed", "unknown": "unknown", "pass": "passed"}


def _short_fix(fix: str, room: int) -> str:
    """One line of it, cut between words and never within a command: half of one, pasted, does something else.

    A command that would be cut stays whole in the first clause, and goes after it.
    """
    if display_width(fix) <= room:
        return fix
    kept = shorten_to(fix, room - 1).rstrip("…")
    if kept.count("`") % 2:
        before = kept.rpartition("`")[0]
        end = fix.find("`", len(before) + 1) + 1
        whole = end > 0 and not _CLAUSE_ENDS.search(before)
        return f"{fix[:end] if whole else before.rstrip()}{' …' if not whole or end < len(fix) else ''}"
    return f"{kept.rpartition(' ')[0] if fix[len(kept)] != ' ' else kept} …"


def _is_cut(text: str) -> bool:
    return "…" in text


def _lines(text: str) -> int:
    return text.count("\n") + 1


def _more(number: int) -> str:
    return f", and {number - 1:,} more" if number > 1 else ""


def _waiver(one: Result) -> str:
    waiver = one.waived
    if waiver is None:
        return ""
    return f"{one.control} ({subject_of(one)}): {waiver.reason} ({waiver.owner}, until {waiver.expires})"
