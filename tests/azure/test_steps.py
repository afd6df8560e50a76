"""Steps: each is found wherever it's nested, in the order of the definition; what is no step is told as one."""

from pathlib import Path
from typing import Any

import pytest

from sfharden.azure.steps import Step, steps_of
from tests.sources.build import logic_app, salesforce_step
from tests.sources.test_logic_apps import ENDPOINTS, read

NESTED: dict[str, Any] = {
    "scope": {"type": "Scope", "actions": {"In": salesforce_step()}},
    "foreach": {"type": "Foreach", "actions": {"In": salesforce_step()}},
    "until": {"type": "Until", "actions": {"In": salesforce_step()}},
    "condition": {"type": "If", "actions": {"In": salesforce_step()}, "else": {"actions": {}}},
    "else": {"type": "If", "actions": {}, "else": {"actions": {"In": salesforce_step()}}},
    "case": {
        "type": "Switch",
        "cases": {"A": {"case": 1, "actions": {"In": salesforce_step()}}},
        "default": {"actions": {}},
    },
    "default": {"type": "Switch", "cases": {}, "default": {"actions": {"In": salesforce_step()}}},
    "agent": {"type": "Agent", "tools": {"Find": {"actions": {"In": salesforce_step()}}}},
}


@pytest.mark.parametrize("name", sorted(NESTED))
def test_steps_are_found_in_every_branch(tmp_path: Path, name: str) -> None:
    outer = {"type": "Scope", "actions": {"Deep": NESTED[name]}}
    reading = read(tmp_path, logic_app(ENDPOINTS, Outer=outer))
    (call,) = reading.calls
    assert call.step.startswith("Outer / Deep")
    assert call.step.endswith(" / In")
    assert not reading.gaps


def test_triggers_count_like_actions(tmp_path: Path) -> None:
    app = logic_app(ENDPOINTS)
    app["properties"]["definition"] = {"triggers": {"When": salesforce_step()}, "actions": {}}
    assert [call.step for call in read(tmp_path, app).calls] == ["When"]


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "Scope", "actions": ["x"]},
        {"type": "Scope", "actions": "[variables('a')]"},
        {"type": "If", "else": "x"},
        {"type": "Switch", "cases": []},
        {"type": "Switch", "cases": {"A": 7}},
        {"inputs": {}},
        {"type": 7},
        None,
        "x",
    ],
)
def test_a_step_that_can_not_be_understood_is_a_gap(tmp_path: Path, broken: Any) -> None:
    reading = read(tmp_path, logic_app(ENDPOINTS, Broken=broken, Query=salesforce_step()))
    assert [call.step for call in reading.calls] == ["Query"]
    assert "may call Salesforce" in reading.gaps[0].reason


def paths(definition: Any) -> list[str]:
    return [step.path for step in steps_of(definition)]


def test_steps_come_in_the_order_of_the_definition() -> None:
    inner = {"B": {"type": "Http"}, "C": {"type": "Http"}}
    definition = {
        "actions": {"A": {"type": "Scope", "actions": inner}, "D": {"type": "Http"}},
        "triggers": {"When": {"type": "Request"}},
    }
    assert paths(definition) == ["When", "A", "A / B", "A / C", "D"]


@pytest.mark.parametrize("definition", [None, "x", 7, [], {}, {"actions": None}, {"actions": {}}])
def test_what_holds_no_steps_gives_none(definition: Any) -> None:
    assert paths(definition) == []


@pytest.mark.parametrize("branch", [{"actions": {}}, {}, None])
def test_an_empty_branch_is_no_step(branch: Any) -> None:
    assert paths({"actions": {"If": {"type": "If", "else": branch}}}) == ["If"]


def test_a_branch_of_another_shape_is_a_step_that_can_not_be_understood() -> None:
    definition = {"actions": {"If": {"type": "If", "else": {"steps": {}}}}}
    assert list(steps_of(definition))[1] == Step("If / else", None)


def test_names_have_no_case() -> None:
    assert paths({"Actions": {"A": {"type": "Scope", "ACTIONS": {"B": {}}}}}) == ["A", "A / B"]


def test_nesting_deeper_than_python_likes_is_walked_and_its_path_stays_short() -> None:
    step: dict[str, Any] = {"type": "Http"}
    for _ in range(5000):
        step = {"type": "Scope", "actions": {"scope": step}}
    found = list(steps_of({"actions": {"top": step}}))
    assert len(found) == 5001
    assert max(len(one.path) for one in found) <= 301
    assert found[-1].path.endswith(" / scope")
