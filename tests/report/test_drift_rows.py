"""A drift as rows: each verdict and fact once, and every cell harmless."""

import csv
import io
import re

from sfharden.model.drift import Explanation
from sfharden.report.drift_rows import MOST_ROWS, render_drift_csv, render_drift_markdown

from .drift_kit import drift, fact, hostile_drift, row, verdict
from .forms_kit import HOSTILE


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_has_a_row_a_verdict_and_one_for_each_row_that_may_explain_a_fact() -> None:
    two = fact(explained=Explanation(telling="candidates", rows=(row("x"), row("y"))))
    found = rows(render_drift_csv(drift(verdict(), facts=(fact(), two))))
    assert [one["what"] for one in found] == ["verdict", "fact", "fact", "fact"]
    assert [one["who"] for one in found] == ["", "", "x", "y"]
    assert found[2]["when"] == "2026-11-24T12:00:00+00:00"


def test_no_cell_is_a_formula_or_an_escape() -> None:
    for one in rows(render_drift_csv(hostile_drift())):
        for cell in one.values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))
            assert "\x1b" not in cell


def test_markdown_holds_every_name_on_one_line_as_text() -> None:
    page = render_drift_markdown(hostile_drift())
    for harm in ("<script>", "\x1b", "@acme", "##vso[", "\n# Head", "::error::"):
        assert harm not in page
    assert not re.search(r"(?<!\\)\]\(", page)
    assert page.count("\n| ") >= len(HOSTILE) + 9


def test_markdown_of_a_quiet_night_is_short_and_of_a_loud_one_counted() -> None:
    quiet = render_drift_markdown(drift())
    assert "**NO REGRESSION: no verdict changed; no fact changed.**" in quiet
    assert "##" not in quiet
    loud = render_drift_markdown(drift(facts=tuple(fact(f"A{at}") for at in range(MOST_ROWS + 3))))
    assert "And 3 more facts." in loud


def test_markdown_of_reports_says_that_facts_were_not_compared() -> None:
    assert "only their verdicts" in render_drift_markdown(drift(verdict(), facts=None, trail=None))
