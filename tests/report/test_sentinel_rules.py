"""The four rules: the language service has nothing against them, and on small data they find what they should."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import yaml

from sfharden.report.send_rows import COLUMNS
from sfharden.report.sentinel_rules import RULES, AnalyticRule, query_of, rule_yaml, rules_template
from tests.kql.kit import CONNECTORS, NOW, Rows, asked, complaints

TABLES = {**CONNECTORS, "SfhardenFindings_CL": COLUMNS}
BY_SLUG = {rule.slug: rule for rule in RULES}
USER = "005000000000001AAA"
OTHER = "005000000000002AAA"
RANGES = {
    "W": {"UserId": "string", "Integration": "string", "RangeStart": "string", "RangeEnd": "string"},
}


def ran(slug: str, rows: Rows) -> list[dict[str, Any]]:
    return asked(query_of(BY_SLUG[slug]), {**TABLES, **RANGES}, rows, watchlist="W")


def ago(**how: float) -> datetime:
    return NOW - timedelta(**how)


def finding(verdict: str, when: datetime, **changes: Any) -> Mapping[str, Any]:
    return {
        "TimeGenerated": when, "OrgId": "00D", "Integration": "crm", "ControlId": "app-ip-enforced", "RowKind": "result",
        "SubjectKind": "app", "Subject": "App", "Verdict": verdict, "Evidence": [], "Counts": [], "RunId": f"{when:%d%H%M}",
        **changes,
    }  # fmt: skip


def test_the_language_service_has_nothing_against_any_query() -> None:
    found = complaints([query_of(rule) for rule in RULES], TABLES)
    assert found == [[]] * len(RULES)


def test_every_column_that_an_entity_names_is_one_of_the_answer() -> None:
    empty: Rows = {}
    for rule in RULES:
        query = f"{query_of(rule)}\n| project {', '.join(column for _, _, column in rule.entities)}"
        assert asked(query, {**TABLES, **RANGES}, empty, watchlist="W") == []


REGRESSED = [
    ([finding("pass", ago(days=1)), finding("fail", ago(minutes=30))], 1),
    ([finding("fail", ago(minutes=30), PreviousVerdict="pass")], 1),
    ([finding("pass", ago(days=1)), finding("fail", ago(minutes=30), PreviousVerdict="unknown")], 1),
    ([finding("pass", ago(days=2)), finding("unknown", ago(days=1)), finding("fail", ago(minutes=30))], 1),
    ([finding("fail", ago(days=2)), finding("unknown", ago(days=1)), finding("fail", ago(minutes=30))], 0),
    ([finding("fail", ago(days=1)), finding("fail", ago(minutes=30))], 0),
    ([finding("unknown", ago(days=1)), finding("fail", ago(minutes=30))], 0),
    ([finding("pass", ago(days=1)), finding("unknown", ago(minutes=30))], 0),
    ([finding("pass", ago(days=1)), finding("waived", ago(minutes=30))], 0),
    ([finding("fail", ago(minutes=30))], 0),
    ([finding("pass", ago(days=1)), finding("fail", ago(minutes=30), Subject="Another")], 0),
    ([finding("pass", ago(days=1)), finding("fail", ago(minutes=30), OrgId="00E")], 0),
    ([finding("pass", ago(days=2)), finding("fail", ago(days=1)), finding("fail", ago(minutes=9))], 0),
    # Twice within the hour, mended within the hour, sent twice, and told within the hour though it happened before.
    ([finding("pass", ago(days=1)), finding("fail", ago(minutes=30)), finding("fail", ago(minutes=9))], 1),
    (
        [finding("pass", ago(minutes=40)), finding("fail", ago(minutes=30)), finding("pass", ago(minutes=9))],
        1,
    ),
    ([finding("pass", ago(days=1)), finding("fail", ago(minutes=9)), finding("fail", ago(minutes=9))], 1),
    ([finding("pass", ago(days=1)), finding("fail", ago(hours=5), IngestedAt=ago(minutes=5))], 1),
    ([finding("fail", ago(minutes=30), PreviousVerdict="pass", RowKind="run")], 0),
]


def told_by_case(slug: str, cases: Sequence[tuple[list[Mapping[str, Any]], int]]) -> list[int]:
    """How many rows the rule finds of each case; all are asked at once, each as an integration of its own."""
    rows = [
        {**row, "Integration": str(at), "FindingUid": f"{at} {row['Subject']}"}
        for at, (case, _) in enumerate(cases)
        for row in case
    ]
    found = Counter(one["Integration"] for one in ran(slug, {"SfhardenFindings_CL": rows}))
    return [found[str(at)] for at in range(len(cases))]


def test_what_passed_and_fails_has_regressed() -> None:
    assert told_by_case("regressed", REGRESSED) == [found for _, found in REGRESSED]


def login(address: str, user: str = USER, **changes: Any) -> Mapping[str, Any]:
    return {
        "TimeGenerated": ago(minutes=10), "UserId": user, "SourceIp": address, "Status": "Success",
        "LoginType": "Remote Access 2.0", "Application": "App", **changes,
    }  # fmt: skip


WATCHED = [
    {"UserId": USER, "Integration": "crm", "RangeStart": "203.0.113.4", "RangeEnd": "203.0.113.9"},
    {"UserId": USER, "Integration": "crm", "RangeStart": "2001:db8::10", "RangeEnd": "2001:db8::1f"},
    {"UserId": USER, "Integration": "erp", "RangeStart": "198.51.100.7", "RangeEnd": "198.51.100.7"},
    {"UserId": "", "Integration": "crm", "RangeStart": "192.0.2.1", "RangeEnd": "192.0.2.1"},
]


INSIDE = {
    "203.0.113.4", "203.0.113.9", "198.51.100.7", "2001:db8::10", "2001:db8::1F", "2001:DB8:0:0::1a", "Salesforce.com IP", "",
}  # fmt: skip
OUTSIDE = {
    "203.0.113.3",
    "203.0.113.10",
    "198.51.100.8",
    "2001:db8::20",
    "2001:db8::f",
    "::ffff:0:1",
    "192.0.2.1",
}


def test_exactly_what_is_in_no_range_is_outside() -> None:
    logins = [login(address) for address in sorted(INSIDE | OUTSIDE)]
    found = ran("outside", {"W": WATCHED, "SalesforceLoginHistoryV2_CL": logins})
    assert {one["Address"] for one in found} == OUTSIDE


def test_each_connector_s_rows_are_looked_at_and_only_those_that_got_in() -> None:
    far, event = (
        "192.0.2.99",
        {"TimeGenerated": ago(minutes=5), "UserId": USER[:15], "ClientIp": "192.0.2.99"},
    )
    rows: Rows = {
        "W": WATCHED,
        "SalesforceLoginHistoryV2_CL": [
            login(far), login(far), login(far, Status="Invalid Password"), login(far, OTHER), login(far, TimeGenerated=ago(hours=2)),
        ],
        "SalesforceServiceCloudV2_CL": [
            {**event, "EventType": "Login", "LoginStatus": "LOGIN_NO_ERROR"},
            {**event, "EventType": "Login", "LoginStatus": "LOGIN_ERROR_INVALID_PASSWORD"},
            {**event, "EventType": "ApiTotalUsage", "TimeGenerated": ago(days=1), "IngestedAt": ago(minutes=5)},
            *({**event, "EventType": "RestApi", "StatusCode": code} for code in ("200", "401", "403", "404", "")),
        ],
        "SalesForceRealTimeEventMonitoring_CL": [
            {"TimeGenerated": ago(minutes=5), "UserId": USER, "SourceIp": far, "EventType": "ApiEvent"},
            {"TimeGenerated": ago(minutes=5), "UserId": USER, "SourceIp": far, "EventType": "UriEvent"},
        ],
    }  # fmt: skip
    found = ran("outside", rows)
    times = {one["What"]: one["Times"] for one in found}
    assert times == {"login": 2, "Login": 1, "ApiTotalUsage": 1, "RestApi": 3, "request": 1}
    assert {one["Integration"] for one in found} <= {"crm, erp", "erp, crm"}


UNINSTALLED = {"ControlId": "app-installed"}


APPS = [
    ([finding("fail", ago(minutes=5), **UNINSTALLED)], 1),
    ([finding("fail", ago(days=2), **UNINSTALLED), finding("fail", ago(minutes=5), **UNINSTALLED)], 0),
    ([finding("pass", ago(days=2), **UNINSTALLED), finding("fail", ago(minutes=5), **UNINSTALLED)], 1),
    ([finding("unknown", ago(minutes=5), **UNINSTALLED)], 0),
    ([finding("fail", ago(minutes=5))], 0),
]


def test_an_app_that_nobody_installed_is_told_once() -> None:
    assert told_by_case("uninstalled", APPS) == [found for _, found in APPS]


def issued(users: int, when: datetime, app: str = "App") -> list[Mapping[str, Any]]:
    return [
        login("192.0.2.1", f"005{number:012}", TimeGenerated=when, Application=app) for number in range(users)
    ]


def revoked(times: int, when: datetime) -> list[Mapping[str, Any]]:
    row = {
        "TimeGenerated": when,
        "Display": "Revoked OAuth token of App",
        "CreatedByUsername": "admin@acme.example",
    }
    return [row] * times


@pytest.mark.parametrize(
    ("rows", "who"),
    [
        ({"SalesforceLoginHistoryV2_CL": issued(12, ago(minutes=10))}, ["App"]),
        ({"SalesforceLoginHistoryV2_CL": issued(9, ago(minutes=10))}, []),
        ({"SalesforceLoginHistoryV2_CL": [*issued(12, ago(minutes=10)), *issued(5, ago(days=3))]}, []),
        ({"SalesforceLoginHistoryV2_CL": [*issued(12, ago(minutes=10)), *issued(4, ago(days=3))]}, ["App"]),
        (
            {
                "SalesforceLoginHistoryV2_CL": [
                    *issued(6, ago(minutes=9)),
                    *issued(6, ago(minutes=9), "Other"),
                ]
            },
            [],
        ),
        ({"SalesforceAuditTrailV2_CL": revoked(10, ago(minutes=10))}, ["admin@acme.example"]),
        ({"SalesforceAuditTrailV2_CL": revoked(9, ago(minutes=10))}, []),
        ({"SalesforceAuditTrailV2_CL": revoked(10, ago(hours=5))}, []),
    ],
)
def test_many_at_once_are_told(rows: Rows, who: list[str]) -> None:
    assert [one["Who"] for one in ran("many_tokens", rows)] == who


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_both_spellings_say_the_same(rule: AnalyticRule) -> None:
    told = yaml.safe_load(rule_yaml(rule))
    (armed,) = (one for one in rules_template()["resources"] if one["name"] == rule.id)
    properties = armed["properties"]
    assert UUID(told["id"]).version == 5
    assert told["query"].rstrip("\n") == properties["query"]
    assert (told["triggerOperator"], properties["triggerOperator"]) == ("gt", "GreaterThan")
    spelled = {"1h": "PT1H", "3d": "P3D", "14d": "P14D"}
    assert properties["queryFrequency"] == spelled[told["queryFrequency"]]
    assert properties["queryPeriod"] == spelled[told["queryPeriod"]]
    assert properties["techniques"] == told["relevantTechniques"]
    assert properties["entityMappings"] == told["entityMappings"]
    same = ("tactics", "severity", "triggerThreshold")
    assert [properties[name] for name in same] == [told[name] for name in same]
    assert "'" not in rule.description


def test_no_query_looks_like_an_expression_of_the_template() -> None:
    texts = json.loads(json.dumps(rules_template()))["resources"]
    assert not any(one["properties"]["query"].startswith("[") for one in texts)


def test_the_ids_last_and_another_watchlist_is_named_everywhere() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert BY_SLUG["outside"].id == "d8b1a49e-81d7-5a5a-aaf5-373cbeb1298a"
    text = json.dumps(rules_template("MyRanges")) + "".join(rule_yaml(rule, "MyRanges") for rule in RULES)
    assert "SfhardenRanges" not in text
    assert text.count("_GetWatchlist('MyRanges')") == 2
