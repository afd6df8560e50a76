"""The page of a simulation: the matrix with its columns, nothing cut, nothing green that isn't, hostile names only text."""

from dataclasses import replace
from pathlib import Path

import pytest

from sfharden.model.snapshot import Gap
from sfharden.report.simulate_guard import guard_word
from sfharden.report.simulate_html import render_simulation_html
from sfharden.simulation.simulate import Simulation
from tests.orgs.tables import login, running
from tests.simulation.kit import ADMIN_DESK_OPEN, simulated
from tests.simulation.test_by_hand import BARE
from tests.simulation.test_by_hand import simulated as with_steps

from .browser import Browser, needs_chromium
from .page_kit import HTML, Elements, assert_axe_finds_nothing, assert_harmless, assert_opens, words
from .test_simulate_guard import outcome


def hostile() -> Simulation:
    """Names that an org, a file or a person gives, given to do harm."""
    logins = tuple(login(source=f"10.0.0.{n}", app=HTML) for n in range(15))
    found = simulated(ADMIN_DESK_OPEN, running(logins=logins))
    (one,) = found.integrations
    named = replace(one, name=HTML, to_mend=(HTML,), broken=outcome("100.64.0.1").integrations[0].broken)
    return replace(
        found,
        integrations=(named, replace(with_steps(BARE).integrations[0], name=f"2 {HTML}")),
        source=found.source.model_copy(update={"name": HTML}),
        proposal=found.proposal.model_copy(update={"name": HTML}),
        touched=((HTML, HTML),),
        gaps=(Gap(what=HTML, reason=HTML),),
        unmatched=(HTML,),
        not_in_logins=(HTML,),
    )


def page_of(found: Simulation) -> Elements:
    return Elements(render_simulation_html(found, "1"))


def test_every_scenario_has_its_outcomes_and_the_steps_behind_them() -> None:
    found = with_steps(BARE)
    text = words(page_of(found).text)
    (one,) = found.integrations
    assert "Who gets inTodayAfterBy hand" in text.replace("> <", "")
    for change in one.matrix:
        assert words(change.after.title) in text
        for _, row in change.ends:
            assert words(row.summary) in text
            for case in row.cases:
                assert all(words(reason.text) in text for reason in case.decision.reasons)
    assert "After the steps by hand: refused (must keep working)" in text
    assert "By hand" not in page_of(simulated({})).text


def test_what_is_not_as_it_should_be_stands_in_capitals() -> None:
    html = render_simulation_html(simulated(ADMIN_DESK_OPEN), "1")
    assert '<span class="chip no">LET IN</span>' in html
    assert "ip-enforced-on-every-request" in html


def test_no_group_of_logins_is_cut() -> None:
    logins = tuple(login(source=f"10.0.0.{n}") for n in range(40))
    text = page_of(simulated({}, running(logins=logins))).text
    assert all(f"10.0.0.{n}" in text for n in range(40))


@pytest.mark.parametrize(
    ("found", "tone"),
    [
        (lambda: outcome("192.0.2.3", "192.0.2.4"), "good"),
        (lambda: outcome("192.0.2.3", "100.64.3.2"), "bad"),
        (lambda: outcome(read=False), "open"),
        (lambda: outcome("192.0.2.3", gaps=(Gap(what="x", reason="gone", kind="Profile"),)), "open"),
    ],
    ids=["safe", "a refused login", "no logins", "a gap"],
)
def test_the_head_is_green_only_where_the_guard_is(found: object, tone: str) -> None:
    made = found()  # type: ignore[operator]
    html = render_simulation_html(made, "1")
    assert f'<header class="head {tone}">' in html
    assert (tone == "good") == made.safe
    assert f"<h1>{guard_word(made.integrations[0], made).head}</h1>" in html


def test_of_several_integrations_the_worst_is_the_head() -> None:
    good, bad = outcome("192.0.2.3"), outcome("192.0.2.3", "100.64.3.2")
    both = replace(good, integrations=(*good.integrations, *bad.integrations))
    assert "<h1>BREAKS THE INTEGRATION</h1>" in render_simulation_html(both, "1")


def test_hostile_names_stay_text_and_nothing_is_let_in() -> None:
    page = page_of(hostile())
    assert_harmless(page)
    assert page.text.count("<img src=x onerror=alert(1)>") > 20
    assert page.policy.startswith("default-src 'none'; style-src 'sha256-")


def test_the_same_simulation_gives_the_same_bytes() -> None:
    assert render_simulation_html(hostile(), "1") == render_simulation_html(hostile(), "1")


def test_refused_logins_come_first_each_with_what_would_mend_it() -> None:
    found = outcome("192.0.2.3", *(f"100.64.0.{n}" for n in range(60)))
    text = page_of(found).text
    assert text.count("To mend: ") == 60
    assert text.index("To mend: ") < text.index("MUST BE REFUSED")


# In a browser --------------------------------------------------------------------------------


@needs_chromium
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_it_opens_without_a_complaint_or_a_scroll_bar_across_and_axe_finds_nothing(
    browser: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    path = tmp_path / "simulation.html"
    path.write_text(render_simulation_html(hostile(), "1"), "utf-8")
    browser.prefer(scheme=scheme)
    assert_opens(browser, path, width)
    whole = "[...document.querySelectorAll('.ways')].every(({parentNode: one}) => one.scrollWidth <= one.clientWidth)"
    assert browser.run(f"return {whole}")  # no column of the matrix is out of sight
    assert_axe_finds_nothing(browser)
