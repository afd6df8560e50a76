"""SARIF: valid by its schema; one result for what is to be looked at, where it stands; a moved line is the same finding."""

import json
from typing import Any

from sfharden.checks.since_baseline import since
from sfharden.model.results import Evidence, Report, Severity, Status
from sfharden.report.check_sarif import plain
from tests.published import against_sarif

from .forms_kit import every_state, hostile_report, named, report, shown


def run_of(given: Report) -> dict[str, Any]:
    text = shown(given, "sarif")
    assert against_sarif(text) == []
    (run,) = json.loads(text)["runs"]
    return dict(run)


def at(line: int | None, severity: Severity = Severity.HIGH) -> Report:
    place = "profiles/Sales Ünit.profile" + (f":{line}" if line else "")
    evidence = (Evidence(what="w", observed="o"), Evidence(what="w", observed="o", source=place))
    given = report(named(Status.FAIL, "Sales", evidence=evidence, severity=severity))
    return given.model_copy(update={"folder": "force-app/main"})


def test_each_state_is_the_kind_that_the_table_says_and_what_is_no_problem_is_not_listed() -> None:
    found = [(one["kind"], one["level"], "suppressions" in one) for one in run_of(every_state())["results"]]
    assert sorted(found) == [
        ("fail", "error", False), ("fail", "error", True), ("fail", "note", False), ("open", "none", False),
        ("open", "none", True), ("review", "none", False),
    ]  # fmt: skip


def test_file_and_line_stand_below_the_root_of_the_repository() -> None:
    (one,) = run_of(at(12))["results"]
    (location,) = one["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "force-app/main/profiles/Sales%20%C3%9Cnit.profile", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12},
    }  # fmt: skip
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "files/profile/Sales"
    (whole,) = run_of(at(None))["results"]
    assert "region" not in whole["locations"][0]["physicalLocation"]


def test_a_moved_line_changes_no_fingerprint() -> None:
    first, second = (run_of(at(line))["results"][0]["partialFingerprints"] for line in (12, 99))
    assert first == second
    assert first["sfharden/v1"] == at(1).results[0].fingerprint


def test_of_an_org_and_of_a_zip_only_the_logical_place_is_told() -> None:
    given = at(12)
    org = given.source.model_copy(update={"kind": "org", "org_id": "00Dxx00000001DzEAI"})
    for one in (given.model_copy(update={"source": org}), given.model_copy(update={"folder": None})):
        (location,) = run_of(one)["results"][0]["locations"]
        assert set(location) == {"logicalLocations"}
    name = run_of(given.model_copy(update={"source": org}))["results"][0]["locations"][0]
    assert name["logicalLocations"][0]["fullyQualifiedName"] == "00Dxx00000001DzEAI/profile/Sales"


def test_a_rule_helps_and_is_as_severe_as_its_worst_result() -> None:
    given = at(1, Severity.CRITICAL)
    one = given.results[0].model_copy(
        update={"remediation": "Do so.", "references": ("SBS-1", "https://help.example/x")}
    )
    (rule,) = run_of(given.model_copy(update={"results": (one,)}))["tool"]["driver"]["rules"]
    assert rule["help"]["text"] == "How to mend it: Do so. References: SBS-1; https://help.example/x"
    assert rule["helpUri"] == "https://help.example/x"
    assert float(rule["properties"]["security-severity"]) > 9
    assert rule["defaultConfiguration"]["level"] == "error"


def test_gaps_are_told_of_the_run() -> None:
    notes = run_of(every_state())["invocations"][0]["toolExecutionNotifications"]
    assert [one["message"]["text"] for one in notes] == ["Not read: g: r"]


def test_what_the_baseline_has_is_left_out_and_the_rest_is_new() -> None:
    run = run_of(every_state())
    assert {one["baselineState"] for one in run["results"]} == {"new"}
    assert run["properties"]["counts"]["known"] == 1
    assert len(run["properties"]["fixed"]) == 1


def test_of_what_the_baseline_has_only_an_unknown_is_listed_again() -> None:
    given = report(named(Status.UNKNOWN, "U"), named(Status.MANUAL, "M"), named(Status.FAIL, "F"))
    (one,) = run_of(since(given, given))["results"]
    assert (one["kind"], one["baselineState"]) == ("open", "unchanged")


def test_no_name_is_a_link_or_a_placeholder() -> None:
    assert plain("[a](b) {0} \\") == "\\[a\\](b) {{0}} \\\\"
    run_of(hostile_report())
