"""The page of a report: whole without script or network, harmless whatever an org is named, the same each time."""

import base64
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from html.parser import HTMLParser
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
from tests.orgs import judging
from tests.orgs.constants import NOW

from .browser import Browser, axe_source, chromium, needs_chromium
from .test_check_table import report, result

HTML = '"><img src=x onerror=alert(1)></details><script>alert(1)</script><!-- \u202eevil\x1b[2J'
HOSTILE = Subject(kind="app", name=HTML)
VOID = {"meta", "link", "input", "br", "img"}


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


class Elements(HTMLParser):
    """The elements with their attributes, how they nest, and the text outside scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.text, self.data, self._open = "", "", [""]
        self.feed(text)
        assert self._open == [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1] == "script" and self.found[-1][1].get("id") == "report":
            self.data += data
        elif self._open[-1] not in ("script", "style"):
            self.text += data


def test_hostile_names_stay_text() -> None:
    page = Elements(render_html(hostile(), facts()))
    assert not [tag for tag, _ in page.found if tag in ("img", "iframe", "object", "base", "link")]
    assert [tag for tag, _ in page.found].count("script") == 2
    assert not [name for _, given in page.found for name in given if name.startswith("on") or name == "style"]
    assert "<img src=x onerror=alert(1)>" in page.text
    assert not {"\x1b", "\u202e"} & set(page.text)


def test_the_report_inside_is_the_report() -> None:
    given = hostile()
    found = json.loads(Elements(render_html(given, facts())).data)
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
    policy = next(
        given["content"]
        for _, given in Elements(text).found
        if given.get("http-equiv") == "Content-Security-Policy"
    )
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
    assert render_html(hostile(), facts()) == render_html(hostile(), facts())


def test_every_anchor_leads_somewhere_and_no_id_is_there_twice() -> None:
    found = Elements(render_html(hostile(), facts())).found
    ids = [given["id"] for _, given in found if "id" in given]
    assert len(set(ids)) == len(ids)
    assert {given["href"][1:] for tag, given in found if tag == "a"} <= set(ids)


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


def test_it_reads_without_script() -> None:
    text = render_html(report(result(), result(Status.UNKNOWN, message="Not told.")))
    bare = re.sub("<script.*?</script>", "", text, flags=re.S)
    assert "A message." in bare
    assert "Not told." in bare
    assert 'id="filters" class="filters" hidden' in bare  # what needs script is not shown without it


# In a browser --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "report.html"
    path.write_text(render_html(hostile(), facts()), "utf-8")
    return path


@needs_chromium
@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_it_opens_without_a_complaint_a_request_or_a_scroll_bar_across(
    browser: Browser, page: Path, width: int
) -> None:
    browser.open(page, width)
    assert browser.complaints() == []
    assert browser.run("return performance.getEntriesByType('resource').length") == 0
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run("return document.images.length") == 0


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
    if not (axe := axe_source()):
        pytest.skip("there is no axe-core here (npm install -g axe-core)")
    browser.prefer(scheme=scheme)
    browser.open(page)
    browser.run("for (const one of document.querySelectorAll('details')) one.open = true")
    browser.run(axe + "; window.axe = axe")
    found = browser.later("axe.run().then(arguments[0])")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
