"""Receipts and what a terminal shows: complete, and no name from an org steers a reader."""

import json
import re
from dataclasses import replace
from datetime import timedelta, timezone
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.redact import safe_text
from sfharden.report.revocation import org_line, render_outcome, render_plan
from sfharden.report.text import display_width
from sfharden.revocation.plan import RevocationPlan
from sfharden.revocation.receipt import Receipt, receipt_json, receipt_markdown
from sfharden.revocation.record import ATTEMPTED, FAILED, GONE, PLANNED, REVOKED, UNKNOWN

from .kit import HOSTILE, NOW, ORG, TOOL, handle, plan_of, planned

STATES: Final = (REVOKED, GONE, FAILED, UNKNOWN, ATTEMPTED, PLANNED)


def receipt(plan: RevocationPlan | None = None, **changes: object) -> Receipt:
    plan = plan or plan_of(6)
    states = {one.handle: STATES[n % 6] for n, one in enumerate(plan.tokens)}
    told = Receipt(
        plan=plan,
        states=states,
        by="admin@acme.example",
        ended_by="other@acme.example",
        approved="fingerprint typed",
        host="acme.my.salesforce.com",
        started="2026-11-24T11:00:00Z",
        ended=NOW,
        tool=TOOL,
        journal="revoke-X.jsonl",
        survivors=(),
    )
    return replace(told, **changes)  # type: ignore[arg-type]


def hostile() -> Receipt:
    organization = ORG.model_copy(update={"name": HOSTILE})
    plan = plan_of(6, organization, app=HOSTILE, user=HOSTILE)
    return receipt(
        plan, by=HOSTILE, ended_by=HOSTILE, approved=HOSTILE, host=HOSTILE, started=HOSTILE, journal=HOSTILE,
        remarks=(HOSTILE,), survivors=(handle(2),),
    )  # fmt: skip


def test_the_json_receipt_tells_who_when_what_how_many_and_what_was_checked() -> None:
    told = json.loads(receipt_json(receipt(survivors=(handle(2),), remarks=("Stopped early.",))))
    assert set(told) == {
        "schema", "tool", "organization", "host", "production", "by", "ended_by", "approved", "fingerprint",
        "started", "ended", "journal", "counts", "recounted", "survivors", "remarks", "tokens",
    }  # fmt: skip
    assert told["schema"] == "sfharden.receipt/1"
    assert told["counts"] == dict.fromkeys(STATES, 1)
    assert told["survivors"] == [handle(2)]
    assert (told["recounted"], told["production"]) == (True, False)
    assert [one["state"] for one in told["tokens"]] == list(STATES)
    assert set(told["tokens"][0]) == {"handle", "app", "user", "created", "external", "state"}


def test_a_recount_that_was_not_possible_does_not_look_like_a_clean_one() -> None:
    assert json.loads(receipt_json(receipt(survivors=None)))["recounted"] is False
    assert "none is left" not in receipt_markdown(receipt(survivors=None))
    assert "not done" in receipt_markdown(receipt(survivors=None))
    assert "none is left" in receipt_markdown(receipt())
    assert "2 of the tokens are still there" in receipt_markdown(receipt(survivors=(handle(1), handle(2))))


def test_the_markdown_receipt_names_both_people_and_counts_each_state() -> None:
    text = receipt_markdown(receipt(survivors=(handle(4),)))
    assert "by admin\\@acme\\.example, fingerprint typed, plan" in text
    assert "by other\\@acme\\.example" in text
    for state in STATES:
        assert f"| {state} | 1 |" in text
    assert handle(4) in text.splitlines()[-1]


@pytest.mark.parametrize(("told", "words"), [(True, "sandbox"), (False, "PRODUCTION"), (None, "PRODUCTION")])
def test_production_is_in_capitals_everywhere(told: bool | None, words: str) -> None:
    organization = ORG.model_copy(update={"is_sandbox": told})
    plan = plan_of(2, organization)
    assert org_line(organization, "host").startswith(words)
    assert render_plan(plan, "host", (), False).startswith(words)
    assert f"({words})" in receipt_markdown(receipt(plan))
    assert json.loads(receipt_json(receipt(plan)))["production"] is (told is not True)


def test_times_are_in_utc() -> None:
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    assert json.loads(receipt_json(receipt(ended=tokyo)))["ended"] == "2026-11-24T12:00:00Z"


# What a Markdown reader acts on, unless a backslash stands before it (CommonMark, Backslash escapes).
_ACTIVE: Final = re.compile(r"(?<!\\)(?:\\\\)*[`*_\[\]()<>#|~&@]|(?<!\\):|www\.")


def cells(text: str) -> list[str]:
    """The foreign parts of a receipt's lines: what stands between its own marks."""
    rows = [line for line in text.splitlines() if line.startswith("| ") and not set(line) <= set("| -:")]
    return [cell for row in rows for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def harmless(line: str) -> bool:
    return safe_text(line, limit=10_000) == line


def test_no_name_steers_a_markdown_reader_or_a_terminal() -> None:
    text = receipt_markdown(hostile())
    assert all(map(harmless, text.split("\n")))
    plain = receipt_markdown(receipt(survivors=(handle(2),), remarks=("x",)))
    assert len(text.splitlines()) == len(plain.splitlines())
    for cell in cells(text):
        own = cell.replace("(sandbox)", "")
        assert not _ACTIVE.search(own), own


@given(st.text(max_size=60))
def test_no_app_can_add_a_cell_a_row_or_a_heading(name: str) -> None:
    plain, odd = (
        receipt_markdown(receipt(plan_of(6, app="x"))),
        receipt_markdown(receipt(plan_of(6, app=name))),
    )
    assert len(odd.splitlines()) == len(plain.splitlines())
    assert len(cells(odd)) == len(cells(plain))
    assert receipt_json(receipt(plan_of(6, app=name))).isascii()


@given(st.text(max_size=60))
def test_no_name_breaks_a_terminal(name: str) -> None:
    plan = plan_of(3, app=name, user=name)
    outcome = render_outcome(plan, {handle(1): FAILED}, (handle(1),), (name,))
    assert all(map(harmless, (render_plan(plan, name, (name,), True) + outcome).split("\n")))


def test_what_a_person_sees_fits_their_terminal() -> None:
    plan = plan_of(3, app="営業部 " * 12, user="a-very-long-user-name@subdomain.of.acme.example")
    text = render_plan(plan, "acme.my.salesforce.com", ("word " * 60,), True)
    text += render_outcome(plan, {}, (handle(1),), ("word " * 60,))
    assert max(display_width(line) for line in text.splitlines()) <= 80


def test_the_outcome_counts_and_names_what_is_left() -> None:
    plan = plan_of(40)
    states = {one.handle: REVOKED for one in plan.tokens}
    clean = render_outcome(plan, states, (), ())
    assert "40 revoked" in clean
    assert "none of them is left" in clean
    assert "sfharden verify" in clean
    left = render_outcome(plan, states, tuple(one.handle for one in plan.tokens), ())
    assert "40 are STILL THERE" in left
    assert "and 10 more" in left
    assert "verify" not in left
    assert "isn't known" in render_outcome(plan, states, None, ())


def test_a_dry_run_lists_every_token_and_says_that_nothing_was_done() -> None:
    plan = RevocationPlan(organization=ORG, tokens=tuple(planned(n, app=f"App {n}") for n in range(40)))
    text = render_plan(plan, "host", (), True)
    assert all(one.handle in text for one in plan.tokens)
    assert f"Fingerprint {plan.fingerprint}. Nothing was revoked." in text
    brief = render_plan(plan, "host", (), False)
    assert "and 10 more apps" in brief
    assert plan.tokens[0].handle not in brief
