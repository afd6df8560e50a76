"""What an evaluation found."""

from collections import Counter
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Final, Literal

from pydantic import Field

from sfharden.model.base import Model, Moment
from sfharden.model.drift import Drift
from sfharden.model.snapshot import Gap, Source, Tool


class Status(StrEnum):
    """How a control came out for one subject."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    NOT_APPLICABLE = "not-applicable"
    MANUAL = "manual"


class ResultState(StrEnum):
    """How a result counts: its status, but where a waiver covers it, or an earlier report has the same finding."""

    FAIL = "fail"
    KNOWN = "known"
    UNKNOWN = "unknown"
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    NOT_APPLICABLE = "not-applicable"
    MANUAL = "manual"
    WAIVED = "waived"


class Severity(StrEnum):
    """How bad a failure is. The order is in `rank`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low up to 3 for critical."""
        return list(Severity).index(self)


class Subject(Model):
    """What was judged, such as `profile` `Logic Apps Integration`."""

    kind: str
    name: str


ASSIGNMENT_OF: Final = (
    "assignment of "  # begins `what` where evidence is a role that somebody holds: each is told for itself
)


class Evidence(Model):
    """What was seen, what should be, and where it was read."""

    what: str
    observed: str
    expected: str = ""
    source: str = ""


class Waived(Model):
    """The waiver that covers a failed or an unknown result."""

    reason: str
    owner: str
    expires: date


class Result(Model):
    """One control judged for one subject. `known`: the baseline has it in the same state."""

    control: str
    subject: Subject
    status: Status
    severity: Severity
    title: str
    message: str
    evidence: tuple[Evidence, ...] = ()
    remediation: str = ""
    references: tuple[str, ...] = ()
    integration: str | None = None
    waived: Waived | None = None
    known: bool = False
    fingerprint: str = ""

    @property
    def state(self) -> ResultState:
        """How it counts."""
        if self.waived:
            return ResultState.WAIVED
        return (
            ResultState.KNOWN if self.known and self.status is Status.FAIL else ResultState(self.status.value)
        )

    @property
    def is_finding(self) -> bool:
        """True for a failed result that no waiver covers and the baseline doesn't have."""
        return self.state is ResultState.FAIL

    @property
    def is_open(self) -> bool:
        """True for an unknown result that no waiver covers."""
        return self.status is Status.UNKNOWN and self.waived is None


def fingerprint(control: str, subject: Subject, integration: str | None) -> str:
    """16 hex digits that stay the same from run to run for one control, subject and integration."""
    parts = "\0".join((control, subject.kind, subject.name, integration or ""))
    return sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Settled(Model):
    """A finding of the baseline that is none any more. `now` is how its control comes out, or that nobody judged it."""

    control: str
    subject: Subject
    severity: Severity
    integration: str | None = None
    fingerprint: str
    now: Literal["pass", "not-applicable", "unknown", "manual", "waived", "not judged"]

    @property
    def is_fixed(self) -> bool:
        """True where that was seen; what was not read, or not judged, is not fixed."""
        return self.now in ("pass", "not-applicable")


class EarlierReport(Model):
    """An earlier report that this one was held against: its findings are known, and some are settled."""

    generated_at: str
    source: Source
    settled: tuple[Settled, ...] = ()


class AzureOrigin(Model):
    """What the Azure side of a report was read from: `live` or the files as given, of which cloud, and when if live."""

    source: str
    cloud: str = ""
    taken_at: Moment | None = None


class Report(Model):
    """The whole outcome: results sorted by severity, control and subject, and what was not read.

    `as_of` is the day that it was judged by, where that isn't the day it was made. `org_name` and `is_sandbox` tell which
    org it is, where that was read. `to_mend` is what is wrong with the
    integration file itself: then what rests on that can't be right. `folder` is where metadata files stand in their
    repository, and None for what no repository holds. `azure` is None where nothing of Azure was read,
    and `drift` where nobody asked what changed since an earlier state.
    """

    schema_: Literal["sfharden.report/1"] = Field(default="sfharden.report/1", alias="schema")
    tool: Tool
    generated_at: str
    as_of: str | None = None
    source: Source
    azure: AzureOrigin | None = None
    org_name: str = ""
    is_sandbox: bool | None = None
    folder: str | None = None
    policies: tuple[str, ...]
    integrations: tuple[str, ...]
    summary: dict[str, int]
    results: tuple[Result, ...]
    gaps: tuple[Gap, ...]
    warnings: tuple[str, ...] = ()
    to_mend: tuple[str, ...] = ()
    baseline: EarlierReport | None = None
    drift: Drift | None = None

    @property
    def states(self) -> dict[ResultState, int]:
        """How many results count as what; every form of a report tells these same numbers."""
        counts = Counter(one.state for one in self.results)
        return {state: counts[state] for state in ResultState}

    @property
    def counted(self) -> dict[str, int]:
        """The summary that its results make; `known` only where there is a baseline."""
        return {
            state.value: number
            for state, number in self.states.items()
            if state is not ResultState.KNOWN or self.baseline
        }
