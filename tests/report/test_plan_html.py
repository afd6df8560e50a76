"""The page of a plan: all that README.md tells, whole and harmless, without script or request, the same each time."""

import re
from html import unescape
from pathlib import Path

import pytest

from sfharden.model.plan import LostRights, Plan
from sfharden.plan.readme import readme
from sfharden.plan.steps import Commands
from sfharden.report.plan_html import render_plan_html
from sfharden.simulation.declared import Sighting
from sfharden.simulation.ways import ways_after
from tests.orgs.constants import HARDENED_INTEGRATION
from tests.orgs.tables import proposed, running
from tests.plan.kit import addresses, everything_bad, healthy, integration, planned
from tests.simulation.kit import ADMIN_DESK_OPEN

from .browser import Browser, needs_chromium
from .page_kit import HTML, Elements, assert_axe_finds_nothing, assert_harmless, assert_opens, unfold, words
from .test_check_html import ways

RANGES = (*(f"192.0.2.{number}" for number in range(1, 255, 2)), "2001:db8::1", "2001:db8::5")
COMMANDS = Commands("change", org="acme", sign_in="sf org login web")


def long_plan() -> Plan:
    return planned(healthy(), integration(egress=addresses(*RANGES))).plan


def hostile() -> Plan:
    """Every field that an org, a file or a person names, named to do harm; values few, many and long."""
    plan = planned(everything_bad()).plan
    many = tuple(f"{number} {HTML}" for number in range(12))
    named = {"kind": HTML, "name": HTML, "setting": HTML, "control": HTML, "file": HTML}
    changes = [
        one.model_copy(update={**named, "before": many[:number], "after": many[number // 2 :]})
        for number, one in enumerate(plan.changes)
    ]
    rights = LostRights(
        integration=HTML, users=(HTML,), profiles=(HTML,), profile=HTML, rights=many, offered=many,
        left_out=many, permission_set="crm_sync_rights", gaps=(HTML,),
    )  # fmt: skip
    texts = dict.fromkeys(("conditions", "lockouts", "notes", "left_out", "undo"), (HTML, "long " * 2000))
    return plan.model_copy(
        update={
            **texts, "changes": tuple(changes), "rights": (rights,), "integrations": (HTML,),
            "manual": (HTML, "Assign crm_sync_rights."), "fingerprint": HTML,
            "source": plan.source.model_copy(update={"name": HTML}),
        }
    )  # fmt: skip


def hostile_page() -> str:
    commands = Commands(HTML, source=HTML, live=HTML, integration=HTML, org=HTML, apps=(HTML,))
    return render_plan_html(hostile(), commands, Sighting((HTML,), (HTML,)), HTML, HTML, ways())


def test_every_value_of_every_change_is_on_the_page_and_a_long_list_is_folded() -> None:
    for plan in (long_plan(), planned(everything_bad()).plan):
        page = Elements(render_plan_html(plan, COMMANDS))
        shown = set(re.findall("<bdi>(.*?)</bdi>", render_plan_html(plan, COMMANDS)))
        for change in plan.changes:
            if change.setting == "login ranges":
                assert {*change.before, *change.after} <= shown
            assert change.setting in page.text
            assert change.control in page.text
    (change,) = long_plan().changes
    assert len(change.after) > 120
    assert [tag for tag, _ in Elements(render_plan_html(long_plan(), COMMANDS)).found].count("details") == 1


def test_what_the_readme_tells_the_page_tells() -> None:
    plan = planned(everything_bad()).plan.model_copy(
        update={"manual": ("Assign crm_sync_rights.",), "lockouts": ("Ada.",), "undo": ("A setting.",)}
    )
    text = words(Elements(render_plan_html(plan, COMMANDS)).text)
    told = readme(plan, COMMANDS)
    commands = [line.strip() for line in told.splitlines() if line.startswith("    ")]
    assert len(commands) > 5
    titles = [line.removeprefix("## ") for line in told.splitlines() if line.startswith("## ")]
    steps = re.findall(r"^\d\. \*\*(.*?)\*\* (.*)$", told, re.M)
    assert len(steps) == 8
    sentences = [*plan.conditions, *plan.manual, *plan.notes, *plan.left_out, *plan.undo, *plan.lockouts]
    for said in (*commands, *titles, *sentences, *(name for name, _ in steps), *plan.integrations):
        assert words(unescape(said)) in text
    for _, said in steps:
        assert words(said.replace("`", "")) in text
    places = [text.index(f"{name} {said.split('`')[0]}"[:30]) for name, said in steps]
    assert places == sorted(places)


def test_what_is_looked_at_first_stands_first_with_what_logins_say_today() -> None:
    plan = planned(everything_bad()).plan.model_copy(update={"conditions": ("A condition.",)})
    text = render_plan_html(plan, COMMANDS, Sighting(("Of today.",), ("Only told.",)), "It still holds.")
    places = [
        text.index(said)
        for said in ("It still holds.", "Of today.", "A condition.", "What changes</h2>", "Only told.")
    ]
    assert places == sorted(places)
    assert 'class="head open"' in text


def test_who_gets_in_stands_before_and_after_what_changes() -> None:
    found = ways_after(running(), proposed(ADMIN_DESK_OPEN), [HARDENED_INTEGRATION])
    page = Elements(render_plan_html(long_plan(), COMMANDS, ways=found))
    text = words(page.text)
    assert "Who gets in, before and after" in text
    assert "Who gets inTodayAfter" in text
    assert "LET IN" in text
    assert "After the change: let in (must be refused)" in text
    assert "Who gets in" not in Elements(render_plan_html(long_plan(), COMMANDS)).text


def test_nothing_is_cut_whatever_its_length() -> None:
    long = " ".join(f"user{number}@acme.example" for number in range(2000))
    text = render_plan_html(long_plan().model_copy(update={"manual": (long,)}), COMMANDS)
    assert long in text


def test_hostile_names_stay_text_and_nothing_is_let_in_but_its_own_style() -> None:
    page = Elements(hostile_page())
    assert_harmless(page)
    assert page.text.count("<img src=x onerror=alert(1)>") > 40
    assert page.policy.startswith("default-src 'none'; style-src 'sha256-")


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert hostile_page() == hostile_page()


def test_an_empty_plan_has_no_steps_and_says_why() -> None:
    plan = planned(healthy()).plan
    text = render_plan_html(plan, COMMANDS)
    assert "<h1>Nothing to change</h1>" in text
    assert "sf project deploy" not in text
    asked = plan.model_copy(update={"manual": ("By a person.",)})
    assert "<h1>Nothing is planned</h1>" in render_plan_html(asked, COMMANDS)


def test_only_what_is_not_written_yet_is_told_to_write() -> None:
    plan = long_plan()
    assert "aren't written yet" not in render_plan_html(plan, COMMANDS)
    assert "sfharden plan again" in render_plan_html(plan, COMMANDS, write="sfharden plan again")


# In a browser --------------------------------------------------------------------------------


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "plan.html"
    path.write_text(hostile_page(), "utf-8")
    return path


@needs_chromium
@pytest.mark.parametrize("width", [360, 1280])
def test_it_opens_without_a_complaint_a_request_or_a_scroll_bar_across(
    browser: Browser, page: Path, width: int
) -> None:
    assert_opens(browser, page, width)
    assert browser.run("return document.scripts.length") == 0


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, page: Path, scheme: str) -> None:
    browser.prefer(scheme=scheme)
    browser.open(page)
    unfold(browser)
    assert_axe_finds_nothing(browser)
