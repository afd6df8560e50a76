"""Which storage accounts a workflow uses."""

from typing import Any

import pytest

from sfharden.azure.index import AzureIndex
from sfharden.azure.storage_use import settings_of, storage_uses
from sfharden.facts.values import CannotTell
from tests.orgs.azure_side import API, GROUP, resource, site, snapshot, workflow

BLOB = f"{GROUP}/providers/Microsoft.Web/connections/blob"
KEY = "@parameters('$connections')['blob']['connectionId']"
USING = {
    "$connections": {"value": {"blob": {"connectionId": BLOB, "id": API.replace("salesforce", "azureblob")}}}
}


def uses(*resources: Any, definition: Any = None, **properties: Any) -> list[tuple[str, str, bool]]:
    definition = {} if definition is None else definition
    flow = workflow(definition=definition, **properties)
    found = storage_uses(AzureIndex(snapshot(*resources)), flow, definition)
    return [(one.account, one.service, bool(one.why)) for one in found]


def blob(**properties: Any) -> Any:
    return resource(BLOB, {"properties": properties})


@pytest.mark.parametrize(
    ("connection", "found"),
    [
        (blob(nonSecretParameterValues={"accountName": "acmedata"}), ("acmedata", False)),
        (
            blob(nonSecretParameterValues={"accountName": "https://acmedata.blob.core.windows.net/"}),
            ("acmedata", False),
        ),
        (blob(parameterValueSet={"values": {"accountName": {"value": "acmedata"}}}), ("acmedata", False)),
        (blob(parameterValueSet={"name": "managedIdentityAuth"}), ("", True)),
    ],
)
def test_a_connection_names_the_account_or_does_not_tell(connection: Any, found: tuple[str, bool]) -> None:
    assert uses(connection, parameters=USING) == [(found[0], "blobServices", found[1])]


def test_a_connector_that_the_workflow_does_not_name_is_told_by_the_connection() -> None:
    nameless = {"$connections": {"value": {"blob": {"connectionId": BLOB}}}}
    values = {"accountName": "acmedata"}
    named = blob(nonSecretParameterValues=values, api={"id": API.replace("salesforce", "azureblob")})
    assert uses(named, parameters=nameless) == [("acmedata", "blobServices", False)]
    for others in ((), (blob(nonSecretParameterValues=values),)):
        assert uses(*others, parameters=nameless) == [("", "", True)]


@pytest.mark.parametrize(
    "parameters", ["@x", {"$connections": "[variables('c')]"}, {"$connections": {}}, None]
)
def test_a_step_whose_connection_is_not_written_out_may_use_storage(parameters: Any) -> None:
    step = {"type": "ApiConnection", "inputs": {"host": {"connection": {"name": KEY}}}}
    assert uses(definition={"actions": {"a": step}}, parameters=parameters) == [("", "", True)]


def test_a_connection_that_was_not_read_is_told() -> None:
    assert uses(parameters=USING) == [("", "blobServices", True)]


def http(uri: Any) -> dict[str, Any]:
    return {"actions": {"call": {"type": "Http", "inputs": {"uri": uri}}}}


@pytest.mark.parametrize(
    ("uri", "found"),
    [
        ("https://acmedata.queue.core.windows.net/q/messages", [("acmedata", "queueServices", False)]),
        ("https://acmedata.dfs.core.usgovcloudapi.net/x", [("acmedata", "blobServices", False)]),
        (
            "@{concat('https://acmedata.table.core.windows.net/', variables('x'))}",
            [("acmedata", "tableServices", False)],
        ),
        ("@parameters('uri')", [("", "", True)]),
        ("https://api.acme.example/@{variables('x')}", []),
    ],
)
def test_http_steps_tell_by_their_host(uri: str, found: list[Any]) -> None:
    assert uses(definition=http(uri), parameters=None) == found


@pytest.mark.parametrize("definition", ["[variables('x')]", {"actions": {"odd": 1}}])
def test_what_is_not_understood_is_not_passed_over(definition: Any) -> None:
    with pytest.raises(CannotTell):
        uses(definition=definition)


def test_app_settings_are_a_list_or_an_object_or_not_there() -> None:
    listed = site(siteConfig={"appSettings": [{"name": "A", "value": "***"}]})
    assert settings_of(listed) == {"A": "***"}
    assert settings_of(site()) == {}
