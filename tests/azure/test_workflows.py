"""Workflows are found in every documented shape; what a document refers to without holding it is said."""

from typing import Any

import pytest

from sfharden.azure.workflows import Hosting, find_workflows

DEFINITION: dict[str, Any] = {"triggers": {}, "actions": {"A": {"type": "Http"}}}
REST: dict[str, Any] = {
    "name": "sync",
    "type": "Microsoft.Logic/workflows",
    "location": "West Europe",
    "properties": {"definition": DEFINITION, "endpointsConfiguration": {"connector": {}}},
}
FLAT = {"name": "sync", "location": "westeurope", "definition": DEFINITION, "endpointsConfiguration": {}}
SITE = {
    "name": "standard",
    "type": "Microsoft.Web/sites",
    "kind": "functionapp,workflowapp",
    "location": "North Europe",
    "properties": {"possibleOutboundIpAddresses": "192.0.2.1, 192.0.2.2", "outboundIpAddresses": "192.0.2.1"},
}


def template(*resources: Any, **more: Any) -> dict[str, Any]:
    return {"$schema": "x", "resources": list(resources), **more}


@pytest.mark.parametrize(
    ("document", "hosting", "name"),
    [
        (REST, Hosting.CONSUMPTION, "sync"),
        (FLAT, Hosting.CONSUMPTION, "sync"),
        ({"definition": DEFINITION, "kind": "Stateful"}, Hosting.STANDARD, ""),
        ({"definition": DEFINITION}, Hosting.UNKNOWN, ""),
        (DEFINITION, Hosting.UNKNOWN, ""),
        ({"type": "Microsoft.Flow/flows", "name": "f", "properties": {"definition": DEFINITION}}, Hosting.POWER_AUTOMATE, "f"),
        ({"type": "Microsoft.Logic/galleries/templates", "properties": {"definition": DEFINITION}}, Hosting.UNKNOWN, ""),
        (
            {"type": "Microsoft.Web/sites/workflows", "name": "s/w",
             "properties": {"files": {"workflow.json": {"definition": DEFINITION}}}},
            Hosting.STANDARD, "w",
        ),
    ],
)  # fmt: skip
def test_each_shape_gives_its_one_workflow(document: Any, hosting: Hosting, name: str) -> None:
    (found,) = find_workflows(document).workflows
    assert (found.hosting, found.name, found.definition) == (hosting, name, DEFINITION)


@pytest.mark.parametrize(
    "document",
    [
        [REST, REST],
        {"value": [REST, REST]},
        template(REST, REST),
        {"resources": {"one": REST, "two": REST}},
        template(
            {"type": "Microsoft.Resources/deployments", "properties": {"template": template(REST, REST)}}
        ),
        [[[REST]], {"value": [REST]}],
    ],
)
def test_lists_and_templates_are_gone_through_however_they_nest(document: Any) -> None:
    assert len(find_workflows(document).workflows) == 2


@pytest.mark.parametrize(
    "document", [None, 7, "x", [], {}, {"value": 7}, {"resources": 7}, {"type": "Other/things"}]
)
def test_another_kind_of_document_gives_nothing(document: Any) -> None:
    found = find_workflows(document)
    assert (found.workflows, found.sites, found.missing) == ([], [], [])


def test_what_is_deployed_elsewhere_is_only_referred_to() -> None:
    existing = {**REST, "existing": True}
    assert len(find_workflows({"resources": {"a": existing, "b": REST}}).workflows) == 1


def test_a_page_and_a_linked_template_are_said_to_be_parts() -> None:
    assert find_workflows({"value": [REST], "nextLink": "https://x"}).missing == [
        "the file is one page of a longer list"
    ]
    linked = {"type": "Microsoft.Resources/deployments", "properties": {"templateLink": {"uri": "x"}}}
    assert "links to another" in find_workflows(template(linked)).missing[0]


def test_a_definition_may_be_handed_over_as_a_variable() -> None:
    resource = {**REST, "properties": {"definition": "[variables('files').sync['flow.json']]"}}
    variables = {"files": {"sync": {"flow.json": DEFINITION}}}
    (found,) = find_workflows(template(resource, variables=variables)).workflows
    assert found.definition == DEFINITION
    (lost,) = find_workflows(template(resource)).workflows
    assert lost.definition == "[variables('files').sync['flow.json']]"


@pytest.mark.parametrize(
    "properties",
    [
        {"parameters": {"$connections": {"value": {"k": 1}}}},
        {"connectionReferences": {"k": 1}},
        {"definition": {**DEFINITION, "parameters": {"$connections": {"defaultValue": {"k": 1}}}}},
    ],
)
def test_connections_are_found_where_each_shape_has_them(properties: dict[str, Any]) -> None:
    (found,) = find_workflows({**REST, "properties": {"definition": DEFINITION, **properties}}).workflows
    assert found.connections == {"k": 1}


def test_a_workflow_says_where_it_is_and_where_it_ran() -> None:
    ise = {**REST, "properties": {**REST["properties"], "integrationServiceEnvironment": {"id": "x"}}}
    (found,) = find_workflows(ise).workflows
    assert (found.region, found.in_ise) == ("westeurope", True)


@pytest.mark.parametrize(
    ("environment", "in_ise"),
    [
        ("[parameters('integrationServiceEnvironment')]", False),
        ({"id": "[parameters('ise')]"}, False),
        ({"id": "[if(empty(parameters('ise')), null(), parameters('ise'))]", "name": "[parameters('n')]"}, False),
        ({"id": "[resourceId('Microsoft.Logic/integrationServiceEnvironments', parameters('n'))]"}, True),
        ({"id": "/subscriptions/s/providers/Microsoft.Logic/integrationServiceEnvironments/e"}, True),
        ({"name": "e"}, True),
        ({}, False),
        (None, False),
    ],
)  # fmt: skip
def test_an_environment_that_only_a_deployment_can_tell_is_none(environment: Any, in_ise: bool) -> None:
    properties = {**REST["properties"], "integrationServiceEnvironment": environment}
    (found,) = find_workflows({**REST, "properties": properties}).workflows
    assert found.in_ise is in_ise


def test_a_standard_site_tells_its_addresses_and_its_network() -> None:
    (site,) = find_workflows(SITE).sites
    assert (site.name, site.region) == ("standard", "northeurope")
    assert site.outbound == ("192.0.2.1", "192.0.2.2", "192.0.2.1")
    assert not site.in_network
    joined = {**SITE, "properties": {**SITE["properties"], "virtualNetworkSubnetId": "/x"}}  # type: ignore[dict-item]
    assert find_workflows(joined).sites[0].in_network


def test_a_site_is_noted_beside_its_children_and_other_web_apps_are_not() -> None:
    child = {"type": "Microsoft.Web/sites/workflows", "name": "standard/w", "properties": {}}
    found = find_workflows({**SITE, "resources": [child]})
    assert ([one.name for one in found.sites], [one.name for one in found.workflows]) == (["standard"], ["w"])
    assert find_workflows({**SITE, "kind": "app"}).sites == []


def test_documents_nest_as_deep_as_their_author_likes() -> None:
    document: Any = REST
    for _ in range(50_000):
        document = [document]
    assert len(find_workflows(document).workflows) == 1
