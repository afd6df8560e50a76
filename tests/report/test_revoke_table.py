"""A revocation at a terminal: production in capitals, numbers for long lists, and names that stay names."""

import re
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from sfharden.ports import Ending, RevokeOutcome
from sfharden.report.revoke_receipt import receipt_markdown, receipt_of
from sfharden.report.revoke_table import OWN_NAMES, org_line, render_page, show_outcome, show_plan
from sfharden.revocation.history import History
from sfharden.revocation.pages import DryRunPage, JournalPage, NoneLeftPage, NotePage, OutcomePage, PlanPage
from sfharden.revocation.plan import RevocationPlan
from sfharden.text.wrapping import display_width
from tests.report.test_revoke_receipt import HOSTILE, hostile_plan
from tests.revocation.kit import NOW, WHO, handle, plan_of, scene


def paged(
    plan: RevocationPlan, *, whole: bool = True, used: dict[str, datetime | None] | None = None
) -> PlanPage:
    return PlanPage(plan, WHO, whole, used or {}, NOW)


@pytest.fixture(name="history")
def _history(tmp_path: Path) -> History:
    stage = scene(tmp_path)
    refused = RevokeOutcome(Ending.REFUSED, "unsupported_token_type")
    stage.org.trouble = lambda number, phase: refused if (number, phase) == (2, "before") else None
    stage.first_run()
    return stage.history()


def test_hostile_names_do_not_speak_to_the_terminal_and_fit_eighty_columns() -> None:
    plan = hostile_plan("日本語のとても長い名前のアプリケーション" + HOSTILE).model_copy(
        update={"selection": "x"}
    )
    for page, width in product((paged(plan), paged(plan, used={plan.handles[0]: NOW})), (60, 80, 110)):
        text = show_plan(page, width)
        assert not re.search(r"[\x1b\u202e]", text)
        assert max(map(display_width, text.splitlines())) <= width


@pytest.mark.parametrize(
    ("sandbox", "word"), [(True, "sandbox"), (False, "PRODUCTION"), (None, "PRODUCTION")]
)
def test_production_is_said_in_capitals_and_assumed_where_nothing_is_said(
    sandbox: bool | None, word: str
) -> None:
    plan = plan_of([1]).model_copy(update={"is_sandbox": sandbox})
    assert word in org_line(plan)


def test_the_plan_shows_numbers_and_long_lists_are_counted() -> None:
    text = show_plan(paged(plan_of(range(1, 201)), whole=False))
    assert "200 tokens of 1 app and 1 user. Fingerprint" in text
    assert len(text.splitlines()) < 20
    assert len(show_plan(paged(plan_of(range(1, 201)), whole=True)).splitlines()) > 200
    assert "No token is selected" in show_plan(paged(plan_of([]), whole=True))


def test_the_outcome_names_what_is_left(history: History) -> None:
    text = show_outcome(history)
    assert "4 tokens: 3 revoked, 1 failed." in text
    assert handle(2) in text
    assert handle(1) not in text


def test_whether_the_org_manages_an_app_is_told_or_said_to_be_unknown() -> None:
    tokens = plan_of([1, 2, 3]).tokens
    known = tuple(
        one.model_copy(update={"installed": told, "app": f"App {told}"})
        for one, told in zip(tokens, (True, False, None), strict=True)
    )
    text = show_plan(paged(plan_of([]).model_copy(update={"tokens": known}), whole=False))
    assert re.search(r"App True +managed", text)
    assert re.search(r"App False +not installed", text)
    assert re.search(r"App None +can't tell", text)


def test_apps_beyond_what_a_screen_holds_are_counted() -> None:
    tokens = tuple(
        one.model_copy(update={"app": f"App {n}"}) for n, one in enumerate(plan_of(range(1, 31)).tokens)
    )
    text = show_plan(paged(plan_of([]).model_copy(update={"tokens": tokens}), whole=False))
    assert "and 10 more apps" in text


def test_each_page_is_text(history: History) -> None:
    plan = history.plan
    assert render_page(paged(plan, whole=False)).startswith(org_line(plan))
    assert "4 tokens" in render_page(OutcomePage(history))
    taken_up = render_page(JournalPage(history, plan_of([2]), WHO))
    assert taken_up.startswith(org_line(plan))
    assert "3 revoked" in taken_up
    assert f"Left: 1 token of 1 app and 1 user. Fingerprint {plan_of([2]).fingerprint}" in taken_up
    assert "Nothing is left" in render_page(JournalPage(history, plan_of([]), WHO))
    assert "sfharden verify --org prod -i FILE" in render_page(NoneLeftPage(plan, "--org prod"))
    assert "Next:" not in render_page(NoneLeftPage(plan, "--org prod", is_news=False))
    assert "Next:\n  sfharden revoke --all\n" in render_page(DryRunPage("sfharden revoke --all"))
    assert "Next:" not in render_page(DryRunPage(""))
    assert "a line" in render_page(NotePage("a line"))


def test_nobody_is_told_to_authorise_an_app_again_that_nobody_installed() -> None:
    strange = tuple(one.model_copy(update={"installed": False}) for one in plan_of([1]).tokens)
    text = render_page(NoneLeftPage(plan_of([]).model_copy(update={"tokens": strange}), "--org prod"))
    assert "don't authorise it again" in text
    assert "verify" not in text


@pytest.mark.parametrize(
    ("name", "mark"), [("\u3164", "nothing to see"), ("Azur\u0435", "several alphabets")]
)
def test_a_name_that_may_deceive_is_marked_before_anybody_consents(name: str, mark: str) -> None:
    plan = hostile_plan(name)
    shown = show_plan(paged(plan, whole=False))
    assert all(word in shown for word in mark.split())


def test_the_dry_run_says_when_an_app_was_last_seen_at_work() -> None:
    plan = plan_of([1, 2])
    used: dict[str, datetime | None] = {
        plan.handles[0]: NOW - timedelta(days=200),
        plan.handles[1]: NOW - timedelta(days=3),
    }
    shown = show_plan(paged(plan, used=used))
    day = f"{NOW - timedelta(days=3):%Y-%m-%d}"
    assert re.search(rf"Last used .*\n.*\n.* 2 +{day} .*\n +\(3 d\)", shown)
    made = plan.tokens[0].created
    assert made
    assert f"{made:%Y-%m-%d} ({(NOW - made).days} d)" in shown
    narrow = show_plan(paged(plan, used=used), 60)
    assert max(map(len, narrow.splitlines())) <= 60
    assert re.search(rf"{made:%Y-%m-%d}\n +\({(NOW - made).days} d\)", narrow)
    used = dict.fromkeys(plan.handles)
    assert re.search(r" 2 +never", show_plan(paged(plan, used=used)))


def test_names_of_tokens_are_said_to_be_the_plan_s_own(history: History) -> None:
    assert OWN_NAMES in " ".join(show_plan(paged(plan_of([1]))).split())
    assert OWN_NAMES in receipt_markdown(receipt_of(history))


def test_an_app_without_a_name_has_one_spelling_in_every_table(history: History) -> None:
    plan = hostile_plan("")
    text = show_plan(paged(plan))
    assert text.count("(no name)") == 2
    assert "nothing to see" not in text
    assert "| (no name) |" in receipt_markdown(receipt_of(History(history.header, plan))).replace("\\", "")
