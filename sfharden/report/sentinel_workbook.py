"""A workbook over the rows of `send`: how the newest run came out, what changed, what could not be told."""

from typing import Any, Final

from sfharden.report.sentinel_data import lasting_id

SCHEMA: Final = "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json"
_NEWEST: Final = (
    "let Newest = SfhardenFindings_CL | where TimeGenerated {When} and RowKind == 'run'\n"
    "    | summarize arg_max(TimeGenerated, RunId) by OrgId | distinct RunId;\n"
)
_RESULTS: Final = (
    f"{_NEWEST}SfhardenFindings_CL\n| where TimeGenerated {{When}} and RowKind == 'result' and RunId in (Newest)\n"
    "| summarize arg_max(TimeGenerated, *) by RunId, FindingUid\n"
)
# Title, how it's drawn, and the query; `{When}` is the workbook's own parameter.
QUERIES: Final = (
    ("The newest run of each org", "tiles", f"{_RESULTS}| summarize Results = count() by Verdict"),
    (
        "What fails",
        "table",
        f"{_RESULTS}| where Verdict == 'fail'\n"
        "| project Severity, ControlId, ControlTitle, Subject, Integration, PreviousVerdict, Message, OrgId",
    ),
    (
        "What could not be told",
        "table",
        f"{_RESULTS}| where Verdict == 'unknown'\n| project Severity, ControlId, Subject, Integration, Message, OrgId",
    ),
    (
        "Results over time",
        "timechart",
        "SfhardenFindings_CL\n| where TimeGenerated {When} and RowKind == 'result'\n"
        "| summarize arg_max(TimeGenerated, Verdict) by RunId, FindingUid\n"
        "| summarize Results = count() by Verdict, bin(TimeGenerated, 1d)",
    ),
    (
        "When it was run last",
        "table",
        "SfhardenFindings_CL\n| where TimeGenerated {When} and RowKind == 'run'\n"
        "| summarize LastRun = max(TimeGenerated), Runs = dcount(RunId) by OrgId",
    ),
)


def workbook() -> dict[str, Any]:
    """The workbook as its gallery has it: paste it into the advanced editor of a new one."""
    head = {
        "type": 1,
        "content": {"json": "# sfharden\nHow Salesforce integrations are hardened. Not read is not passed."},
        "name": "head",
    }
    items = [head, _when(), *(_query(*one) for one in QUERIES)]
    return {
        "version": "Notebook/1.0",
        "items": items,
        "fallbackResourceIds": ["Azure Monitor"],
        "$schema": SCHEMA,
    }


def _when() -> dict[str, Any]:
    parameter = {
        "id": lasting_id("workbook When"),
        "version": "KqlParameterItem/1.0",
        "name": "When",
        "label": "When",
        "type": 4,
        "isRequired": True,
        "value": {"durationMs": 2_592_000_000},
        "typeSettings": {"selectableValues": [{"durationMs": days * 86_400_000} for days in (1, 7, 30, 90)]},
    }
    return {
        "type": 9,
        "content": {"version": "KqlParameterItem/1.0", "parameters": [parameter]},
        "name": "when",
    }


def _query(title: str, drawn: str, query: str) -> dict[str, Any]:
    return {
        "type": 3,
        "content": {
            "version": "KqlItem/1.0",
            "query": query,
            "size": 0,
            "title": title,
            "queryType": 0,
            "resourceType": "microsoft.operationalinsights/workspaces",
            "visualization": drawn,
        },
        "name": title,
    }
