"""A plan at a terminal: narrow, safe, and its risks first."""

import pytest

from sfharden.addresses import AddressSet
from sfharden.model.integration import Egress
from sfharden.plan.planner import PlanResult
from sfharden.report.plan_table import render_plan
from sfharden.text.terminal import Terminal
from tests.plan.kit import everything_bad, healthy, integration, planned


@pytest.fixture
def bad() -> PlanResult:
    return planned(everything_bad())


def test_long_lists_are_cut_in_words_and_whole_in_the_plan(bad: PlanResult) -> None:
    egress = Egress(addresses=AddressSet.of(f"192.0.2.{number}" for number in range(1, 99, 2)))
    result = planned(healthy(), integration(egress=egress))
    (change,) = result.plan.changes
    assert len(change.after) == 50
    table = render_plan(result.plan, Terminal(), ("next step",))
    assert "and 42 more" in table
    assert table.endswith("Next:\n  next step\n")
    assert all(len(line) <= 80 for line in table.splitlines())


def test_accepted_risks_are_red(bad: PlanResult) -> None:
    plan = bad.plan.model_copy(update={"lockouts": ("Everybody.",)})
    assert "\x1b[31m\x1b[1mACCEPTED RISK" in render_plan(plan, Terminal(colour=True), ())
    assert "ACCEPTED RISK" in render_plan(plan, Terminal(), ())
