"""The page of a drift: whole and harmless, without script or request, the same each time."""

from pathlib import Path

import pytest

from sfharden.model.drift import Drift, DriftGap, Explanation
from sfharden.report.drift_html import render_drift_html

from .browser import Browser, needs_chromium
from .drift_kit import TURNS, drift, fact, row, verdict
from .page_kit import HTML, Elements, assert_axe_finds_nothing, assert_harmless, assert_opens, words


def hostile() -> Drift:
    """Every field that an org, a file or a colleague names, named to do harm."""
    explained = Explanation(telling="candidates", rows=(row(HTML), row(HTML)), note=HTML)
    one = fact(
        HTML, what=HTML, was=HTML, now=HTML, added=(HTML,), removed=(HTML,), note=HTML, explained=explained
    )
    of_user = fact(HTML, part="User", kind="user", explained=explained)
    gaps = (DriftGap(what=HTML, reason=HTML, is_new=True),)
    return drift(*(verdict(turn, HTML) for turn in TURNS), facts=(one, of_user), gaps=gaps, warnings=(HTML,))


def test_names_stay_text_and_every_link_leads_to_a_place_on_the_page() -> None:
    assert_harmless(Elements(render_drift_html(hostile())))


def test_verdicts_lead_to_the_facts_behind_them() -> None:
    page = render_drift_html(drift(verdict(facts=(1,)), facts=(fact("A"), fact("B", was="x", now="y"))))
    assert '<a href="#fact2">2</a>' in page
    shown = words(Elements(page).text)
    assert "REGRESSED: 1 regressed; 2 facts changed." in shown
    assert "2. ConnectedApp B: ipRelaxation: x → y" in shown


@pytest.mark.parametrize(
    ("found", "tone"), [(drift(verdict()), "bad"), (drift(verdict("lost")), "open"), (drift(), "good")]
)
def test_its_head_has_the_colour_of_the_verdict(found: Drift, tone: str) -> None:
    page = Elements(render_drift_html(found))
    assert ("header", {"class": f"head {tone}"}) in page.found


def test_of_a_quiet_night_it_says_what_was_compared() -> None:
    shown = words(Elements(render_drift_html(drift())).text)
    assert "NO REGRESSION" in shown
    assert "Two states, each judged as of when it was read." in shown
    only = words(Elements(render_drift_html(drift(verdict(facts=()), facts=None, trail=None))).text)
    assert "only their verdicts" in only


def test_the_same_drift_gives_the_same_bytes() -> None:
    assert render_drift_html(hostile()) == render_drift_html(hostile())


# In a browser --------------------------------------------------------------------------------


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "drift.html"
    path.write_text(render_drift_html(hostile()), "utf-8")
    return path


@needs_chromium
@pytest.mark.parametrize("width", [360, 1280])
def test_it_opens_without_a_complaint_a_request_or_a_scroll_bar_across(
    browser: Browser, page: Path, width: int
) -> None:
    assert_opens(browser, page, width)


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, page: Path, scheme: str) -> None:
    browser.prefer(scheme=scheme)
    browser.open(page)
    assert_axe_finds_nothing(browser)
