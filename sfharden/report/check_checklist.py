"""The published checklist step by step, in its order: done, not done, not known; each with the controls it rests on.

A step is done only where every control of it was judged and none is failed or unknown. What a policy leaves out is not
judged, and what wasn't read is not known: neither is ever done. The Azure side takes its verdicts from its controls where a
report has any of Azure resources, and says else that it was not read.
"""

from collections.abc import Iterable, Mapping
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

AZURE_STEPS: Final = (
    ChecklistStep("Logic Apps share a resource group only if they trust each other", ("logic-app-group-isolated",)),
    ChecklistStep("The connection has the least rights in Salesforce that it needs", ("connector-least-privilege",)),
    ChecklistStep("People have the least rights in Azure that they need", ("azure-rights-least",)),
    ChecklistStep("Only named addresses may call the Logic App's triggers", ("logic-app-trigger-callers",)),
    ChecklistStep("Only named addresses may read what its runs took in and gave out", ("logic-app-content-readers",)),
    ChecklistStep("No secret stands in plain text", ("logic-app-no-plaintext-secrets",)),
    ChecklistStep("Its access keys are changed regularly", ("logic-app-keys-rotated",)),
    ChecklistStep("Its logs are kept for long enough", ("logic-app-diagnostics-kept",)),
    ChecklistStep("Its code is kept elsewhere, too", ("logic-app-code-backup",)),
    ChecklistStep("Connectors sign in by Entra ID where they can", ("connectors-use-entra",)),
    ChecklistStep("Connectors encrypt what they send", ("connectors-encrypt-transit",)),
    ChecklistStep("Changes of the connection are recorded", ("connection-changes-recorded",)),
    ChecklistStep("Runs hide what their steps take in and give out", ("secure-inputs-outputs",)),
    ChecklistStep("Access to its storage is logged", ("storage-access-logged",)),
)  # fmt: skip
_AZURE: Final = "azure-"  # what the kind of each subject on that side begins with


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
    """The steps of one integration, on either side; `azure_unread` where nothing on the other one was judged."""

    integration: str
    steps: tuple[StepState, ...]
    azure: tuple[StepState, ...] = ()
    azure_unread: bool = True


NOT_JUDGED: Final = "not judged"
NOT_READ: Final = "not read"
# The worst first: one line of it decides the step.
_WORDS: Final = (
    ("not done", "no"),
    ("not known", "unknown"),
    (NOT_READ, "unknown"),
    (NOT_JUDGED, "unknown"),
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
    unread = azure_unread(report)
    return tuple(
        Checklist(
            name,
            tuple(_step(step, report, name, anchors) for step in STEPS),
            tuple(_step(step, report, name, anchors, unread=name in unread) for step in AZURE_STEPS),
            name in unread,
        )
        for name in report.integrations
    )


def azure_unread(report: Report) -> tuple[str, ...]:
    """The integrations of which nothing on the Azure side passed or failed: what isn't known, or doesn't apply, shows no look at it."""
    judged = {one.integration or "" for one in report.results if _tells_of_azure(one)}
    return tuple(one for one in report.integrations if not judged & {one, ""})


def _tells_of_azure(one: Result) -> bool:
    return one.subject.kind.startswith(_AZURE) and one.status in (Status.PASS, Status.FAIL)


def _step(
    step: ChecklistStep, report: Report, integration: str, anchors: Anchors, *, unread: bool = False
) -> StepState:
    lines = tuple(
        _of_control(control, report, integration, anchors) or _without_result(control, unread)
        for control in step.controls
    )
    word = min((line.word for line in lines), key=_RANK.__getitem__)
    return StepState(step.title, word, _TONES[word], lines)


def _of_control(control: str, report: Report, integration: str, anchors: Anchors) -> StepLine | None:
    """The worst result of a control for the integration, or for the org where it's asked of that."""
    for of in (integration, ""):
        found = [one for one in report.results if one.control == control and (one.integration or "") == of]
        if found:
            return _line(found, anchors.get((of, control), ""))
    return None


def _without_result(control: str, unread: bool) -> StepLine:
    """Nothing was judged, which is never good news."""
    if unread:
        return StepLine(control, NOT_READ, _TONES[NOT_READ], "Nothing of the Azure side was read.")
    return StepLine(control, NOT_JUDGED, _TONES[NOT_JUDGED], "No policy of this report asks for it.")


def _line(found: Iterable[Result], anchor: str) -> StepLine:
    worst = min(found, key=lambda one: _RANK[_word(one)])
    word = _word(worst)
    return StepLine(worst.control, word, _TONES[word], worst.message, anchor)


def _word(one: Result) -> str:
    return "accepted by waiver" if one.waived else _OF_STATUS[one.status]
