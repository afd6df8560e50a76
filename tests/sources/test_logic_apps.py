"""Logic Apps: every documented shape is read, every call to Salesforce found, and the list that matters is named."""

import json
from pathlib import Path
from typing import Any

import pytest

from sfharden.addresses import AddressSet
from sfharden.azure.calls import is_salesforce_host
from sfharden.errors import InputError
from sfharden.model.egress import OriginKind, Reading
from sfharden.sources.logic_apps import read_logic_app
from tests.sources.build import connection, export, flattened, http_step, logic_app, salesforce_step

CONNECTOR, OWN = AddressSet.of(["203.0.113.8", "203.0.113.64/27"]), AddressSet.of(["198.51.100.10"])
ENDPOINTS = {
    "connector": {"outgoingIpAddresses": [{"address": "203.0.113.8"}, {"address": "203.0.113.64/27"}]},
    "workflow": {"outgoingIpAddresses": [{"address": "198.51.100.10"}]},
}
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
    assert (reading.holes, reading.wanted_tags) == ((), ("AzureConnectors.westeurope",))
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
    (hole,) = reading.holes
    assert "az resource show" in hole.reason
    assert hole.filled_by == (
        "AzureConnectors.westeurope",
    )  # the connection says where, the template doesn't


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
def test_what_the_file_does_not_hold_is_a_hole_that_says_so(tmp_path: Path, document: Any, part: str) -> None:
    reasons = [hole.reason for hole in read(tmp_path, document).holes]
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
    assert "geography" in reading.holes[0].reason
    assert reading.holes[0].filled_by == ("AzureConnectors",)


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


# Steps ----------------------------------------------------------------------------------------

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
    assert not reading.holes


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
def test_a_step_that_can_not_be_understood_is_a_hole(tmp_path: Path, broken: Any) -> None:
    reading = read(tmp_path, logic_app(ENDPOINTS, Broken=broken, Query=salesforce_step()))
    assert [call.step for call in reading.calls] == ["Query"]
    assert "may call Salesforce" in reading.holes[0].reason


# Connectors -----------------------------------------------------------------------------------


def with_connections(value: Any, key: str, endpoints: Any = ENDPOINTS) -> dict[str, Any]:
    app = logic_app(endpoints, Query=salesforce_step(key))
    app["properties"]["parameters"]["$connections"] = {"value": value}
    return app


BASE = "/subscriptions/{0}/providers/Microsoft.Web/locations"


@pytest.mark.parametrize(
    ("api", "region"),
    [
        (f"{BASE}/westeurope/managedApis/salesforce", "westeurope"),
        (f"{BASE}/westeurope/managedApis/Salesforce", "westeurope"),
        ("[concat(subscription().id, '/providers/Microsoft.Web/locations/', 'northeurope', '/managedApis/', 'salesforce')]", "northeurope"),
        ("[concat('/x/locations/', resourceGroup().location, '/managedApis/salesforce')]", ""),
        ("[subscriptionResourceId('Microsoft.Web/locations/managedApis', 'westus2', 'salesforce')]", "westus2"),
        ("[subscriptionResourceId('Microsoft.Web/locations/managedApis', parameters('location'), 'salesforce')]", ""),
        ("[format('/subscriptions/{0}/providers/Microsoft.Web/locations/{1}/managedApis/{2}', subscription().subscriptionId, parameters('l'), 'salesforce')]", ""),
        ("/subscriptions/@{appsetting('S')}/providers/Microsoft.Web/locations/@{appsetting('L')}/managedApis/salesforce", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", ["id", "api"])
def test_the_connector_is_told_by_its_api_whatever_its_key(
    tmp_path: Path, api: str, region: str, shape: str
) -> None:
    entry = {"id": api} if shape == "id" else {"api": {"id": api}}
    reading = read(tmp_path, with_connections({"crm's": entry}, "crm''s", None))
    assert len(reading.calls) == 1
    assert reading.wanted_tags == (f"AzureConnectors.{region or 'westeurope'}",)


@pytest.mark.parametrize(
    "api",
    [
        f"{BASE}/westeurope/managedApis/sql",
        "[concat('/x/locations/', parameters('salesforce'), '/managedApis/sql')]",
        "[subscriptionResourceId('Microsoft.Web/locations/managedApis', 'salesforce', 'office365')]",
    ],
)
def test_another_connector_is_none_of_salesforce_s(tmp_path: Path, api: str) -> None:
    reading = read(tmp_path, with_connections({"k": {"id": api}}, "k"))
    assert not reading.calls
    assert ["no step in it" in hole.reason for hole in reading.holes] == [True]


@pytest.mark.parametrize(
    "connections",
    [
        {"k": {"id": "[parameters('api')]"}},
        {"k": {"id": "[concat('/managedApis/', parameters('api'))]"}},
        {"k": {"id": "[concat('/managedApis/sales', parameters('rest'))]"}},
        {"k": {"id": "[concat('/managedApis/', if(true(), 'sql', 'salesforce'))]"}},
        {"k": {"id": "/subscriptions/s/resourceGroups/r/providers/Microsoft.Web/customApis/billing"}},
        {"k": {"id": 7}},
        {"other": connection()},
        "[parameters('$connections')]",
        None,
    ],
)
def test_a_connection_the_file_does_not_describe_may_be_salesforce_s(
    tmp_path: Path, connections: Any
) -> None:
    reading = read(tmp_path, with_connections(connections, "k"))
    assert not reading.calls
    assert "step 'Query' may call Salesforce" in reading.holes[0].reason


def test_without_connections_the_key_that_azure_gives_tells(tmp_path: Path) -> None:
    definition = {"actions": {"A": salesforce_step("salesforce"), "B": salesforce_step("salesforce-1")}}
    reading = read(tmp_path, definition)
    assert len(reading.calls) == 2
    assert reading.wanted_tags == ("AzureConnectors.*",)


def test_old_definitions_name_the_runtime_s_address(tmp_path: Path) -> None:
    host = {"api": {"runtimeUrl": "https://logic-apis-northeurope.azure-apim.net/apim/salesforce"}}
    reading = read(tmp_path, logic_app(None, Old={"type": "ApiConnection", "inputs": {"host": host}}))
    assert reading.wanted_tags == ("AzureConnectors.northeurope",)


def test_a_connection_in_another_region_calls_from_there(tmp_path: Path) -> None:
    app = with_connections({"k": connection(region="northeurope")}, "k")
    reading = read(tmp_path, app)
    assert reading.origins[0].addresses == CONNECTOR
    (hole,) = reading.holes
    assert "its connection is in northeurope" in hole.reason
    assert hole.filled_by == ("AzureConnectors.northeurope",)


# HTTP -----------------------------------------------------------------------------------------


def test_an_http_step_calls_from_the_workflow_s_own_addresses(tmp_path: Path) -> None:
    reading = read(tmp_path, logic_app(ENDPOINTS, Post=TO_SALESFORCE))
    (origin,) = reading.origins
    assert (origin.kind, origin.addresses) == (OriginKind.WORKFLOW, OWN)
    assert reading.calls[0].calls_from == "workflow outgoing addresses"
    assert reading.wanted_tags == ("LogicApps.westeurope",)


def test_both_kinds_of_calls_need_both_lists(tmp_path: Path) -> None:
    reading = read(tmp_path, logic_app(ENDPOINTS, Post=TO_SALESFORCE, Query=salesforce_step()))
    assert {origin.kind for origin in reading.origins} == {OriginKind.WORKFLOW, OriginKind.CONNECTOR}
    assert not reading.holes
    assert not reading.unused


@pytest.mark.parametrize(
    ("uri", "calls"),
    [
        ("https://acme.my.salesforce.com/services/data/v60.0/", True),
        ("https://LOGIN.SALESFORCE.COM:443", True),
        ("https://acme--uat.sandbox.my.salesforce.com./x", True),
        ("https://acme.my.salesforce.com/@{triggerBody()?['id']}", True),
        ("https://@{parameters('host')}/services/data", True),
        ("@{parameters('base')}/x", True),
        ("@parameters('base')", True),
        ("@concat(parameters('base'), '/x/', triggerBody()?['id'])", True),
        ("@concat('https://acme.my.salesforce.com/', body('x'))", True),
        ("[concat('https://acme.my.salesforce.com/', parameters('x'))]", True),
        ("@{variables('instance')}/services/data/v60.0/sobjects", True),
        ("https://graph.microsoft.com/v1.0/users/@{body('x')}", False),
        ("https://salesforce.com.evil.example/x", False),
        ("https://notsalesforce.com/x", False),
        ("https://example.org/?next=https://login.salesforce.com/", False),
        ("@concat('https://example.org/', body('x'))", False),
        ("@variables('url')", None),
        ("@{variables('url')}", None),
        ("https://@{variables('name')}.example.org/", None),
        ("https://example.org@{variables('rest')}", None),
        ("https://example.org@evil.example/", None),
        ("https://example.org\\@login.salesforce.com/", None),
        ("@concat('https://exam', 'ple.org', body('x'))", None),
        ("@if(equals(1, 2), 'https://example.org/', 'x')", None),
        ("[parameters('uri')]", None),
        ("@parameters('unknown')", None),
        ("@parameters('secret')", None),
        ("https://gateway.example.org/services/data/v60.0/query", None),
        ("@{unclosed", None),
        ("", None),
        (None, None),
        (7, None),
        (["https://example.org/"], None),
    ],
)
@pytest.mark.parametrize("kind", ["Http", "HttpWebhook"])
def test_where_an_http_step_calls(tmp_path: Path, uri: Any, calls: bool | None, kind: str) -> None:
    inputs = {"uri": uri} if kind == "Http" else {"subscribe": {"uri": uri}}
    app = logic_app(ENDPOINTS, Post={"type": kind, "inputs": inputs})
    app["properties"]["definition"]["parameters"] = {
        "base": {"type": "String", "defaultValue": "https://example.org"},
        "host": {"type": "String", "defaultValue": "acme.my.salesforce.com"},
        "secret": {"type": "SecureString"},
    }
    app["properties"]["parameters"]["base"] = {"value": "https://acme.my.salesforce.com"}
    reading = read(tmp_path, app)
    assert len(reading.calls) == (calls is True)
    assert any("may call Salesforce" in hole.reason for hole in reading.holes) == (calls is None)


def test_a_default_of_a_definition_alone_is_not_what_is_deployed(tmp_path: Path) -> None:
    definition = {
        "parameters": {"base": {"type": "String", "defaultValue": "https://example.org/"}},
        "actions": {"Post": http_step("@parameters('base')")},
    }
    assert "may call Salesforce" in read(tmp_path, {"definition": definition}).holes[0].reason


@pytest.mark.parametrize("host", ["salesforce.com", "a.force.com", "X.MY.SALESFORCE.MIL", "a.my.site.com."])
def test_hosts_of_salesforce_end_in_its_names(host: str) -> None:
    assert is_salesforce_host(host)
    assert not is_salesforce_host(f"{host.rstrip('.')}.example")
    assert not is_salesforce_host(host.replace(".", "-"))


def test_work_handed_on_is_a_warning_that_counts(tmp_path: Path) -> None:
    handed = {f"F{number}": {"type": "Function", "inputs": {}} for number in range(9)}
    (warning,) = read(tmp_path, logic_app(ENDPOINTS, Query=salesforce_step(), **handed)).warnings
    assert "'F0', 'F1', 'F2', 'F3' and 5 more hand work" in warning


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
        assert {hole.filled_by for hole in reading.holes} == {("AzureConnectors.swedencentral",)}
    assert len(read_logic_app(root).calls) == 2


def test_http_of_a_standard_logic_app_calls_from_its_app_service(tmp_path: Path) -> None:
    uri = "https://@{parameters('host')}/x"
    reading = read_logic_app(standard(tmp_path, {}, one={"Post": http_step(uri)}))
    assert reading.calls[0].calls_from == "App Service outbound addresses"
    assert reading.holes[0].filled_by == ("app-service",)
    assert not reading.origins


def test_a_site_has_the_addresses_but_not_the_workflows(tmp_path: Path) -> None:
    reading = read(tmp_path, SITE)
    assert reading.spare[0].addresses == AddressSet.of(["192.0.2.1", "192.0.2.2"])
    assert reading.holes[0].filled_by == ("standard",)
    joined = {**SITE, "properties": {**SITE["properties"], "virtualNetworkSubnetId": "/x"}}  # type: ignore[dict-item]
    assert not read(tmp_path, joined).spare
    assert "NAT gateway" in read(tmp_path, joined).warnings[0]


def test_connections_that_can_not_be_read_are_a_hole(tmp_path: Path) -> None:
    root = standard(tmp_path, {}, one={"A": BY_REFERENCE})
    (root / "connections.json").write_text("{", "utf-8")
    reasons = [hole.reason for hole in read_logic_app(root).holes]
    assert any("connections.json" in reason for reason in reasons)
    assert any("'crm' is not described" in reason for reason in reasons)


def test_an_integration_service_environment_is_gone(tmp_path: Path) -> None:
    app = logic_app({"connector": {"outgoingIpAddresses": [{"address": "10.1.2.0/27"}]}})
    app["properties"]["integrationServiceEnvironment"] = {"name": "ise"}
    reading = read(tmp_path, app)
    assert "retired on 2024-08-31" in reading.holes[0].reason
    assert "32 of its connector outgoing addresses are private" in reading.warnings[0]


@pytest.mark.parametrize(
    "wide", ["0.0.0.0/0", "0.0.0.0-255.255.255.255", "203.0.0.0/8", "::/0", "2001:db8::/32"]
)
def test_a_list_wider_than_any_real_one_is_not_believed(tmp_path: Path, wide: str) -> None:
    endpoints = {"connector": {"outgoingIpAddresses": [{"address": "203.0.113.8"}, {"address": wide}]}}
    reading = read(tmp_path, logic_app(endpoints))
    assert not reading.origins
    assert reading.holes
