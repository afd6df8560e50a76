"""Secure inputs and outputs: what steps were given and gave isn't kept readable in the run history (reference §1.8)."""

from collections.abc import Iterator

from sfharden.azure.calls import Certainty, calls_of
from sfharden.azure.flow_code import FlowCode
from sfharden.azure.secure_data import Needed, is_harmless, needed
from sfharden.checks.azure.common import azure_check
from sfharden.checks.azure.each_flow import judge_flows
from sfharden.checks.common import Context, NoParameters, Verdict, failed, not_applicable, passed
from sfharden.facts.values import CannotTell
from sfharden.model.results import Evidence, Subject
from sfharden.text.wording import count


def judge_secure_data(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """Each step that calls Salesforce, reads a secret or is given one secures its inputs and outputs."""
    side = context.azure
    harmless = side.entry.harmless_steps
    yield from judge_flows(side, lambda code, subject: _judge(code, subject, harmless))


def _judge(code: FlowCode, subject: Subject, harmless: tuple[str, ...]) -> Verdict:
    listed = [one for one in needed(code) if one.sides]
    wanted = [one for one in listed if not is_harmless(one.step, harmless)]
    evidence, reasons = list[Evidence](), list[CannotTell]()
    for one in wanted:
        try:
            missing = one.missing
        except CannotTell as reason:
            reasons.append(CannotTell(reason.reason, code.where(one.step.pointer)))
            continue
        if missing and one.is_sure:
            evidence.append(_evidence(code, one, missing))
        elif missing:
            reasons.append(CannotTell(f"of step '{one.step.path}' {one.why}", code.where(one.step.pointer)))
    if evidence:
        steps = len({one.source for one in evidence})
        return failed(
            subject,
            f"{count(steps, 'step')} keep{'s' * (steps == 1)} data readable in the run history.",
            *evidence,
        )
    if reasons:
        raise reasons[0]
    if not listed:
        _require_own_work(code, harmless)
        return not_applicable(
            subject, f"None of its {count(len(code.steps), 'step')} calls Salesforce or reads a secret."
        )
    return _passed(code, subject, wanted, len(listed) - len(wanted))


def _require_own_work(code: FlowCode, harmless: tuple[str, ...]) -> None:
    """Raise CannotTell where a step has work done by what isn't in the code, unless it's named as harmless."""
    others = {one.step for one in calls_of(code.workflow) if one.certainty is Certainty.PASSED_ON}
    for step in code.steps:
        if step.path in others and not is_harmless(step, harmless):
            said = f"whether what step '{step.path}' passes work on to calls Salesforce isn't told"
            raise CannotTell(said, code.where(step.pointer))


def _evidence(code: FlowCode, one: Needed, missing: tuple[str, ...]) -> Evidence:
    return Evidence(
        what=f"secureData of '{one.step.path}'",
        observed=f"{' and '.join(missing)} not secured",
        expected=f"{' and '.join(sorted(one.sides))}: {one.why}",
        source=code.where(one.step.pointer),
    )


def _passed(code: FlowCode, subject: Subject, wanted: list[Needed], left_out: int) -> Verdict:
    found = [
        Evidence(
            what=f"secureData of '{one.step.path}'",
            observed=" and ".join(sorted(one.sides)),
            expected=one.why,
            source=code.where(one.step.pointer),
        )
        for one in wanted
    ]
    spared = f" {count(left_out, 'step')} named as harmless (harmless_steps)." if left_out else ""
    return passed(subject, f"Each step that must secure its data does.{spared}", *found)


CHECKS = {"azure_secure_data": azure_check(NoParameters, judge_secure_data)}
