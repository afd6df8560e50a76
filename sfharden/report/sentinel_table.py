"""An ARM template for where rows of `send` go: the table, the rule that takes them, and who may send.

Shapes and versions: reference, Azure controls §3.3. The stream declares every column: what it doesn't is dropped without a word.
"""

from typing import Any, Final

from sfharden.report.send_rows import COLUMNS, STREAM, TABLE

SCHEMA: Final = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
RULE_NAME: Final = "sfharden-findings"
_PUBLISHER: Final = "3913510d-42f4-4e42-8a64-420c390055eb"  # Monitoring Metrics Publisher
_RULE: Final = "Microsoft.Insights/dataCollectionRules"
_TABLE: Final = "Microsoft.OperationalInsights/workspaces/tables"
_WORKSPACE: Final = "[resourceId('Microsoft.OperationalInsights/workspaces', parameters('workspace'))]"
_RULE_ID: Final = f"[resourceId('{_RULE}', '{RULE_NAME}')]"
_DESCRIPTIONS: Final = {
    "TimeGenerated": "When the report was made.",
    "RunId": "The run; the same each time that a report is sent.",
    "FindingUid": "What was judged; with RunId it tells doubles.",
    "RowKind": "result, or run for the one row that counts a run.",
    "Verdict": "pass, fail, unknown, manual, not_applicable or waived.",
    "PreviousVerdict": "The verdict of the report before, where send was given it.",
    "Evidence": "What was seen, what should be, and where it was read.",
    "Counts": "Of the run's row: how many results came out how.",
}


def table_template() -> dict[str, Any]:
    """The template; its outputs are what `send` is given."""
    return {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": {
            "workspace": _text("The Log Analytics workspace's name, in this resource group."),
            "location": {**_text("The workspace's region."), "defaultValue": "[resourceGroup().location]"},
            "principalId": _text("The object id of who runs `sfharden send`."),
            "principalType": {
                **_text("What that is."),
                "defaultValue": "ServicePrincipal",
                "allowedValues": ["ServicePrincipal", "User", "Group"],
            },
            "retentionInDays": {"type": "int", "defaultValue": 365, "minValue": 30, "maxValue": 4383},
        },
        "resources": [_table(), _rule(), _assignment()],
        "outputs": {
            "endpoint": _output("endpoints.logsIngestion"),
            "rule": _output("immutableId"),
            "stream": {"type": "string", "value": STREAM},
        },
    }


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "metadata": {"description": description}}


def _output(path: str) -> dict[str, str]:
    return {
        "type": "string",
        "value": f"[reference(resourceId('{_RULE}', '{RULE_NAME}'), '2023-03-11').{path}]",
    }


def _table() -> dict[str, Any]:
    # The two published schemas spell this one type in two ways.
    columns = [
        {
            "name": name,
            "type": "dateTime" if kind == "datetime" else kind,
            "description": _DESCRIPTIONS.get(name, name),
        }
        for name, kind in COLUMNS.items()
    ]
    return {
        "type": _TABLE,
        "apiVersion": "2022-10-01",
        "name": f"[concat(parameters('workspace'), '/{TABLE}')]",
        "properties": {
            "plan": "Analytics",
            "totalRetentionInDays": "[parameters('retentionInDays')]",
            "schema": {"name": TABLE, "columns": columns},
        },
    }


def _rule() -> dict[str, Any]:
    declared = [{"name": name, "type": kind} for name, kind in COLUMNS.items()]
    return {
        "type": _RULE,
        "apiVersion": "2023-03-11",
        "name": RULE_NAME,
        "location": "[parameters('location')]",
        "kind": "Direct",
        "dependsOn": [f"[resourceId('{_TABLE}', parameters('workspace'), '{TABLE}')]"],
        "properties": {
            "description": "Takes the rows of `sfharden send`.",
            "streamDeclarations": {STREAM: {"columns": declared}},
            "destinations": {"logAnalytics": [{"name": "workspace", "workspaceResourceId": _WORKSPACE}]},
            "dataFlows": [
                {
                    "streams": [STREAM],
                    "destinations": ["workspace"],
                    "transformKql": "source",
                    "outputStream": f"Custom-{TABLE}",
                }
            ],
        },
    }


def _assignment() -> dict[str, Any]:
    return {
        "type": "Microsoft.Authorization/roleAssignments",
        "apiVersion": "2022-04-01",
        "scope": _RULE_ID,
        "name": f"[guid(resourceGroup().id, '{RULE_NAME}', parameters('principalId'))]",
        "dependsOn": [_RULE_ID],
        "properties": {
            "principalId": "[parameters('principalId')]",
            "principalType": "[parameters('principalType')]",
            "roleDefinitionId": f"[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{_PUBLISHER}')]",
        },
    }
