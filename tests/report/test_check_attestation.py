"""The statement on a report: nothing that speaks against it is left out, and it's the same for the same report."""

import json

import pytest

from sfharden.errors import Exit
from sfharden.files.digest import canonical_json, digest_of
from sfharden.model.attestation import JUDGED, REPORT, AttestedInput, Statement
from sfharden.model.results import Report, Result, ResultState, Severity, Status
from sfharden.model.snapshot import KeptFile, Snapshot, Source, Tool
from sfharden.report.check_attestation import judged_digest, pieces, statement_bytes, statement_of
from sfharden.report.check_verdict import result_of
from sfharden.report.json_text import render_json
from tests.orgs import azure_side, files, served
from tests.report.forms_kit import WAIVED, every_state, hostile_report, named, report

SNAPSHOT = Snapshot(tool=Tool(version="1"), source=Source(kind="files", name="x"))


def said(of: Report) -> Statement:
    inputs = (AttestedInput(role="egress", name="x", digest=None),)
    return statement_of(of, SNAPSHOT, inputs, Severity.LOW, Exit.FINDINGS)


def test_every_state_is_counted_and_every_result_is_there() -> None:
    of = every_state()
    summary = said(of).predicate
    assert summary.counts == {state.value: number for state, number in of.states.items()}
    assert len(summary.controls) == len(of.results)
    assert [one.why for one in summary.controls if one.status is not Status.UNKNOWN] == [None] * 7
    assert all(one.why for one in summary.controls if one.status is Status.UNKNOWN)
    assert sum(one.waived is not None for one in summary.controls) == of.states[ResultState.WAIVED]
    assert summary.gaps == of.gaps
    assert summary.baseline_of


@pytest.mark.parametrize("of", [every_state(), hostile_report()])
def test_a_statement_is_read_back_from_its_bytes(of: Report) -> None:
    found = statement_bytes(said(of))
    assert found.isascii()
    assert statement_bytes(Statement.model_validate(json.loads(found))) == found
    assert said(of).digest_of(REPORT) == digest_of(render_json(of).encode())
    assert said(of).digest_of(JUDGED) == digest_of(
        canonical_json(SNAPSHOT.model_dump(mode="json", by_alias=True))
    )


def test_what_was_judged_has_another_digest_with_any_change() -> None:
    assert judged_digest(SNAPSHOT) != judged_digest(SNAPSHOT.model_copy(update={"tool": Tool(version="2")}))


@pytest.mark.parametrize("rows", [1, 2, 3, 1_000])
def test_pieces_are_the_whole(rows: int) -> None:
    live = served.healthy()
    azure = azure_side.snapshot(azure_side.workflow(), azure_side.connection(), azure_side.site())
    both = live.model_copy(update={"azure": azure, "files": (KeptFile(path="x", text="y"),) * 3})
    for one in (SNAPSHOT, files.snapshot_of(files.HEALTHY), live, both):
        assert b"".join(pieces(one, rows)) == canonical_json(one.model_dump(mode="json", by_alias=True))


def test_passed_needs_all_that_the_verdict_needs() -> None:
    good = named(Status.PASS, "A")

    def told(*results: Result, to_mend: tuple[str, ...] = (), integrations: tuple[str, ...] = ()) -> str:
        update = {"to_mend": to_mend, "integrations": integrations}
        return result_of(report(*results).model_copy(update=update))

    assert told(good) == "PASSED"
    assert told(good, named(Status.FAIL, "B", waived=WAIVED)) == "PASSED"
    assert told(good, named(Status.UNKNOWN, "B")) == "UNKNOWN"
    assert told() == "UNKNOWN"
    assert told(named(Status.NOT_APPLICABLE, "A")) == "UNKNOWN"
    assert told(good, to_mend=("x",)) == "UNKNOWN"
    assert told(good, integrations=("nothing passed for it",)) == "UNKNOWN"
    assert told(good, named(Status.FAIL, "B")) == "FAILED"
    assert told(good, named(Status.FAIL, "B", known=True)) == "FAILED"
