"""What may be done at the Azure end of an integration, as rows of the matrix: by the verdicts of the Azure controls.

A change of the org changes none of them. The rows stand only where Azure was read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from sfharden.access.facts import Decision, Flow, Outcome, Reason
from sfharden.checks.evaluate import evaluate
from sfharden.checks.policy import AZURE_POLICY, Policy, load_policy
from sfharden.model.base import EARLIEST
from sfharden.model.integration import Integration
from sfharden.model.results import Result, Status
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.rows import Case, Row, Wish, row_of

_READERS: Final = "logic-app-content-readers"
_SECURED: Final = "secure-inputs-outputs"


@dataclass(frozen=True, slots=True)
class _AzureWay:
    """A row: what is feared, who does it, and the controls of which each must hold."""

    id: str
    title: str
    who: str
    source: str
    given: str
    controls: tuple[str, ...]


_WAYS: Final = (
    _AzureWay(
        "azure-redirected",
        "A contributor of the group takes the connection over",
        "somebody with rights at",
        "within Azure",
        "Who may write the connection or a workflow beside it can use its token for something else.",
        ("azure-rights-least",),
    ),
    _AzureWay(
        "azure-runs-read",
        "A reader of runs reads what flowed",
        "a reader of",
        "within Azure",
        "Inputs and outputs of runs can be read by every Reader, unless ranges or secure data keep them back.",
        (_READERS, _SECURED),
    ),
    _AzureWay(
        "azure-trigger-called",
        "A stranger calls the trigger",
        "whoever has the address of",
        "the internet",
        "Signed addresses of triggers get into logs, mails and histories.",
        ("logic-app-trigger-callers",),
    ),
    _AzureWay(
        "azure-neighbour",
        "Another workflow of the group uses the connection",
        "a workflow beside",
        "the resource group",
        "A connection can be used by whatever workflow its group holds, and by whom its access policies name.",
        ("logic-app-group-isolated", "connection-access-policies"),
    ),
)
ELSEWHERE: Final = "A package for the org changes nothing there; `sfharden plan --azure` plans what does."
AZURE_ROWS: Final = tuple(one.id for one in _WAYS)
_OUTCOMES: Final = {
    Status.FAIL: Outcome.ALLOWED,
    Status.PASS: Outcome.REFUSED,
    Status.NOT_APPLICABLE: Outcome.REFUSED,
    Status.UNKNOWN: Outcome.CANNOT_TELL,
    Status.MANUAL: Outcome.CANNOT_TELL,
}


def azure_rows(snapshot: Snapshot, integration: Integration) -> tuple[Row, ...]:
    """The rows of one integration; none where Azure was not read."""
    if snapshot.azure is None:
        return ()
    found = _results(snapshot, integration)
    return tuple(
        row_of(way.id, way.title, Wish.KEEP_OUT, f"{way.given} {ELSEWHERE}", tuple(_cases(way, found)))
        for way in _WAYS
    )


def _results(snapshot: Snapshot, integration: Integration) -> tuple[Result, ...]:
    """What `check` says of these controls; none of them asks what time it is."""
    alone = snapshot.model_copy(update={"org": None, "components": (), "gaps": (), "files": None})
    when = snapshot.azure.taken_at if snapshot.azure else None
    return evaluate(alone, [_policy()], [integration], (), when or EARLIEST, "").results


@cache
def _policy() -> Policy:
    """The shipped policy, with the controls of the rows alone."""
    wanted = {name for way in _WAYS for name in way.controls}
    policy = load_policy(AZURE_POLICY)
    return policy.model_copy(update={"controls": tuple(one for one in policy.controls if one.id in wanted)})


def _cases(way: _AzureWay, found: Iterable[Result]) -> Iterator[Case]:
    by_subject: dict[str, list[Result]] = {}
    for result in found:
        if result.control in way.controls:
            by_subject.setdefault(result.subject.name, []).append(result)
    for name, results in by_subject.items():
        decision = _read(results) if _READERS in way.controls else _each(results)
        yield Case(f"{way.who} {name}", way.source, Flow.API_CALL, decision)


def _each(results: list[Result]) -> Decision:
    """Shut only where every control holds; open where one doesn't."""
    outcomes = {_OUTCOMES[one.status] for one in results}
    outcome = next(one for one in (Outcome.ALLOWED, Outcome.CANNOT_TELL, Outcome.REFUSED) if one in outcomes)
    return _decision(outcome, results)


def _read(results: list[Result]) -> Decision:
    """Secured data is kept back from every reader; ranges keep it back only from those who are elsewhere."""
    secured = next((_OUTCOMES[one.status] for one in results if one.control == _SECURED), Outcome.CANNOT_TELL)
    return _decision(secured, results)


def _decision(outcome: Outcome, results: list[Result]) -> Decision:
    """The results as reasons, those that decide first."""
    reasons = [
        Reason(one.message, f"policy {AZURE_POLICY}, {one.control}", _OUTCOMES[one.status]) for one in results
    ]
    reasons.sort(key=lambda one: one.outcome is not outcome)
    return Decision(outcome, tuple(reasons))
