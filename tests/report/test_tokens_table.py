"""Lists of many tokens: whole, well-formed, and no more of them in memory at once than needed."""

import json
import re
import tracemalloc
from datetime import UTC, datetime
from itertools import islice, product

import pytest

from sfharden.report.revoke_table import show_plan
from sfharden.report.tokens_table import Line, render_inventory, render_inventory_json
from sfharden.revocation.pages import PlanPage
from sfharden.revocation.plan import PlannedToken, RevocationPlan
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import display_width
from tests.revocation.kit import WHO


def line(number: int) -> Line:
    return Line(f"handle{number}", 'A "quoted" app', "yes", "ü@acme.example", "yes", "P", "", "never", "0")


@pytest.mark.parametrize("gap", ["", "3 of 4 tokens came"])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_inventory_is_json_with_every_token(count: int, gap: str) -> None:
    lines = [line(number) for number in range(count)]
    told = json.loads(render_inventory_json(lines, gap))
    assert told == {
        "schema": "sfharden.tokens/1",
        "complete": not gap,
        "gap": gap,
        "tokens": [one._asdict() for one in lines],
    }


def test_an_inventory_of_many_takes_little_more_than_its_text() -> None:
    lines = [line(number) for number in range(5000)]
    tracemalloc.start()
    try:
        text = render_inventory_json(lines, "")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 4 * len(text)


def test_a_dry_run_lists_every_token_however_many() -> None:
    tokens = tuple(
        PlannedToken(handle=f"handle{letters}", app="App", user="u")
        for letters in islice(map("".join, product("abcdefgh", repeat=6)), 2500)
    )
    plan = RevocationPlan(org_id="00D1", selection="--app App", tokens=tokens)
    listed = [
        row.split()[0] for row in show_plan(PlanPage(plan, WHO, whole=True)).splitlines() if "handle" in row
    ]
    assert listed == [one.handle for one in tokens]


def test_when_it_was_made_and_used_is_told_by_day_and_age_however_narrow() -> None:
    now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    one = line(1)._replace(created="2026-08-01T12:00:00Z", last_used="2026-11-28T01:00:00Z", use_count="7")
    for width in (60, 80, 110):
        text = render_inventory([one], "", now, Terminal(width))
        assert max(map(display_width, text.splitlines())) <= width
        table = " ".join(text.partition("Made, used")[2].split())
        parts = ("2026-08-01", "(119 d)", "2026-11-28", "(today)", "7×")
        assert [table.index(part) for part in parts] == sorted(table.index(part) for part in parts)
        assert ("from 80 columns on" in text) is (width < 80)
    never = one._replace(created="", last_used="never", tokens="1+")
    assert {"first at some time", "never used"} <= set(
        re.findall("first at some time|never used", render_inventory([never], "", now, Terminal()))
    )
