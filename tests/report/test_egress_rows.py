"""Egress as CSV and Markdown: every range and everything that isn't known."""

import csv
import io

from sfharden.model.egress_report import EgressPart, EgressReport, RangesReport
from sfharden.model.snapshot import Gap, Tool
from sfharden.report.egress_rows import render_csv, render_markdown

PART = EgressPart(
    name="=x|y", addresses=2, ranges=("203.0.113.1", "2001:db8::1"), operator_ranges=("198.51.100.0/24",),
    login_ranges=RangesReport(ranges=(("203.0.113.1", "203.0.113.1"),), extra_addresses=0),
    gaps=(Gap(what="g\u202e", reason="r"),), conditions=("c",),
)  # fmt: skip
REPORT = EgressReport(tool=Tool(version="0"), generated_at="2026-11-24T12:00:00Z", parts=(PART,))


def test_every_range_and_gap_has_a_row() -> None:
    rows = list(csv.DictReader(io.StringIO(render_csv(REPORT))))
    assert [(row["what"], row["value"]) for row in rows] == [
        ("egress", "203.0.113.1"), ("egress", "2001:db8::1"), ("operator", "198.51.100.0/24"),
        ("login range", "203.0.113.1-203.0.113.1"), ("not known", "r"), ("look at this first", "c"),
    ]  # fmt: skip
    assert {row["integration"] for row in rows} == {"'=x|y"}


def test_the_page_has_the_same_rows_and_no_name_ends_a_cell() -> None:
    page = render_markdown(REPORT)
    assert page.count("\n| =x\\|y | ") == 6
    assert "\u202e" not in page
