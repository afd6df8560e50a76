"""May it be called hardened: one sentence, the same in every form."""

from sfharden.model.results import Report, Result, ResultState, Severity
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
    return f"{'HARDENED' if report.integrations else 'NOTHING FOUND'}. {controls}"


def colour_of(report: Report) -> str:
    """What the sentence is painted in where there are colours."""
    states = report.states
    if states[ResultState.FAIL]:
        return "red"
    return "yellow" if states[ResultState.UNKNOWN] or states[ResultState.KNOWN] else "green"


def _by_severity(report: Report) -> str:
    failed = [one for one in report.results if one.is_finding]
    numbers = {severity: sum(one.severity is severity for one in failed) for severity in reversed(Severity)}
    new = "new: " if report.baseline else ""
    return new + ", ".join(f"{number:,} {severity.value}" for severity, number in numbers.items() if number)


def _controls(report: Report) -> str:
    by_control: dict[tuple[str, str], list[Result]] = {}
    for one in report.results:
        by_control.setdefault((one.integration or "", one.control), []).append(one)
    bad = (ResultState.FAIL, ResultState.UNKNOWN, ResultState.KNOWN)
    good = sum(not any(one.state in bad for one in found) for found in by_control.values())
    return f"{good:,} of {count(len(by_control), 'control')} hold."
