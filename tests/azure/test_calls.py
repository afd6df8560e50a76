"""Calls: each step that calls Salesforce is found; one that may call it is never taken for another."""

from pathlib import Path
from typing import Any

import pytest

from sfharden.azure.calls import connection_region, is_salesforce_host
from sfharden.azure.expressions import resource_path
from sfharden.model.egress import OriginKind
from tests.sources.build import connection, http_step, logic_app, salesforce_step
from tests.sources.test_logic_apps import BASE, CONNECTOR, ENDPOINTS, OWN, TO_SALESFORCE, read

# Connectors -----------------------------------------------------------------------------------


def with_connections(value: Any, key: str, endpoints: Any = ENDPOINTS) -> dict[str, Any]:
    app = logic_app(endpoints, Query=salesforce_step(key))
    app["properties"]["parameters"]["$connections"] = {"value": value}
    return app


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
    assert ["no step in it" in gap.reason for gap in reading.gaps] == [True]


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
    assert "step 'Query' may call Salesforce" in reading.gaps[0].reason


def test_without_connections_the_key_that_azure_gives_tells(tmp_path: Path) -> None:
    definition = {"actions": {"A": salesforce_step("salesforce"), "B": salesforce_step("salesforce-1")}}
    reading = read(tmp_path, definition)
    assert len(reading.calls) == 2
    assert reading.wanted_tags == ("AzureConnectors.*",)


def test_old_definitions_name_the_runtime_s_address(tmp_path: Path) -> None:
    host = {"api": {"runtimeUrl": "https://logic-apis-northeurope.azure-apim.net/apim/salesforce"}}
    reading = read(tmp_path, logic_app(None, Old={"type": "ApiConnection", "inputs": {"host": host}}))
    assert reading.wanted_tags == ("AzureConnectors.northeurope",)


@pytest.mark.parametrize(
    ("entry", "region"),
    [
        ({"api": {"id": "/subscriptions/@parameters('S')/providers/Microsoft.Web/locations/westus/managedApis/x"}}, "westus"),
        ({"api": {"id": "/subscriptions/@{appsetting('S')}/providers/Microsoft.Web/locations/westus/managedApis/x"}}, "westus"),
        ({"api": {"id": "/subscriptions/s/providers/Microsoft.Web/locations/@parameters('L')/managedApis/x"}}, ""),
        ({"api": {"id": "/subscriptions/s/providers/Microsoft.Web/locations/west@parameters('L')/managedApis/x"}}, ""),
        ({"connectionRuntimeUrl": "https://7606763fdc0952f.10.common.logic-westus.azure-apihub.net/apim/x/1"}, "westus"),
        ({"connectionRuntimeUrl": "https://@{parameters('h')}.logic-westus.azure-apihub.net/apim/x/1"}, "westus"),
        ({"connectionRuntimeUrl": "https://h.common.logic-@{parameters('L')}.azure-apihub.net/apim/x/1"}, ""),
        ({"connectionRuntimeUrl": "https://example.org/?.logic-westus.azure-apihub.net"}, ""),
        ({"connectionRuntimeUrl": "@appsetting('SALESFORCE_URL')", "location": "West US"}, "westus"),
    ],
)  # fmt: skip
def test_a_region_is_known_or_not_for_itself(entry: dict[str, Any], region: str) -> None:
    assert connection_region(resource_path(entry.get("api", {}).get("id", "")), entry) == region


def test_a_connection_in_another_region_calls_from_there(tmp_path: Path) -> None:
    app = with_connections({"k": connection(region="northeurope")}, "k")
    reading = read(tmp_path, app)
    assert reading.origins[0].addresses == CONNECTOR
    (gap,) = reading.gaps
    assert "its connection is in northeurope" in gap.reason
    assert gap.filled_by == ("AzureConnectors.northeurope",)


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
    assert not reading.gaps
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
    assert any("may call Salesforce" in gap.reason for gap in reading.gaps) == (calls is None)


def test_a_default_of_a_definition_alone_is_not_what_is_deployed(tmp_path: Path) -> None:
    definition = {
        "parameters": {"base": {"type": "String", "defaultValue": "https://example.org/"}},
        "actions": {"Post": http_step("@parameters('base')")},
    }
    assert "may call Salesforce" in read(tmp_path, {"definition": definition}).gaps[0].reason


@pytest.mark.parametrize("host", ["salesforce.com", "a.force.com", "X.MY.SALESFORCE.MIL", "a.my.site.com."])
def test_hosts_of_salesforce_end_in_its_names(host: str) -> None:
    assert is_salesforce_host(host)
    assert not is_salesforce_host(f"{host.rstrip('.')}.example")
    assert not is_salesforce_host(host.replace(".", "-"))


def test_work_handed_on_is_a_warning_that_counts(tmp_path: Path) -> None:
    handed = {f"F{number}": {"type": "Function", "inputs": {}} for number in range(9)}
    (warning,) = read(tmp_path, logic_app(ENDPOINTS, Query=salesforce_step(), **handed)).warnings
    assert "'F0', 'F1', 'F2', 'F3' and 5 more hand work" in warning
