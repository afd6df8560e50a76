"""The forms of a report: each one line here, with its module, its function and the endings of its files.

A function takes the report and how it's shown, and gives text. Its module is imported when the form is asked for.
"""

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sfharden.model.results import Report
from sfharden.report.check_blocks import View
from sfharden.text.terminal import Terminal

if TYPE_CHECKING:  # this loads all that judges, which other forms of a saved report do without
    from sfharden.checks.page_facts import PageFacts
    from sfharden.simulation.mending import Forecasts
    from sfharden.simulation.ways import Ways


@dataclass(frozen=True, slots=True)
class Showing:
    """How a report is shown to a person; forms for machines don't look at it.

    `facts` finds what a page shows beyond the report, `ways` who gets in, and `forecasts` are what mending apps would do; a
    report that was saved before has none.
    """

    terminal: Terminal = field(default_factory=Terminal)
    view: View = field(default_factory=View)
    next_steps: tuple[str, ...] = ()
    facts: "Callable[[], PageFacts] | None" = None
    ways: "Callable[[], tuple[Ways, ...]] | None" = None
    forecasts: "Forecasts | None" = None


Renderer = Callable[[Report, Showing], str]


@dataclass(frozen=True, slots=True)
class Form:
    """A form by the name that -f takes. `renders` is `module:function` in this room; `endings` are what -o may end in."""

    name: str
    renders: str
    endings: tuple[str, ...] = ()

    def render(self, report: Report, showing: Showing) -> str:
        """The report in this form."""
        module, _, function = self.renders.partition(":")
        renderer: Renderer = getattr(importlib.import_module(f"sfharden.report.{module}"), function)
        return renderer(report, showing)


# Where two have the same ending, it means the first, unless -f names another that has it.
FORMS: Final = (
    Form("table", "check_table:show_table"),
    Form("json", "json_text:show_json", (".json",)),
    Form("waivers", "check_waivers:show_waivers"),
    Form("html", "check_html:show_html", (".html", ".htm")),
    Form("markdown", "check_markdown:show_markdown", (".md", ".markdown")),
    Form("csv", "check_csv:show_csv", (".csv",)),
    Form("sarif", "check_sarif:show_sarif", (".sarif", ".sarif.json", ".json")),
    Form("junit", "check_junit:show_junit", (".junit.xml", ".xml")),
    Form("github", "check_github:show_github", (".github.txt",)),
    Form("ocsf", "check_ocsf:show_ocsf", (".ocsf.json", ".json")),
)
BY_NAME: Final = {one.name: one for one in FORMS}


def form_of(file_name: str, asked: str) -> str:
    """The name of the form that a file's ending stands for; `asked` (-f) where it has no known one, or may have it too."""
    name = file_name.lower()
    longest = max((end for one in FORMS for end in one.endings if name.endswith(end)), key=len, default="")
    named = [one.name for one in FORMS if longest in one.endings]
    return asked if not longest or asked in named else named[0]


def names_of(forms: Iterable[Form] = FORMS) -> tuple[str, ...]:
    """What -f takes."""
    return tuple(one.name for one in forms)
