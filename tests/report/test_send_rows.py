"""Each result of a report is a row, whatever its state; each column is declared and none is reserved."""

import json
import re
from uuid import UUID

from sfharden.emulator.ingestion import RESERVED
from sfharden.model.results import Evidence, Status, Subject
from sfharden.report.send_rows import COLUMNS, RESULT, RUN, rows_of, run_id, run_verdict
from tests.report.forms_kit import every_state, hostile_report, named
from tests.report.test_check_table import report, result

VERDICTS = {"pass", "fail", "unknown", "manual", "not_applicable", "waived"}


def test_one_row_a_result_and_one_for_the_run() -> None:
    given = every_state()
    run, *rows = rows_of(given)
    assert [row["RowKind"] for row in (run, *rows)] == [RUN, *[RESULT] * len(given.results)]
    assert {row["Verdict"] for row in rows} == VERDICTS
    assert run["Verdict"] == "fail"
    assert run["Counts"] == {**{state.value: many for state, many in given.states.items()}, "gaps": 1}


def test_every_row_has_every_column_and_nothing_else() -> None:
    kinds = {"string": str, "datetime": str, "dynamic": list | dict}
    for row in rows_of(hostile_report()):
        assert set(row) == set(COLUMNS)
        assert all(isinstance(value, kinds[COLUMNS[name]]) for name, value in row.items())


def test_no_column_has_a_name_that_the_service_keeps_for_itself() -> None:
    assert not set(COLUMNS) & RESERVED
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,44}", name) for name in COLUMNS)


def test_a_run_and_a_finding_keep_their_ids_and_no_two_have_one() -> None:
    given = report(*[named(Status.FAIL, "Twice")] * 2, named(Status.PASS, "Once"))
    rows = list(rows_of(given))
    assert rows == list(rows_of(given))
    assert len({row["FindingUid"] for row in rows}) == len(rows)
    assert UUID(run_id(given)) != UUID(
        run_id(given.model_copy(update={"generated_at": "2026-01-01T00:00:00Z"}))
    )


def test_the_verdict_before_is_told_where_an_earlier_report_has_it() -> None:
    before = report(named(Status.PASS, "A"), named(Status.UNKNOWN, "B"))
    now = report(named(Status.FAIL, "A"), named(Status.FAIL, "B"), named(Status.FAIL, "New"))
    assert [row["PreviousVerdict"] for row in rows_of(now, before)] == ["unknown", "pass", "unknown", ""]
    assert [row["PreviousVerdict"] for row in rows_of(now)] == [""] * 4


def test_a_run_with_anything_unknown_did_not_pass() -> None:
    assert run_verdict(report(named(Status.PASS, "A"))) == "pass"
    assert run_verdict(report(named(Status.PASS, "A"), named(Status.UNKNOWN, "B"))) == "unknown"


def test_no_token_gets_into_a_row() -> None:
    token = "00D000000000001!AQ0AQsecretsecretsecret"
    seen = Evidence(what=token, observed=token, expected=token, source=token)
    given = report(
        result(message=token, title=token, subject=Subject(kind="app", name=token), evidence=(seen,))
    )
    assert "secret" not in json.dumps(list(rows_of(given)))
