"""What of a resource's configuration stays in a snapshot, by its type and key."""

import json
from typing import Any

import pytest

from sfharden.azure.configuration_zones import is_asked
from sfharden.azure.questions import QUESTIONS
from sfharden.azure.secrets import mask
from sfharden.model.azure import MASK, AzureForm

SECRET = "Canary"  # a word, with nothing in its shape that tells
CASES: list[tuple[str, dict[str, Any]]] = [
    ("deploymentScripts", {"scriptContent": SECRET, "environmentVariables": [{"name": "A", "value": SECRET}]}),
    ("automationAccounts/variables", {"value": SECRET, "list": [SECRET, {"deep": SECRET}]}),
    ("namedValues", {"displayName": "x", "secret": True, "value": SECRET}),
    ("sites/extensions", {"packageUri": f"https://s.example/p?{SECRET}", "setParameters": {"p": SECRET}}),
    ("actionGroups", {"webhookReceivers": [{"name": "p", "serviceUri": f"https://e.example/{SECRET}/x"}]}),
    ("virtualMachines/extensions", {"settings": {"commandToExecute": f"x.sh {SECRET}", "sessionId": SECRET}}),
]  # fmt: skip
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("microsoft.insights/activitylogalerts", {"actions": [{"webhookProperties": {"auth": SECRET}}]}),
    ("microsoft.insights/eventtypes", {"claims": {"x": SECRET}, "httpRequest": {"uri": f"https://x/{SECRET}"}}),
    ("microsoft.network/applicationgateways", {"probes": [{"properties": {"path": f"/health?a={SECRET}"}}]}),
    ("microsoft.network/applicationgateways", {"set": {"modifiedQueryString": f"a={SECRET}"}}),
    ("microsoft.network/applicationgatewaywebapplicationfirewallpolicies", {"customBlockResponseBody": SECRET}),
    ("microsoft.web/connections", {"statuses": [{"error": {"code": "x", "message": f"no {SECRET}"}}]}),
    ("microsoft.web/connections", {"testRequests": [{"requestUri": f"https://m.example/x?a={SECRET}&{SECRET}#{SECRET}"}]}),
    ("microsoft.authorization/roleassignments", {"description": SECRET}),
    ("microsoft.web/sites", {"siteConfig": {"metadata": [{"name": "x", "value": SECRET}]}}),
    ("microsoft.web/sites/config", {"identityProviders": {"x": {"login": {"loginParameters": [SECRET]}}}}),
    ("microsoft.web/sites", {"siteConfig": {"appCommandLine": f"run {SECRET}"}}),
    ("microsoft.web/sites", {"ipSecurityRestrictions": [{"headers": {"x-azure-fdid": [SECRET]}}]}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "properties"), CASES)
@pytest.mark.parametrize("form", [AzureForm.REST, AzureForm.TEMPLATE])
def test_of_a_type_that_nobody_asks_about_no_value_stays(
    kind: str, properties: dict[str, Any], form: AzureForm
) -> None:
    full = f"Microsoft.Other/{kind}"
    one = {"type": full, "name": "n", "properties": properties}
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    for document, of in (
        (one, full),
        ({"$schema": schema, "resources": [one]}, "Microsoft.Resources/deployments"),
        ({"$schema": schema, "resources": {"x": one}}, "Microsoft.Resources/deployments"),
    ):
        assert SECRET not in json.dumps(mask(of, document, form=form)[0])


@pytest.mark.parametrize(("kind", "properties"), ASKED)
def test_of_a_type_that_is_asked_about_what_may_hold_a_secret_does_not_stay(
    kind: str, properties: dict[str, Any]
) -> None:
    assert SECRET not in json.dumps(mask(kind, {"properties": properties})[0])


def test_what_tells_a_resource_from_others_stays() -> None:
    document = {
        "id": "/subscriptions/s/providers/Microsoft.Other/things/x",
        "type": "Microsoft.Other/things",
        "name": "x",
        "location": "westeurope",
        "properties": {
            "provisioningState": "Succeeded",
            "version": "1.2",
            "isOn": True,
            "size": 3,
            "workspaceId": "/subscriptions/s/providers/x/y/z",
        },
    }
    assert mask("microsoft.other/things", document) == (document, ())
    free = {"properties": {"state": "no state at all", "id": f"two {SECRET};", "someId": SECRET}}
    assert mask("microsoft.other/things", free)[0]["properties"] == {
        "state": MASK, "id": MASK, "someId": MASK,
    }  # fmt: skip


def test_a_resource_without_a_type_is_closed() -> None:
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    document = {"$schema": schema, "resources": [{"name": "x", "properties": {"a": SECRET}}]}
    assert SECRET not in json.dumps(mask("microsoft.resources/deployments", document)[0])


def test_every_type_that_is_asked_about_is_open() -> None:
    assert all(is_asked(one.about) for one in QUESTIONS if one.about)


@pytest.mark.parametrize(
    "written",
    ["https://x.example/a?api-version=2016-06-01", "https://x.example/a", "/a/b?$top=5", "what is it? a=b"],
)
def test_addresses_that_ask_for_nothing_secret_stay(written: str) -> None:
    document = {"properties": {"a": written}}
    assert mask("microsoft.logic/workflows", document)[0] == document
