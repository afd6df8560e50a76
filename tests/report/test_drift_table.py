"""A drift for a person: as wide as the screen, harmless, and nothing left out without being counted."""

import pytest

from sfharden.report.drift_table import MOST_FACTS, render_drift
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import display_width

from .drift_kit import drift, fact, hostile_drift, verdict


@pytest.mark.parametrize("width", [60, 80, 110])
def test_no_line_is_wider_than_the_screen_and_no_name_speaks_to_it(width: int) -> None:
    page = render_drift(hostile_drift(), Terminal(width), full=True)
    assert max(display_width(line) for line in page.splitlines()) <= width
    for harm in ("\x1b", "\u202e", "##vso[", "::error::", "\n::warning"):
        assert harm not in page


def test_facts_are_numbered_and_verdicts_point_at_them() -> None:
    page = render_drift(
        drift(verdict(facts=(1,)), facts=(fact("A"), fact("B", was="x", now="y"))), Terminal(100)
    )
    assert "Behind it: [2]" in page
    assert "[2] ConnectedApp B: ipRelaxation: x → y" in page


def test_many_facts_are_cut_and_counted() -> None:
    found = drift(facts=tuple(fact(f"A{at}") for at in range(MOST_FACTS + 2)))
    assert "And 2 more facts" in render_drift(found, Terminal())
    assert f"[{MOST_FACTS + 2}]" in render_drift(found, Terminal(), full=True)


def test_of_reports_it_says_that_facts_were_not_compared() -> None:
    assert "only their verdicts" in render_drift(drift(verdict(), facts=None, trail=None), Terminal())


def test_colour_only_where_it_is_wanted() -> None:
    assert "\x1b[31m" in render_drift(drift(verdict()), Terminal(colour=True))
    assert "\x1b" not in render_drift(drift(verdict()), Terminal())
