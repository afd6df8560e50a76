"""A key under access control that Azure doesn't know restricts nothing, and is a finding of its own."""

from collections.abc import Callable
from dataclasses import replace

from sfharden.checks.common import Verdict, failed
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource
from sfharden.model.results import Evidence, Severity, Status, Subject
from sfharden.text.wording import show_names

_POINTER = "/properties/accessControl"


def with_odd_keys(
    flow: AzureResource, subject: Subject, keys: tuple[str, ...], judge: Callable[[], Verdict]
) -> Verdict:
    """The verdict; failed in any case if there are such keys. Raises CannotTell where there are none."""
    if not keys:
        return judge()
    said = f"Azure doesn't know {show_names(keys)} under accessControl: it restricts nothing."
    evidence = Evidence(
        what="unknown keys", observed=show_names(keys), expected="none", source=flow.where(_POINTER)
    )
    try:
        verdict = judge()
    except CannotTell:
        return failed(subject, said, evidence, severity=Severity.MEDIUM)
    if verdict.status is not Status.FAIL:
        return failed(subject, said, evidence, *verdict.evidence, severity=Severity.MEDIUM)
    return replace(verdict, message=f"{verdict.message} {said}", evidence=(*verdict.evidence, evidence))
