"""The retired Data Collector connector is not used."""

from typing import Any

import pytest

from sfharden.checks.azure.data_collector import judge_data_collector
from sfharden.model.azure import AzureForm
from tests.orgs.azure_flows import api_connection, ask_salesforce, code_of, http, side_of, statuses, uses
from tests.orgs.azure_side import API, CONNECTION

NONE = code_of({})
COLLECTOR = api_connection("logs", "azureloganalyticsdatacollector")


def judged(definition: dict[str, Any] = NONE, *more: Any, **rest: Any) -> str:
    return statuses(judge_data_collector, side_of("consumption", definition, *more, **rest))["crm-sync"]


def test_a_consumption_workflow() -> None:
    assert judged() == "pass"
    assert judged(properties={"parameters": uses(COLLECTOR)}) == "fail"
    assert (
        judged(code_of({"Send": http("https://w.ods.opinsights.azure.com/api/logs?api-version=2016-04-01")}))
        == "fail"
    )
    assert judged(code_of({"Send": http("https://w.ingest.monitor.azure.com/x")})) == "pass"


def test_an_address_that_only_a_run_tells_may_be_the_api_s() -> None:
    later = http("https://@{parameters('space')}.ods.opinsights.azure.com/api/logs")
    assert judged(code_of({"Send": later})) == "unknown"
    assert judged(code_of({"Send": http("@{body('x')}/y")})) == "unknown"
    assert judged(code_of({"Send": http("https://acme.my.salesforce.com/@{body('x')}")})) == "pass"
    assert judged(code_of({"Send": later}), properties={"parameters": uses(COLLECTOR)}) == "fail"


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ({"x": {"connectionId": CONNECTION}}, "pass"),  # told by the connection itself
        ({"x": {"connectionId": "/subscriptions/s/gone"}}, "unknown"),
        ("[variables('connections')]", "unknown"),
        ({}, "pass"),
    ],
)
def test_which_connector_must_be_told(value: Any, status: str) -> None:
    rest: dict[str, Any] = {
        "properties": {"parameters": {"$connections": {"value": value}}},
        "form": AzureForm.TEMPLATE,
    }
    assert judged(**rest) == status


def test_code_view_does_not_tell_the_connections() -> None:
    assert judged(form=AzureForm.CODE_VIEW, properties={"parameters": None}) == "unknown"


@pytest.mark.parametrize(
    ("api", "status"), [("salesforce", "pass"), ("azureloganalyticsdatacollector", "fail")]
)
def test_a_standard_workflow(api: str, status: str) -> None:
    entry = {"api": {"id": API.replace("salesforce", api)}, "connection": {"id": CONNECTION}}
    files = {"connections_json": {"managedApiConnections": {"salesforce": entry}}}
    read = side_of("standard", code_of({"Ask": ask_salesforce(standard=True)}), files=files)
    assert statuses(judge_data_collector, read) == {"crm-standard/sync": status}
