"""The steps by hand at a terminal: a column where they change something, folded where they don't."""

import json

import pytest

from sfharden.report.simulate_hands import shows_by_hand, steps_by_hand
from sfharden.report.simulate_html import render_simulation_html
from sfharden.report.simulate_json import render_simulation_json
from sfharden.report.simulate_rows import render_csv
from sfharden.report.simulate_table import render_explanation, render_simulation
from sfharden.text.terminal import Terminal
from sfharden.text.wrapping import display_width
from tests.orgs.files import permission
from tests.simulation.kit import simulated as unmoved
from tests.simulation.test_by_hand import BARE, NAMES, OBJECT, WITH_SET, judged, set_of, simulated


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_third_column_shows_what_the_steps_change() -> None:
    found = simulated(BARE)
    table = render_simulation(found, Terminal())
    assert shows_by_hand(found.integrations[0].matrix)
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
    assert not shows_by_hand(folded.matrix)
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


def test_what_a_set_lacks_and_gives_besides_stands_by_the_steps_and_the_control_in_a_column_of_its_own() -> (
    None
):
    asked = (*NAMES, "ModifyAllData")
    found = judged(set_of(permission("ModifyAllData")), permission_names=asked)
    table = words(render_simulation(found, Terminal()))
    assert "crm_sync_rights doesn't surely give back Account (Read, Create, Edit)." in table
    assert "also gives svc@acme.example what is never offered: ModifyAllData." in table
    assert "Offered by the permission set" not in table
    assert "Controls that would change Today After By hand" in table
    assert "NOT KNOWN TO BE SAFE" in table
    (one,) = json.loads(render_simulation_json(found, "0"))["integrations"]
    assert one["by_hand"]["missing"] == ["Account (Read, Create, Edit)"]
    assert len(one["by_hand"]["gained"]) == 1
    page = render_simulation_html(found, "0")
    assert "<td>pass</td><td>pass</td><td>fail</td>" in page
    assert "surely give back Account (Read, Create, Edit)" in page
    cells = [line for line in render_csv(found).splitlines() if "least-privilege" in line]
    assert [line.split(",")[4:7] for line in cells] == [["pass", "pass", "fail"]]


def test_a_set_that_gives_all_back_is_said_to_offer_it() -> None:
    table = words(render_simulation(judged(set_of(OBJECT)), Terminal()))
    assert (
        "Offered by the permission set crm_sync_rights: API Enabled; Account (Read, Create, Edit)." in table
    )
    assert "doesn't surely give back" not in table
    assert "nobody who must get in would be shut out" in table


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
