"""API connections, as a GET answers them."""

import pytest

from sfharden.emulator.azure import connections, story
from sfharden.emulator.azure.tenant import Body
from tests.emulator.azure.kit import NOW, keys, recorded

PLACE = f"{story.GROUP_SCOPE}/providers/Microsoft.Web/connections"


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("connection-sql-parametervalueset.json", connections.connection(f"{PLACE}/sql", "sql", NOW)),
        (
            "connection-azureblob-no-kind.json",
            connections.with_key(f"{PLACE}/azureblob", "azureblob", NOW, accountName="x"),
        ),
        (
            "connection-azuretables.json",
            connections.connection(f"{PLACE}/azuretables", "azuretables", NOW, version=None),
        ),
    ],
)
def test_a_connection_has_what_a_real_one_has(name: str, ours: Body) -> None:
    real = recorded(name)
    values = ("/properties/parameterValueSet", "/properties/nonSecretParameterValues", "/properties/api/")
    assert {one for one in keys(real) - keys(ours) if not one.startswith(values)} == set()
    assert set(real["properties"]["api"]) - set(ours["properties"]["api"]) == set()
    assert ("kind" in real) is ("kind" in ours)
    assert ("authenticatedUser" in real["properties"]) is ("authenticatedUser" in ours["properties"])


def test_salesforce_has_its_login_host_and_a_runtime_where_it_is_v2() -> None:
    first = connections.salesforce(story.CONNECTION, NOW)
    second = connections.salesforce(story.CONNECTION, NOW, version="V2")
    assert first["properties"]["nonSecretParameterValues"]["token:LoginUri"] == "https://login.salesforce.com"
    assert "connectionRuntimeUrl" not in first["properties"]
    assert second["properties"]["connectionRuntimeUrl"].endswith("/apim/salesforce")
    assert first["properties"]["api"]["id"].endswith("/locations/westeurope/managedApis/salesforce")


def test_a_managed_identity_is_said_in_two_ways() -> None:
    first = connections.managed_identity(f"{PLACE}/a", "azureblob", NOW)["properties"]
    second = connections.managed_identity(f"{PLACE}/a", "azureblob", NOW, version="V2")["properties"]
    assert (first["parameterValueType"], first["overallStatus"]) == ("Alternative", "Ready")
    assert second["parameterValueSet"]["name"] == "managedIdentityAuth"


def test_who_signed_in_is_named_and_who_is_gone_is_an_error() -> None:
    mail = connections.signed_in(f"{PLACE}/o", "office365", "dana@acme.example", NOW)["properties"]
    assert mail["authenticatedUser"] == {"name": mail["displayName"]}
    assert mail["parameterValues"]["token:grantType"] == "code"
    gone = connections.broken(f"{PLACE}/t", "teams", NOW)["properties"]
    assert gone["statuses"][0]["error"]["code"] == "Unauthenticated"
    assert gone["testLinks"] is None


def test_a_policy_names_the_app_that_may_use_the_token() -> None:
    policy = connections.access_policy(story.STANDARD_CONNECTION, story.SITE_IDENTITY)
    assert policy["properties"]["principal"]["identity"]["objectId"] == story.SITE_IDENTITY
    assert policy["id"] == f"{story.STANDARD_CONNECTION}/accessPolicies/{policy['name']}"
