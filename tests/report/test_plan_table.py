"""A plan at a terminal: narrow, safe, and its risks first."""

from pathlib import Path

import pytest

from sfharden.addresses import AddressSet
from sfharden.model.integration import Egress
from sfharden.plan.planner import PlanResult
from sfharden.report.plan_table import FULL, render_plan, where_the_rest_is
from sfharden.simulation.declared import Sighting
from sfharden.text.terminal import Terminal
from tests.commands.kit import words
from tests.plan.kit import everything_bad, healthy, integration, planned
from tests.plan.test_request import request


@pytest.fixture
def bad() -> PlanResult:
    return planned(everything_bad())


def many() -> PlanResult:
    egress = Egress(addresses=AddressSet.of(f"192.0.2.{number}" for number in range(1, 99, 2)))
    return planned(healthy(), integration(egress=egress))


def test_long_lists_are_folded_and_whole_in_the_plan_or_where_that_is_asked_for() -> None:
    result = many()
    (change,) = result.plan.changes
    assert len(change.after) == 50
    table = render_plan(result.plan, Terminal(), ("next step",), rest="all in change/README.md")
    assert "and 41 more, all in change/README.md" in words(table)
    assert table.endswith("Next:\n  next step\n")
    whole = render_plan(result.plan, Terminal(), (), rest="")
    assert set(change.after) | set(change.before) <= set(words(whole).replace(",", "").split())
    assert all(len(line) <= 80 for text in (table, whole) for line in text.splitlines())


def test_a_list_says_what_comes_what_goes_and_what_stays() -> None:
    table = render_plan(many().plan, Terminal(), ())
    assert "    added   192.0.2.1, 192.0.2.3," in table
    assert "    removed 192.0.2.0-192.0.2.15\n" in table
    assert "    stays   198.51.100.7\n" in table
    assert "shown by --full" in words(table)


def test_what_no_file_holds_is_not_said_to_be_in_one() -> None:
    seen = Sighting(conditions=("many words " * 100,))
    table = render_plan(many().plan, Terminal(), (), seen=seen, rest="all in change/README.md")
    assert "characters more, shown by --full)" in words(table)


def test_where_the_rest_is() -> None:
    plan = many().plan
    assert where_the_rest_is(request(), plan) == FULL
    assert where_the_rest_is(request(output=Path("a\x1b")), plan) == "all in a\ufffd/README.md"
    assert (
        where_the_rest_is(request(output=Path("a")), planned(healthy()).plan) == FULL
    )  # nothing is written then
    assert where_the_rest_is(request(output=Path("a"), full=True), plan) == ""


def test_accepted_risks_are_red(bad: PlanResult) -> None:
    plan = bad.plan.model_copy(update={"lockouts": ("Everybody.",)})
    assert "\x1b[31m\x1b[1mACCEPTED RISK" in render_plan(plan, Terminal(colour=True), ())
    assert "ACCEPTED RISK" in render_plan(plan, Terminal(), ())
