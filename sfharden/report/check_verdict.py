"""May it be called hardened: one sentence, the same in every form."""

from typing import Literal

from sfharden.model.results import Report, ResultState, Severity, Status
from sfharden.text.wording import count


def verdict_of(report: Report) -> str:
    """With what speaks against it, by severity. What the baseline has is not passed: then nothing is called hardened."""
    states = report.states
    failed, open_, known = states[ResultState.FAIL], states[ResultState.UNKNOWN], states[ResultState.KNOWN]
    controls = _controls(report)
    if failed:
        text = f"{'NOT HARDENED' if report.integrations else 'FINDINGS'}: {_by_severity(report)}"
        text += f"; {known:,} known since the baseline" if known else ""
        return f"{text}; {open_:,} unknown. {controls}" if open_ else f"{text}. {controls}"
    if known:
        text = f"NOTHING NEW, and {count(known, 'finding')} known since the baseline"
        return f"{text}; {open_:,} unknown. {controls}" if open_ else f"{text}. {controls}"
    if open_:
        return f"NOT KNOWN: {open_:,} unknown, and what is not read is not passed. {controls}"
    if report.to_mend:
        return f"NOT KNOWN: the integration file must be mended first. {controls}"
    if unjudged := bare(report):
        return f"NOT KNOWN: nothing passed for {unjudged}, and what is not judged is not passed. {controls}"
    return f"{'HARDENED' if report.integrations else 'NOTHING FOUND'}. {controls}"


def result_of(report: Report) -> Literal["PASSED", "FAILED", "UNKNOWN"]:
    """In one word what the verdict says in a sentence. What the baseline knows has failed all the same."""
    states = report.states
    if states[ResultState.FAIL] or states[ResultState.KNOWN]:
        return "FAILED"
    if states[ResultState.UNKNOWN] or report.to_mend or bare(report):
        return "UNKNOWN"
    return "PASSED"


def colour_of(report: Report) -> str:
    """What the sentence is painted in where there are colours."""
    states = report.states
    if states[ResultState.FAIL]:
        return "red"
    if states[ResultState.UNKNOWN] or states[ResultState.KNOWN] or report.to_mend or bare(report):
        return "yellow"
    return "green"


def _by_severity(report: Report) -> str:
    failed = [one for one in report.results if one.is_finding]
    numbers = {severity: sum(one.severity is severity for one in failed) for severity in reversed(Severity)}
    new = "new: " if report.baseline else ""
    return new + ", ".join(f"{number:,} {severity.value}" for severity, number in numbers.items() if number)


def passing(report: Report) -> tuple[int, int]:
    """How many controls pass, of how many that apply; a control counts once for each integration.

    One passes if something of it does, and nothing of it fails, is unknown, is waived or is left to a person.
    """
    by_control: dict[tuple[str, str], set[ResultState]] = {}
    for one in report.results:
        by_control.setdefault((one.integration or "", one.control), set()).add(one.state)
    apply = [states - {ResultState.NOT_APPLICABLE} for states in by_control.values()]
    return sum(states == {ResultState.PASS} for states in apply), sum(bool(states) for states in apply)


def _controls(report: Report) -> str:
    good, every = passing(report)
    return f"{good:,} of {count(every, 'control')} that apply {'passes' if good == 1 else 'pass'}."


def bare(report: Report) -> str:
    """What nothing at all was seen to hold for."""
    passed = {one.integration for one in report.results if one.status is Status.PASS}
    if not report.integrations:
        return "" if passed else "the org"
    return ", ".join(name for name in report.integrations if name not in passed)
