"""A simulation as CSV and Markdown: every scenario, the outcome on top."""

import csv
import io

from sfharden.report.simulate_rows import render_csv, render_markdown
from tests.simulation.kit import ADMIN_DESK_OPEN, simulated


def test_every_scenario_and_every_changed_control_has_a_row() -> None:
    outcome = simulated(ADMIN_DESK_OPEN)
    rows = list(csv.DictReader(io.StringIO(render_csv(outcome))))
    ways = [row for row in rows if row["about"] == "way in"]
    assert len(ways) == sum(len(one.matrix) for one in outcome.integrations)
    changed = {row["what"]: (row["today"], row["after"]) for row in rows if row["about"] == "control"}
    assert ("pass", "fail") in changed.values()
    page = render_markdown(outcome)
    said = "YES" if outcome.locked_out else "no"
    assert f"- Somebody who must get in would be locked out: {said}" in page
    assert page.count("\n| ") == len(rows) + 2
