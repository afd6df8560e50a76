"""The receipt: true to the journal, and nothing in it speaks for itself."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.ports import Ending, RevokeOutcome
from sfharden.report.revoke_receipt import receipt_json, receipt_markdown, receipt_of
from sfharden.revocation.history import History
from sfharden.revocation.plan import PlannedToken, RevocationPlan
from sfharden.revocation.records import Recounted
from sfharden.text.build_log import gives_orders
from tests.revocation.kit import NOW, ORG_ID, handle, header_of, plan_of, scene, secret
from tests.test_project import ROOT

HOSTILE = "Evil\x1b[2J\u202e | <script>alert(1)</script> [x](http://evil.example) `a` **b**\n# Head"


@pytest.fixture(name="history")
def _history(tmp_path: Path) -> History:
    stage = scene(tmp_path)
    refused = RevokeOutcome(Ending.REFUSED, "unsupported_token_type")
    stage.org.trouble = lambda number, phase: refused if (number, phase) == (2, "before") else None
    stage.first_run()
    return stage.history()


def test_it_tells_who_when_what_the_numbers_and_the_check(history: History) -> None:
    text = receipt_markdown(receipt_of(history, ["Sync keeps working by JWT bearer"]))
    for part in (
        "operator@acme.example",
        "account op",
        "2026-11-24 12:00:00",
        history.plan.fingerprint,
        "- planned: 4\n- revoked: 3\n- still open: 1 (failed: 1)\n",
        "unsupported\\_token\\_type",
        "still there: 1",
        handle(2),
        "JWT bearer",
        "Run 1: operator@acme.example by access token, account op; number expected",
        "checksum has no key",
    ):
        assert part in text
    assert not any(secret(number).reveal() in text for number in range(1, 5))


def test_the_json_follows_its_schema_and_accounts_for_every_token(history: History) -> None:
    told = json.loads(receipt_json(receipt_of(history)))
    jsonschema.validate(told, json.loads((ROOT / "docs/schemas/receipt-1.json").read_text("utf-8")))
    assert sum(told["counts"].values()) == len(told["tokens"]) == 4
    assert told["recount"]["survivors"] == [handle(2)]


def test_a_check_that_was_not_made_or_not_whole_is_no_check(history: History) -> None:
    history.recounts.clear()
    assert "not counted again" in receipt_markdown(receipt_of(history))
    history.recounts.append(Recounted(at=NOW, gap="own rows only"))
    assert "may not be whole" in receipt_markdown(receipt_of(history))


def hostile_plan(name: str) -> RevocationPlan:
    planned = PlannedToken(handle=handle(1), app=name, user=name, created=None)
    return RevocationPlan(org_id=ORG_ID, org_name=name, selection=f"app {name}", tokens=(planned,), gap=name)


def test_hostile_names_stay_text_in_markdown() -> None:
    plan = hostile_plan(HOSTILE)
    text = receipt_markdown(receipt_of(History(header_of(plan), plan), [HOSTILE]))
    assert not re.search(r"[\x1b\u202e]", text)
    assert "<script" not in text
    assert "](http" not in text
    assert "http://" not in text
    assert [line for line in text.splitlines() if line.startswith("# ")] == ["# Revocation of OAuth tokens"]
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {7}


@pytest.mark.parametrize(
    "name", ["##vso[task.complete]b", "##[error]b", "\n::error::b", "a\n  ::stop-commands::b"]
)
def test_no_receipt_gives_an_order_to_a_build_s_log(name: str) -> None:
    plan = hostile_plan(name)
    receipt = receipt_of(History(header_of(plan), plan), [name])
    assert not gives_orders(receipt_markdown(receipt))
    text = receipt_json(receipt)
    assert not gives_orders(text)
    assert json.loads(text)["org_name"] == name


@given(st.text(max_size=60))
def test_any_name_fills_one_cell(name: str) -> None:
    plan = hostile_plan(name)
    text = receipt_markdown(receipt_of(History(header_of(plan), plan)))
    (row,) = [line for line in text.splitlines() if line.startswith(f"| {handle(1)}")]
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 7


@pytest.mark.parametrize(
    ("sandbox", "word"), [(True, "sandbox"), (False, "PRODUCTION"), (None, "PRODUCTION")]
)
def test_production_is_said_in_capitals_and_assumed_where_nothing_is_said(
    sandbox: bool | None, word: str
) -> None:
    plan = plan_of([1]).model_copy(update={"is_sandbox": sandbox})
    assert word in receipt_markdown(receipt_of(History(header_of(plan), plan)))
