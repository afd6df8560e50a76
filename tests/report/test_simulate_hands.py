"""The steps by hand at a terminal: a column where they change something, folded where they don't."""

import json

import pytest

from sfharden.report.simulate_hands import shows_by_hand, steps_by_hand
from sfharden.report.simulate_json import render_simulation_json
from sfharden.report.simulate_table import render_explanation, render_simulation
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import display_width
from tests.simulation.kit import simulated as unmoved
from tests.simulation.test_by_hand import BARE, WITH_SET, simulated


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_third_column_shows_what_the_steps_change() -> None:
    found = simulated(BARE)
    table = render_simulation(found, Terminal())
    assert shows_by_hand(found.integrations[0])
    head = next(line for line in table.splitlines() if line.startswith("Who gets in"))
    assert head.split()[-4:] == ["Today", "After", "By", "hand"]
    line = next(one for one in table.splitlines() if "The Logic App calls the API" in one)
    assert line.split()[-1] == "REFUSED"
    assert "Neither the proposal nor the org has crm_sync_rights" in words(table)
    assert "calling: After the steps by hand: 'svc@acme.example' lacks API Enabled" in words(table)


def test_where_there_are_no_steps_nothing_is_said_of_them() -> None:
    found = unmoved({})
    assert steps_by_hand(found.integrations[0], Terminal()) == ""
    assert "hand" not in render_simulation(found, Terminal())


def test_steps_that_change_no_row_take_no_column() -> None:
    found = simulated(WITH_SET)
    (one,) = found.integrations
    same = [change for change in one.matrix if not change.differs_by_hand]
    folded = type(one)(one.name, tuple(same), one.guard, one.replay, steps=one.steps)
    assert not shows_by_hand(folded)
    assert "these steps change no row above" in steps_by_hand(folded, Terminal())


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider(width: int) -> None:
    table = render_simulation(simulated(BARE), Terminal(width))
    assert max(map(display_width, table.splitlines())) <= width


def test_an_explanation_has_the_steps_behind_all_three() -> None:
    found = simulated(BARE)
    rows = [one for one in found.integrations[0].matrix if one.after.id == "calling"]
    text = words(render_explanation(rows, Terminal()))
    assert "After the steps by hand: The Logic App calls the API: refused" in text


def test_json_has_the_steps_the_rights_and_the_third_row() -> None:
    (one,) = json.loads(render_simulation_json(simulated(BARE), "0"))["integrations"]
    assert one["by_hand"]["steps"][0].startswith("Give svc@acme.example")
    assert one["by_hand"]["rights"]["offered"] == ["ApiEnabled"]
    assert one["by_hand"]["given_back"] is False
    rows = {row["id"]: row for row in one["matrix"]}
    assert rows["calling"]["by_hand"]["outcome"] == "refused"
    assert one["replay_by_hand"]["own"]["successes"] == one["replay"]["own"]["successes"]
    (plain,) = json.loads(render_simulation_json(unmoved({}), "0"))["integrations"]
    assert plain["by_hand"] == {
        "steps": [], "rights": None, "given_back": False, "missing": [], "gained": [],
    }  # fmt: skip
    assert {row["by_hand"] for row in plain["matrix"]} == {None}
