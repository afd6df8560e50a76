"""Logic App files that nobody should write: one clear refusal or a gap, and never a crash or a long wait."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfharden.azure.expressions import certain_start, resource_path
from sfharden.errors import InputError
from sfharden.files.json_file import load_json, without_comments
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


@given(st.text(alphabet="@{}[]()'concatprmetsfo/.:hx\\ ,0", max_size=40))
def test_the_certain_start_of_an_expression_is_none_of_its_code(text: str) -> None:
    start = certain_start(text, {})
    assert not (start.text.startswith(("@{", "[concat")) and start.whole and "@{" not in text[1:])
    assert isinstance(resource_path(text), str)


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


# JSON as Azure writes it ----------------------------------------------------------------------

COMMENTED = """// a template
{
  "resources": [ /* one
     or more */
    {"type": "Microsoft.Logic/workflows", "name": "http://x // no comment /* neither */ \\" // still",
     // "name": "old",
     "properties": {"definition": {"actions": {}}, "note": "two
lines"}}
  ]
}"""


def test_comments_and_texts_over_two_lines_are_read_as_resource_manager_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(COMMENTED, "utf-8")
    (resource,) = load_json(path, "x", comments=True)["resources"]
    assert resource["name"] == 'http://x // no comment /* neither */ " // still'
    assert resource["properties"]["note"] == "two\nlines"
    assert read_logic_app(path).gaps
    with pytest.raises(InputError, match="is not JSON"):
        load_json(path, "x")


@given(ANYTHING)
def test_what_has_no_comments_stays_as_it_is(document: Any) -> None:
    text = json.dumps(document, indent=1)
    assert without_comments(text) == text


@settings(max_examples=300)
@given(st.text(alphabet='"\\/*\n{}ab ', max_size=30))
def test_taking_comments_out_keeps_every_line(text: str) -> None:
    assert without_comments(text).count("\n") == text.count("\n")
    assert len(without_comments(text)) == len(text)


@pytest.mark.parametrize(
    "data", ['{"a": 1,}', "[1, 2,]", '{"a": NaN}', '{"a": Infinity}', "{'a': 1}", "/*", '"', "//"]
)
def test_what_is_documented_nowhere_is_refused(tmp_path: Path, data: str) -> None:
    (tmp_path / "x.json").write_text(data, "utf-8")
    with pytest.raises(InputError, match="is not JSON"):
        load_json(tmp_path / "x.json", "x", comments=True)


def test_a_name_given_twice_is_refused_with_the_name(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"a": {"uri": 1, "uri": 2}}', "utf-8")
    with pytest.raises(InputError, match="gives 'uri' twice"):
        load_json(tmp_path / "x.json", "x")


def test_the_line_of_a_fault_is_in_the_hint(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{\n/* one\n two */ "a": 1,\n}', "utf-8")
    with pytest.raises(InputError) as refused:
        load_json(tmp_path / "x.json", "x", comments=True)
    assert "line 4" in refused.value.hint or "line 3" in refused.value.hint


def test_unclosed_quotes_and_comments_are_no_slow_way_out(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("//\n" + '\\"' * 500_000 + "/*" * 500_000, "utf-8")
    with pytest.raises(InputError):
        load_json(tmp_path / "x.json", "x", comments=True)
