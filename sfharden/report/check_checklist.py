"""The published checklist step by step, in its order: done, not done, not known; each with the controls it rests on.

A step is done only where every control of it was judged and none is failed or unknown. What a policy leaves out is not
judged, and what wasn't read is not known: neither is ever done.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sfharden.model.results import Report, Result, Status

Anchors = Mapping[tuple[str, str], str]  # by integration (or empty) and control, where the page says more


@dataclass(frozen=True, slots=True)
class ChecklistStep:
    """What the checklist asks for, and the controls that tell whether it's so."""

    title: str
    controls: tuple[str, ...]


STEPS: Final = (
    ChecklistStep(
        "The integration has a profile of its own, with the least it needs",
        ("integration-profile-dedicated", "integration-profile-least-privilege"),
    ),
    ChecklistStep(
        "The profile is bound to addresses: all that it calls from, the operator's, and no others",
        ("login-ranges-cover-egress", "login-ranges-keep-operator-way-in", "login-ranges-bounded"),
    ),
    ChecklistStep(
        "The app is limited to users whom an admin approved",
        ("app-admin-approved", "app-limited-to-integration-profile"),
    ),
    ChecklistStep("The app enforces IP restrictions", ("app-ip-enforced",)),
    ChecklistStep("The app's allowlist binds its refresh tokens to addresses", ("app-token-allowlist",)),
    ChecklistStep(
        "Addresses are looked at on every request",
        ("ip-enforced-on-every-request", "session-not-locked-to-ip"),
    ),
    ChecklistStep(
        "Tokens from before were revoked",
        ("tokens-issued-after-hardening", "tokens-held-by-integration-users", "tokens-fresh"),
    ),
    ChecklistStep(
        "Both outcomes were tested: refused from elsewhere, let in from where it calls",
        ("failure-and-success-observed", "login-outside-ranges-absent"),
    ),
)


@dataclass(frozen=True, slots=True)
class StepLine:
    """One control of a step: how it came out in one word, what was said, and where the page says more."""

    control: str
    word: str
    tone: str
    message: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class StepState:
    """A step with its state."""

    title: str
    word: str
    tone: str
    lines: tuple[StepLine, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """The steps of one integration."""

    integration: str
    steps: tuple[StepState, ...]


# The worst first: one line of it decides the step.
_WORDS: Final = (
    ("not done", "no"),
    ("not known", "unknown"),
    ("not judged", "unknown"),
    ("look yourself", "unknown"),
    ("accepted by waiver", "unknown"),
    ("done", "done"),
    ("does not apply", "plain"),
)
_OF_STATUS: Final = {
    Status.FAIL: "not done",
    Status.UNKNOWN: "not known",
    Status.MANUAL: "look yourself",
    Status.PASS: "done",
    Status.NOT_APPLICABLE: "does not apply",
}
_TONES: Final = dict(_WORDS)
_RANK: Final = {word: rank for rank, (word, _) in enumerate(_WORDS)}


def checklists_of(report: Report, anchors: Anchors) -> tuple[Checklist, ...]:
    """One for each integration of the report."""
    return tuple(
        Checklist(name, tuple(_step(step, report, name, anchors) for step in STEPS))
        for name in report.integrations
    )


def _step(step: ChecklistStep, report: Report, integration: str, anchors: Anchors) -> StepState:
    lines = tuple(line for control in step.controls for line in _lines(control, report, integration, anchors))
    word = min((line.word for line in lines), key=_RANK.__getitem__)
    return StepState(step.title, word, _TONES[word], lines)


def _lines(control: str, report: Report, integration: str, anchors: Anchors) -> Iterator[StepLine]:
    """The worst result of a control for the integration, and for the org where it's asked of that."""
    for of in (integration, ""):
        found = [one for one in report.results if one.control == control and (one.integration or "") == of]
        if found:
            yield _line(found, anchors.get((of, control), ""))
            return
    yield StepLine(control, "not judged", "unknown", "No policy of this report asks for it.")


def _line(found: Iterable[Result], anchor: str) -> StepLine:
    worst = min(found, key=lambda one: _RANK[_word(one)])
    word = _word(worst)
    return StepLine(worst.control, word, _TONES[word], worst.message, anchor)


def _word(one: Result) -> str:
    return "accepted by waiver" if one.waived else _OF_STATUS[one.status]
