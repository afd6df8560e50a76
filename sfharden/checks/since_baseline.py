"""A report held against an earlier one: which findings were there, and what became of those that aren't any more."""

from collections.abc import Iterable
from typing import Final

from sfharden.model.results import EarlierReport, Report, Result, ResultState, Settled, Status

_FOUND: Final = (ResultState.FAIL, ResultState.KNOWN)


def since(report: Report, earlier: Report) -> Report:
    """The report, with what the earlier one had marked as known, by fingerprint.

    Only a finding makes one known: what was waived or unknown then is new now. So is what got more severe. What was not
    read, or not judged, is not fixed. An unknown that was one before is marked too, and goes on counting.
    """
    had = {one.fingerprint: one for one in earlier.results if one.state in _FOUND}
    same = {(one.fingerprint, one.state) for one in earlier.results}
    results = tuple(
        one.model_copy(update={"known": _is_known(one, had.get(one.fingerprint), same)})
        for one in report.results
    )
    baseline = EarlierReport(
        generated_at=earlier.generated_at,
        source=earlier.source,
        settled=tuple(_settled(had.values(), results)),
    )
    marked = report.model_copy(update={"results": results, "baseline": baseline})
    return marked.model_copy(
        update={"summary": marked.counted, "warnings": (*report.warnings, *_strange(report, earlier))}
    )


def among(earlier: Report, controls: Iterable[str]) -> Report:
    """What an earlier report says of these controls, of no integration: the rest is none of a judgement of them alone."""
    asked = frozenset(controls)
    kept = tuple(one for one in earlier.results if one.control in asked and one.integration is None)
    return earlier.model_copy(update={"results": kept})


def _is_known(one: Result, before: Result | None, same: set[tuple[str, ResultState]]) -> bool:
    if one.status is Status.FAIL and not one.waived:
        return before is not None and one.severity.rank <= before.severity.rank
    return (one.fingerprint, one.state) in same


def _settled(had: Iterable[Result], results: Iterable[Result]) -> Iterable[Settled]:
    now = {one.fingerprint: one for one in results}
    for one in had:
        found = now.get(one.fingerprint)
        if found is None or found.state not in _FOUND:
            yield Settled(
                control=one.control,
                subject=one.subject,
                severity=one.severity,
                integration=one.integration,
                fingerprint=one.fingerprint,
                now=found.state.value if found else "not judged",
            )


def _strange(report: Report, earlier: Report) -> Iterable[str]:
    """What may make the two no two views of one thing."""
    mine, other = report.source.org_id, earlier.source.org_id
    if mine and other and mine != other:
        yield f"The baseline is of another org: {other}, not {mine}."
    if set(earlier.policies) - set(report.policies):
        yield f"The baseline was judged by other policies: {', '.join(earlier.policies)}."
