"""What stands together in a report: one block a control and integration, causes before what follows from them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sfharden.model.results import ASSIGNMENT_OF, Report, Result, Severity, Status
from sfharden.text.redact import safe_text

# What fails because another control fails, by that other: told after it, and said to follow from it.
_FOLLOWS: Final = {
    "app-limited-to-integration-profile": ("app-admin-approved",),
    "app-ip-enforced": ("login-ranges-cover-egress", "login-ranges-bounded"),
    "login-outside-ranges-absent": (
        "login-ranges-bounded",
        "app-ip-enforced",
        "ip-enforced-on-every-request",
    ),
    "failure-and-success-observed": ("login-ranges-cover-egress", "login-outside-ranges-absent"),
    "app-digital-signature": ("app-client-credentials-off",),
}
# What `plan` writes, of an integration or of the org.
PLANNED: Final = frozenset(
    {
        "app-admin-approved",
        "app-ip-enforced",
        "app-limited-to-integration-profile",
        "app-refresh-token-bounded",
        "integration-profile-dedicated",
        "integration-user-can-call-api",
        "ip-enforced-on-every-request",
        "login-ranges-bounded",
        "login-ranges-cover-egress",
        "login-ranges-keep-operator-way-in",
        # Of Azure, by `plan --azure`.
        "connection-access-policies",
        "connection-changes-recorded",
        "logic-app-content-readers",
        "logic-app-diagnostics-kept",
        "logic-app-trigger-callers",
        "secure-inputs-outputs",
        "standard-app-ftp-off",
        "standard-app-https-only",
        "standard-app-identity",
        "standard-app-remote-debugging-off",
        "standard-app-scm-closed",
        "standard-app-scm-tls",
        "standard-app-tls",
        "storage-access-logged",
        "trigger-signatures-off",
    }
)


@dataclass(frozen=True, slots=True)
class View:
    """How much is shown, and of what. `only` holds `failed`, `unknown`, `passed` or names of controls."""

    full: bool = False
    summary: bool = False
    quiet: bool = False
    only: tuple[str, ...] = ()
    least: Severity = Severity.LOW


@dataclass(frozen=True, slots=True)
class Block:
    """The results of one control that came out alike, for one integration or (empty) for the org.

    `follows` names the control that fails as well, and without which this one might not.
    """

    control: str
    integration: str
    severity: Severity
    results: tuple[Result, ...]
    follows: str = ""

    @property
    def fix(self) -> str:
        """How to mend it."""
        return self.results[0].remediation

    @property
    def subjects(self) -> int:
        """How many subjects it is about."""
        return len({(one.subject.kind, one.subject.name) for one in self.results})


def blocks_of(results: Iterable[Result]) -> tuple[Block, ...]:
    """The blocks: integrations before the org, the severest first, causes before what follows."""
    groups: dict[tuple[str, str], list[Result]] = {}
    for one in results:
        groups.setdefault((one.integration or "", one.control), []).append(one)
    present = set(groups)
    blocks = [
        Block(
            control,
            integration,
            max((one.severity for one in found), key=lambda severity: severity.rank),
            tuple(found),
            _cause(control, integration, present),
        )
        for (integration, control), found in groups.items()
    ]
    return tuple(sorted(blocks, key=_order))


def _cause(control: str, integration: str, present: set[tuple[str, str]]) -> str:
    causes = _FOLLOWS.get(control, ())
    return next((one for one in causes if {(integration, one), ("", one)} & present), "")


def _order(block: Block) -> tuple[bool, str, int, bool, str]:
    return (
        not block.integration,
        block.integration,
        -block.severity.rank,
        bool(block.follows),
        block.control,
    )


def selected(report: Report, only: Iterable[str], least: Severity) -> Report:
    """The report with only some results: of a status, of a control, and from a severity on. Counts stay the whole's."""
    wanted = set(only)
    kept = tuple(
        one
        for one in report.results
        if one.severity.rank >= least.rank and (not wanted or wanted & set(_names(one)))
    )
    return report.model_copy(update={"results": kept})


def _names(one: Result) -> Iterator[str]:
    yield one.control
    yield {Status.FAIL: "failed", Status.PASS: "passed"}.get(one.status, one.status.value)


def subject_of(result: Result, limit: int = 120) -> str:
    """`profile 'Sales'`, made harmless."""
    return f"{result.subject.kind} '{safe_text(result.subject.name, limit=limit)}'"


def holders_of(result: Result) -> tuple[str, ...]:
    """One line for each role that somebody holds, where that is what it is about."""
    return tuple(
        safe_text(one.observed, limit=600) for one in result.evidence if one.what.startswith(ASSIGNMENT_OF)
    )


def place_of(result: Result) -> str:
    """Where it was read: `[Sales.profile:12]`, or nothing; whose assignment, since its own name tells nobody anything."""
    first = next((evidence for evidence in result.evidence if evidence.source), None)
    if first and first.what.startswith(ASSIGNMENT_OF):
        return f"[{safe_text(first.what, limit=160)}]"
    source = first.source if first else ""
    return f"[{safe_text(source.rpartition('/')[2], limit=160)}]" if source else ""
