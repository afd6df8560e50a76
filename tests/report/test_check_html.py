"""The page of a report: whole without script or network, harmless whatever an org is named, the same each time."""

import base64
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from sfharden.addresses import AddressSet
from sfharden.checks.every_app import AppRecord, AppsReport
from sfharden.checks.page_addresses import AddressFacts, AddressRow
from sfharden.checks.page_facts import PageFacts
from sfharden.checks.page_tokens import AppTokens, TokenFacts
from sfharden.facts.app_use import Use
from sfharden.facts.apps import App
from sfharden.model.results import Evidence, Report, Status, Subject, Waived
from sfharden.model.snapshot import Gap
from sfharden.report.check_html import render_html
from sfharden.simulation.mending import Effect, Forecast
from sfharden.simulation.rows import Change
from sfharden.simulation.ways import Ways, ways_today
from tests.orgs import judging
from tests.orgs.constants import HARDENED_INTEGRATION, NOW
from tests.orgs.tables import running

from .browser import Browser, needs_chromium
from .page_kit import HTML, Elements, assert_axe_finds_nothing, assert_harmless, assert_opens, unfold, words
from .test_check_table import report, result

HOSTILE = Subject(kind="app", name=HTML)


def facts() -> PageFacts:
    """All that the page may show beside a report, named to do harm, too."""
    row = AddressRow(AddressSet.of(["192.0.2.0/28", "2001:db8::1"]), HTML, HTML)
    named = ((HTML, AddressSet.of(["192.0.2.1"])),)
    other = AddressRow(AddressSet.of(["192.0.2.8-192.0.3.7"]))
    addresses = AddressFacts(HTML, HTML, row, other, other, row, other, lists=named, strange=named)
    moments = (NOW - timedelta(days=9), NOW)
    tokens = tuple(
        AppTokens(HTML, known, 2, 1, moments, moments, True, NOW, 1) for known in (True, False, None)
    )
    failed = {"app-admin-approved": result(control="app-admin-approved", message=HTML, subject=HOSTILE)}
    record = AppRecord(f"{HTML}__{HTML}", HTML, HTML, failed, Use(gap=HTML), App(HTML, False, ()))
    apps = AppsReport((record, record), (judging.control("app-admin-approved"),), report())
    return PageFacts(
        {"c-fail": HTML},
        {HTML: HTML},
        {HTML: "0"},
        (addresses, addresses),
        TokenFacts(tokens, HTML, NOW),
        apps,
    )


def ways() -> tuple[Ways, ...]:
    """Who gets in, of two integrations that are named to do harm."""
    (found,) = ways_today(running(), [HARDENED_INTEGRATION])
    rows = tuple(
        replace(one.before, summary=HTML, given=HTML, cases=(replace(case, who=HTML, source=HTML),))
        for one in found.changes
        for case in one.before.cases[:1]
    )
    named = replace(found, name=HTML, changes=tuple(Change(row, row) for row in rows))
    return named, found


FORECASTS = {("app-admin-approved", HTML, f"{HTML}__{HTML}"): Forecast(Effect.BREAKS, HTML)}


def whole() -> str:
    """The page with everything on it, named to do harm."""
    return render_html(hostile(), facts(), ways(), FORECASTS)


def hostile() -> Report:
    """Every field that an org, a file or a person names, named to do harm."""
    seen = Evidence(what=HTML, observed=HTML, expected=HTML, source=HTML)
    waived = Waived(reason=HTML, owner=HTML, expires=date(2027, 1, 31))
    every = [
        result(
            status, control=f"c-{status.value}", subject=HOSTILE, message=HTML, title=HTML, remediation=HTML,
            references=(HTML,), evidence=(seen,), integration=HTML,
        )
        for status in Status
    ]  # fmt: skip
    every.append(every[0].model_copy(update={"waived": waived, "control": HTML}))
    return report(
        *every, gaps=(Gap(what=HTML, reason=HTML),), warnings=(HTML,), to_mend=(HTML,), org_name=HTML,
        integrations=(HTML,), policies=(HTML,),
    )  # fmt: skip


def test_hostile_names_stay_text_and_every_link_leads_somewhere() -> None:
    assert_harmless(Elements(whole()), scripts=2)


def test_the_report_inside_is_the_report() -> None:
    given = hostile()
    found = json.loads(Elements(render_html(given, facts(), ways(), FORECASTS)).data)
    assert Report.model_validate(found) == given


def test_a_report_of_hundreds_of_profiles_stays_small_enough_to_send() -> None:
    many = [result(control=f"c-{one % 9}", subject=Subject(kind="profile", name=f"P {one}"), message="M" * 200,
                   evidence=(Evidence(what="w", observed="o" * 100, source="s" * 60),)) for one in range(1500)]  # fmt: skip
    text = render_html(report(*many))
    assert len(text.encode()) < 2_000_000
    assert all(f"P {one}" in text for one in (0, 700, 1499))
    assert Elements(text).data == ""
    assert "too large to stand in it" in text


def test_nothing_is_let_in_but_its_own_style_and_script() -> None:
    text = render_html(report(result()))
    policy = Elements(text).policy
    for element, name in (("style", "style-src"), ("script", "script-src")):
        inner = re.search(f"<{element}>(.*?)</{element}>", text, re.S)
        assert inner
        digest = base64.b64encode(sha256(inner[1].encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert not re.search(r"(src|href)=\"(?!#)", text)
    assert not re.search(r"url\((?!#)", text)
    assert "@import" not in text


def test_the_same_report_gives_the_same_bytes() -> None:
    assert whole() == whole()


def test_each_finding_has_what_was_seen_its_fix_and_a_waiver_to_fill_in() -> None:
    seen = Evidence(what="the ranges", observed="none", expected="some", source="A.profile:7")
    text = Elements(render_html(report(result(evidence=(seen,), remediation="Mend it.")))).text
    for said in (
        "the ranges",
        "none",
        "some",
        "A.profile:7",
        "Mend it.",
        "control: a-control",
        "subject: App",
    ):
        assert said in text


def test_who_gets_in_leads_to_the_reasons_with_their_rules() -> None:
    page = Elements(render_html(report(result()), ways=ways()[1:]))
    text = words(page.text)
    for change in ways()[1].changes:
        assert f"#way1-{change.before.id}" in {given.get("href") for _, given in page.found}
        for case in change.before.cases:
            assert all(words(f"{one.text} [{one.rule}]") in text for one in case.decision.reasons)
    assert "Who gets in today" not in Elements(render_html(report(result()))).text


def test_what_mending_would_break_is_told_only_where_it_was_asked() -> None:
    asked = Elements(render_html(report(result()), facts(), forecasts=FORECASTS)).text
    assert "If mended: refuses something" in words(asked)
    assert "If mended" not in Elements(render_html(report(result()), facts())).text


def test_it_reads_without_script() -> None:
    text = render_html(report(result(), result(Status.UNKNOWN, message="Not told.")))
    bare = re.sub("<script.*?</script>", "", text, flags=re.S)
    assert "A message." in bare
    assert "Not told." in bare
    assert 'id="filters" class="filters" hidden' in bare  # what needs script is not shown without it


# In a browser --------------------------------------------------------------------------------


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "report.html"
    path.write_text(whole(), "utf-8")
    return path


@needs_chromium
@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_it_opens_without_a_complaint_a_request_or_a_scroll_bar_across(
    browser: Browser, page: Path, width: int
) -> None:
    assert_opens(browser, page, width)


@needs_chromium
def test_filters_hide_blocks_and_a_link_opens_its_own(browser: Browser, page: Path) -> None:
    browser.open(page)
    block = "document.querySelector('details.block')"
    assert browser.run("return document.getElementById('filters').hidden") is False
    browser.run("document.querySelector('[name=severity][value=high]').click()")
    assert browser.run(f"return {block}.hidden") is True
    browser.run(f"location.hash = {block}.id; dispatchEvent(new HashChangeEvent('hashchange'))")
    assert browser.run(f"return [{block}.hidden, {block}.open]") == [False, True]


@needs_chromium
def test_a_click_on_a_head_sorts_the_apps_and_words_filter_them(browser: Browser, page: Path) -> None:
    browser.open(page)
    rows = "document.querySelectorAll('#apps-table tbody tr')"
    browser.run("document.querySelector('#apps-table thead button').click()")
    assert browser.run("return document.querySelector('#apps-table thead th').ariaSort") == "ascending"
    assert browser.run(f"return {rows}.length") == 2
    typed = "const box = document.querySelector('form[data-rows] input'); box.value = 'nowhere'"
    browser.run(f"{typed}; box.dispatchEvent(new Event('input', {{bubbles: true}}))")
    assert browser.run(f"return [...{rows}].every((one) => one.hidden)")


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, page: Path, scheme: str) -> None:
    browser.prefer(scheme=scheme)
    browser.open(page)
    unfold(browser)
    assert_axe_finds_nothing(browser)


@needs_chromium
def test_on_paper_no_column_is_cut_off_every_head_is_told_and_only_summaries_of_reasons(
    browser: Browser, tmp_path: Path
) -> None:
    controls = [one for policy in judging.shipped() for one in policy.controls if one.id.startswith("app-")]
    failed = {one.id: result(control=one.id) for one in controls}
    records = tuple(AppRecord(f"App{n}", f"App {n}", "connected-app", failed, Use())
                    for n in range(60))  # fmt: skip
    forecasts = {(controls[0].id, "connected-app", "App0"): Forecast(Effect.BREAKS, "3 logins")}
    found = PageFacts(apps=AppsReport(records, tuple(controls), report()))
    path = tmp_path / "printed.html"
    path.write_text(render_html(report(result()), found, ways(), forecasts), "utf-8")
    browser.open(path, 717)  # A4 without Chromium's margins
    with browser.on_paper():
        browser.run("dispatchEvent(new Event('beforeprint'))")
        cut = "[...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth)"
        assert browser.run(f"return {cut}.map((one) => one.ariaLabel)") == []
        heads = browser.run(
            "return [...document.querySelectorAll('#apps-table thead th')].map((one) => one.innerText)"
        )
        assert {one.id for one in controls} < set(heads)
        hidden = "[...document.querySelectorAll('.reasons')].every((one) => !one.open)"
        assert browser.run(f"return {hidden}")
        assert browser.run("return document.querySelector('details.block').open")
