"""Templates: what a deployment would set, where it would stand, and what only the deployment can tell."""

from typing import Any

import pytest

from sfharden.azure.pieces import AzurePiece, Pieces
from sfharden.azure.template import is_template, pieces_of_template
from sfharden.model.azure import AzureForm

FLOW: dict[str, Any] = {
    "type": "Microsoft.Logic/workflows",
    "apiVersion": "2019-05-01",
    "name": "sync",
    "properties": {"state": "Enabled"},
}
SETTING: dict[str, Any] = {
    "type": "Microsoft.Insights/diagnosticSettings",
    "name": "logs",
    "properties": {"logs": []},
}


def template(*resources: Any, **more: Any) -> dict[str, Any]:
    return {"$schema": "https://x/2019-04-01/deploymentTemplate.json#", "resources": list(resources), **more}


def pieces(document: Any, **given: Any) -> Pieces:
    return pieces_of_template(document, given, "t.json")


def alone(document: Any, **given: Any) -> AzurePiece:
    """The one resource beside the template itself."""
    (_, found) = pieces(document, **given).resources
    return found


def nested(template: Any, scope: str = "inner", **more: Any) -> dict[str, Any]:
    properties = {"expressionEvaluationOptions": {"scope": scope}, "template": template, **more}
    return {"type": "Microsoft.Resources/deployments", "name": "n", "properties": properties}


@pytest.mark.parametrize(
    "document",
    [
        template(FLOW),
        {"languageVersion": "2.0", "contentVersion": "1.0.0.0", "resources": {"flow": FLOW, "old": {**FLOW, "existing": True}}},
        template(nested(template(FLOW))),
        template(nested(template(nested(template(FLOW))))),
        template({**FLOW, "condition": True}),
        template({**FLOW, "condition": "[true()]"}),
        template(FLOW, {**FLOW, "name": "not", "condition": False}),
        template({**FLOW, "name": "[parameters('n')]"}, parameters={"n": {"defaultValue": "sync"}}),
        template(7, None, FLOW),
    ],
)  # fmt: skip
def test_each_shape_gives_its_one_workflow(document: Any) -> None:
    found = alone(document)
    assert (found.type, found.name, found.form) == ("microsoft.logic/workflows", "sync", AzureForm.TEMPLATE)
    assert found.id == "t.json/providers/Microsoft.Logic/workflows/sync"
    assert found.document == {"properties": FLOW["properties"]}
    assert not found.is_conditional


@pytest.mark.parametrize(
    "document",
    [
        template({**FLOW, "condition": "[parameters('deploy')]"}),
        template({**FLOW, "copy": {"name": "c", "count": 2}}),
        template({**nested(template(FLOW)), "condition": "[parameters('deploy')]"}),
        template(
            {"type": "Microsoft.Web/sites", "name": "s", "condition": "[parameters('d')]",
             "resources": [{"type": "config", "name": "web", "properties": {}}]}
        ),
    ],
)  # fmt: skip
def test_under_a_condition_or_in_a_loop_it_may_not_be_there(document: Any) -> None:
    assert all(one.is_conditional for one in pieces(document).resources[1:])


@pytest.mark.parametrize(
    ("resource", "id_"),
    [
        ({**SETTING, "scope": "Microsoft.Logic/workflows/sync"}, "t.json/providers/Microsoft.Logic/workflows/sync"),
        ({**SETTING, "scope": "[format('Microsoft.Logic/workflows/{0}', 'sync')]"}, "t.json/providers/Microsoft.Logic/workflows/sync"),
        ({**SETTING, "scope": "[resourceId('Microsoft.Logic/workflows', 'sync')]"}, "t.json/providers/Microsoft.Logic/workflows/sync"),
        ({**SETTING, "scope": "/subscriptions/s"}, "/subscriptions/s"),
        (
            {**SETTING, "type": "Microsoft.Logic/workflows/providers/diagnosticSettings", "name": "sync/Microsoft.Insights/logs"},
            "t.json/providers/Microsoft.Logic/workflows/sync",
        ),
        (
            {**FLOW, "resources": [{**SETTING, "type": "providers/diagnosticSettings", "name": "Microsoft.Insights/logs"}]},
            "t.json/providers/Microsoft.Logic/workflows/sync",
        ),
        ({**FLOW, "resources": [SETTING]}, "t.json/providers/Microsoft.Logic/workflows/sync"),
    ],
)  # fmt: skip
def test_a_setting_stands_at_what_it_extends_however_it_is_written(resource: Any, id_: str) -> None:
    found = pieces(template(resource))
    setting = found.resources[-1]
    assert setting.id == f"{id_}/providers/Microsoft.Insights/diagnosticSettings/logs"
    assert setting.type == "microsoft.insights/diagnosticsettings"
    (listed,) = found.lists
    assert (listed.path, listed.rows, listed.is_whole) == (
        setting.id.removesuffix("/logs"),
        (setting,),
        False,
    )


@pytest.mark.parametrize(
    ("scope", "state"),
    [("outer", "Outer"), ("NotSpecified", "Outer"), ("Inner", "Passed"), ("[parameters('s')]", "[parameters('state')]")],
)  # fmt: skip
def test_whose_parameters_a_nested_template_sees(scope: str, state: str) -> None:
    flow = {**FLOW, "properties": {"state": "[parameters('state')]"}}
    inner = template(flow, parameters={"state": {"defaultValue": "Own"}})
    document = template(nested(inner, scope=scope, parameters={"STATE": {"value": "Passed"}}))
    assert alone(document, state="Outer").document["properties"]["state"] == state


def test_children_stand_below_their_parent() -> None:
    flat = {
        "type": "Microsoft.Web/sites/config",
        "name": "[concat(parameters('site'), '/web')]",
        "properties": {},
    }
    inner = {
        "type": "Microsoft.Web/sites",
        "name": "[parameters('site')]",
        "resources": [{"type": "config", "name": "web"}],
    }
    ids = {pieces(template(one)).resources[-1].id for one in (flat, inner)}
    assert ids == {"t.json/providers/Microsoft.Web/sites/<site>/config/web"}


def test_given_parameters_are_put_in_and_defaults_are_not() -> None:
    flow = {
        **FLOW,
        "properties": {"accessControl": "[parameters('control')]", "state": "[parameters('state')]"},
    }
    declared = {"control": {}, "state": {"defaultValue": "Enabled"}}
    found = alone(template(flow, parameters=declared), control={"contents": {}})
    assert found.document["properties"] == {
        "accessControl": {"contents": {}},
        "state": "[parameters('state')]",
    }


def test_a_nested_template_has_values_of_its_own_or_of_the_one_around() -> None:
    flow = {**FLOW, "properties": {"state": "[parameters('state')]"}}
    inner = template(flow, parameters={"state": {"defaultValue": "Disabled"}})
    passed = {"state": {"value": "[parameters('outer')]"}}
    states = [
        alone(template(nested(inner, parameters=passed)), outer="Enabled"),
        alone(template(nested(inner))),
        alone(template(nested(inner, scope="outer")), state="Suspended"),
    ]
    assert [one.document["properties"]["state"] for one in states] == ["Enabled", "Disabled", "Suspended"]


def test_connections_are_found_by_the_ids_they_have_here() -> None:
    api = "[concat(subscription().id, '/providers/Microsoft.Web/locations/', parameters('l'), '/managedApis/', 'salesforce')]"
    entry = {"connectionId": "[resourceId('Microsoft.Web/connections', variables('c'))]", "id": api}
    flow = {**FLOW, "properties": {"parameters": {"$connections": {"value": {"k": entry}}}}}
    connection = {
        "type": "Microsoft.Web/connections",
        "name": "[variables('c')]",
        "properties": {"api": {"id": api}},
    }
    _, found, target = pieces(template(flow, connection, variables={"c": "sf"})).resources
    linked = found.document["properties"]["parameters"]["$connections"]["value"]["k"]
    assert linked["connectionId"] == target.id
    assert linked["id"] == target.document["properties"]["api"]["id"]
    assert linked["id"].endswith("/locations/(not told)/managedApis/salesforce")


def test_what_a_loop_makes_is_unknown() -> None:
    loop = {"name": "logs", "count": "[length(parameters('l'))]", "input": {"category": "x"}}
    inner = {"siteConfig": {"copy": [{"name": "ipSecurityRestrictions", "count": 2, "input": {}}]}}
    found = alone(
        template({**FLOW, "properties": {"copy": [loop], **inner, "actions": {"copy": {"type": "Http"}}}})
    )
    assert set(found.unknown_paths) == {"properties.logs", "properties.siteConfig.ipSecurityRestrictions"}


def test_nothing_hides_behind_a_name_that_looks_the_same() -> None:
    one, other = ({**FLOW, "name": f"[concat('a', uniqueString('{salt}'))]"} for salt in "xy")
    ids = [found.id for found in pieces(template(one, other)).resources[1:]]
    assert len({one.casefold() for one in ids}) == len(ids)


def test_the_template_itself_is_there_for_what_its_parameters_and_outputs_hold() -> None:
    outputs = {"url": {"value": "[listCallbackUrl('x', 'y').value]"}}
    (itself,) = pieces(template(parameters={"p": {"defaultValue": "x"}}, outputs=outputs)).resources
    assert itself.type == "microsoft.resources/deployments"
    assert itself.document["properties"]["template"] == {
        "parameters": {"p": {"defaultValue": "x"}},
        "outputs": outputs,
    }


def test_what_is_linked_is_said_not_to_be_there() -> None:
    linked = {
        "type": "Microsoft.Resources/deployments",
        "name": "x",
        "properties": {"templateLink": {"uri": "u"}},
    }
    assert pieces(template(linked)).notes == ["the template links to another, which is not in the file"]


def test_another_group_is_another_place() -> None:
    elsewhere = {**nested(template(FLOW)), "resourceGroup": "other"}
    ids = [one.id for one in pieces(template(FLOW, elsewhere)).resources[1:]]
    assert ids[1] == "t.json/resourceGroups/other/providers/Microsoft.Logic/workflows/sync"


@pytest.mark.parametrize(
    "document", [None, [], {}, {"resources": 7}, {"resources": []}, {"type": "x", "resources": []}]
)
def test_other_documents_are_no_templates(document: Any) -> None:
    assert not is_template(document)
