"""Lists of many tokens: whole, well-formed, and no more of them in memory at once than needed."""

import json
import tracemalloc
from itertools import islice, product

import pytest

from sfharden.report.revoke_table import show_plan
from sfharden.report.tokens_table import Line, render_inventory_json
from sfharden.revocation.pages import PlanPage
from sfharden.revocation.plan import PlannedToken, RevocationPlan
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
