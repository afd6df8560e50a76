"""A plan as CSV: a row a setting, no formula."""

import csv
import io

from sfharden.report.plan_rows import render_plan_csv
from tests.plan.kit import everything_bad, planned


def test_a_row_for_each_change_with_every_value() -> None:
    plan = planned(everything_bad()).plan
    rows = list(csv.DictReader(io.StringIO(render_plan_csv(plan))))
    assert len(rows) == len(plan.changes)
    assert rows[0]["setting"] == plan.changes[0].setting
    hostile = plan.changes[0].model_copy(update={"name": "=1+1\u202e"})
    text = render_plan_csv(plan.model_copy(update={"changes": (hostile,)}))
    assert ",'=1+1\ufffd," in text
