"""The table's template: every column that is sent is declared, twice, and each resource is as Azure publishes it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from sfharden.report.send_rows import COLUMNS, STREAM, TABLE
from sfharden.report.sentinel_rules import rules_template
from sfharden.report.sentinel_table import table_template

PUBLISHED = json.loads((Path(__file__).parent.parent / "published" / "arm-resources.json").read_text("utf-8"))
RESOURCES = [*table_template()["resources"], *rules_template()["resources"]]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: f"{one['type']} {one['name']}"[:60])
def test_each_resource_is_as_azure_publishes_it(resource: dict[str, Any]) -> None:
    given = json.loads(json.dumps(resource))
    if given["type"].endswith("dataCollectionRules"):
        # Lists of agents' kinds and streams that are open: Learn has these two (Logs Ingestion API overview, tutorial).
        assert given.pop("kind") == "Direct"
        assert given["properties"]["dataFlows"][0].pop("streams") == [STREAM]
    assert faults(given) == []


def faults(resource: dict[str, Any]) -> list[str]:
    schema = {**PUBLISHED["resources"][resource["type"]], "definitions": PUBLISHED["definitions"]}
    Draft4Validator.check_schema(schema)
    return [error.message for error in Draft4Validator(schema).iter_errors(resource)]


def test_the_schema_would_notice() -> None:
    for resource in RESOURCES:
        assert faults({**resource, "apiVersion": "2000-01-01"})
    assert faults({**RESOURCES[0], "properties": {"plan": "Gold"}})


def test_the_table_and_the_stream_declare_every_column() -> None:
    table, rule, _ = table_template()["resources"]
    of_table = table["properties"]["schema"]
    of_stream = rule["properties"]["streamDeclarations"][STREAM]["columns"]
    assert {one["name"]: one["type"].lower() for one in of_table["columns"]} == COLUMNS
    assert {one["name"]: one["type"] for one in of_stream} == COLUMNS
    assert of_table["name"] == TABLE
    (flow,) = rule["properties"]["dataFlows"]
    assert (flow["streams"], flow["outputStream"]) == ([STREAM], f"Custom-{TABLE}")


def test_every_parameter_is_used_and_every_used_one_is_declared() -> None:
    for template in (table_template(), rules_template()):
        used = set(re.findall(r"parameters\('(\w+)'\)", json.dumps(template)))
        assert used == set(template["parameters"])


def test_who_sends_may_do_that_on_the_rule_and_nothing_more() -> None:
    _, _, role = table_template()["resources"]
    assert "3913510d-42f4-4e42-8a64-420c390055eb" in role["properties"]["roleDefinitionId"]
    assert role["scope"] == "[resourceId('Microsoft.Insights/dataCollectionRules', 'sfharden-findings')]"
