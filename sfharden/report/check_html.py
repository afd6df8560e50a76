"""The report as one page: an HTML file that asks nobody for anything, reads without script, and prints.

What `html_page` says of every page holds of this one; its script only makes it handier.
"""

from collections.abc import Iterable
from typing import Final

from sfharden.checks.page_facts import PageFacts
from sfharden.model.results import Report
from sfharden.report.check_grid import CELLS, EFFECTS
from sfharden.report.check_sections import evidence_of, sections_of
from sfharden.report.form_registry import Showing
from sfharden.report.html_page import Opening, page_file, render_page
from sfharden.report.json_text import json_text
from sfharden.simulation.mending import Forecasts
from sfharden.simulation.ways import Ways
from sfharden.text.redact import safe_text

# Of JSON in the page: with it, a page of 500 profiles stays below 2 MB.
MOST_DATA: Final = 800_000
_LONGEST: Final = 4000  # of a message: more is cut, and the whole stands in the JSON


def render_html(
    report: Report,
    facts: PageFacts | None = None,
    ways: Iterable[Ways] = (),
    forecasts: Forecasts | None = None,
) -> str:
    """The whole page; the same report gives the same bytes. All else is there only where the report was just made."""
    page = sections_of(report, facts or PageFacts(), ways, forecasts)
    title = f"{page.headline.word}: {safe_text(page.org, limit=80)}"
    return render_page(
        "page.html",
        _LONGEST,
        Opening(title, "report", page.headline.tone, report.tool.version),
        page_file("page.js"),
        report=report,
        page=page,
        data=_data(report),
        cells=CELLS,
        effects=EFFECTS,
        evidence_of=evidence_of,
    )


def show_html(report: Report, showing: Showing) -> str:
    """The report as `-f html` gives it."""
    facts = showing.facts() if showing.facts else None
    return render_html(report, facts, showing.ways() if showing.ways else (), showing.forecasts)


def _data(report: Report) -> str:
    """The report as JSON that can't end the element it stands in; nothing, and the page says so, if it's too large."""
    text = json_text(report.model_dump(mode="json", by_alias=True), None).rstrip()
    text = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return text if len(text) <= MOST_DATA else ""
