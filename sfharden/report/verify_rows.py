"""A verification as rows, for a spreadsheet or a page: one a finding, with what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.model.snapshot import Source
from sfharden.report.verify_table import Found, to_do_of
from sfharden.text.csv_cell import csv_text
from sfharden.text.markdown import escaped, markdown_table

_HEAD: Final = ("integration", "status", "id", "control", "title", "message", "to_do")


@dataclass(frozen=True, slots=True)
class Told:
    """What was verified, of what, when, and how the org is named in commands to type."""

    found: Found
    source: Source
    org: str
    version: str
    stamp: str
    as_of: str | None


def render_csv(told: Told) -> str:
    """One row a finding, no cell a formula."""
    return csv_text(_HEAD, _rows(told))


def render_markdown(told: Told) -> str:
    """The same as a page."""
    judged = f"- Judged by: {escaped(told.as_of)}\n" if told.as_of else ""
    head = f"# Verification\n\n- Source: {escaped(told.source.name)}\n- Made: {told.stamp}\n{judged}"
    mend = "".join(f"- Mend first: {escaped(text)}\n" for _, one in told.found for text in one.to_mend)
    mend += "".join(f"- {escaped(text)}\n" for text in {one.not_looked_at for _, one in told.found} - {""})
    return f"{head}{mend}\n" + "\n".join(markdown_table(_HEAD, _rows(told))) + "\n"


def _rows(told: Told) -> Iterator[tuple[str, ...]]:
    for integration, one in told.found:
        for finding in one.findings:
            do = to_do_of(finding, one, integration, told.org)
            yield (
                one.name,
                finding.status.value,
                finding.id,
                finding.control,
                finding.title,
                finding.message,
                do,
            )
