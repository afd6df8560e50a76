"""Logic App files that nobody should write: one clear refusal or a gap, and never a crash or a long wait."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import InputError
from sfharden.model.egress import Reading
from sfharden.sources.logic_apps import read_logic_app
from tests.sources.build import export, http_step, logic_app, salesforce_step

ENDPOINTS = {"connector": {"outgoingIpAddresses": [{"address": "203.0.113.8"}]}}
WORDS = st.sampled_from(
    [
        "properties",
        "definition",
        "actions",
        "triggers",
        "else",
        "cases",
        "default",
        "type",
        "inputs",
        "host",
        "connection",
        "name",
        "uri",
        "value",
        "resources",
        "parameters",
        "$connections",
        "endpointsConfiguration",
        "connector",
        "outgoingIpAddresses",
        "address",
        "ApiConnection",
        "Http",
        "Scope",
        "Microsoft.Logic/workflows",
        "Microsoft.Web/sites",
        "Microsoft.Resources/deployments",
        "salesforce",
        "@parameters('x')",
        "[variables('x')]",
        "@{",
        "[concat(",
        "203.0.113.8",
        "workflowapp",
        "kind",
        "tools",
        "templateLink",
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=8), inner, max_size=5)
    ),
    max_leaves=25,
)


def outcome(path: Path) -> Reading | None:
    try:
        return read_logic_app(path)
    except InputError:
        return None


@given(ANYTHING)
def test_any_json_is_refused_or_read(tmp_path_factory: pytest.TempPathFactory, document: Any) -> None:
    reading = outcome(export(tmp_path_factory.getbasetemp(), document, "any.json"))
    assert reading is None or reading.origins or reading.gaps


@given(st.sampled_from(["definition", "parameters", "endpointsConfiguration"]), ANYTHING)
def test_any_part_of_a_logic_app_may_be_anything(
    tmp_path_factory: pytest.TempPathFactory, part: str, content: Any
) -> None:
    app = logic_app(ENDPOINTS)
    app["properties"][part] = content
    reading = outcome(export(tmp_path_factory.getbasetemp(), app, "part.json"))
    assert reading is not None
    assert reading.origins or reading.gaps


def test_a_definition_nested_deeper_than_python_likes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text('{"definition": ' + '{"actions": {"a": ' * 50_000 + "1" + "}}" * 50_000 + "}", "utf-8")
    assert outcome(path) is None


def test_steps_nested_as_deep_as_json_is_read_are_found(tmp_path: Path) -> None:
    step: Any = salesforce_step()
    for _ in range(150):
        step = {"type": "Scope", "actions": {"s" * 50: step}}
    (call,) = read_logic_app(export(tmp_path, logic_app(ENDPOINTS, Top=step))).calls
    assert len(call.step) < 400


def test_hostile_names_stay_on_one_line_and_short(tmp_path: Path) -> None:
    name = "x\x1b[2J\n\u202e" * 500
    app = logic_app(ENDPOINTS, **{name: http_step("@variables('x')")})
    app["name"] = name
    (gap,) = read_logic_app(export(tmp_path, app)).gaps
    assert gap.reason.isprintable()
    assert len(gap.reason) < 600


def test_many_steps_and_connections_take_their_time_once(tmp_path: Path) -> None:
    steps = {f"s{number}": salesforce_step(f"k{number}") for number in range(4000)}
    app = logic_app(ENDPOINTS, **steps)
    app["properties"]["parameters"]["$connections"]["value"] = {f"q{n}": {"id": "/x"} for n in range(4000)}
    reading = read_logic_app(export(tmp_path, app))
    assert len(reading.gaps) >= 1


def test_an_address_of_any_length_costs_a_look_at_its_beginning(tmp_path: Path) -> None:
    long = "@{parameters('x')}" * 200_000
    app = logic_app(ENDPOINTS, One=http_step(f"https://acme.my.salesforce.com/{long}"), Two=http_step(long))
    app["properties"]["parameters"]["x"] = {"value": "y" * 50}
    reading = read_logic_app(export(tmp_path, app))
    assert [call.step for call in reading.calls] == ["One"]
    assert "step 'Two' may call Salesforce" in reading.gaps[0].reason
