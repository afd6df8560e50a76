"""What an attestation says: an in-toto Statement (v1) whose predicate is a verification summary of ours.

The summary is modelled on that of SLSA (slsa.dev/spec/v1.0/verification_summary), which knows neither an unknown nor a
waiver, and so is no type for it.
"""

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from sfharden.errors import Exit
from sfharden.model.base import Model
from sfharden.model.results import AzureOrigin, Severity, Status, Subject, Waived
from sfharden.model.snapshot import Gap, Source

REPORT: Final = "report.json"
JUDGED: Final = "judged.json"
STATEMENT: Final = "https://in-toto.io/Statement/v1"
SUMMARY: Final = "urn:sfharden:verification-summary:1"

Role = Literal["snapshot", "policy", "integration", "egress", "events", "baseline"]


class Sha256(Model):
    """A digest as in-toto has it: by the name of its algorithm."""

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class AttestedSubject(Model):
    """What the statement is about: the report as JSON, and what was judged as canonical JSON."""

    name: Literal["report.json", "judged.json"]
    digest: Sha256


class AttestedInput(Model):
    """A file that the verdict rests on, byte for byte. `digest` is None for one that couldn't be read: then it's a gap."""

    role: Role
    name: str
    digest: Sha256 | None


class Verifier(Model):
    """The program that judged."""

    id: str
    version: dict[str, str]


class AttestedOutcome(Model):
    """How one control came out for one subject. `why` is told of what is unknown; `waived` by whom and until when."""

    control: str
    subject: Subject
    integration: str | None
    status: Status
    severity: Severity
    known: bool
    waived: Waived | None
    why: str | None
    fingerprint: str


class Summary(Model):
    """The predicate. PASSED: nothing failed, new or known before, nothing is unknown, and something was seen to pass for each integration.

    `exit_code` is the run's own answer, by `fail_on`, and may be milder; or 4 for what `--since` had and this run did not read.
    """

    verifier: Verifier
    time_verified: str = Field(alias="timeVerified")
    as_of: str | None = Field(alias="asOf")
    source: Source
    azure: AzureOrigin | None
    org_name: str = Field(alias="orgName")
    is_sandbox: bool | None = Field(alias="isSandbox")
    policies: tuple[str, ...]
    integrations: tuple[str, ...]
    inputs: tuple[AttestedInput, ...]
    verification_result: Literal["PASSED", "FAILED", "UNKNOWN"] = Field(alias="verificationResult")
    verdict: str
    fail_on: Severity = Field(alias="failOn")
    exit_code: Exit = Field(alias="exitCode")
    counts: dict[str, int]
    controls: tuple[AttestedOutcome, ...]
    gaps: tuple[Gap, ...]
    warnings: tuple[str, ...]
    to_mend: tuple[str, ...] = Field(alias="toMend")
    baseline_of: str | None = Field(alias="baselineOf")


class Statement(Model):
    """The whole statement."""

    type_: Literal["https://in-toto.io/Statement/v1"] = Field(alias="_type")
    subject: tuple[AttestedSubject, AttestedSubject]
    predicate_type: Literal["urn:sfharden:verification-summary:1"] = Field(alias="predicateType")
    predicate: Summary

    def digest_of(self, name: str) -> str:
        """The digest of one of its subjects."""
        return next(one.digest.sha256 for one in self.subject if one.name == name)
