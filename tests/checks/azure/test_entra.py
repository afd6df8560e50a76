"""AzSK C110: connectors and HTTP steps sign in by Microsoft Entra."""

from typing import Any

import pytest

from sfharden.checks.azure.entra import judge_entra
from sfharden.checks.common import NoParameters
from sfharden.model.azure import AzureForm
from sfharden.model.results import Severity
from tests.orgs.azure_flows import (
    api_connection,
    ask_salesforce,
    code_of,
    http,
    read_as,
    side_of,
    standard,
    statuses,
    uses,
)
from tests.orgs.azure_side import (
    CONNECTION,
    GROUP,
    SITE,
    connection,
    context,
    gap,
    listed,
    resource,
    site,
    snapshot,
)

ALTERNATIVE = {"parameterValueType": "Alternative", "alternativeParameterValues": {}}
ASK = code_of({"Ask": ask_salesforce()})


def of_connection(api: str, **properties: Any) -> str:
    one = api_connection("other", api, **properties)
    read = side_of("consumption", ASK, one, properties={"parameters": uses(one)})
    return statuses(judge_entra, read)["other"]


@pytest.mark.parametrize(
    ("api", "properties", "status"),
    [
        ("azureblob", ALTERNATIVE, "pass"),
        ("azureblob", {"parameterValueSet": {"name": "managedIdentityAuth", "values": {}}}, "pass"),
        ("azureblob", {"nonSecretParameterValues": {"accountName": "logs"}}, "fail"),
        ("azuretables", {"nonSecretParameterValues": {"storageaccount": "logs"}}, "fail"),
        ("azureblob", {"parameterValueSet": {"name": "keyBasedAuth", "values": {}}}, "fail"),
        ("sql", {"parameterValueSet": {"name": "sqlAuthentication", "values": {}}}, "fail"),
        ("sql", {"parameterValueSet": {"name": "oauth", "values": {}}}, "unknown"),
        ("sql", {"nonSecretParameterValues": {"gateway": {"name": "gw"}}}, "unknown"),
        ("servicebus", {}, "unknown"),
        ("azureloganalyticsdatacollector", {}, "fail"),
        ("office365", {"authenticatedUser": {"name": "a@acme.example"}}, "pass"),
        ("outlook", {"parameterValues": {"token:grantType": "code"}}, "pass"),
        ("office365", {"authenticatedUser": {}}, "unknown"),
        ("salesforce", {}, "not-applicable"),
        ("ftp", {}, "not-applicable"),
        *((api, {}, "manual") for api in ("slack", "box", "sftp", "sftpwithssh", "smtp", "filesystem")),
        ("brandnew", {}, "unknown"),
        ("brandnew", ALTERNATIVE, "pass"),
    ],
)
def test_a_connection_by_how_it_signs_in(api: str, properties: dict[str, Any], status: str) -> None:
    assert of_connection(api, **properties) == status


def test_salesforce_has_no_part_in_entra_and_its_user_is_shown() -> None:
    found = {one.subject.name: one for one in judge_entra(side_of("consumption", ASK), NoParameters())}
    one = found["crm-rg/salesforce"]
    assert one.status.value == "not-applicable"
    assert {evidence.what: evidence.observed for evidence in one.evidence} == {
        "authenticatedUser.name": "not set",
        "displayName": "integration@acme.example",
        "changedTime": "2026-11-01T08:00:00.1234567Z",
    }


def test_a_custom_connector_and_one_under_a_condition_are_unknown() -> None:
    custom = read_as(
        resource(
            f"{GROUP}/providers/Microsoft.Web/connections/own",
            {"properties": {"api": {"id": f"{GROUP}/providers/Microsoft.Web/customApis/Own"}}},
        )
    )
    read = side_of("consumption", ASK, custom, properties={"parameters": uses(custom)})
    assert statuses(judge_entra, read)["own"] == "unknown"
    blob = api_connection("blob", "azureblob", **ALTERNATIVE).model_copy(update={"is_conditional": True})
    read = side_of("consumption", ASK, blob, properties={"parameters": uses(blob)})
    assert statuses(judge_entra, read)["blob"] == "unknown"


def test_a_template_s_connector_is_told_by_the_end_of_its_expression() -> None:
    path = f"{GROUP}/providers/Microsoft.Web/connections/blob"
    api = "[concat(subscription().id, '/providers/Microsoft.Web/locations/', parameters('l'), '/managedApis/azureblob')]"
    one = read_as(
        resource(path, {"properties": {"api": {"id": api}, "parameterValueType": "Alternative"}}),
        AzureForm.TEMPLATE,
    )
    read = side_of("consumption", ASK, one, entry={"connections": ("blob",)})
    assert statuses(judge_entra, read)["blob"] == "pass"
    later = read_as(
        resource(path, {"properties": {"api": {"id": api}, "parameterValueType": "[parameters('x')]"}}),
        AzureForm.TEMPLATE,
    )
    read = side_of("consumption", ASK, later, entry={"connections": ("blob",)})
    assert statuses(judge_entra, read)["blob"] == "unknown"


def test_a_connection_that_was_not_read_is_unknown() -> None:
    one = api_connection("other", "azureblob", **ALTERNATIVE)
    read = side_of("consumption", ASK, properties={"parameters": uses(one)}, gaps=(gap(one.id),))
    assert statuses(judge_entra, read)["other"] == "unknown"


def of_step(**inputs: Any) -> str:
    uri = inputs.pop("uri", "https://api.example/x")
    return statuses(judge_entra, side_of("consumption", code_of({"Call": http(uri, **inputs)})))["crm-sync"]


@pytest.mark.parametrize(
    ("authentication", "status"),
    [
        ({"type": "ManagedServiceIdentity"}, "pass"),
        ({"type": "ActiveDirectoryOAuth", "secret": "@parameters('s')"}, "pass"),
        ({"type": "Basic"}, "fail"),
        ({"type": "ClientCertificate"}, "fail"),
        ({"type": "Raw", "value": "x"}, "fail"),
        (None, "fail"),
        ("@parameters('auth')", "unknown"),
        ({"type": "@parameters('t')"}, "unknown"),
        ({"type": "BrandNew"}, "unknown"),
    ],
)
def test_an_http_step_by_its_authentication(authentication: Any, status: str) -> None:
    assert of_step(authentication=authentication) == status


def test_a_get_without_any_weighs_less() -> None:
    read = side_of("consumption", code_of({"Call": http(method="GET")}))
    (one,) = [one for one in judge_entra(read, NoParameters()) if one.subject.name == "crm-rg/crm-sync"]
    assert (one.status.value, one.severity) == ("fail", Severity.LOW)


def test_calls_to_salesforce_are_not_meant_and_where_to_must_be_told() -> None:
    assert of_step(uri="https://acme.my.salesforce.com/services/data") == "not-applicable"
    assert of_step(uri="@{body('x')}/y") == "unknown"
    assert of_step(uri="@{body('x')}/y", authentication={"type": "ManagedServiceIdentity"}) == "pass"


def test_both_parts_of_a_webhook_count() -> None:
    signed = {"uri": "https://api.example/", "authentication": {"type": "ManagedServiceIdentity"}}
    for part, status in ((signed, "pass"), ({"uri": "https://api.example/"}, "fail")):
        step = {"type": "HttpWebhook", "inputs": {"subscribe": signed, "unsubscribe": part}}
        assert statuses(judge_entra, side_of("consumption", code_of({"Hook": step})))["crm-sync"] == status


@pytest.mark.parametrize(
    ("authentication", "status"),
    [
        ({"type": "ManagedServiceIdentity"}, "pass"),
        ({"type": "Raw", "scheme": "Key", "parameter": "abc"}, "fail"),
        ({"type": "Raw", "scheme": "Key", "parameter": "@appsetting('x')"}, "unknown"),
        ("@parameters('x')", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_standard_app_by_how_it_reaches_its_connections(authentication: Any, status: str) -> None:
    api = connection().document["properties"]["api"]["id"]
    entry = {"api": {"id": api}, "connection": {"id": CONNECTION}, "authentication": authentication}
    files = {"connections_json": {"managedApiConnections": {"salesforce": entry}}}
    found = statuses(
        judge_entra, side_of("standard", code_of({"Ask": ask_salesforce(standard=True)}), files=files)
    )
    assert found["crm-standard/sync"] == status


def test_a_standard_app_s_built_in_connections_are_not_judged() -> None:
    files = {
        "connections_json": {
            "serviceProviderConnections": {"sql": {"parameterSetName": "ManagedServiceIdentity"}}
        }
    }
    assert (
        statuses(judge_entra, side_of("standard", code_of({}), files=files))["crm-standard/sync"] == "unknown"
    )


def test_a_standard_app_without_its_connections_file_is_unknown() -> None:
    flow = standard(code_of({"Ask": ask_salesforce(standard=True)}), connections_json=None)
    read = context(snapshot(site(), connection(), lists=(listed(f"{SITE}/workflows", flow),)))
    found = [
        one.status.value for one in judge_entra(read, NoParameters()) if one.subject.kind == "azure-workflow"
    ]
    assert "unknown" in found
    assert "pass" not in found
