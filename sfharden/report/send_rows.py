"""A report as rows of a table: one a result, passed ones too, and one for the run (reference, Azure controls §3.4).

Without the passed ones nobody could tell what was mended from what was not judged.
"""

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid5

from sfharden.model.results import Report, Result, Status
from sfharden.report.check_verdict import result_of
from sfharden.report.json_text import render_json
from sfharden.text.redact import safe_text, without_tokens
from sfharden.text.wording import count

TABLE: Final = "SfhardenFindings_CL"
STREAM: Final = "Custom-SfhardenFindings"
# Every column of the table, and its type there; none has a reserved name (reference §0.14).
COLUMNS: Final = {
    "TimeGenerated": "datetime",
    "RunId": "string",
    "FindingUid": "string",
    "RowKind": "string",
    "ControlId": "string",
    "ControlTitle": "string",
    "Verdict": "string",
    "PreviousVerdict": "string",
    "Severity": "string",
    "SubjectKind": "string",
    "Subject": "string",
    "OrgId": "string",
    "Integration": "string",
    "Message": "string",
    "Evidence": "dynamic",
    "Counts": "dynamic",
    "ToolVersion": "string",
}
RUN: Final = "run"
RESULT: Final = "result"
_NAMESPACE: Final = UUID("5a4f9a0e-6b1c-5f0e-9c5d-2f3f0f6f7f10")
_RUN_VERDICTS: Final = {"FAILED": "fail", "UNKNOWN": "unknown", "PASSED": "pass"}
_LONGEST: Final = 100_000  # characters; what is too long for a field is cut, with a mark, where it's sent

Row = dict[str, Any]


def run_id(report: Report) -> str:
    """The id of the run that a report tells of: the same each time that the same report is sent."""
    return str(uuid5(_NAMESPACE, sha256(render_json(report).encode()).hexdigest()))


def rows_of(report: Report, previous: Report | None = None) -> Iterator[Row]:
    """The run's row, then one a result in the report's order; `previous` is an earlier report of the same org."""
    same = _same(report)
    before = dict(_verdicts(previous)) if previous else {}
    yield {
        **same,
        "FindingUid": "run",
        "RowKind": RUN,
        "Verdict": run_verdict(report),
        "PreviousVerdict": run_verdict(previous) if previous else "",
        "Subject": _text(report.org_name),
        "SubjectKind": "org",
        "Message": f"{count(len(report.results), 'result')}, {count(len(report.gaps), 'gap')}",
        "Counts": {
            **{state.value: number for state, number in report.states.items()},
            "gaps": len(report.gaps),
        },
    }
    for uid, one in _named(report):
        yield {**same, **_result(one), "FindingUid": uid, "PreviousVerdict": before.get(uid, "")}


def run_verdict(report: Report) -> str:
    """How a whole report came out, as it's attested; with any gap none passed, since a row of a table tells no more."""
    told = _RUN_VERDICTS[result_of(report)]
    return "unknown" if told == "pass" and report.gaps else told


def verdict(one: Result) -> str:
    """The word for a result in the table. A finding that an earlier report has, too, still fails."""
    return "waived" if one.waived else one.status.value.replace("-", "_")


def _same(report: Report) -> Row:
    """What all rows of a run have."""
    empty: Row = {name: [] if kind == "dynamic" else "" for name, kind in COLUMNS.items()}
    return {
        **empty,
        "TimeGenerated": report.generated_at,
        "RunId": run_id(report),
        "OrgId": _text(report.source.org_id or ""),
        "ToolVersion": _text(report.tool.version),
    }


def _result(one: Result) -> Row:
    return {
        "RowKind": RESULT,
        "ControlId": one.control,
        "ControlTitle": _text(one.title),
        "Verdict": verdict(one),
        "Severity": one.severity.value if one.status in (Status.FAIL, Status.UNKNOWN) else "informational",
        "SubjectKind": one.subject.kind,
        "Subject": _text(one.subject.name),
        "Integration": _text(one.integration or ""),
        "Message": _text(one.message),
        "Evidence": [
            {name: _text(text) for name, text in part.model_dump(mode="json").items()}
            for part in one.evidence
        ],
    }


def _named(report: Report) -> Iterator[tuple[str, Result]]:
    """Each result with an id that it has from run to run, and no other of its run has."""
    met = Counter[str]()
    for one in report.results:
        met[one.fingerprint] += 1
        many = met[one.fingerprint]
        yield (one.fingerprint if many == 1 else f"{one.fingerprint}-{many}"), one


def _verdicts(report: Report) -> Iterator[tuple[str, str]]:
    for uid, one in _named(report):
        yield uid, verdict(one)


def _text(text: str) -> str:
    return safe_text(without_tokens(text), limit=_LONGEST)
