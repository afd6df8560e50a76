"""The addresses of an integration as rows, for a spreadsheet or a page: every range, every login range, every gap."""

from collections.abc import Iterator
from typing import Final

from sfharden.model.egress_report import EgressReport
from sfharden.text.csv_cell import csv_text
from sfharden.text.markdown import markdown_table

_HEAD: Final = ("integration", "what", "value", "source")


def render_csv(report: EgressReport) -> str:
    """One row a range, a gap, a condition or a warning; no cell a formula."""
    return csv_text(_HEAD, _rows(report))


def render_markdown(report: EgressReport) -> str:
    """The same as a page."""
    head = f"# Egress\n\n- Made: {report.generated_at}\n\n"
    return head + "\n".join(markdown_table(_HEAD, _rows(report), limit=300)) + "\n"


def _rows(report: EgressReport) -> Iterator[tuple[str, str, str, str]]:
    for part in report.parts:
        told = [("egress", text, "") for text in part.ranges]
        told += [("operator", text, "") for text in part.operator_ranges]
        told += [("login range", f"{start}-{end}", "") for start, end in part.login_ranges.ranges]
        if part.against:
            told += [("to add", text, part.against.file) for text in part.against.add]
            told += [("to drop", text, part.against.file) for text in part.against.drop]
        if part.azure:
            told += [("listed by Azure", text, one.name) for one in part.azure.lists for text in one.ranges]
            told += [("to add", text, "Azure") for text in part.azure.add]
            told += [("to drop", text, "Azure") for text in part.azure.drop]
            told += [("only written out", text, "Azure") for text in part.azure.only_written]
        told += [("not known", gap.reason, gap.what) for gap in part.gaps]
        told += [("look at this first", text, "") for text in part.conditions]
        told += [("warning", text, "") for text in part.warnings]
        yield from ((part.name, *one) for one in told)
