"""Four analytic rules of Microsoft Sentinel, each in both spellings: the repository's YAML, and ARM's alertRules.

The two differ in words (`gt` and `GreaterThan`, `1h` and `PT1H`, `relevantTechniques` and `techniques`): reference, Azure
controls §3.5. Connectors are those of the solution "Salesforce Service Cloud" 3.7.0 (§3.6).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from sfharden.report.sentinel_data import WATCHLIST, lasting_id, sentinel_file

API_VERSION: Final = "2024-09-01"
VERSION: Final = "1.0.0"
_AUDIT: Final = ("SalesforceAuditLogsConnector", "SalesforceLoginHistory")
_TRAIL: Final = ("SalesforceAuditLogsConnector", "SalesforceAuditTrail")
_EVENTS: Final = ("SalesForceRTEMConnector", "SalesForceRealTimeEventMonitoring")


@dataclass(frozen=True, slots=True)
class AnalyticRule:
    """One rule. `entities` are entity type, identifier and column; `period` is how far back its query looks."""

    slug: str
    name: str
    description: str
    severity: str
    tactics: tuple[str, ...]
    techniques: tuple[str, ...]
    entities: tuple[tuple[str, str, str], ...]
    connectors: tuple[tuple[str, str], ...] = ()
    frequency: str = "1h"
    period: str = "14d"

    @property
    def id(self) -> str:
        """Its GUID."""
        return lasting_id(f"rule {self.slug}")


RULES: Final = (
    AnalyticRule(
        "regressed",
        "Salesforce integration hardening regressed",
        "A control of sfharden that passed fails now: somebody changed the app, the profile, the session settings or something of Azure.",
        "High",
        ("DefenseEvasion", "Persistence"),
        ("T1562", "T1098"),
        (("CloudApplication", "Name", "Integration"),),
    ),
    AnalyticRule(
        "outside",
        "Salesforce integration used from outside its ranges",
        "A login or a request of the user of an integration got in from an address outside the ranges of the integration and its operators: a token or a session may be stolen.",
        "High",
        ("InitialAccess", "DefenseEvasion"),
        ("T1078", "T1550"),
        (
            ("IP", "Address", "Address"),
            ("Account", "Name", "User15"),
            ("CloudApplication", "Name", "Application"),
        ),
        (_AUDIT, _EVENTS),
        period="3d",  # of when it happened: event files arrive up to a day later and more
    ),
    AnalyticRule(
        "uninstalled",
        "Salesforce tokens of an app that nobody installed",
        "Users gave tokens to an app that no administrator installed, so that no policy of the org binds it.",
        "Medium",
        ("CredentialAccess", "Persistence"),
        ("T1528", "T1098"),
        (("CloudApplication", "Name", "Subject"),),
    ),
    AnalyticRule(
        "many_tokens",
        "Many Salesforce tokens issued or revoked at once",
        "Within an hour far more users than usual got a token of one app, or one user revoked many.",
        "Medium",
        ("CredentialAccess", "Impact"),
        ("T1528", "T1531"),
        (("CloudApplication", "Name", "Who"),),
        (_AUDIT, _TRAIL),
    ),
)


def query_of(rule: AnalyticRule, watchlist: str = WATCHLIST) -> str:
    """The rule's query."""
    return sentinel_file(f"{rule.slug}.kql", watchlist).rstrip("\n")


class _Block(str):
    """A text that stands in YAML as it is, line by line."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes blocks with `|`."""


_Dumper.add_representer(
    _Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")
)


def rule_yaml(rule: AnalyticRule, watchlist: str = WATCHLIST) -> str:
    """The rule as the repository of Sentinel has it."""
    told = {
        "id": rule.id,
        "name": rule.name,
        "kind": "Scheduled",
        "description": _Block(f"'{rule.description}'\n"),
        "severity": rule.severity,
        "requiredDataConnectors": [
            {"connectorId": connector, "dataTypes": [kind]} for connector, kind in rule.connectors
        ],
        "queryFrequency": rule.frequency,
        "queryPeriod": rule.period,
        "triggerOperator": "gt",
        "triggerThreshold": 0,
        "tactics": list(rule.tactics),
        "relevantTechniques": list(rule.techniques),
        "query": _Block(query_of(rule, watchlist) + "\n"),
        "entityMappings": _entities(rule),
        "version": VERSION,
    }
    return yaml.dump(told, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)


def rules_template(watchlist: str = WATCHLIST) -> dict[str, Any]:
    """An ARM template with all rules, on a workspace with Sentinel."""
    return {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {
            "workspace": {
                "type": "string",
                "metadata": {"description": "The workspace's name; Sentinel is on."},
            },
            "enabled": {"type": "bool", "defaultValue": True},
        },
        "resources": [_alert_rule(rule, watchlist) for rule in RULES],
    }


def _alert_rule(rule: AnalyticRule, watchlist: str) -> dict[str, Any]:
    return {
        "type": "Microsoft.SecurityInsights/alertRules",
        "apiVersion": API_VERSION,
        "name": rule.id,
        "scope": "[resourceId('Microsoft.OperationalInsights/workspaces', parameters('workspace'))]",
        "kind": "Scheduled",
        "properties": {
            "displayName": rule.name,
            "description": rule.description,
            "enabled": "[parameters('enabled')]",
            "severity": rule.severity,
            "query": query_of(rule, watchlist),
            "queryFrequency": _duration(rule.frequency),
            "queryPeriod": _duration(rule.period),
            "triggerOperator": "GreaterThan",
            "triggerThreshold": 0,
            "suppressionEnabled": False,
            "suppressionDuration": "PT5H",
            "tactics": list(rule.tactics),
            "techniques": list(rule.techniques),
            "entityMappings": _entities(rule),
            "eventGroupingSettings": {"aggregationKind": "AlertPerResult"},
            "incidentConfiguration": {
                "createIncident": True,
                "groupingConfiguration": {
                    "enabled": True,
                    "reopenClosedIncident": False,
                    "lookbackDuration": "P1D",
                    "matchingMethod": "AllEntities",
                },
            },
        },
    }


def _entities(rule: AnalyticRule) -> list[Mapping[str, Any]]:
    return [
        {"entityType": kind, "fieldMappings": [{"identifier": identifier, "columnName": column}]}
        for kind, identifier, column in rule.entities
    ]


def _duration(short: str) -> str:
    """`PT1H` for `1h`, `P14D` for `14d`."""
    number, unit = short[:-1], short[-1].upper()
    return f"P{number}D" if unit == "D" else f"PT{number}{unit}"
