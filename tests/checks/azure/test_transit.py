"""AzSK C120: what is sent is encrypted on its way."""

from typing import Any

import pytest

from sfharden.checks.azure.transit import judge_transit
from sfharden.model.azure import AzureForm
from tests.orgs.azure_flows import HOSTINGS, api_connection, code_of, http, read_as, side_of, statuses, uses
from tests.orgs.azure_side import connection, gap

FLOW = {"consumption": "crm-sync", "standard": "crm-standard/sync"}
NONE = code_of({})


def of_connection(api: str, **values: Any) -> str:
    one = api_connection("other", api, nonSecretParameterValues=values)
    read = side_of("consumption", NONE, one, properties={"parameters": uses(one)})
    return statuses(judge_transit, read)["other"]


@pytest.mark.parametrize(
    ("api", "values", "status"),
    [
        ("ftp", {}, "fail"),
        ("azureblob", {}, "pass"),
        ("office365", {}, "pass"),
        ("azureloganalyticsdatacollector", {}, "pass"),
        ("sftpwithssh", {"acceptAnySshHostKey": True}, "fail"),
        ("sftpwithssh", {"acceptAnySshHostKey": "false"}, "pass"),
        ("sftp", {}, "unknown"),
        ("smtp", {"enableSSL": False}, "fail"),
        ("smtp", {"enableSSL": True}, "manual"),
        ("smtp", {}, "unknown"),
        ("smtp", {"enableSSL": "maybe"}, "unknown"),
        ("filesystem", {"gateway": {"name": "gw"}}, "unknown"),
        ("sql", {"gateway": {"name": "gw"}}, "unknown"),
        ("slack", {}, "manual"),
        ("brandnew", {}, "unknown"),
    ],
)
def test_a_connection_by_its_connector(api: str, values: dict[str, Any], status: str) -> None:
    assert of_connection(api, **values) == status


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("https://login.salesforce.com", "manual"),
        ("https://acme.my.salesforce.com", "manual"),
        ("http://login.salesforce.com", "fail"),
        ("https://login.other.example", "unknown"),
        ("login.salesforce.com", "unknown"),
        ("https://evil.example?.salesforce.com", "unknown"),
        ("https://evil.example#.salesforce.com", "unknown"),
        ("https://evil.example\\.salesforce.com", "unknown"),
        ("https://evil.example\\@login.salesforce.com", "unknown"),
        ("https://evil.example@login.salesforce.com", "unknown"),
        ("https://evil.example%2f.salesforce.com", "unknown"),
        ("https://login.salesforce.com\t.evil.example", "unknown"),
        ("HTTPS://Login.Salesforce.com/", "manual"),
        (None, "unknown"),
    ],
)
def test_the_salesforce_connection_by_where_it_signs_in(address: Any, status: str) -> None:
    one = connection(nonSecretParameterValues={"token:LoginUri": address})
    assert statuses(judge_transit, side_of("consumption", NONE, one))["salesforce"] == status


@pytest.mark.parametrize("hosting", HOSTINGS)
@pytest.mark.parametrize(
    ("uri", "status"),
    [
        ("https://api.example/x", "pass"),
        ("HTTPS://api.example/x", "pass"),
        ("http://api.example/x", "fail"),
        ("@{concat('https://', body('x'))}", "pass"),
        ("https://@{body('x')}/y", "pass"),
        ("@concat('http://', body('x'))", "fail"),
        ("@body('x')", "unknown"),
        ("@{body('x')}://api.example", "unknown"),
        ("api.example", "unknown"),
        ("", "unknown"),
    ],
)
def test_an_http_step_by_its_address(hosting: str, uri: str, status: str) -> None:
    scope = {"type": "Until", "actions": {"Call": http(uri)}}
    assert statuses(judge_transit, side_of(hosting, code_of({"Scope": scope})))[FLOW[hosting]] == status


def test_a_parameter_s_value_tells_the_address() -> None:
    steps = code_of({"Call": http("@{parameters('base')}/x")}, parameters={"base": {"type": "String"}})
    for given, status in (("https://api.example", "pass"), ("http://api.example", "fail")):
        read = side_of("consumption", steps, properties={"parameters": {"base": {"value": given}}})
        assert statuses(judge_transit, read)["crm-sync"] == status


def test_a_template_s_connector_is_told_by_the_end_of_its_expression() -> None:
    api = {
        "id": "[concat(subscription().id, '/providers/x/locations/', parameters('l'), '/managedApis/ftp')]"
    }
    one = read_as(connection(api=api), AzureForm.TEMPLATE)
    read = side_of("consumption", NONE, one, entry={"connections": ("salesforce",)})
    assert statuses(judge_transit, read)["salesforce"] == "fail"


def test_webhooks_and_descriptions_count() -> None:
    hook = {
        "type": "HttpWebhook",
        "inputs": {"subscribe": {"uri": "https://a.example"}, "unsubscribe": {"uri": "http://a.example"}},
    }
    assert statuses(judge_transit, side_of("consumption", code_of({"Hook": hook})))["crm-sync"] == "fail"
    swagger = {**http(), "metadata": {"apiDefinitionUrl": "http://a.example/swagger.json"}}
    assert statuses(judge_transit, side_of("consumption", code_of({"Call": swagger})))["crm-sync"] == "fail"


def test_a_workflow_without_http_is_not_meant_and_one_not_read_is_unknown() -> None:
    assert statuses(judge_transit, side_of("consumption", NONE))["crm-sync"] == "not-applicable"
    assert statuses(judge_transit, side_of("consumption", None))["crm-sync"] == "unknown"  # type: ignore[arg-type]
    one = api_connection("other", "azureblob")
    read = side_of("consumption", NONE, properties={"parameters": uses(one)}, gaps=(gap(one.id),))
    assert statuses(judge_transit, read)["other"] == "unknown"
