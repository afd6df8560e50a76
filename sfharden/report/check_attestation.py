"""A report as a statement to be signed: what was judged, by what, and how it came out, with nothing left out that speaks against it."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any, Final

from sfharden.errors import Exit
from sfharden.files.digest import canonical_json, digest_of
from sfharden.model.attestation import (
    JUDGED,
    REPORT,
    STATEMENT,
    SUMMARY,
    AttestedInput,
    AttestedOutcome,
    AttestedSubject,
    Sha256,
    Statement,
    Summary,
    Verifier,
)
from sfharden.model.base import Model
from sfharden.model.results import Report, Result, Severity, Status
from sfharden.model.snapshot import Snapshot
from sfharden.report.check_verdict import result_of, verdict_of
from sfharden.report.json_text import render_json

_ROWS: Final = 1_000


def statement_of(
    report: Report,
    judged: Snapshot,
    inputs: Iterable[AttestedInput],
    fail_on: Severity,
    exit_code: Exit,
) -> Statement:
    """The statement on a report; its time is the report's own."""
    subjects = (
        AttestedSubject(name=REPORT, digest=Sha256(sha256=digest_of(render_json(report).encode()))),
        AttestedSubject(name=JUDGED, digest=Sha256(sha256=judged_digest(judged))),
    )
    summary = Summary(
        verifier=Verifier(id=report.tool.name, version={report.tool.name: report.tool.version}),
        time_verified=report.generated_at,
        as_of=report.as_of,
        source=report.source,
        azure=report.azure,
        org_name=report.org_name,
        is_sandbox=report.is_sandbox,
        policies=report.policies,
        integrations=report.integrations,
        inputs=tuple(inputs),
        verification_result=result_of(report),
        verdict=verdict_of(report),
        fail_on=fail_on,
        exit_code=exit_code,
        counts={state.value: number for state, number in report.states.items()},
        controls=tuple(map(_outcome, report.results)),
        gaps=report.gaps,
        warnings=report.warnings,
        to_mend=report.to_mend,
        baseline_of=report.baseline.generated_at if report.baseline else None,
    )
    return Statement(type_=STATEMENT, subject=subjects, predicate_type=SUMMARY, predicate=summary)


def judged_digest(snapshot: Snapshot) -> str:
    """The SHA-256 of what was judged, as canonical JSON."""
    found = sha256()
    for piece in pieces(snapshot):
        found.update(piece)
    return found.hexdigest()


def pieces(model: Model, rows: int = _ROWS) -> Iterator[bytes]:
    """A model as canonical JSON, so many rows of a list at a time: as one text, a large org would be there three times."""
    before = b"{"
    fields = type(model).model_fields.items()
    for key, name in sorted((field.alias or name, name) for name, field in fields if not field.exclude):
        yield before + canonical_json(key) + b":"
        before = b","
        value = getattr(model, name)
        yield from (
            pieces(value, rows) if isinstance(value, Model) else _values(model, name, key, value, rows)
        )
    yield b"{}" if before == b"{" else b"}"


def _values(model: Model, name: str, key: str, value: Any, rows: int) -> Iterator[bytes]:
    if not isinstance(value, tuple) or len(value) <= rows:
        yield canonical_json(model.model_dump(mode="json", by_alias=True, include={name})[key])
        return
    for start in range(0, len(value), rows):
        part = model.model_copy(update={name: value[start : start + rows]})
        listed = canonical_json(part.model_dump(mode="json", by_alias=True, include={name})[key])
        yield (b"," if start else b"[") + listed[1:-1]
    yield b"]"


def statement_bytes(statement: Statement) -> bytes:
    """The statement as canonical JSON: the same statement has the same bytes, and so the same signature."""
    return canonical_json(statement.model_dump(mode="json", by_alias=True))


def _outcome(result: Result) -> AttestedOutcome:
    return AttestedOutcome(
        control=result.control,
        subject=result.subject,
        integration=result.integration,
        status=result.status,
        severity=result.severity,
        known=result.known,
        waived=result.waived,
        why=result.message if result.status is Status.UNKNOWN else None,
        fingerprint=result.fingerprint,
    )
