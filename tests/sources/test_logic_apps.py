"""Logic Apps: every documented shape is read, every call to Salesforce found, and the list that matters is named."""

import json
from pathlib import Path
from typing import Any

import pytest

from sfharden.addresses import AddressSet
from sfharden.errors import InputError
from sfharden.model.egress import OriginKind, Reading
from sfharden.sources.logic_apps import read_logic_app
from tests.sources.build import export, flattened, http_step, logic_app

CONNECTOR, OWN = AddressSet.of(["203.0.113.8", "203.0.113.64/27"]), AddressSet.of(["198.51.100.10"])
ENDPOINTS = {
    "connector": {"outgoingIpAddresses": [{"address": "203.0.113.8"}, {"address": "203.0.113.64/27"}]},
    "workflow": {"outgoingIpAddresses": [{"address": "198.51.100.10"}]},
}
BASE = "/subscriptions/{0}/providers/Microsoft.Web/locations"
TO_SALESFORCE = http_step("https://acme.my.salesforce.com/services/data/v60.0/query")


def read(tmp_path: Path, document: Any) -> Reading:
    return read_logic_app(export(tmp_path, document), "app.json")


def template(*resources: Any, **more: Any) -> dict[str, Any]:
    return {"$schema": "https://x/deploymentTemplate.json#", "resources": list(resources), **more}


# Shapes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [
        logic_app(ENDPOINTS),
        flattened(logic_app(ENDPOINTS)),
        [logic_app(ENDPOINTS)],
        {"value": [logic_app(ENDPOINTS)]},
        [flattened(logic_app(ENDPOINTS))],
        json.loads(json.dumps(logic_app(ENDPOINTS)).replace('"properties"', '"Properties"')),
    ],
    ids=["REST", "az logic workflow show", "az list", "REST list", "az logic workflow list", "other case"],
)
def test_every_shape_of_an_export_gives_the_connector_s_list_and_the_call(
    tmp_path: Path, document: Any
) -> None:
    reading = read(tmp_path, document)
    (origin,) = reading.origins
    assert (origin.kind, origin.addresses, origin.region) == (OriginKind.CONNECTOR, CONNECTOR, "westeurope")
    assert [call.step for call in reading.calls] == ["Query"]
    assert (reading.gaps, reading.wanted_tags) == ((), ("AzureConnectors.westeurope",))
    assert [one.kind for one in reading.unused] == [OriginKind.WORKFLOW]


WORKFLOW = logic_app(location="[parameters('location')]")
DEFINITION = WORKFLOW["properties"]["definition"]
DEPLOYMENT = {
    "type": "Microsoft.Resources/deployments",
    "properties": {"template": template(WORKFLOW)},
}


@pytest.mark.parametrize(
    "document",
    [
        template({"type": "Microsoft.Web/connections", "name": "c"}, WORKFLOW),
        template(DEPLOYMENT),
        template({**DEPLOYMENT, "properties": {"template": template(DEPLOYMENT)}}),
        {"languageVersion": "2.0", "resources": {"app": WORKFLOW, "old": {**WORKFLOW, "existing": True}}},
        template(
            {
                **WORKFLOW,
                "properties": {**WORKFLOW["properties"], "definition": "[variables('$fxv#0').definition]"},
            },
            variables={"$fxv#0": {"definition": DEFINITION}},
        ),
    ],
    ids=["several resources", "nested", "twice nested", "symbolic names", "definition from a file"],
)
def test_a_template_shows_the_call_but_not_the_addresses(tmp_path: Path, document: Any) -> None:
    reading = read(tmp_path, document)
    assert [call.step for call in reading.calls] == ["Query"]
    assert not reading.origins
    (gap,) = reading.gaps
    assert "az resource show" in gap.reason
    assert gap.filled_by == ("AzureConnectors.westeurope",)  # the connection says where, the template doesn't


@pytest.mark.parametrize(
    ("document", "part"),
    [
        (
            template(
                {"type": "Microsoft.Resources/deployments", "properties": {"templateLink": {"uri": "x"}}},
                WORKFLOW,
            ),
            "links to another",
        ),
        ({"value": [logic_app(ENDPOINTS)], "nextLink": "https://more"}, "one page"),
        (
            template({**WORKFLOW, "properties": {"definition": "[parameters('definition')]"}}),
            "not written out",
        ),
        (template({**WORKFLOW, "properties": {}}), "no definition"),
        (logic_app(ENDPOINTS, Wait={"type": "Wait"}), "no step in it calls Salesforce"),
        ({**logic_app(ENDPOINTS), "type": "Microsoft.Flow/flows"}, ""),
    ],
)
def test_what_the_file_does_not_hold_is_a_gap_that_says_so(tmp_path: Path, document: Any, part: str) -> None:
    reasons = [gap.reason for gap in read(tmp_path, document).gaps]
    assert any(part in reason for reason in reasons) or not part


def test_a_flow_of_power_automate_calls_from_its_whole_geography(tmp_path: Path) -> None:
    step = {
        "type": "OpenApiConnection",
        "inputs": {
            "host": {
                "apiId": "/providers/Microsoft.PowerApps/apis/shared_salesforce",
                "connectionName": "shared_salesforce",
            }
        },
    }
    flow = {
        "type": "Microsoft.Flow/flows",
        "name": "f",
        "properties": {"definition": {"actions": {"Get": step}}},
    }
    reading = read(tmp_path, flow)
    assert len(reading.calls) == 1
    assert "geography" in reading.gaps[0].reason
    assert reading.gaps[0].filled_by == ("AzureConnectors",)


@pytest.mark.parametrize(
    "document",
    [
        {"managedApiConnections": {"salesforce": {}}},
        {"type": "Microsoft.Web/connections", "properties": {"api": {"id": "/managedApis/salesforce"}}},
        template(),
        {"type": "Microsoft.Web/sites", "kind": "app", "properties": {}},
        {},
        [],
        "x",
        7,
    ],
)
def test_a_file_without_a_logic_app_is_refused(tmp_path: Path, document: Any) -> None:
    with pytest.raises(InputError, match="holds no Logic App"):
        read(tmp_path, document)


# Standard, and what is gone -------------------------------------------------------------------


def standard(root: Path, connections: Any = None, **workflows: Any) -> Path:
    export(root, {"version": "2.0"}, "host.json")
    if connections is not None:
        export(root, {"managedApiConnections": connections}, "connections.json")
    export(root, {"host": {"type": "String", "value": "acme.my.salesforce.com"}}, "parameters.json")
    for name, actions in workflows.items():
        export(root, {"definition": {"actions": actions}, "kind": "Stateful"}, f"{name}/workflow.json")
    return root


BY_REFERENCE = {"type": "ApiConnection", "inputs": {"host": {"connection": {"referenceName": "crm"}}}}
SITE = {
    "type": "Microsoft.Web/sites",
    "kind": "functionapp,workflowapp",
    "name": "la",
    "location": "West Europe",
    "properties": {"possibleOutboundIpAddresses": "192.0.2.1,192.0.2.2", "outboundIpAddresses": "192.0.2.1"},
}


def test_a_standard_project_is_read_with_its_connections(tmp_path: Path) -> None:
    connections = {"crm": {"api": {"id": f"{BASE}/swedencentral/managedApis/salesforce"}}}
    root = standard(tmp_path, connections, one={"A": BY_REFERENCE}, two={"B": BY_REFERENCE})
    for path in (root, root / "one" / "workflow.json"):
        reading = read_logic_app(path)
        assert {call.region for call in reading.calls} == {"swedencentral"}
        assert {gap.filled_by for gap in reading.gaps} == {("AzureConnectors.swedencentral",)}
    assert len(read_logic_app(root).calls) == 2


def test_http_of_a_standard_logic_app_calls_from_its_app_service(tmp_path: Path) -> None:
    uri = "https://@{parameters('host')}/x"
    reading = read_logic_app(standard(tmp_path, {}, one={"Post": http_step(uri)}))
    assert reading.calls[0].calls_from == "App Service outbound addresses"
    assert reading.gaps[0].filled_by == ("app-service",)
    assert not reading.origins


def test_a_site_has_the_addresses_but_not_the_workflows(tmp_path: Path) -> None:
    reading = read(tmp_path, SITE)
    assert reading.spare[0].addresses == AddressSet.of(["192.0.2.1", "192.0.2.2"])
    assert reading.gaps[0].filled_by == ("standard",)
    joined = {**SITE, "properties": {**SITE["properties"], "virtualNetworkSubnetId": "/x"}}  # type: ignore[dict-item]
    assert not read(tmp_path, joined).spare
    assert "NAT gateway" in read(tmp_path, joined).warnings[0]


def test_connections_that_can_not_be_read_are_a_gap(tmp_path: Path) -> None:
    root = standard(tmp_path, {}, one={"A": BY_REFERENCE})
    (root / "connections.json").write_text("{", "utf-8")
    reasons = [gap.reason for gap in read_logic_app(root).gaps]
    assert any("connections.json" in reason for reason in reasons)
    assert any("'crm' is not described" in reason for reason in reasons)


def test_an_integration_service_environment_is_gone(tmp_path: Path) -> None:
    app = logic_app({"connector": {"outgoingIpAddresses": [{"address": "10.1.2.0/27"}]}})
    app["properties"]["integrationServiceEnvironment"] = {"name": "ise"}
    reading = read(tmp_path, app)
    assert "retired on 2024-08-31" in reading.gaps[0].reason
    assert "32 of its connector outgoing addresses are private" in reading.warnings[0]


def test_terraform_s_state_has_both_lists_and_one_alone_is_not_the_whole(tmp_path: Path) -> None:
    values = {"name": "sync", "location": "westeurope", "connector_outbound_ip_addresses": ["203.0.113.8"],
              "workflow_outbound_ip_addresses": ["198.51.100.10"]}  # fmt: skip
    resource = {"type": "azurerm_logic_app_workflow", "address": "a", "values": values}
    reading = read(tmp_path, {"format_version": "1.0", "values": {"root_module": {"resources": [resource]}}})
    assert [(one.kind, one.region) for one in reading.origins] == [(OriginKind.CONNECTOR, "westeurope")]
    assert [one.kind for one in reading.unused] == [OriginKind.WORKFLOW]
    assert "no definition" in reading.gaps[0].reason


@pytest.mark.parametrize(
    ("source", "name"),
    [('resource "azurerm_x" "y" {\n}\n', "Terraform source"), ("param x string\n", "Bicep source")],
)
def test_source_code_is_called_by_its_name_with_the_way_to_an_export(
    tmp_path: Path, source: str, name: str
) -> None:
    (tmp_path / "sync.txt").write_text(source, "utf-8")
    with pytest.raises(InputError, match=f"app is {name}") as refused:
        read_logic_app(tmp_path / "sync.txt", "app")
    assert "az resource show --ids ID" in refused.value.hint


@pytest.mark.parametrize(
    "wide", ["0.0.0.0/0", "0.0.0.0-255.255.255.255", "203.0.0.0/8", "::/0", "2001:db8::/32"]
)
def test_a_list_wider_than_any_real_one_is_not_believed(tmp_path: Path, wide: str) -> None:
    endpoints = {"connector": {"outgoingIpAddresses": [{"address": "203.0.113.8"}, {"address": wide}]}}
    reading = read(tmp_path, logic_app(endpoints))
    assert not reading.origins
    assert reading.gaps


def test_a_path_that_can_not_be_looked_at_is_refused_and_no_crash(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        read_logic_app(tmp_path / ("x" * 300))
