"""A flow of Power Automate is told from a Logic App in whatever it is wrapped; a part of its addresses is never all."""

import json
from pathlib import Path
from typing import Any

import pytest

from sfharden.addresses import AddressSet
from sfharden.azure.flows import holds_a_definition, is_flow
from sfharden.azure.workflows import Hosting, find_workflows
from sfharden.model.egress import Origin, OriginKind, Reading
from sfharden.model.integration import egress_of
from sfharden.sources.logic_apps import read_logic_app
from tests.sources.build import connection, export, logic_app, salesforce_step

POWER_APPS = "/providers/Microsoft.PowerApps/apis/shared_salesforce"
STEP = {
    "type": "OpenApiConnection",
    "inputs": {
        "host": {"apiId": POWER_APPS, "connectionName": "shared_salesforce", "operationId": "GetItems"}
    },
}
DEFINITION = {"triggers": {}, "actions": {"Get": STEP}}
# As older flows call: like a Logic App, but for the connection's name.
OLD = {"triggers": {}, "actions": {"Get": salesforce_step("shared_salesforce")}}
REFERENCES = {
    "shared_salesforce": {
        "runtimeSource": "embedded",
        "connection": {"connectionReferenceLogicalName": "new_sf"},
        "api": {"name": "shared_salesforce"},
    }
}
RESOURCE = {"type": "Microsoft.Flow/flows", "name": "f", "properties": {"definition": DEFINITION}}
WRAPPINGS: dict[str, Any] = {
    "a resource": RESOURCE,
    "a list of resources": {"value": [RESOURCE]},
    "a file of a solution": {
        "properties": {"connectionReferences": REFERENCES, "definition": OLD},
        "schemaVersion": "1.0.0.0",
    },
    "the same without its references": {"properties": {"definition": DEFINITION}, "schemaVersion": "1.0.0.0"},
    "what the designer copies": {"definition": DEFINITION, "connectionReferences": REFERENCES},
    "a definition alone": DEFINITION,
    "an old definition alone": OLD,
    "a definition with its own authentication": {
        **OLD, "parameters": {"$connections": {}, "$authentication": {"type": "SecureObject"}},
    },
    "a resource that calls itself a Logic App": {**logic_app(), "properties": {"definition": DEFINITION}},
    "a row of Dataverse": {"value": [{"name": "f", "clientdata": json.dumps({"properties": {"definition": DEFINITION}})}]},
}  # fmt: skip


def origin(tag: str, service: str = "AzureConnectors") -> Reading:
    """A service tag as a source of egress."""
    name = f"{service}.{tag}" if tag else service
    addresses = AddressSet.of(["203.0.113.0/28"])
    found = Origin(kind=OriginKind.TAG, file="tags.json", name=name, region=tag.lower(), addresses=addresses)
    return Reading(file="tags.json", origins=(found,))


@pytest.mark.parametrize("name", WRAPPINGS)
def test_a_flow_calls_from_every_region_of_its_geography_whatever_it_is_wrapped_in(
    tmp_path: Path, name: str
) -> None:
    path = export(tmp_path, WRAPPINGS[name])
    reading = read_logic_app(path)
    assert any("geography" in gap.reason for gap in reading.gaps)
    # One region's addresses are a part of its list; only the tag of all regions holds them all.
    for regions in ((), ("WestEurope",), ("WestEurope", "NorthEurope")):
        egress = egress_of([reading, *(origin(region) for region in regions)])
        assert any("geography" in gap.reason for gap in egress.gaps)
    every = egress_of([reading, origin("")])
    assert not any("geography" in gap.reason for gap in every.gaps)


@pytest.mark.parametrize("name", [name for name in WRAPPINGS if name not in ("a row of Dataverse",)])
def test_it_is_known_for_a_flow(name: str) -> None:
    (found,) = find_workflows(WRAPPINGS[name]).workflows
    assert found.hosting is Hosting.POWER_AUTOMATE


def test_a_list_that_stands_in_a_flow_s_file_is_a_part_of_its_list(tmp_path: Path) -> None:
    listed = {"connector": {"outgoingIpAddresses": [{"address": "203.0.113.8"}]}}
    flow = {**RESOURCE, "properties": {**RESOURCE["properties"], "endpointsConfiguration": listed}}  # type: ignore[dict-item]
    reading = read_logic_app(export(tmp_path, flow))
    assert [one.addresses for one in reading.origins] == [AddressSet.of(["203.0.113.8"])]
    assert ["geography" in gap.reason for gap in reading.gaps] == [True]


@pytest.mark.parametrize(
    "document",
    [
        logic_app(),
        {"definition": {"actions": {"Query": salesforce_step()}}},
        # Made from a flow: names are left of it, and the connection leads to a managed API.
        {
            **logic_app(),
            "properties": {
                "definition": {**OLD, "parameters": {"$authentication": {"type": "SecureObject"}}},
                "parameters": {"$connections": {"value": {"shared_salesforce": connection()}}},
            },
        },
    ],
)
def test_a_logic_app_is_no_flow(document: Any) -> None:
    (found,) = find_workflows(document).workflows
    assert found.hosting is not Hosting.POWER_AUTOMATE


def test_among_others_a_workflow_that_is_not_understood_is_missing(tmp_path: Path) -> None:
    listed = {"connector": {"outgoingIpAddresses": [{"address": "203.0.113.8"}]}}
    odd = {"FlowName": "f", "Internal": {"properties": {"definition": DEFINITION}}}
    both = read_logic_app(export(tmp_path, [logic_app(listed), odd]))
    assert any("a form that is not read" in gap.reason for gap in both.gaps)
    alone = read_logic_app(export(tmp_path, [logic_app(listed), {"tags": {"owner": "me"}}]))
    assert alone.gaps == ()


@pytest.mark.parametrize("value", [None, 7, "definition", [], {}, {"a": [{"b": "c"}]}, {"type": {"x": 1}}])
def test_nothing_else_holds_a_definition_or_is_a_flow(value: Any) -> None:
    assert not holds_a_definition(value)
    assert not is_flow(value, value)


def test_what_is_too_large_to_look_through_may_hold_one() -> None:
    assert holds_a_definition([{"x": {}}] * 60_000)
