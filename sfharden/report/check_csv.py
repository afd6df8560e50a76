"""A report as CSV: one row a result, no cell a formula."""

from collections.abc import Iterator
from typing import Final

from sfharden.model.results import Report, Result
from sfharden.report.form_registry import Showing
from sfharden.text.csv_cell import csv_text

HEAD: Final = (
    "state", "status", "severity", "control", "title", "integration", "subject_kind", "subject", "message",
    "where", "remediation", "references", "waived_by", "waived_until", "waived_why", "fingerprint",
)  # fmt: skip


def show_csv(report: Report, _: Showing) -> str:
    """All results, as the report orders them."""
    return csv_text(HEAD, (tuple(_cells(one)) for one in report.results))


def _cells(one: Result) -> Iterator[str]:
    yield from (one.state.value, one.status.value, one.severity.value, one.control, one.title)
    yield from (one.integration or "", one.subject.kind, one.subject.name, one.message)
    yield next((part.source for part in one.evidence if part.source), "")
    yield from (one.remediation, "; ".join(one.references))
    waived = one.waived
    yield from (waived.owner, f"{waived.expires}", waived.reason) if waived else ("", "", "")
    yield one.fingerprint
