"""Which part of a document is what."""

from typing import Any

import pytest

from sfharden.azure.secret_places import below, zone_of_document
from sfharden.azure.secret_zones import Zone

SCHEMAS = "https://schema.management.azure.com/"


@pytest.mark.parametrize(
    ("schema", "zone"),
    [
        ("schemas/2019-04-01/deploymentTemplate.json#", Zone.TEMPLATE),
        ("schemas/2018-05-01/subscriptionDeploymentTemplate.json#", Zone.TEMPLATE),
        ("providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#", Zone.DEFINITION),
        ("other.json", Zone.OPEN),
    ],
)
def test_a_document_by_its_schema(schema: str, zone: Zone) -> None:
    assert zone_of_document({"$schema": SCHEMAS + schema}) is zone
    assert zone_of_document([]) is Zone.OPEN


@pytest.mark.parametrize(
    ("zone", "holder", "resource", "found"),
    [
        (Zone.OPEN, {"definition": {}}, "microsoft.logic/workflows", Zone.DEFINITION),
        (Zone.OPEN, {"definition": {}}, "microsoft.storage/storageaccounts/managementpolicies", Zone.OPEN),
        (Zone.OPEN, {"data": ""}, "microsoft.network/applicationgateways", Zone.CLOSED),
        (Zone.OPEN, {"data": ""}, "microsoft.web/sites", Zone.OPEN),
        (Zone.OPEN, {"properties": {}}, "microsoft.web/sites/config", Zone.SITE_CONFIG),
        (Zone.OPEN, {"properties": {}}, "microsoft.web/sites/slots/config", Zone.SITE_CONFIG),
        (Zone.OPEN, {"files": {}}, "microsoft.web/sites/workflows", Zone.FILES),
        (Zone.STEP, {"inputs": {}, "type": "SetVariable"}, "", Zone.VARIABLES),
        (Zone.STEP, {"inputs": {}, "type": "Http"}, "", Zone.INPUTS),
        (Zone.PARAMETERS, {"$connections": {}}, "", Zone.CONNECTIONS),
        (Zone.PARAMETERS, {"p": {"type": "SecureString"}}, "", Zone.SECURE_PARAMETER),
        (Zone.PARAMETERS, {"p": "x"}, "", Zone.VALUE),
        (Zone.SETTINGS, {"name": "X", "value": "y"}, "", Zone.NAME),
        (Zone.SETTINGS, {"name": "a setting that is called so"}, "", Zone.VALUE),
        (Zone.SIGN_IN, {"identity": "/subscriptions/s/x"}, "", Zone.ID),
        (Zone.SIGN_IN, {"identity": "x"}, "", Zone.CLOSED),
        (Zone.FILES, {"workflow.json": "{}"}, "", Zone.CLOSED),
    ],
)
def test_a_part_by_its_key(zone: Zone, holder: dict[str, Any], resource: str, found: Zone) -> None:
    assert below(zone, next(iter(holder)), holder, resource)[0] is found


def test_a_child_resource_has_its_parent_s_type_before_its_own() -> None:
    holder = {"properties": {}, "type": "config"}
    assert below(Zone.RESOURCES, "properties", holder, "microsoft.web/sites") == (
        Zone.SITE_CONFIG,
        "microsoft.web/sites/config",
    )
