"""Each result of a report is a row, whatever its state; each column is declared and none is reserved."""

import json
import re
from uuid import UUID

from sfharden.emulator.ingestion import RESERVED
from sfharden.model.results import Evidence, Status, Subject
from sfharden.model.snapshot import Gap
from sfharden.report.send_rows import COLUMNS, RESULT, RUN, STREAM, TABLE, rows_of, run_id, run_verdict
from tests.report.forms_kit import every_state, hostile_report, named
from tests.report.test_check_table import report, result

VERDICTS = {"pass", "fail", "unknown", "manual", "not_applicable", "waived"}


def test_one_row_a_result_and_one_for_the_run() -> None:
    given = every_state()
    run, *rows = rows_of(given)
    assert [row["RowKind"] for row in (run, *rows)] == [RUN, *[RESULT] * len(given.results)]
    assert {row["Verdict"] for row in rows} == VERDICTS
    assert (RUN, RESULT) == ("run", "result")
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
    good = report(named(Status.PASS, "A", integration="crm-sync"))
    assert run_verdict(good) == "pass"
    assert run_verdict(report(named(Status.PASS, "A"), named(Status.UNKNOWN, "B"))) == "unknown"
    for nothing in (report(), report(named(Status.NOT_APPLICABLE, "A")), report(named(Status.PASS, "A"))):
        assert run_verdict(nothing) == "unknown"
    assert run_verdict(good.model_copy(update={"to_mend": ("the file",)})) == "unknown"


def test_no_token_gets_into_a_row() -> None:
    token = "00D000000000001!AQ0AQsecretsecretsecret"
    seen = Evidence(what=token, observed=token, expected=token, source=token)
    given = report(
        result(message=token, title=token, subject=Subject(kind="app", name=token), evidence=(seen,))
    )
    assert "secret" not in json.dumps(list(rows_of(given)))


def test_a_second_result_of_one_fingerprint_is_numbered() -> None:
    twice = named(Status.FAIL, "Twice")
    _, first, second, third = rows_of(report(twice, twice, twice))
    uid = twice.fingerprint
    assert [one["FindingUid"] for one in (first, second, third)] == [uid, f"{uid}-2", f"{uid}-3"]


def test_what_neither_fails_nor_is_unknown_has_no_severity() -> None:
    (_, own) = rows_of(report(named(Status.FAIL, "A", integration="crm")))
    assert own["Integration"] == "crm"
    rows = list(rows_of(report(*(named(status, status.value) for status in Status))))[1:]
    told = {row["Verdict"]: row["Severity"] for row in rows}
    assert told == {
        "fail": "high",
        "unknown": "high",
        **dict.fromkeys(("pass", "manual", "not_applicable"), "informational"),
    }


def test_what_is_not_known_is_empty() -> None:
    given = report(named(Status.PASS, "A"))
    given = given.model_copy(update={"source": given.source.model_copy(update={"org_id": None})})
    run, row = rows_of(given)
    assert (run["FindingUid"], run["ControlId"], run["Evidence"], run["OrgId"]) == ("run", "", [], "")
    assert (row["Integration"], row["OrgId"], row["Counts"], row["PreviousVerdict"]) == ("", "", [], "")


def test_a_finding_that_is_known_fails_all_the_same() -> None:
    known = named(Status.FAIL, "A").model_copy(update={"known": True})
    assert run_verdict(report(known)) == run_verdict(report(named(Status.FAIL, "A"))) == "fail"
    assert [row["Verdict"] for row in rows_of(report(known))] == ["fail", "fail"]
    assert run_verdict(report(gaps=(Gap(what="g", reason="r"),))) == "unknown"


def test_the_stream_is_the_one_that_the_template_makes() -> None:
    assert (STREAM, TABLE) == ("Custom-SfhardenFindings", "SfhardenFindings_CL")
