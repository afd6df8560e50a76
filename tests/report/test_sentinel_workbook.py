"""The workbook: in the shape that its editor takes, and with queries that answer."""

import re

from sfharden.report.send_rows import COLUMNS
from sfharden.report.sentinel_workbook import QUERIES, SCHEMA, workbook
from tests.kql.kit import NOW, asked, complaints

TABLES = {"SfhardenFindings_CL": COLUMNS}
KINDS = {1: {"json"}, 3: {"version", "query", "size", "title", "queryType", "resourceType", "visualization"}, 9: {"version", "parameters"}}  # fmt: skip


def filled(query: str) -> str:
    """The query as the workbook asks it, with its time filled in."""
    return query.replace("{When}", "> ago(30d)")


def test_it_has_the_shape_of_a_workbook() -> None:
    made = workbook()
    assert (made["version"], made["$schema"]) == ("Notebook/1.0", SCHEMA)
    assert {one["type"] for one in made["items"]} == set(KINDS)
    assert all(KINDS[one["type"]] <= set(one["content"]) for one in made["items"])
    assert len({one["name"] for one in made["items"]}) == len(made["items"])
    parameters = {one["name"] for item in made["items"] for one in item["content"].get("parameters", ())}
    assert {name for _, _, query in QUERIES for name in re.findall(r"\{(\w+)\}", query)} == parameters


def test_the_language_service_has_nothing_against_its_queries() -> None:
    assert complaints([filled(query) for _, _, query in QUERIES], TABLES) == [[]] * len(QUERIES)


def test_only_the_newest_run_is_counted_and_doubles_once() -> None:
    old, new = (
        {"TimeGenerated": NOW.replace(day=day), "OrgId": "00D", "RunId": f"r{day}", "RowKind": "result", "FindingUid": "f"}
        for day in (1, 20)
    )  # fmt: skip
    rows = [
        {**old, "RowKind": "run", "FindingUid": "run"}, {**old, "Verdict": "fail", "ControlId": "a"},
        {**new, "RowKind": "run", "FindingUid": "run"}, {**new, "Verdict": "pass"}, {**new, "Verdict": "pass"},
        {**new, "FindingUid": "g", "Verdict": "fail", "ControlId": "b"},
    ]  # fmt: skip
    by_title = {
        title: asked(filled(query), TABLES, {"SfhardenFindings_CL": rows}) for title, _, query in QUERIES
    }
    assert sorted((one["Verdict"], one["Results"]) for one in by_title["The newest run of each org"]) == [
        ("fail", 1),
        ("pass", 1),
    ]
    assert [one["ControlId"] for one in by_title["What fails"]] == ["b"]
    assert by_title["What could not be told"] == []
    assert [one["Runs"] for one in by_title["When it was run last"]] == [2]
