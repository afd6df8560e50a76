"""What an evaluation found."""

from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Literal

from pydantic import Field

from sfharden.model.base import Model
from sfharden.model.snapshot import Gap, Source, Tool


class Status(StrEnum):
    """How a control came out for one subject."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    NOT_APPLICABLE = "not-applicable"
    MANUAL = "manual"


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
    """One control judged for one subject."""

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
    fingerprint: str = ""

    @property
    def is_finding(self) -> bool:
        """True for a failed result that no waiver covers."""
        return self.status is Status.FAIL and self.waived is None

    @property
    def is_open(self) -> bool:
        """True for an unknown result that no waiver covers."""
        return self.status is Status.UNKNOWN and self.waived is None


def fingerprint(control: str, subject: Subject, integration: str | None) -> str:
    """16 hex digits that stay the same from run to run for one control, subject and integration."""
    parts = "\0".join((control, subject.kind, subject.name, integration or ""))
    return sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Report(Model):
    """The whole outcome: results sorted by severity, control and subject, and what was not read.

    `as_of` is the day that it was judged by, where that isn't the day it was made. `org_name` and `is_sandbox` tell which
    org it is, where that was read. `to_mend` is what is wrong with the
    integration file itself: then what rests on that can't be right.
    """

    schema_: Literal["sfharden.report/1"] = Field(default="sfharden.report/1", alias="schema")
    tool: Tool
    generated_at: str
    as_of: str | None = None
    source: Source
    org_name: str = ""
    is_sandbox: bool | None = None
    policies: tuple[str, ...]
    integrations: tuple[str, ...]
    summary: dict[str, int]
    results: tuple[Result, ...]
    gaps: tuple[Gap, ...]
    warnings: tuple[str, ...] = ()
    to_mend: tuple[str, ...] = ()
