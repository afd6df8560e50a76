"""Connectors by name."""

from typing import Any

import pytest

from sfharden.azure.connectors import connector_of, is_signed_in, may_be, through_gateway
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureForm
from tests.orgs.azure_flows import api_connection
from tests.orgs.azure_side import API, connection


@pytest.mark.parametrize(
    ("api", "form", "name"),
    [
        (API, AzureForm.REST, "salesforce"),
        (API.upper(), AzureForm.REST, "salesforce"),
        (API.replace("salesforce", "shared_salesforce"), AzureForm.REST, "salesforce"),
        ("[concat(subscription().id, '/managedApis/', 'ftp')]", AzureForm.TEMPLATE, "ftp"),
        (
            "[subscriptionResourceId('Microsoft.Web/locations/managedApis', 'westeurope', 'sql')]",
            AzureForm.TEMPLATE,
            "sql",
        ),
    ],
)
def test_the_name_is_the_end_of_the_api_s_id(api: str, form: AzureForm, name: str) -> None:
    assert connector_of(connection(api={"id": api}).model_copy(update={"form": form})) == name


@pytest.mark.parametrize(
    "api",
    [
        None,
        {},
        {"id": None},
        {"id": "[concat('/managedApis/', parameters('x'))]"},
        {"id": "/x/customApis/own"},
    ],
)
def test_what_is_not_told_or_somebody_s_own_is_unknown(api: Any) -> None:
    with pytest.raises(CannotTell):
        connector_of(connection(api=api))


def test_what_differs_between_readings_may_be_any_connector() -> None:
    one = api_connection("blob", "azureblob")
    assert not may_be(one, "salesforce")
    assert may_be(one.model_copy(update={"disputed": ("properties.api.id",)}), "salesforce")


def test_a_gateway_is_told_in_two_places() -> None:
    gateway = {"gateway": {"name": "gw", "id": "/subscriptions/s/x"}}
    assert through_gateway(api_connection("a", "sql", nonSecretParameterValues=gateway))
    assert through_gateway(api_connection("a", "sql", parameterValues=gateway))
    assert not through_gateway(api_connection("a", "sql"))


def test_microsoft_s_own_are_signed_in() -> None:
    assert is_signed_in("office365")
    assert is_signed_in("onedriveforbusiness")
    assert not is_signed_in("azureblob")
