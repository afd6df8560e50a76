"""The controls that come out otherwise by a proposal, or by the steps that it leaves to people."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sfharden.model.results import Report, Result


@dataclass(frozen=True, slots=True)
class ControlChange:
    """A control that comes out otherwise; None where it's judged on one side only.

    `by_hand` is after the steps that are left to people; None also where there are none.
    """

    control: str
    subject: str
    before: Result | None
    after: Result | None
    by_hand: Result | None = None


def control_changes(before: Report, after: Report, by_hand: Report | None = None) -> Iterator[ControlChange]:
    """Results that differ in status; the same control and subject are told by their fingerprint."""
    reports = [before, after, *([by_hand] if by_hand else [])]
    found = [_by_fingerprint(one.results) for one in reports]
    for key in dict.fromkeys((*found[1], *found[0], *found[-1])):
        results = [one.get(key) for one in found]
        named = next(one for one in reversed(results) if one)
        if len(set(map(_state, results))) > 1:
            subject = f"{named.subject.kind} '{named.subject.name}'"
            yield ControlChange(named.control, subject, *results)


def _by_fingerprint(results: Iterable[Result]) -> dict[str, Result]:
    return {result.fingerprint: result for result in results}


def _state(result: Result | None) -> tuple[str, bool] | None:
    return (result.status.value, result.waived is not None) if result else None
