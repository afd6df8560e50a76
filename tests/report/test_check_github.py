"""GitHub: an annotation at file and line, failures first; a page of the step that GitHub takes whatever the size."""

from sfharden.model.results import Evidence, Severity, Status
from sfharden.report.check_github import SUMMARY_BYTES, step_summary

from .forms_kit import every_state, hostile_report, named, report, shown


def test_an_annotation_stands_at_its_file_and_line() -> None:
    place = (Evidence(what="w", observed="o", source="profiles/A, B.profile:7"),)
    given = report(named(Status.FAIL, "A", evidence=place, remediation="Do so.", message="100% bad."))
    line = shown(given.model_copy(update={"folder": "src"}), "github").splitlines()[0]
    assert line == (
        "::error file=src/profiles/A%2C B.profile,line=7,title=a-control%3A failed%2C high"
        "::profile 'A': 100%25 bad. Fix: Do so."
    )


def test_failures_come_first_since_github_shows_few() -> None:
    given = report(
        named(Status.UNKNOWN, "U", severity=Severity.CRITICAL), named(Status.FAIL, "F", severity=Severity.LOW)
    )
    lines = shown(given, "github").splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error", "::warning", "::notice"]


def test_the_page_of_the_step_counts_what_it_leaves_out_and_is_never_too_large() -> None:
    long = "名" * 3000
    given = report(*(named(Status.FAIL, f"{number} {long}", remediation=long) for number in range(500)))
    page = step_summary(given)
    assert len(page.encode()) <= SUMMARY_BYTES
    assert "And 4" in page
    assert "| failed | 500 |" in page
    assert step_summary(every_state()) == shown(every_state(), "markdown")
    assert "<script>" not in step_summary(hostile_report())
